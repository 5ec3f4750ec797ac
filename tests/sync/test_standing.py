"""What Exceptions and Claims record is what the real ledger takes: closed, taken over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.contract.messages import (
    AsOf,
    ClaimRow,
    ExceptionRow,
    Line,
    LocationRow,
    Operation,
    OrderedLine,
)
from app.domain.operation import Kind, postings
from app.ledger.imports import StockLine
from app.station.inbox import Intent
from app.station.ports import Work
from app.station.screen import Screen
from tests.support.bench import order_row
from tests.support.synced import MUG, SITE, RealLedger, eventually, feed_of
from tests.sync.desks import ANNA, BOSS, CLERK, SVEN, Desk, Desks, hire

pytestmark = pytest.mark.system
ORDER = "ORD-48213"
OPENED = ("negative_balance", "open")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[RealLedger]:
    made = RealLedger(tmp_path / "ledger")
    hire(made, CLERK, BOSS)
    imports = made.service.imports
    imports.locations([LocationRow(SITE, place, "bin") for place in ("A-04-2", "B-01-1")])
    imports.stock(SITE, [StockLine("A-04-2", MUG, 2)])
    imports.orders(SITE, [order_row(ORDER, lines=(OrderedLine(1, MUG, 2),))])
    yield made
    made.go_down()


@pytest.fixture
def desks(ledger: RealLedger, tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    benches = Desks(ledger, tmp_path)
    yield benches.open("PACK-01"), benches.open("OFFICE-01")
    benches.close()


def has_order(work: Work) -> bool:
    return work.order(ORDER) is not None


def rows(screen: Screen) -> list[str]:
    return [row.key for row in screen.choices.rows] if screen.choices is not None else ["no list"]


def exceptions(ledger: RealLedger) -> list[tuple[str, str, str]]:
    rows = [row for row in feed_of(ledger.folder) if isinstance(row, ExceptionRow)]
    return [(row.code, row.state, row.owner) for row in rows]


def holders(ledger: RealLedger) -> list[str]:
    rows = [row for row in feed_of(ledger.folder) if isinstance(row, ClaimRow)]
    return [row.station for row in rows if row.document == ORDER and row.state == "claimed"]


def test_an_exception_of_one_bench_is_taken_and_closed_at_another(
    ledger: RealLedger, desks: tuple[Desk, Desk]
) -> None:
    clerk, boss = desks
    boss.sign_in(SVEN, "p-sven", has_order)
    clerk.bench.station.call(lambda: take_from_nothing(clerk)).result(10)
    assert eventually(lambda: [one[:2] for one in exceptions(ledger)] == [OPENED])

    boss.do(Intent.TASK, "exceptions")
    assert boss.sees(lambda screen: rows(screen) == ["negative_balance"])
    boss.do(Intent.OPEN, "negative_balance")
    assert boss.sees(lambda screen: len(rows(screen)) == 1 and screen.facts != ())
    boss.do(Intent.MAIN)
    assert eventually(lambda: exceptions(ledger)[-1] == ("negative_balance", "open", "p-sven"))
    boss.do(Intent.TASK, "close_with_note")
    boss.do(Intent.REASON, "counted")

    assert eventually(lambda: exceptions(ledger)[-1] == ("negative_balance", "closed", "p-sven"))
    assert boss.sees(lambda screen: rows(screen) == [])
    assert eventually(boss.bench.confirmed)


def take_from_nothing(desk: Desk) -> None:
    """Record a move of what is not there, as a flow does."""
    bench = desk.bench
    where = bench.store.position()
    body = Operation(
        id=bench._ids.new_id(),
        kind=Kind.MOVE.value,
        contract_version=1,
        site=SITE,
        actor="p-anna",
        role="clerk",
        source_system="packhouse",
        correlation_id=bench._ids.new_id(),
        recorded_at=bench._clock.now().isoformat(timespec="milliseconds"),
        as_of=AsOf(epoch=where.epoch, cursor=where.cursor),
        lines=(Line(item=MUG, quantity=1, source="B-01-1", target="A-04-2"),),
    )
    with bench.store.begin() as work:
        work.append(body, postings(body.lines), "")
        work.commit()
    if bench.sync is not None:
        bench.sync.wake()


def test_an_order_is_taken_over_from_another_bench_with_what_it_has_packed(
    ledger: RealLedger, desks: tuple[Desk, Desk]
) -> None:
    clerk, boss = desks
    clerk.sign_in(ANNA, "p-anna", has_order)
    clerk.scan(ORDER)
    assert clerk.sees(lambda screen: screen.page.value == "pack" and screen.total == 2)
    clerk.scan(MUG)
    assert eventually(lambda: holders(ledger) == ["PACK-01"])
    boss.sign_in(SVEN, "p-sven", has_order)

    boss.do(Intent.TASK, "claims")
    boss.scan(ORDER)
    assert boss.sees(lambda screen: screen.choices is not None and "order" in screen.choices.chosen)
    boss.do(Intent.MAIN)
    boss.prove(SVEN)

    assert eventually(lambda: holders(ledger) == ["PACK-01", "OFFICE-01"])
    assert boss.sees(lambda screen: [a.key for a in screen.actions] == ["Esc", "Enter"])
    boss.do(Intent.OPEN, f"order\x1f{ORDER}")
    assert boss.sees(lambda screen: screen.page.value == "pack" and screen.done == 1)
