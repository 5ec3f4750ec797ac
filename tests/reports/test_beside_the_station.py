"""A report is made on a thread of its own, while the station works; the page is told."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event as Signal

import pytest

from app.bootstrap import Workstation
from app.cache.store import CacheStore
from app.labels.label import Label
from app.opened import OpenBook
from app.settings import StationSettings
from app.station.events import ReportAsked
from app.station.reporting import Format, ReportAnswer, ReportName, answer_to
from tests.reports.conftest import request
from tests.support.bench import order_row, stock_up
from tests.support.keys import passphrase_file

# A thread that has not answered by then never will.
WAIT_S = 20


class Told(Workstation):
    """A workstation of which the test hears the answers, too."""

    def __init__(self, opened: OpenBook) -> None:
        super().__init__(opened)
        self.answered = Signal()
        reported = self.station.reported

        def hear(answer: ReportAnswer) -> None:
            reported(answer)
            self.answered.set()

        self.station.reported = hear  # type: ignore[method-assign]


def paper(pages: Iterator[Label], path: Path) -> None:
    path.write_text(f"{sum(1 for _ in pages)} pages")


@pytest.mark.system
def test_a_report_lies_in_the_exports_folder_or_says_why_not(tmp_path: Path) -> None:
    settings = StationSettings(
        tmp_path / "station", passphrase_file=str(passphrase_file(tmp_path)), language="de"
    )
    opened = OpenBook(settings)
    stock_up(CacheStore(opened.book), (order_row(),))
    asked = request(ReportName.COUNT_SHEET, as_=Format.PDF, place="A-04-2")
    answers = []

    workstation = Told(opened)
    with workstation:
        for draw in (paper, None):
            workstation.paper = draw
            workstation.answered.clear()
            workstation.station.call(lambda: workstation._follow(ReportAsked(asked))).result()
            assert workstation.answered.wait(WAIT_S)
            with opened.store.begin() as work:
                answers.append(answer_to(work, asked.id))

    made, refused = answers
    assert made is not None
    folder = tmp_path / "station" / "exports"
    assert (made.folder, made.rows, made.code) == (str(folder), 18, "")
    assert [path.name for path in folder.iterdir()] == [made.file]
    assert made.file.startswith("zaehlbogen-2026-11-23-")
    assert (folder / made.file).read_text() == "1 pages"
    assert (folder / made.file).stat().st_mode & 0o777 == 0o600
    assert refused is not None
    assert (refused.file, refused.code) == ("", "no_paper")
