"""The printed sheet: every card of it is read by a scanner, from the dots that are printed."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from app.labels.label import Bars
from app.labels.sheet import DPI, LEAST_MODULE_DOTS, MOST_MODULE_DOTS
from app.station.card_sheet import sheet
from ui.__main__ import main
from ui.card_sheet import drawn, write
from ui.label_picture import to_png

pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("qapp")]
CODES = sorted(card.code for group in sheet() for card in group.cards)


def read(picture: Path) -> list[str]:
    with Image.open(picture) as image:
        return [seen.text for seen in zxingcpp.read_barcodes(image.convert("L"))]


def test_every_card_is_read_from_the_dots_of_its_page(tmp_path: Path) -> None:
    seen: list[str] = []
    for number, page in enumerate(drawn("de")):
        to_png(page, tmp_path / f"{number}.png")
        seen += read(tmp_path / f"{number}.png")

    assert sorted(seen) == CODES


def test_every_bar_is_whole_dots_and_none_runs_into_another() -> None:
    for page in drawn("en"):
        symbols = [each for each in page.elements if isinstance(each, Bars)]
        assert {each.module_dots for each in symbols} <= {LEAST_MODULE_DOTS, MOST_MODULE_DOTS}
        for symbol in symbols:
            quiet = 10 * symbol.module_dots
            middle = page.width_dots // 2
            left, right = symbol.x - quiet, symbol.x + symbol.width + quiet
            assert left >= 0
            assert right <= page.width_dots
            assert right <= middle or left >= middle


def test_the_file_is_a4_with_a_page_for_each_of_the_sheet(tmp_path: Path) -> None:
    count = write(tmp_path / "cards.pdf", "en")

    written = (tmp_path / "cards.pdf").read_bytes()
    boxes = re.findall(rb"/MediaBox \[([^\]]+)\]", written)
    assert count == len(CODES)
    assert len(boxes) == len(drawn("en"))
    assert [float(each) for each in boxes[0].split()] == pytest.approx([0, 0, 595, 842], abs=1)


@pytest.mark.skipif(shutil.which("gs") is None, reason="Ghostscript draws the PDF")
def test_a_page_printed_from_the_file_is_read_as_well(tmp_path: Path) -> None:
    write(tmp_path / "cards.pdf", "de")

    subprocess.run(
        ["gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=pnggray", f"-r{DPI}", "-dLastPage=1",
         f"-sOutputFile={tmp_path / 'page.png'}", str(tmp_path / "cards.pdf")],
        check=True, timeout=60,
    )  # fmt: skip

    first = [each.data for each in drawn("de")[0].elements if isinstance(each, Bars)]
    assert sorted(read(tmp_path / "page.png")) == sorted(first)


def test_the_command_says_how_many_cards_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cards", "--to", str(tmp_path / "cards.pdf"), "--language", "de"]) == 0

    assert f"{len(CODES)} cards" in capsys.readouterr().out
