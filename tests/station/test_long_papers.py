"""A scan on a paper of five thousand lines costs what one of ten costs: counted, not timed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from app.contract.messages import DocumentLine, ItemRow, OrderedLine, OutcomeRow, TallyDelta
from app.station.inbox import Intent
from tests.support.bench import TestBench, order_row
from tests.support.deliveries import asn, dock_bench
from tests.support.effort import Effort, counting
from tests.support.people import BADGE, OTHER_BADGE

FEW, MANY = 10, 5_000
# Trees of SQLite are higher and dictionaries wider; what grows by the line is far beyond this.
MORE_PERCENT = 125


def sku(number: int) -> str:
    return f"SKU-9{number:04}"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestBench]:
    """A bench where every kind of paper is there with ten lines and with five thousand."""
    folder: Path = tmp_path_factory.mktemp("long")
    inbound, back, orders = [], [], []
    for many in (FEW, MANY):
        lines = tuple(DocumentLine(n, sku(n), 9) for n in range(1, many + 1))
        inbound.append(asn(f"ASN-{many}", lines=lines))
        returned = asn(f"RMA-{many}", lines=lines)
        back.append(msgspec.structs.replace(returned, kind="return", state="authorised"))
        ordered = tuple(OrderedLine(n, sku(n), 9) for n in range(1, many + 1))
        orders += [order_row(f"{name}-{many}", lines=ordered) for name in ("ORD", "PICK")]
    bench = dock_bench(folder, *inbound, *back)
    bench.feed(*orders)
    # Three of nine units of every line have come.
    counts = (
        TallyDelta(row.kind, row.document, line.line, "received", 3)
        for row in (*inbound, *back)
        for line in row.lines
    )
    bench.feed(OutcomeRow("op-1", "receive", "posted", "enr-9", 1, tallies=tuple(counts)))
    bench.master(*(ItemRow(sku(n), f"Candle {n}") for n in range(1, MANY + 1)))
    yield bench
    bench.book.close()


def receive(bench: TestBench, number: int) -> None:
    bench.scan(sku(number))


def take_back(bench: TestBench, number: int) -> None:
    bench.scan(sku(number))
    bench.do(Intent.MAIN)
    bench.do(Intent.MAIN)


# Who picks has one round at a time, and goes on with it: the long one is somebody else's.
PICKER = {FEW: BADGE, MANY: OTHER_BADGE}
OPENING: dict[str, tuple[Callable[[TestBench, int], None], tuple[str, ...]]] = {
    "receive": (receive, ("ASN-{n}",)),
    "return": (take_back, ("RMA-{n}",)),
    "pack": (receive, ("ORD-{n}",)),
    "pick": (receive, ("CMD:TASK-PICK", "PICK-{n}", "TOTE:T-{n}", "CMD:MAIN")),
}


def effort_of(bench: TestBench, task: str, many: int) -> Effort:
    """Of the sixth unit on a paper of so many lines; before it, every line but it was looked at."""
    step, opening = OPENING[task]
    bench.scan("CMD:SIGN-OUT")
    bench.sign_in(PICKER[many])
    for code in opening:
        bench.scan(code.format(n=many))
    for number in range(1, 6):
        step(bench, number)
    recorded = len(bench.kinds())
    with counting(bench.book.writer) as effort:
        step(bench, 6)
    assert len(bench.kinds()) == recorded + 1, bench.title
    bench.scan("CMD:PAUSE")
    return effort


@pytest.mark.parametrize("task", OPENING)
def test_five_thousand_lines_cost_what_ten_cost(bench: TestBench, task: str) -> None:
    few, many = effort_of(bench, task, FEW), effort_of(bench, task, MANY)

    assert many.asked == few.asked
    assert not [one for one in many.asked if one.startswith("SELECT document.body")]
    assert many.lines * 100 <= few.lines * MORE_PERCENT
    assert many.steps * 100 <= few.steps * MORE_PERCENT


LISTS = ("CMD:HOME", "CMD:TASK-RECEIVE", "CMD:TASK-RETURN", "CMD:TASK-PICK")


def test_a_list_of_long_papers_costs_what_one_of_short_papers_costs(tmp_path: Path) -> None:
    def efforts(many: int) -> list[tuple[int, list[str]]]:
        folder = tmp_path / str(many)
        folder.mkdir()
        lines = tuple(DocumentLine(n, sku(n), 9) for n in range(1, many + 1))
        papers = [
            msgspec.structs.replace(asn(f"P-{n}", lines=lines), kind=kind, state=state)
            for kind, state in (("inbound", "expected"), ("return", "authorised"))
            for n in range(3)
        ]
        bench = dock_bench(folder, *papers)
        ordered = tuple(OrderedLine(n, sku(n), 9) for n in range(1, many + 1))
        bench.feed(*(order_row(f"ORD-{n}", lines=ordered) for n in range(3)))
        found = []
        for card in LISTS:
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


def test_what_another_bench_counts_is_shown_without_reading_the_rest(bench: TestBench) -> None:
    bench.scan("CMD:SIGN-OUT")
    bench.sign_in()
    bench.scan(f"ASN-{MANY}")
    bench.scan(sku(6))
    before = bench.screen.lines
    told = OutcomeRow(
        "op-2",
        "receive",
        "posted",
        "enr-9",
        2,
        tallies=(TallyDelta("inbound", f"ASN-{MANY}", 4_000, "received", 2),),
    )

    bench.feed(told)

    after = bench.screen.lines
    drawn = [new.line for old, new in zip(before, after, strict=True) if new is not old]
    assert (after[3_999].done, bench.screen.current) == (5, 6)
    # Line 6 is the current one, and marked anew on every screen.
    assert drawn == [6, 4_000]
    bench.scan("CMD:PAUSE")
