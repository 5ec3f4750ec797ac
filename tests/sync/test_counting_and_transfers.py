"""What the pages Count and Transfer record is what the real ledger says, at both sites."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.contract.messages import DocumentLine, DocumentRow, ExceptionRow, LocationRow
from app.ledger.credentials import Secrets
from app.ledger.imports import StockLine
from app.ledger.people import Wanted
from app.ledger.transfers import Call
from app.station.inbox import Intent
from tests.support.synced import DOCK, MUG, SITE, RealLedger, eventually, feed_of
from tests.sync.desks import ANNA, CLERK, PIN, SVEN, Desk, Desks, hire

pytestmark = pytest.mark.system
PLAN, TRANSFER, OTHER = "CNT-7", "TR-5001", "LEJ"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[RealLedger]:
    made = RealLedger(tmp_path / "ledger")
    made.service.add_site(OTHER, company_prefix="4012346")
    made.service.imports.locations([LocationRow(site=OTHER, location=DOCK, kind="dock")])
    made.service.imports.stock(SITE, [StockLine(DOCK, MUG, 40)])
    hire(made, CLERK, (Wanted("p-sven", "Sven", "clerk", OTHER), Secrets(SVEN, PIN)))
    yield made
    made.go_down()


@pytest.fixture
def bench(ledger: RealLedger, tmp_path: Path) -> Iterator[Callable[[str], Desk]]:
    benches = Desks(ledger, tmp_path)
    yield lambda site: benches.open("PACK-01", site)
    benches.close()


def state(desk: Desk, kind: str, number: str) -> str:
    row = desk.ask(lambda work: work.document(kind, number))
    return row.state if isinstance(row, DocumentRow) else ""


def knows_the_dock(desk: Desk) -> bool:
    """The place, and what lies there: they come in different answers."""
    return desk.ask(lambda work: work.location_kind(DOCK) is not None and bool(work.stock_at(DOCK)))


def told(ledger: RealLedger) -> list[str]:
    """Codes of the exceptions the ledger has opened, in order."""
    return [row.code for row in feed_of(ledger.folder) if isinstance(row, ExceptionRow)]


def plan(ledger: RealLedger) -> None:
    row = DocumentRow(
        kind="count", document=PLAN, version=0, state="", lines=(DocumentLine(1, "", 0, DOCK),)
    )
    ledger.service.counts.plan(ledger.service.site(SITE), row)
    ledger.service.bell.ring()


@pytest.mark.parametrize(("total", "codes"), [("40", []), ("37", ["count_differs"])])
def test_a_count_at_a_bench_is_judged_by_the_ledger_and_ends_its_plan(
    ledger: RealLedger, bench: Callable[[str], Desk], total: str, codes: list[str]
) -> None:
    plan(ledger)
    desk = bench(SITE)
    desk.sign_in(ANNA, "p-anna")
    assert eventually(lambda: state(desk, "count", PLAN) == "open")
    # Documents come before the feed: who counts before seeing the goods is told they moved.
    assert eventually(lambda: knows_the_dock(desk))
    for code in (PLAN, f"LOC:{DOCK}", MUG):
        desk.scan(code)
    desk.do(Intent.CODE, total)
    desk.do(Intent.MAIN)

    assert eventually(lambda: state(desk, "count", PLAN) == "done")
    assert eventually(desk.bench.confirmed)
    assert told(ledger) == codes


def test_a_doubted_count_is_offered_to_another_person_and_refused_to_the_first(
    ledger: RealLedger, bench: Callable[[str], Desk]
) -> None:
    desk = bench(SITE)
    desk.sign_in(ANNA, "p-anna")
    assert eventually(lambda: knows_the_dock(desk))
    for code in ("CMD:TASK-COUNT", f"LOC:{DOCK}", "CMD:EMPTY"):
        desk.scan(code)

    assert eventually(lambda: bool(desk.ask(lambda work: work.recounts(10))))
    desk.scan(f"LOC:{DOCK}")
    assert desk.sees(lambda screen: screen.prompt.title.code == "count.another_person")


def ask_for(ledger: RealLedger, quantity: int) -> None:
    """The office asks for a transfer from here to the other site."""
    row = DocumentRow(
        kind="transfer",
        document=TRANSFER,
        version=0,
        state="",
        origin=SITE,
        destination=OTHER,
        lines=(DocumentLine(1, MUG, quantity),),
    )
    service = ledger.service
    made = service.transfers.ask(service.site(SITE), row, Call("office"))
    assert made.outcome == "posted", made
    service.bell.ring()


def test_what_one_site_ships_the_other_receives_and_what_is_missing_ends_somewhere(
    ledger: RealLedger, bench: Callable[[str], Desk]
) -> None:
    ask_for(ledger, 5)
    here, there = bench(SITE), bench(OTHER)
    here.sign_in(ANNA, "p-anna")
    there.sign_in(SVEN, "p-sven")
    assert eventually(lambda: state(here, "transfer", TRANSFER) == "approved")
    for code in (TRANSFER, f"LOC:{DOCK}", "CMD:QTY-5", MUG, "CMD:MAIN", "SEAL-0099812"):
        here.scan(code)
    assert here.sees(lambda screen: screen.prompt.title.code == "transfer.ship_done")
    assert eventually(lambda: state(there, "transfer", TRANSFER) == "in_transit")

    for code in (TRANSFER, f"LOC:{DOCK}", "CMD:QTY-3", MUG, "CMD:MAIN", "CMD:REASON-MISSING"):
        there.scan(code)
    assert there.sees(lambda screen: screen.prompt.title.code == "transfer.missing_told")
    assert eventually(there.bench.confirmed)
    assert eventually(lambda: told_at(there) == ["transfer_short"])
    for code in (TRANSFER, "CMD:MAIN", "CMD:REASON-LOST"):
        there.scan(code)

    assert eventually(lambda: state(here, "transfer", TRANSFER) == "closed")
    assert eventually(lambda: told_at(there) == [])
    assert (at_dock(here), at_dock(there)) == (35, 3)


def at_dock(desk: Desk) -> int:
    """Mugs at the dock, as the bench's book has them."""
    units = desk.ask(lambda work: sum(row.quantity for row in work.stock_at(DOCK)))
    assert isinstance(units, int)
    return units


def told_at(desk: Desk) -> list[str]:
    """Codes of what needs somebody at a bench."""
    query = "SELECT code FROM exception WHERE state != 'closed'"
    found = desk.ask(lambda work: list(work.connection.exec_driver_sql(query).scalars()))
    assert isinstance(found, list)
    return found
