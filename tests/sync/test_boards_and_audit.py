"""What a board counts of another station came by the ledger; what is taken away is told to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.contract.messages import LocationRow, OrderedLine, OutcomeRow
from app.ledger.credentials import Secrets
from app.ledger.imports import StockLine
from app.ledger.people import Wanted
from app.station.inbox import Intent
from app.station.screen import Screen
from tests.support.bench import order_row
from tests.support.people import BOSS_BADGE
from tests.support.synced import MUG, SITE, RealLedger, SyncedBench, eventually, feed_of
from tests.sync.test_four_eyes_over_http import ANNA, PIN, Desk, sign_in

pytestmark = pytest.mark.system
ORDER, OTHER = "ORD-48213", "ORD-48214"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[RealLedger]:
    made = RealLedger(tmp_path / "ledger")
    people = made.service.people
    wanted = [
        (Wanted("p-anna", "Anna", "clerk", SITE), Secrets(ANNA, PIN)),
        (Wanted("p-olu", "Olu", "supervisor", SITE), Secrets(BOSS_BADGE, PIN)),
    ]
    people.store(people.prepare(wanted), "p-ada")
    imports = made.service.imports
    imports.locations([LocationRow(SITE, place, "bin") for place in ("A-04-2", "R-01-1")])
    imports.stock(SITE, [StockLine("A-04-2", MUG, 5)])
    lines = (OrderedLine(1, MUG, 3),)
    imports.orders(SITE, [order_row(number, lines=lines) for number in (ORDER, OTHER)])
    yield made
    made.go_down()


def desk_at(ledger: RealLedger, folder: Path, name: str) -> Desk:
    code = ledger.service.identity.add_station(SITE, name).code
    bench = SyncedBench(folder / name, ledger.url, code)
    bench.start_sync()
    return Desk(bench)


def number(screen: Screen, key: str) -> int:
    tiles = screen.board.tiles if screen.board is not None else ()
    return next((int(dict(one.value.params).get("n", -1)) for one in tiles if one.key == key), -1)


def stands(screen: Screen) -> dict[str, object]:
    tiles = screen.board.tiles if screen.board is not None else ()
    return dict(tiles[0].detail.params) if tiles else {}


def test_a_board_knows_what_another_station_does_and_the_ledger_what_is_taken_away(
    ledger: RealLedger, tmp_path: Path
) -> None:
    packing, board = (desk_at(ledger, tmp_path, name) for name in ("PACK-01", "PACK-02"))
    sign_in(packing, ANNA, "p-anna", "A-04-2")
    packing.scan(ORDER)
    packing.scan(MUG)
    assert eventually(packing.bench.confirmed)

    sign_in(board, BOSS_BADGE, "p-olu", "A-04-2")
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
    packing.bench.close()
    board.bench.close()
