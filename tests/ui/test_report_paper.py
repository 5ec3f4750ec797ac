"""A report as a PDF: its text can be read and searched, its symbol scanned, its pages counted."""

import re
from datetime import UTC
from pathlib import Path
from threading import Thread

import pytest
import zxingcpp
from PIL import Image
from pypdf import PageObject, PdfReader
from pytestqt.qtbot import QtBot

from app.catalogue import Catalogue
from app.errors import Trouble
from app.reports.making import FOLDER, ReportMaker
from app.reports.sheet import Sheets
from app.station.reporting import Format, ReportName
from tests.reports.conftest import ORDER, day, request  # noqa: F401 - a fixture
from tests.reports.test_files import ROWS, STAMP, report, spoken
from tests.support.bench import TestBench
from ui.label_picture import pages_to_pdf, to_png
from ui.paper import WindowPaper


def words(page: PageObject) -> str:
    """What can be searched on a page; a glyph that draws nothing is a blank.

    Qt names the glyph of the blank after the first code that has it, which may be a control code.
    """
    return re.sub(r"[\x00-\x20\xa0]+", " ", page.extract_text())


pytestmark = [pytest.mark.ui, pytest.mark.usefixtures("qapp")]


def test_a_german_report_can_be_searched_and_says_how_many_pages_it_has(
    day: TestBench,  # noqa: F811
    tmp_path: Path,
) -> None:
    maker = ReportMaker(day.book, Catalogue.load("de", strict=True), pages_to_pdf, UTC)
    asked = request(ReportName.STOCK_LIST, as_=Format.PDF)

    made = maker.make(asked, tmp_path / FOLDER / maker.file_name(asked))

    (page,) = PdfReader(made.path).pages
    said = words(page)
    assert "Bestandsliste" in said
    assert "Tee „Größe“, 100 g" in said
    assert "Seite 1 von 1" in said
    assert "beschädigt" in said
    assert [round(float(side)) for side in page.mediabox[2:]] == [842, 595]
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == [made.path.name]


def test_every_page_of_many_is_in_the_file(tmp_path: Path) -> None:
    sheets = Sheets(report(ROWS * 60), STAMP, spoken())
    pages_to_pdf(sheets.pages(), tmp_path / "long.pdf")

    pages = PdfReader(tmp_path / "long.pdf").pages
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        said = words(page)
        assert f"Page {number} of {len(pages)}" in said
        assert "Units" in said


def test_the_number_of_the_document_scans_from_the_sheet(tmp_path: Path) -> None:
    (page,) = Sheets(report(ROWS, document=ORDER), STAMP, spoken()).pages()
    to_png(page, tmp_path / "page.png")

    (seen,) = zxingcpp.read_barcodes(Image.open(tmp_path / "page.png"))
    assert (seen.text, seen.symbology_identifier) == (ORDER, "]C0")


def test_a_report_is_drawn_beside_the_window(qtbot: QtBot, tmp_path: Path) -> None:
    """As in the program: asked for on a thread of its own, while the window goes on working."""
    paper, made = WindowPaper(), list[BaseException | None]()

    def draw() -> None:
        try:
            paper(Sheets(report(ROWS * 20), STAMP, spoken("de")).pages(), tmp_path / "a.pdf")
            made.append(None)
        except BaseException as error:  # noqa: BLE001 - told below
            made.append(error)

    thread = Thread(target=draw)
    thread.start()
    qtbot.waitUntil(lambda: bool(made), timeout=60_000)
    thread.join(60)

    assert made == [None]
    assert "Bügelbrett „groß“" in words(PdfReader(tmp_path / "a.pdf").pages[0])


def test_a_report_whose_window_is_gone_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.paper.PATIENCE_S", 0.05)
    paper, told = WindowPaper(), list[BaseException]()

    def draw() -> None:
        try:
            paper(Sheets(report(ROWS), STAMP, spoken()).pages(), tmp_path / "a.pdf")
        except OSError as error:
            told.append(error)

    thread = Thread(target=draw)
    thread.start()
    thread.join(60)

    assert [str(error) for error in told] == ["The window that draws is gone."]


@pytest.mark.parametrize("place", ["missing/report.pdf", "/dev/full"])
def test_a_disk_that_refuses_is_told(place: str, tmp_path: Path) -> None:
    pages = Sheets(report(ROWS), STAMP, spoken()).pages()

    with pytest.raises(OSError, match=r"No such file|No space left"):
        pages_to_pdf(pages, tmp_path / place)


def test_a_full_disk_leaves_no_pdf_and_says_so(
    day: TestBench,  # noqa: F811
    tmp_path: Path,
) -> None:
    def full(pages: object, path: Path) -> None:
        pages_to_pdf(pages, Path("/dev/full"))  # type: ignore[arg-type]

    maker = ReportMaker(day.book, Catalogue.load("en", strict=True), full, UTC)

    with pytest.raises(Trouble, match="The disk is full"):
        maker.make(request(ReportName.STOCK_LIST, as_=Format.PDF), tmp_path / FOLDER / "x.pdf")
    assert list((tmp_path / FOLDER).iterdir()) == []
