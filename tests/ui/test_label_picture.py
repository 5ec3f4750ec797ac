"""The label as a picture: dot for dot, readable by a scanner, and a PDF of exactly its size."""

import re
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from PySide6.QtGui import QGuiApplication, QImage

from app.errors import Trouble
from app.labels.label import Label, Text
from app.labels.parcel import layout
from tests.labels.test_parcel_label import PARCEL, SSCC, bars
from ui.label_picture import to_image, to_pdf, to_png

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("qapp")]


@pytest.mark.parametrize("dpi", [203, 300])
def test_what_the_picture_shows_is_what_the_scanner_reads(dpi: int, tmp_path: Path) -> None:
    to_png(layout(PARCEL, dpi), tmp_path / "label.png")

    (seen,) = zxingcpp.read_barcodes(Image.open(tmp_path / "label.png"))

    assert seen.symbology_identifier == "]C1"
    assert seen.bytes == f"00{SSCC}".encode()


def test_a_picture_has_only_black_and_white_dots() -> None:
    label = layout(PARCEL)
    symbol = bars(label)

    image = to_image(label)

    assert (image.width(), image.height()) == (812, 1218)
    assert image.format() is QImage.Format.Format_Mono
    row = [
        image.pixelColor(symbol.x + at * symbol.module_dots, symbol.y + 9).value()
        for at in range(len(symbol.modules))
    ]
    assert "".join("1" if value == 0 else "0" for value in row) == symbol.modules


def test_a_text_wider_than_its_field_is_squeezed_not_cut() -> None:
    label = Label(400, 60, 203, (Text(10, 10, 40, "WWWWWWWWWWWWWWWWWWWWWWWWWWWW", 200),))

    image = to_image(label)

    inked = [x for x in range(400) if any(image.pixelColor(x, y).value() == 0 for y in range(60))]
    assert inked
    assert max(inked) < 210
    assert min(inked) >= 10


@pytest.mark.parametrize("dpi", [203, 300])
def test_a_pdf_page_is_four_by_six_inches(dpi: int, tmp_path: Path) -> None:
    to_pdf(layout(PARCEL, dpi), tmp_path / "label.pdf")

    written = (tmp_path / "label.pdf").read_bytes()

    assert written.startswith(b"%PDF")
    box = re.search(rb"/MediaBox \[([^\]]+)\]", written)
    assert box is not None
    assert [float(each) for each in box[1].split()] == pytest.approx([0, 0, 288, 432], abs=0.5)


def test_a_folder_that_is_not_there_is_trouble_in_words(
    tmp_path: Path, qapp: QGuiApplication
) -> None:
    with pytest.raises(Trouble, match="Check the folder"):
        to_png(layout(PARCEL), tmp_path / "missing" / "label.png")
