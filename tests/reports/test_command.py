"""`packhouse report`: for IT, on the folder of a station that is not running."""

from pathlib import Path

import pytest

from app.cache.store import CacheStore
from app.commands.main import Windows, main
from app.opened import OpenBook
from app.settings import StationSettings, save
from tests.support.bench import order_row, stock_up
from tests.support.keys import passphrase_file


class Office:
    """A station's folder, and the command line on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = StationSettings(
            folder / "station", passphrase_file=str(passphrase_file(folder))
        )
        opened = OpenBook(self.settings)
        stock_up(CacheStore(opened.book), (order_row(),))
        opened.close()
        save(self.settings)

    def report(self, *arguments: str) -> int:
        def paper(pages: object, path: Path) -> None:
            path.write_bytes(b"%PDF")

        def window(*_: object) -> int:
            raise AssertionError("a report opens no window")

        windows = Windows(window, window, window, list, window, paper)
        place = ("--data-dir", str(self.settings.data_dir))
        return main(["report", *arguments, *place], windows)

    def events(self) -> list[str]:
        opened = OpenBook(self.settings)
        with opened.book.reader.connect() as connection:
            found = connection.exec_driver_sql("SELECT body FROM operation ORDER BY n").scalars()
            told = [bytes(body).decode() for body in found]
        opened.close()
        return told


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


def test_an_export_is_one_event_and_a_paper_of_the_work_is_none(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stock, picks = tmp_path / "stock.xlsx", tmp_path / "picks.csv"

    assert office.report("stock_list", "--to", str(stock), "--place", "A-04-2") == 0
    assert office.report("pick_list", "--to", str(picks), "--document", "ORD-48213") == 0
    assert office.report("count_sheet", "--to", str(tmp_path / "c.pdf"), "--place", "A-04-2") == 0

    assert f"{stock}: 1 rows" in capsys.readouterr().out
    assert stock.read_bytes().startswith(b"PK")
    assert "SKU-10221" in picks.read_text(encoding="utf-8-sig")
    (told,) = office.events()
    assert '"reason":"report_exported"' in told
    assert '"limits":"place A-04-2","report":"stock_list"' in told


WRONG = {
    ("stock_list", "--to", "stock.txt"): "ends in .pdf",
    ("pick_list", "--to", "picks.csv"): "Say of what",
    ("movements", "--to", "m.csv", "--day", "yesterday"): "no day",
    ("stock_list", "--to", "s.csv", "--person", "p-novak"): "cannot be limited by person",
    ("stock_list", "--to", "there.csv"): "exists already",
}


def test_what_cannot_be_made_is_said_and_leaves_no_event(
    office: Office,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.csv").touch()
    before = office.events()

    for arguments, said in WRONG.items():
        assert office.report(*arguments) == 1
        assert said in capsys.readouterr().err
    assert office.events() == before
    assert [path.name for path in tmp_path.iterdir()] == ["there.csv"]
