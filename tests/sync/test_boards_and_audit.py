"""What a board counts of another station came by the ledger; what is taken away is told to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.contract.messages import LocationRow, OrderedLine, OutcomeRow
from app.ledger.credentials import Secrets
from app.ledger.imports import StockLine
from app.ledger.people import Wanted
from app.station.inbox import Intent
from app.station.ports import Work
from app.station.screen import Screen
from tests.support.bench import order_row
from tests.support.people import BOSS_BADGE
from tests.support.synced import MUG, SITE, RealLedger, eventually, feed_of
from tests.sync.desks import ANNA, CLERK, PIN, Desks, hire, proven

pytestmark = pytest.mark.system
ORDER, OTHER = "ORD-48213", "ORD-48214"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[RealLedger]:
    made = RealLedger(tmp_path / "ledger")
    hire(made, CLERK, (Wanted("p-olu", "Olu", "supervisor", SITE), Secrets(BOSS_BADGE, PIN)))
    imports = made.service.imports
    imports.locations([LocationRow(SITE, place, "bin") for place in ("A-04-2", "R-01-1")])
    imports.stock(SITE, [StockLine("A-04-2", MUG, 5)])
    lines = (OrderedLine(1, MUG, 3),)
    imports.orders(SITE, [order_row(number, lines=lines) for number in (ORDER, OTHER)])
    yield made
    made.go_down()


@pytest.fixture
def benches(ledger: RealLedger, tmp_path: Path) -> Iterator[Desks]:
    made = Desks(ledger, tmp_path)
    yield made
    made.close()


def has_stock(work: Work) -> bool:
    return bool(work.stock_at("A-04-2"))


def number(screen: Screen, key: str) -> int:
    tiles = screen.board.tiles if screen.board is not None else ()
    return next((int(dict(one.value.params).get("n", -1)) for one in tiles if one.key == key), -1)


def stands(screen: Screen) -> dict[str, object]:
    tiles = screen.board.tiles if screen.board is not None else ()
    return dict(tiles[0].detail.params) if tiles else {}


def test_a_board_knows_what_another_station_does_and_the_ledger_what_is_taken_away(
    ledger: RealLedger, benches: Desks
) -> None:
    packing, board = benches.open("PACK-01"), benches.open("PACK-02")
    packing.sign_in(ANNA, "p-anna", has_stock)
    packing.scan(ORDER)
    packing.scan(MUG)
    assert eventually(packing.bench.confirmed)

    board.sign_in(BOSS_BADGE, "p-olu", has_stock)
    board.do(Intent.TASK, "dashboards")
    assert board.sees(lambda screen: number(screen, "1") == 2)
    board.do(Intent.MAIN)
    assert board.sees(lambda screen: stands(screen).get("in_work") == 1)
    assert board.sees(lambda screen: number(screen, "3") == 0)
    board.do(Intent.HOME)
    board.do(Intent.TASK, "audit")
    assert board.sees(lambda screen: screen.prompt.title.code == "audit.verified")
    board.do(Intent.MAIN)
    board.prove(BOSS_BADGE)
    assert board.sees(lambda screen: screen.prompt.title.code == "audit.writing")
    assert eventually(board.bench.confirmed)

    told = [row for row in feed_of(ledger.folder) if isinstance(row, OutcomeRow)]
    reasons = [row.reason for row in told if row.kind == "event"]
    assert "audit_exported" in reasons


def test_a_report_that_is_taken_away_is_posted_by_the_ledger_with_who_took_it(
    ledger: RealLedger, benches: Desks
) -> None:
    desk = benches.open("PACK-01")
    desk.sign_in(BOSS_BADGE, "p-olu", has_stock)
    desk.do(Intent.TASK, "reports")
    desk.do(Intent.REASON, "stock_list")
    desk.do(Intent.MAIN)
    desk.do(Intent.REASON, "csv")
    desk.prove(BOSS_BADGE)
    assert desk.sees(lambda screen: screen.proof is None)
    assert eventually(desk.bench.confirmed)

    told = [row for row in feed_of(ledger.folder) if isinstance(row, OutcomeRow)]
    taken = [(row.outcome, row.actor) for row in told if row.reason == "report_exported"]
    assert taken == [("posted", "p-olu")]
    assert ("event", "p-olu") in proven(ledger)
