"""What the pages of the office record is what the real ledger says: bulk, counted again, plans."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.contract.messages import DocumentRow, ItemRow
from app.domain.document import DocumentKind
from app.ledger.credentials import Secrets
from app.ledger.imports import StockLine
from app.ledger.people import Wanted
from app.station.events import EditAsked, Event
from app.station.inbox import Intent, LinkState
from app.sync import asking
from tests.support.synced import DOCK, MUG, SITE, RealLedger, eventually, feed_of
from tests.sync.desks import ANNA, BOSS, CLERK, PIN, SVEN, Desk, Desks, hire
from tests.sync.test_counting_and_transfers import state

pytestmark = pytest.mark.system
CARLA = "PHB-CARLA0123456789ABCDEFGHJKM"
COUNT = DocumentKind.COUNT.value


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[RealLedger]:
    made = RealLedger(tmp_path / "ledger")
    made.service.imports.stock(SITE, [StockLine(DOCK, MUG, 40)])
    hire(made, CLERK, BOSS, (Wanted("p-carla", "Carla", "controller", SITE), Secrets(CARLA, PIN)))
    yield made
    made.go_down()


@pytest.fixture
def bench(ledger: RealLedger, tmp_path: Path) -> Iterator[Callable[[str], Desk]]:
    benches = Desks(ledger, tmp_path)
    yield benches.open
    benches.close()


def ask_for(desk: Desk, change: str, reason: str) -> None:
    for code in ("CMD:ADJUST", MUG, f"LOC:{DOCK}"):
        desk.scan(code)
    desk.do(Intent.CODE, change)
    desk.do(Intent.REASON, reason)
    desk.do(Intent.MAIN)
    assert desk.sees(lambda screen: screen.prompt.title.code == "adjust.waits_now")


def plans(ledger: RealLedger) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """State and places of every version of a count plan, as the feed tells them."""
    return [
        (row.state, tuple((line.location, line.item) for line in row.lines))
        for row in feed_of(ledger.folder)
        if isinstance(row, DocumentRow) and row.kind == COUNT
    ]


def test_a_bulk_is_posted_and_what_is_counted_again_becomes_a_plan(
    ledger: RealLedger, bench: Callable[[str], Desk]
) -> None:
    asking, deciding = bench("PACK-01"), bench("OFFICE-01")
    asking.sign_in(ANNA, "p-anna")
    assert eventually(lambda: asking.bench.at_dock() == 40)
    for change in ("-3", "-5", "-2"):
        ask_for(asking, change, "damaged")
    deciding.sign_in(SVEN, "p-sven")
    deciding.scan("CMD:APPROVALS")
    assert deciding.sees(lambda screen: [row.change for row in screen.waiting] == [-3, -5, -2])

    deciding.do(Intent.RECOUNT)
    deciding.prove(SVEN)
    assert deciding.sees(lambda screen: screen.prompt.title.code == "approvals.recount_asked")
    assert deciding.sees(lambda screen: [row.change for row in screen.waiting] == [-5, -2])
    deciding.do(Intent.MARK, "all")
    deciding.do(Intent.MAIN)
    deciding.do(Intent.MAIN)
    deciding.prove(SVEN)

    assert deciding.sees(lambda screen: screen.prompt.title.code == "approvals.all_done")
    assert eventually(lambda: asking.bench.at_dock() == deciding.bench.at_dock() == 33)
    assert plans(ledger) == [("open", ((DOCK, MUG),))]


def test_a_plan_of_one_bench_is_counted_at_another(
    ledger: RealLedger, bench: Callable[[str], Desk]
) -> None:
    office, floor = bench("OFFICE-01"), bench("PACK-01")
    office.sign_in(CARLA, "p-carla")
    assert eventually(lambda: bool(office.ask(lambda work: work.stock_at(DOCK))))
    office.do(Intent.TASK, "plan")
    office.scan(f"LOC:{DOCK}")
    office.do(Intent.MAIN)
    assert office.sees(lambda screen: screen.prompt.title.code.startswith("plan.asked"))

    floor.sign_in(ANNA, "p-anna")
    assert eventually(lambda: bool(floor.ask(lambda work: work.documents(COUNT, ("open",), 9))))
    ((_, lines),) = plans(ledger)
    number = next(
        row.document
        for row in feed_of(ledger.folder)
        if isinstance(row, DocumentRow) and row.kind == COUNT
    )
    for code in (number, f"LOC:{DOCK}", MUG):
        floor.scan(code)
    floor.do(Intent.CODE, "40")
    floor.do(Intent.MAIN)

    assert lines == ((DOCK, ""),)
    assert eventually(lambda: state(office, COUNT, number) == "done")


def link_of(desk: Desk) -> LinkState:
    station = desk.bench.station
    return station.call(lambda: station.engine.board.link.state).result(10)


def let_edit(desk: Desk) -> None:
    """As the program does: a change goes to the ledger, its answer to the inbox."""

    def hear(event: Event) -> None:
        if isinstance(event, EditAsked):
            desk.bench.station.put(asking.edit(desk.bench.ledger, event.put))

    desk.bench.station.call(lambda: desk.bench.station.subscribe(hear)).result(10)


def test_what_is_edited_at_a_bench_holds_at_every_bench(
    ledger: RealLedger, bench: Callable[[str], Desk]
) -> None:
    office, floor = bench("OFFICE-01"), bench("PACK-01")
    let_edit(office)
    office.sign_in(CARLA, "p-carla")
    assert eventually(lambda: link_of(office) is LinkState.ONLINE)
    office.do(Intent.TASK, "edit")
    office.scan(MUG)
    # The reorder point is asked for as the item is opened.
    assert office.sees(lambda screen: screen.document == MUG and "low_none" in str(screen.choices))
    office.do(Intent.CHOOSE, "weight")
    office.do(Intent.CODE, "312")
    office.do(Intent.CHOOSE, "low")
    office.do(Intent.CODE, "12")
    office.do(Intent.MAIN)
    office.do(Intent.REASON, "measured")

    assert office.sees(lambda screen: screen.prompt.title.code == "edit.done")

    def weight() -> int:
        row = floor.ask(lambda work: work.item_by_sku(MUG))
        return row.weight_mg if isinstance(row, ItemRow) else 0

    assert eventually(lambda: weight() == 312_000)
    (point,) = ledger.service.replenishment.thresholds(ledger.service.site(SITE))
    assert (point.item, point.low, point.actor) == (MUG, 12, "p-carla")
