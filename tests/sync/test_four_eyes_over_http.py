"""Asked at one bench, approved at another, over HTTP against the real ledger: two signatures."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.ledger.imports import StockLine
from app.station.inbox import Intent
from app.station.ports import Work
from tests.support.synced import DOCK, MUG, SITE, RealLedger, eventually
from tests.sync.desks import ANNA, BOSS, CLERK, SVEN, Desk, Desks, hire, proven

pytestmark = pytest.mark.system


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[RealLedger]:
    made = RealLedger(tmp_path / "ledger")
    made.service.imports.stock(SITE, [StockLine(DOCK, MUG, 40)])
    hire(made, CLERK, BOSS)
    yield made
    made.go_down()


@pytest.fixture
def desks(ledger: RealLedger, tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    benches = Desks(ledger, tmp_path)
    yield benches.open("PACK-01"), benches.open("OFFICE-01")
    benches.close()


def has_stock(work: Work) -> bool:
    return bool(work.stock_at(DOCK))


def test_what_one_bench_asks_another_approves_with_two_signatures(
    ledger: RealLedger, desks: tuple[Desk, Desk]
) -> None:
    asking, deciding = desks
    asking.sign_in(ANNA, "p-anna", has_stock)
    for code in ("CMD:ADJUST", MUG, f"LOC:{DOCK}"):
        asking.scan(code)
    asking.do(Intent.CODE, "28")
    asking.do(Intent.REASON, "damaged")
    asking.do(Intent.MAIN)
    assert asking.sees(lambda screen: screen.prompt.title.code == "adjust.waits_now")

    deciding.sign_in(SVEN, "p-sven", has_stock)
    deciding.scan("CMD:APPROVALS")
    assert deciding.sees(lambda screen: [row.change for row in screen.waiting] == [-12])
    deciding.do(Intent.MAIN)
    deciding.prove(SVEN)

    assert deciding.sees(lambda screen: screen.prompt.title.code == "approvals.approved")
    assert eventually(lambda: asking.bench.at_dock() == deciding.bench.at_dock() == 28)
    assert deciding.sees(lambda screen: screen.waiting == ())
    assert proven(ledger) == {("adjust", "p-anna"), ("decide", "p-sven")}
