"""Every kind of finished work goes back whole: stock, documents and totes are as they were."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app.contract.messages import OutcomeRow, Reference, TallyDelta
from app.station.inbox import Intent
from app.station.undo_acts import open_jobs
from tests.station.test_move import TASK, furnish
from tests.station.test_pick import TOWEL_CODE
from tests.station.test_take_back import RMA, rma
from tests.station.test_transfer import IN, OUT, receiving, ship_all, transfer, under_way
from tests.station.undoing import ORDER, confirm, reversals, stock, take_back
from tests.support.bench import TestBench
from tests.support.deliveries import ASN, MUG_CODE, TRAY_CODE, asn, dock_bench


def received(bench: TestBench) -> None:
    """Two mugs, one of them damaged; the rest does not come."""
    bench.scan(ASN)
    bench.scan(MUG_CODE)
    bench.do(Intent.DAMAGED)
    bench.scan(MUG_CODE)
    bench.do(Intent.MAIN)
    bench.do(Intent.SHORT)


def returned(bench: TestBench) -> None:
    """A mug to the shelf, another one into the bin."""
    bench.scan(RMA)
    for word in ("good", "scrap"):
        bench.scan(MUG_CODE)
        bench.do(Intent.REASON, word)
        bench.do(Intent.REASON, "not_wanted")
    bench.do(Intent.MAIN)


def filled_up(bench: TestBench) -> None:
    """A shelf is filled up as a task asked."""
    bench.scan(TASK)
    bench.scan(MUG_CODE)
    bench.scan("LOC:A-04-2")
    bench.do(Intent.PAUSE)


def picked(bench: TestBench) -> None:
    """Units of an order lie in a tote; one was not there."""
    bench.do(Intent.TASK, "pick")
    bench.scan(ORDER)
    bench.scan("TOTE:T-9")
    bench.do(Intent.MAIN)
    for code in (TOWEL_CODE, *2 * (MUG_CODE,), *2 * (TRAY_CODE,)):
        bench.scan(code)
    bench.do(Intent.SHORT)
    bench.do(Intent.SHORT)
    bench.do(Intent.MAIN)


def dispatched(bench: TestBench) -> None:
    """Everything that was asked for is on its way."""
    ship_all(bench)
    bench.do(Intent.MAIN)
    bench.do(Intent.MAIN)


def accepted(bench: TestBench) -> None:
    """Everything that was sent has arrived."""
    receiving(bench)
    bench.scan("CMD:QTY-4")
    bench.scan(MUG_CODE)
    bench.scan("CMD:QTY-2")
    bench.scan(TRAY_CODE)
    bench.do(Intent.MAIN)


WORK: dict[str, tuple[Callable[[TestBench], None], int]] = {
    "receive": (received, 4),
    "return": (returned, 1),
    "move": (filled_up, 1),
    "pick": (picked, 4),
    "dispatch": (dispatched, 2),
    "accept": (accepted, 2),
}


def a_bench(folder: Path, kind: str) -> TestBench:
    """Where such work is done; somebody has signed in."""
    if kind in ("receive", "return"):
        return dock_bench(folder, asn(), rma())
    made = TestBench(folder)
    if kind == "move":
        furnish(made)
    made.feed(transfer(OUT, "approved"), transfer(IN, "in_transit"), under_way())
    made.sign_in()
    return made


def counted(bench: TestBench) -> dict[tuple[str, str, int, str], int]:
    """What is counted at lines of documents, confirmed and pending; nothing that is zero."""
    with bench.book.reader.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT kind, document, line, measure, sum(quantity) FROM ("
            "SELECT kind, document, line, measure, quantity FROM tally UNION ALL "
            "SELECT kind, document, line, measure, quantity FROM pending_tally UNION ALL "
            "SELECT 'order', \"order\", line, 'packed', packed + short FROM advance UNION ALL "
            "SELECT 'order', \"order\", line, 'packed', packed + short FROM progress"
            ") GROUP BY 1, 2, 3, 4"
        ).all()
    return {(row[0], row[1], row[2], row[3]): row[4] for row in found if row[4]}


@pytest.mark.parametrize("synced", [False, True])
@pytest.mark.parametrize("kind", list(WORK))
def test_work_that_is_taken_back_leaves_the_book_as_it_was(
    tmp_path: Path, kind: str, synced: bool
) -> None:
    bench = a_bench(tmp_path, kind)
    before = (stock(bench), counted(bench))
    work, acts = WORK[kind]
    work(bench)
    with bench.store.begin() as book:
        assert (bench.page, open_jobs(book)) == ("home", frozenset())
    assert (stock(bench), counted(bench)) != before
    if synced:
        confirm(bench)

    take_back(bench, times=acts)

    assert (stock(bench), counted(bench)) == before, reversals(bench)
    assert kind in reversals(bench)
    confirm(bench)
    assert (stock(bench), counted(bench)) == before
    bench.book.close()


def test_what_the_other_site_has_taken_in_is_sent_back_by_them(tmp_path: Path) -> None:
    bench = a_bench(tmp_path, "dispatch")
    dispatched(bench)
    confirm(bench)
    there = Reference(document_kind="transfer", document=OUT)
    id_ = "0193a1c2-77aa-7c3d-9d15-0000000000bb"
    tallies = (TallyDelta("transfer", OUT, 1, "accepted", 4),)
    bench.feed(OutcomeRow(id_, "accept", "posted", "enr-bre", 2, reference=there, tallies=tallies))

    bench.do(Intent.UNDO)
    bench.do(Intent.MAIN)
    trays = bench.title
    bench.do(Intent.NO)
    bench.do(Intent.OPEN, bench.screen.choices.rows[1].key)  # type: ignore[union-attr]  # a list

    assert (trays, bench.title) == ("undo.confirm", "undo.arrived")
    bench.book.close()
