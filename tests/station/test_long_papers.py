"""A scan on a paper of five thousand lines costs what one of ten costs: counted, not timed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from app.contract.messages import (
    DocumentLine,
    ItemRow,
    LocationRow,
    OrderedLine,
    OutcomeRow,
    TallyDelta,
)
from app.station.inbox import Intent
from tests.support.bench import TestBench, order_row
from tests.support.deliveries import asn, dock_bench, tallied
from tests.support.effort import Effort, counting

FEW, MANY = 10, 5_000
# Trees of SQLite are higher and dictionaries wider; what grows by the line is far beyond this.
MORE_PERCENT = 105


def sku(number: int) -> str:
    return f"SKU-9{number:04}"


@pytest.fixture(scope="module")
def benches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, TestBench]]:
    """A bench where every paper has ten lines, and one where every paper has five thousand."""
    made = {many: filled(tmp_path_factory.mktemp("long"), many) for many in (FEW, MANY)}
    yield made
    for bench in made.values():
        bench.book.close()


def filled(folder: Path, many: int) -> TestBench:
    """A delivery and a return of which three of nine units of every line have come, two orders."""
    lines = tuple(DocumentLine(n, sku(n), 9) for n in range(1, many + 1))
    inbound = asn("ASN-1", lines=lines)
    back = msgspec.structs.replace(inbound, kind="return", document="RMA-1", state="authorised")
    counts = (
        TallyDelta(row.kind, row.document, line.line, "received", 3)
        for row in (inbound, back)
        for line in row.lines
    )
    ordered = tuple(OrderedLine(n, sku(n), 9) for n in range(1, many + 1))
    bench = dock_bench(folder, inbound, back)
    bench.feed(*(order_row(number, lines=ordered) for number in ("ORD-1", "PICK-1")))
    bench.feed(OutcomeRow("op-1", "receive", "posted", "enr-9", 1, tallies=tuple(counts)))
    bench.master(*(ItemRow(sku(n), f"Candle {n}") for n in range(1, MANY + 1)))
    return bench


def receive(bench: TestBench, number: int) -> None:
    bench.scan(sku(number))


def take_back(bench: TestBench, number: int) -> None:
    bench.scan(sku(number))
    bench.do(Intent.MAIN)
    bench.do(Intent.MAIN)


OPENING: dict[str, tuple[Callable[[TestBench, int], None], tuple[str, ...]]] = {
    "receive": (receive, ("ASN-1",)),
    "return": (take_back, ("RMA-1",)),
    "pack": (receive, ("ORD-1",)),
    "pick": (receive, ("CMD:TASK-PICK", "PICK-1", "TOTE:T-1", "CMD:MAIN")),
}


def effort_of(bench: TestBench, task: str) -> Effort:
    """Of the sixth unit of a paper; five lines before it were scanned already."""
    step, opening = OPENING[task]
    for code in opening:
        bench.scan(code)
    for number in range(1, 6):
        step(bench, number)
    recorded = len(bench.kinds())
    with counting(bench.book.writer) as effort:
        step(bench, 6)
    assert len(bench.kinds()) == recorded + 1, bench.title
    bench.scan("CMD:PAUSE")
    return effort


@pytest.mark.parametrize("task", OPENING)
def test_five_thousand_lines_cost_what_ten_cost(benches: dict[int, TestBench], task: str) -> None:
    few, many = (effort_of(benches[lines], task) for lines in (FEW, MANY))

    assert many.asked == few.asked
    assert not [one for one in many.asked if one.startswith("SELECT document.body")]
    assert many.lines * 100 <= few.lines * MORE_PERCENT
    assert many.steps * 100 <= few.steps * MORE_PERCENT, (few.steps, many.steps)


KINDS = (("inbound", "expected"), ("return", "authorised"), ("count", "open"))
LISTS = ("CMD:HOME", "CMD:TASK-RECEIVE", "CMD:TASK-RETURN", "CMD:TASK-PICK", "CMD:TASK-COUNT")


def test_a_list_of_long_papers_costs_what_one_of_short_papers_costs(tmp_path: Path) -> None:
    def efforts(many: int) -> list[tuple[int, list[str]]]:
        folder = tmp_path / str(many)
        folder.mkdir()
        lines = tuple(DocumentLine(n, sku(n), 9) for n in range(1, many + 1))
        papers = [
            msgspec.structs.replace(asn(f"P-{n}", lines=lines), kind=kind, state=state)
            for kind, state in (
                ("inbound", "expected"),
                ("return", "authorised"),
                ("count", "open"),
            )
            for n in range(3)
        ]
        bench = dock_bench(folder, *papers)
        ordered = tuple(OrderedLine(n, sku(n), 9) for n in range(1, many + 1))
        bench.feed(*(order_row(f"ORD-{n}", lines=ordered) for n in range(3)))
        found = []
        for card in LISTS:
            # Plans are walked once, when they are seen first.
            bench.scan(card)
            bench.do(Intent.HOME)
            with counting(bench.book.writer) as effort:
                bench.scan(card)
            found.append((effort.lines, effort.asked))
            bench.do(Intent.HOME)
        bench.book.close()
        return found

    for card, (lines, asked), (most, all_asked) in zip(
        LISTS, efforts(FEW), efforts(MANY), strict=True
    ):
        assert all_asked == asked, card
        assert most * 100 <= lines * MORE_PERCENT, card


def test_a_place_of_a_long_plan_is_counted_as_one_of_a_short_plan(tmp_path: Path) -> None:
    def efforts(many: int) -> list[Effort]:
        folder = tmp_path / str(many)
        folder.mkdir()
        lines = tuple(DocumentLine(n, sku(1), 0, f"R-{n:04}") for n in range(1, many + 1))
        plan = msgspec.structs.replace(asn("CNT-1", lines=lines), kind="count", state="open")
        bench = dock_bench(folder, plan)
        places = (LocationRow("HAM", f"R-{n:04}", "bin") for n in (1, 2, 3))
        bench.master(ItemRow(sku(1), "Candle"), *places)
        bench.scan("CNT-1")
        found = []
        for number in (1, 2, 3):
            with counting(bench.book.writer) as effort:
                bench.scan(f"LOC:R-{number:04}")
                bench.scan(sku(1))
                bench.do(Intent.MAIN)
            found.append(effort)
        assert tallied(bench, "count", "CNT-1") == {(n, "counted"): 1 for n in (1, 2, 3)}
        prompt = bench.screen.prompt
        assert (prompt.done, prompt.total) == (3, many)
        bench.book.close()
        return found

    short, long = efforts(FEW)[1], efforts(MANY)[1]
    assert long.asked == short.asked
    # Of the places that are left a hundred are listed, and ten are fewer than that.
    assert long.lines - short.lines < 100 * 12


def test_what_another_bench_counts_is_shown_without_reading_the_rest(tmp_path: Path) -> None:
    bench = filled(tmp_path, MANY)
    bench.scan("ASN-1")
    bench.scan(sku(6))
    before = bench.screen.lines
    told = (TallyDelta("inbound", "ASN-1", 4_000, "received", 2),)

    bench.feed(OutcomeRow("op-2", "receive", "posted", "enr-9", 2, tallies=told))

    after = bench.screen.lines
    drawn = [new.line for old, new in zip(before, after, strict=True) if new is not old]
    assert (after[3_999].done, bench.screen.current) == (5, 6)
    # Line 6 is the current one, and marked anew on every screen.
    assert drawn == [6, 4_000]
    bench.book.close()
