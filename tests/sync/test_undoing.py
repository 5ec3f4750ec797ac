"""What is taken back at a bench is taken back in the real ledger: the books are as they were."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest
import sqlalchemy as sa

from app.cache.work import NUMBERS, Numbers
from app.contract.messages import (
    DocumentLine,
    DocumentRow,
    ExceptionRow,
    LocationRow,
    OrderedLine,
    OrderRow,
    OutcomeRow,
)
from app.domain.policy import AdjustLimit, Policy
from app.ledger.imports import StockLine
from app.ledger.service import LedgerService
from app.ledger.tables import balance
from app.ledger.transfers import Call
from app.station.inbox import Intent, Printed, PrintState
from app.station.ports import Work
from app.station.screen import Screen
from tests.support import prepared
from tests.support.bench import order_row
from tests.support.leaks import ExpectedLogs
from tests.support.synced import DOCK, MUG, SITE, RealLedger, eventually, feed_of
from tests.sync.desks import ANNA, BOSS, CLERK, SVEN, Desk, Desks, hire

pytestmark = pytest.mark.system
ORDER, SHELF = "ORD-48213", "A-04-2"
ASN, RMA, TRANSFER, OTHER = "ASN-7001", "RMA-1041", "TR-5001", "LEJ"
PAPERS = (("inbound", ASN), ("return", RMA), ("transfer", TRANSFER))
T = TypeVar("T")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[RealLedger]:
    made = RealLedger(tmp_path / "ledger")
    hire(made, CLERK, BOSS)
    imports = made.service.imports
    imports.locations([LocationRow(SITE, SHELF, "bin")])
    imports.stock(SITE, [StockLine(DOCK, MUG, 30), StockLine(SHELF, MUG, 10)])
    imports.orders(SITE, [order_row(ORDER, lines=(OrderedLine(1, MUG, 2),))])
    yield made
    made.go_down()


@pytest.fixture
def desk(ledger: RealLedger, tmp_path: Path) -> Iterator[Desk]:
    benches = Desks(ledger, tmp_path)
    yield benches.open("PACK-01")
    benches.close()


def number_parcels(desk: Desk) -> None:
    """The station gets the numbers of its parcels, as it does when it enrols."""

    def give() -> None:
        with desk.bench.store.begin() as work:
            block = Numbers(34012345000000000, 100)
            work.set_note(NUMBERS, msgspec.json.encode(block).decode())
            work.commit()

    desk.bench.station.call(give).result(10)


def titled(desk: Desk, code: str) -> bool:
    return desk.sees(lambda screen: screen.prompt.title.code == code)


def sign_in(desk: Desk) -> None:
    desk.sign_in(ANNA, "p-anna", lambda work: work.order(ORDER) is not None)


def pack(desk: Desk) -> str:
    """Two mugs are packed and handed over, without a scale; the number of the parcel."""
    number_parcels(desk)
    desk.scan(ORDER)
    assert desk.sees(lambda screen: screen.page.value == "pack")
    desk.scan(MUG)
    desk.scan(MUG)
    assert titled(desk, "weigh.title")
    desk.do(Intent.OVERRIDE, "no_scale")
    assert desk.sees(lambda screen: screen.label is not None)
    job, sscc = desk.ask(lambda work: work.open_prints()[-1][0]), desk.screen.label
    assert sscc is not None
    desk.bench.station.put(Printed(job, PrintState.PRINTED))
    assert titled(desk, "pack.hand_over")
    desk.do(Intent.MAIN)
    assert desk.sees(lambda screen: screen.page.value == "home")
    return sscc.sscc


def open_again(desk: Desk, sscc: str) -> None:
    """The parcel is opened, both mugs are taken out, and nobody is told of anything else."""
    desk.do(Intent.UNDO)
    desk.scan(f"00{sscc}")
    assert titled(desk, "undo.confirm")
    desk.do(Intent.MAIN)
    assert titled(desk, "undo.done_ship")


def take_out(desk: Desk) -> None:
    desk.do(Intent.HOME)
    desk.scan(ORDER)
    assert titled(desk, "weigh.title")
    desk.do(Intent.UNDO)
    desk.do(Intent.UNDO)
    assert desk.sees(lambda screen: screen.done == 0)


def books(ledger: RealLedger) -> dict[tuple[str, str], int]:
    """What the ledger has where; nothing that is zero."""
    with ledger.service.database.read() as connection:
        rows = connection.execute(
            sa.select(balance.c.location, balance.c.item, balance.c.quantity)
        ).all()
    return {(row.location, row.item): row.quantity for row in rows if row.quantity}


def exceptions(ledger: RealLedger) -> list[str]:
    """Codes of exceptions the ledger has opened."""
    return [row.code for row in feed_of(ledger.folder) if isinstance(row, ExceptionRow)]


def states(ledger: RealLedger) -> list[str]:
    """States of the order, version by version."""
    return [row.state for row in feed_of(ledger.folder) if isinstance(row, OrderRow)]


def test_a_parcel_the_ledger_knows_as_shipped_is_open_again_and_emptied(
    ledger: RealLedger, desk: Desk
) -> None:
    before = books(ledger)
    sign_in(desk)
    sscc = pack(desk)
    assert eventually(desk.bench.confirmed)
    assert states(ledger) == ["released", "shipped"]

    open_again(desk, sscc)
    assert eventually(desk.bench.confirmed)
    assert eventually(lambda: states(ledger) == ["released", "shipped", "released"])
    take_out(desk)

    assert eventually(desk.bench.confirmed)
    assert eventually(lambda: books(ledger) == before)
    assert exceptions(ledger) == []


def test_what_was_done_and_taken_back_without_a_link_leaves_the_books_as_they_were(
    ledger: RealLedger, desk: Desk, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("link to the ledger: offline")
    before = books(ledger)
    sign_in(desk)
    assert eventually(desk.bench.confirmed)
    ledger.go_down()
    sscc = pack(desk)
    desk.do(Intent.TASK, "move")
    desk.scan(f"LOC:{DOCK}")
    desk.scan(MUG)
    desk.do(Intent.QUANTITY, "7")
    desk.scan(f"LOC:{SHELF}")
    desk.do(Intent.PAUSE)
    assert desk.sees(lambda screen: screen.page.value == "home")

    desk.do(Intent.UNDO)
    desk.do(Intent.MAIN)
    assert titled(desk, "undo.confirm")
    desk.do(Intent.MAIN)
    assert titled(desk, "undo.done")
    desk.do(Intent.HOME)
    open_again(desk, sscc)
    take_out(desk)
    ledger.come_back()

    assert eventually(desk.bench.confirmed)
    assert eventually(lambda: books(ledger) == before)
    assert exceptions(ledger) == []


def test_an_adjustment_above_the_limit_is_taken_back_by_two_persons(
    ledger: RealLedger, desk: Desk
) -> None:
    before = books(ledger)
    sign_in(desk)
    for code in ("CMD:ADJUST", MUG, f"LOC:{SHELF}"):
        desk.scan(code)
    desk.do(Intent.CODE, "4")
    desk.do(Intent.REASON, "damaged")
    desk.do(Intent.MAIN)
    assert titled(desk, "adjust.waits_now")
    _approve(desk)
    assert eventually(lambda: books(ledger)[SHELF, MUG] == 4)
    assert eventually(desk.bench.confirmed)

    desk.do(Intent.HOME)
    desk.do(Intent.UNDO)
    desk.do(Intent.MAIN)
    assert titled(desk, "undo.confirm_waits")
    desk.do(Intent.MAIN)
    assert titled(desk, "undo.asked")
    assert eventually(desk.bench.confirmed)
    assert books(ledger)[SHELF, MUG] == 4
    _approve(desk)

    assert eventually(lambda: books(ledger) == before)
    assert exceptions(ledger) == []


def outcomes(ledger: RealLedger) -> list[tuple[str, str, str]]:
    """What became of adjustments and reversals, in the order of the feed."""
    rows = [row for row in feed_of(ledger.folder) if isinstance(row, OutcomeRow)]
    return [(row.kind, row.outcome, row.code) for row in rows if row.kind in ("adjust", "reverse")]


def undone(screen: Screen) -> list[str]:
    """How everything in the list of Take back stands."""
    listed = screen.choices.rows if screen.choices is not None else ()
    return [getattr(row.cells[2], "code", "") for row in listed]


def agree(service: LedgerService, units: int) -> None:
    """Clerks adjust so many units alone."""
    limit = AdjustLimit(units, None, None, None, None)
    service.policies.put(
        service.site(SITE), Policy(adjust={"clerk": limit}), actor="p-sven", reason="for the test"
    )


def test_what_was_taken_back_before_the_ledger_made_it_wait_is_withdrawn(
    ledger: RealLedger, desk: Desk, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("link to the ledger: offline")
    before = books(ledger)
    agree(ledger.service, 5)
    sign_in(desk)
    assert eventually(lambda: "clerk" in desk.ask(lambda work: work.policy().adjust))
    ledger.go_down()
    for code in ("CMD:ADJUST", MUG, f"LOC:{SHELF}"):
        desk.scan(code)
    desk.do(Intent.CODE, "8")
    desk.do(Intent.REASON, "damaged")
    desk.do(Intent.MAIN)
    desk.do(Intent.HOME)
    desk.do(Intent.UNDO)
    desk.do(Intent.MAIN)
    assert titled(desk, "undo.confirm")
    desk.do(Intent.MAIN)
    assert titled(desk, "undo.done")

    meanwhile = LedgerService(prepared.ledger(ledger.folder))
    agree(meanwhile, 1)
    meanwhile.close()
    ledger.come_back()

    assert eventually(desk.bench.confirmed)
    assert outcomes(ledger)[-3:] == [
        ("adjust", "waiting", "over_quantity_limit"),
        ("reverse", "posted", "withdrew"),
        ("adjust", "refused", "withdrawn"),
    ]
    assert books(ledger) == before
    assert desk.sees(lambda screen: undone(screen) == ["undo.now_back"])
    assert desk.ask(lambda work: (work.waiting_count(), work.attention(1))) == (0, ())


def _approve(desk: Desk) -> None:
    """A supervisor comes to the bench and approves what waits."""
    desk.do(Intent.HOME)
    desk.scan("CMD:APPROVALS")
    assert eventually(desk.bench.confirmed)
    assert desk.sees(lambda screen: len(screen.waiting) == 1)
    desk.do(Intent.MAIN)
    desk.prove(SVEN)
    assert titled(desk, "approvals.approved")
    assert desk.sees(lambda screen: screen.waiting == ())


def announce(ledger: RealLedger, desk: Desk) -> None:
    """A delivery of five mugs, a return of two, and a transfer of three to the other site."""
    service = ledger.service
    rows = [
        DocumentRow(
            kind=kind, document=number, version=1, state="", lines=(DocumentLine(1, MUG, quantity),)
        )
        for kind, number, quantity in (("inbound", ASN, 5), ("return", RMA, 2))
    ]
    service.announcements.put(SITE, rows)
    service.add_site(OTHER, company_prefix="4012346")
    asked = DocumentRow(
        kind="transfer", document=TRANSFER, version=0, state="", origin=SITE, destination=OTHER,
        lines=(DocumentLine(1, MUG, 3),),
    )  # fmt: skip
    made = service.transfers.ask(service.site(SITE), asked, Call("office"))
    assert made.outcome == "posted"
    service.bell.ring()
    assert eventually(lambda: len(documents(desk)) == len(PAPERS))


def documents(desk: Desk) -> list[tuple[str, dict[str, int]]]:
    """State of every document the bench knows, and what is counted at its line."""

    def read(work: Work) -> list[tuple[str, dict[str, int]]]:
        found = []
        for paper in PAPERS:
            row, counted = work.document(*paper), work.counted(*paper)
            if row is not None:
                told = {word: units for word, units in counted.get(1, {}).items() if units}
                found.append((row.state, told))
        return found

    return desk.ask(read)


def home(desk: Desk) -> None:
    assert desk.sees(lambda screen: screen.page.value == "home")


def test_goods_of_every_kind_go_back_at_the_ledger_too(ledger: RealLedger, desk: Desk) -> None:
    sign_in(desk)
    announce(ledger, desk)
    assert eventually(desk.bench.confirmed)
    before, said = books(ledger), documents(desk)

    desk.scan(ASN)
    desk.do(Intent.QUANTITY, "2")
    desk.scan(MUG)
    desk.do(Intent.MAIN)
    desk.do(Intent.SHORT)
    home(desk)
    desk.scan(RMA)
    for word in ("good", "scrap"):
        desk.scan(MUG)
        desk.scan(f"LOC:{DOCK}")
        desk.do(Intent.REASON, word)
        desk.do(Intent.REASON, "not_wanted")
    desk.do(Intent.MAIN)
    home(desk)
    for code in (TRANSFER, f"LOC:{DOCK}", "CMD:QTY-3", MUG, "CMD:MAIN", "CMD:MAIN"):
        desk.scan(code)
    home(desk)
    for code in ("CMD:TASK-PICK", ORDER, "TOTE:T-1", "CMD:MAIN", MUG, MUG, "CMD:MAIN"):
        desk.scan(code)
    home(desk)
    assert eventually(desk.bench.confirmed)
    assert books(ledger) != before

    desk.do(Intent.UNDO)
    for _ in range(5):
        desk.do(Intent.MAIN)
        assert titled(desk, "undo.confirm")
        desk.do(Intent.MAIN)
        assert desk.sees(lambda screen: screen.prompt.title.code == "undo.done")

    assert eventually(desk.bench.confirmed)
    assert eventually(lambda: books(ledger) == before)
    assert eventually(lambda: documents(desk) == said)
    assert desk.ask(lambda work: work.attention(1)) == ()
