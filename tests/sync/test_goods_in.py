"""What the pages of goods in record is what the real ledger counts: state, stock, exceptions."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.contract.messages import DocumentLine, DocumentRow, ExceptionRow
from app.station.inbox import Intent
from tests.support.leaks import ExpectedLogs
from tests.support.synced import DOCK, MUG, SITE, RealLedger, eventually, feed_of
from tests.sync.desks import ANNA, CLERK, Desk, Desks, hire

pytestmark = pytest.mark.system
ASN = "ASN-7001"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[RealLedger]:
    made = RealLedger(tmp_path / "ledger")
    hire(made, CLERK)
    yield made
    made.go_down()


@pytest.fixture
def desk(ledger: RealLedger, tmp_path: Path) -> Iterator[Desk]:
    benches = Desks(ledger, tmp_path)
    yield benches.open("DOCK-01")
    benches.close()


def announce(ledger: RealLedger, desk: Desk, kind: str, number: str, quantity: int) -> None:
    """The office announces mugs; somebody at the bench has signed in and knows of it."""
    row = DocumentRow(
        kind=kind,
        document=number,
        version=1,
        state="",
        party="Nordkeramik",
        lines=(DocumentLine(1, MUG, quantity),),
    )
    ledger.service.announcements.put(SITE, [row])
    ledger.service.bell.ring()

    def known() -> bool:
        def read() -> bool:
            with desk.bench.store.begin() as work:
                return bool(work.credential("p-anna") and work.document(kind, number))

        return desk.bench.station.call(read).result(10)

    assert eventually(known)
    desk.prove(ANNA)
    assert desk.sees(lambda screen: screen.page.value == "home")


def state_of(desk: Desk, kind: str, number: str) -> str:
    def read() -> str:
        with desk.bench.store.begin() as work:
            row = work.document(kind, number)
            return row.state if row is not None else ""

    return desk.bench.station.call(read).result(10)


def exceptions(ledger: RealLedger) -> list[str]:
    """Codes of exceptions the ledger has opened."""
    return [row.code for row in feed_of(ledger.folder) if isinstance(row, ExceptionRow)]


def test_a_delivery_received_at_a_bench_is_what_the_ledger_says(
    ledger: RealLedger, desk: Desk
) -> None:
    announce(ledger, desk, "inbound", ASN, 5)
    desk.scan(ASN)
    desk.scan(MUG)
    desk.do(Intent.QUANTITY, "2")
    desk.scan(MUG)
    desk.do(Intent.DAMAGED)
    desk.scan(MUG)
    assert desk.sees(lambda screen: screen.done == 4)
    desk.do(Intent.MAIN)
    desk.do(Intent.SHORT)

    assert desk.sees(lambda screen: screen.prompt.title.code == "receive.done_short")
    assert eventually(lambda: desk.bench.confirmed() and desk.bench.at_dock() > 0)
    assert eventually(lambda: state_of(desk, "inbound", ASN) == "received")
    assert exceptions(ledger) == []


def test_what_is_too_much_is_an_exception_once_it_is_taken_in(
    ledger: RealLedger, desk: Desk
) -> None:
    announce(ledger, desk, "inbound", ASN, 1)
    desk.scan(ASN)
    desk.do(Intent.QUANTITY, "2")
    desk.scan(MUG)
    desk.do(Intent.ACKNOWLEDGE)
    desk.do(Intent.REASON, "sent_more")

    assert desk.sees(lambda screen: screen.prompt.title.code == "receive.taken_over")
    assert eventually(desk.bench.confirmed)
    assert exceptions(ledger) == ["over_receipt"]


def test_a_return_decided_at_a_bench_is_what_the_ledger_says(
    ledger: RealLedger, desk: Desk
) -> None:
    announce(ledger, desk, "return", "RMA-1041", 3)
    desk.scan("RMA-1041")
    for word in ("good", "hold", "scrap"):
        desk.scan(MUG)
        desk.scan(f"LOC:{DOCK}")
        desk.do(Intent.REASON, word)
        desk.do(Intent.REASON, "not_wanted")

    assert desk.sees(lambda screen: screen.done == 3)

    def counted() -> dict[str, int]:
        with desk.bench.store.begin() as work:
            return dict(work.counted("return", "RMA-1041")[1])

    assert eventually(desk.bench.confirmed)
    assert eventually(lambda: state_of(desk, "return", "RMA-1041") == "closed")
    assert desk.bench.station.call(counted).result(10) == {
        "received": 3,
        "good": 1,
        "hold": 1,
        "scrapped": 1,
    }
    assert exceptions(ledger) == []


def test_goods_received_while_the_ledger_was_away_are_counted_when_it_is_back(
    ledger: RealLedger, desk: Desk, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("link to the ledger: offline")
    announce(ledger, desk, "inbound", ASN, 2)
    ledger.go_down()
    desk.scan(ASN)
    desk.scan(MUG)
    desk.scan(MUG)
    desk.do(Intent.MAIN)
    assert desk.sees(lambda screen: screen.prompt.title.code == "receive.done")
    assert state_of(desk, "inbound", ASN) == "expected"

    ledger.come_back()

    assert eventually(lambda: state_of(desk, "inbound", ASN) == "received")
    assert desk.bench.at_dock() == 2
