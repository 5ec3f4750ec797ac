"""Photos at the bench: taken from the folder, kept in the book, told by their checksum alone."""

import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from app.contract.messages import LocationRow
from app.devices import pictures
from app.station.events import PhotoAsked
from app.station.inbox import Intent, LinkChanged, LinkState
from app.station.photographing import MOST
from tests.domain.test_picture import jpeg, png
from tests.station.recorded import operations_of
from tests.support.bench import TestBench
from tests.support.deliveries import ASN, dock_bench

MUG_CODE = "2900000000018"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    """A clerk about to sign an adjustment."""
    made = TestBench(tmp_path)
    made.station.handle([LinkChanged(LinkState.ONLINE, "2026-11-23T07:00:00Z")])
    made.sign_in()
    for code in ("CMD:ADJUST", MUG_CODE, "LOC:A-04-2"):
        made.scan(code)
    made.do(Intent.CODE, "-2")
    made.do(Intent.REASON, "damaged")
    yield made
    made.book.close()


@pytest.fixture
def dock(tmp_path: Path) -> Iterator[TestBench]:
    """A clerk at the dock, with a delivery announced."""
    made = dock_bench(tmp_path)
    yield made
    made.book.close()


def press(bench: TestBench, folder: Path) -> None:
    """The key, and what the program does then."""
    before = sum(isinstance(event, PhotoAsked) for event in bench.events)
    bench.scan("CMD:PHOTO")
    if sum(isinstance(event, PhotoAsked) for event in bench.events) > before:
        bench.station.handle([pictures.newest(folder)])


def put(folder: Path, name: str, content: bytes, at: int) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    os.utime(folder / name, (at, at))


def kept(bench: TestBench) -> list[tuple[str, bytes]]:
    with bench.book.reader.connect() as connection:
        rows = connection.exec_driver_sql("SELECT digest, content FROM photo ORDER BY place")
        return [(row[0], bytes(row[1])) for row in rows]


def test_the_newest_picture_goes_with_the_record_by_its_checksum(
    bench: TestBench, tmp_path: Path
) -> None:
    folder, dent = tmp_path / "pictures", jpeg(800, 600)
    put(folder, "old.png", png(8, 8), 1_000)
    put(folder, "dent.jpg", dent, 2_000)
    press(bench, folder)
    assert bench.title == "photo.taken"
    assert kept(bench) == []

    bench.do(Intent.MAIN)

    body = operations_of(bench)[-1]
    digest = sha256(dent).hexdigest()
    assert (body.kind, body.evidence["photos"], body.evidence["photo_1"]) == ("adjust", 1, digest)
    assert kept(bench) == [(digest, dent)]


def test_what_is_no_photo_is_said_and_not_taken(bench: TestBench, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    press(bench, folder)
    assert bench.title == "photo.none"
    put(folder, "page.jpg", b"<html>", 1_000)
    press(bench, folder)
    assert bench.title == "photo.no_picture"
    put(folder, "bomb.png", png(60_000, 60_000), 2_000)
    press(bench, folder)
    assert bench.title == "photo.too_many_pixels"

    bench.do(Intent.MAIN)

    assert "photos" not in operations_of(bench)[-1].evidence
    assert kept(bench) == []


def test_the_same_picture_counts_once_and_three_are_enough(
    bench: TestBench, tmp_path: Path
) -> None:
    folder = tmp_path / "pictures"
    put(folder, "a.png", png(8, 8), 1_000)
    press(bench, folder)
    press(bench, folder)
    assert bench.title == "photo.twice"
    for n in range(1, MOST):
        put(folder, f"{n}.png", png(8, 8 + n), 1_000 + n)
        press(bench, folder)
    press(bench, folder)

    assert bench.title == "photo.enough"


def test_a_link_in_the_folder_leads_nowhere(bench: TestBench, tmp_path: Path) -> None:
    folder, secret = tmp_path / "pictures", tmp_path / "secret.jpg"
    folder.mkdir()
    secret.write_bytes(jpeg(8, 8))
    (folder / "x.jpg").symlink_to(secret)

    press(bench, folder)

    assert bench.title == "photo.none"


def test_an_answer_for_nobody_changes_nothing(bench: TestBench, tmp_path: Path) -> None:
    bench.do(Intent.NO)

    bench.station.handle([pictures.newest(tmp_path)])

    assert bench.page == "home"
    assert not [event for event in bench.events if type(event).__name__ == "Broken"]


def test_a_damaged_unit_of_a_delivery_has_its_own_photo(dock: TestBench, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    dock.scan(ASN)
    put(folder, "dent.png", png(8, 8), 1_000)
    press(dock, folder)
    assert dock.title == "receive.photo_of_damaged"

    dock.do(Intent.DAMAGED)
    press(dock, folder)
    note = dock.screen.prompt.note
    assert note is not None
    assert note.code == "photo.taken"
    dock.scan(MUG_CODE)
    dock.scan(MUG_CODE)

    hurt, sound = [one for one in operations_of(dock) if one.kind == "receive"]
    assert hurt.evidence["photo_1"] == sha256(png(8, 8)).hexdigest()
    assert "photos" not in sound.evidence
    assert [digest for digest, _ in kept(dock)] == [sha256(png(8, 8)).hexdigest()]


def test_a_photo_of_goods_that_are_sound_after_all_is_not_kept(
    dock: TestBench, tmp_path: Path
) -> None:
    folder = tmp_path / "pictures"
    dock.scan(ASN)
    put(folder, "dent.png", png(8, 8), 1_000)
    dock.do(Intent.DAMAGED)
    press(dock, folder)
    dock.do(Intent.DAMAGED)
    dock.scan(MUG_CODE)

    assert "photos" not in operations_of(dock)[-1].evidence
    assert kept(dock) == []


def test_a_unit_that_comes_back_has_its_own_photos(bench: TestBench, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    bench.do(Intent.NO)
    bench.master(LocationRow("HAM", "RET-A", "returns"))
    bench.do(Intent.TASK, "return")
    bench.scan("CMD:BLIND")
    for number, code in enumerate((MUG_CODE, MUG_CODE)):
        bench.scan(code)
        bench.do(Intent.MAIN)
        if not number:
            put(folder, "dent.png", png(8, 8), 1_000)
            press(bench, folder)
        bench.do(Intent.MAIN)

    first, second = [one for one in operations_of(bench) if one.kind == "return"]
    assert first.evidence["photo_1"] == sha256(png(8, 8)).hexdigest()
    assert "photos" not in second.evidence
    assert len(kept(bench)) == 1
