"""What a process remembers of the stock between two postings, and when it must not believe it."""

from collections.abc import Iterator
from pathlib import Path
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from app.conformance.probe import Probe, moved
from app.contract.messages import ExceptionRow, Line
from app.domain.operation import StockKey
from app.ledger import stock
from app.ledger.database import Database
from app.ledger.service import LedgerService
from app.ledger.stock import StockKeys
from app.ledger.tables import balance, posting
from tests.ledger.conftest import MUG, SITE, TRAY, enrolled, stocked

SHELF = StockKey("A-04-2", MUG.sku)


class Stumble:
    """A point in a posting at which the process can be made to stumble."""

    def __init__(self) -> None:
        self.at = ""

    def __call__(self, point: str) -> None:
        if point == self.at:
            self.at = ""
            raise RuntimeError(point)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    return str(request.getfixturevalue("fresh_database"))


@pytest.fixture
def stumble() -> Stumble:
    return Stumble()


@pytest.fixture
def service(url: str, stumble: Stumble) -> Iterator[LedgerService]:
    opened = stocked(LedgerService(Database(url), point=stumble))
    yield opened
    opened.close()


@pytest.fixture
def beside(url: str, service: LedgerService) -> Iterator[LedgerService]:
    """Another process of the same ledger."""
    del service
    opened = LedgerService(Database(url))
    yield opened
    opened.close()


def _on_hand(service: LedgerService, key: StockKey = SHELF) -> int:
    b = balance.c
    where = (b.location == key.location, b.item == key.item)
    with service.database.read() as connection:
        return int(connection.execute(sa.select(b.quantity).where(*where)).scalar_one())


def _differences(service: LedgerService) -> list[tuple[int, int, int]]:
    """Balances that are not the sum of their postings."""
    total = sa.func.coalesce(sa.func.sum(posting.c.quantity), 0)
    query = (
        sa.select(balance.c.stock, balance.c.quantity, total)
        .outerjoin(posting, posting.c.stock == balance.c.stock)
        .group_by(balance.c.stock, balance.c.quantity)
        .having(balance.c.quantity != total)
    )
    with service.database.read() as connection:
        return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def _moves(station: Probe, *lines: Line) -> None:
    for line in lines:
        assert station.do(station.operation("move", line)).outcome == "posted"


def test_what_another_process_took_is_not_remembered_as_being_there(
    service: LedgerService, beside: LedgerService
) -> None:
    here, there = enrolled(service, "PACK-01"), enrolled(beside, "PACK-02")
    _moves(here, moved(MUG.sku, 10, "A-04-2", "B-11-1"))
    _moves(there, moved(MUG.sku, 25, "A-04-2", "B-11-1"))

    _moves(here, moved(MUG.sku, 10, "A-04-2", "B-11-1"))

    assert _on_hand(service) == -5
    told = [row for row in here.pull() if isinstance(row, ExceptionRow)]
    assert [row.code for row in told] == ["negative_balance"]
    assert _differences(service) == []


def test_a_posting_that_was_broken_off_leaves_nothing_behind_in_memory(
    service: LedgerService, stumble: Stumble
) -> None:
    station = enrolled(service, "PACK-01")
    _moves(station, moved(MUG.sku, 10, "A-04-2", "B-11-1"))
    station.record(station.operation("move", moved(MUG.sku, 5, "A-04-2", "parcel/P-1")))
    stumble.at = "before_commit"
    with pytest.raises(RuntimeError, match="before_commit"):
        station.post()

    assert {result.outcome for result in station.post()} == {"posted"}

    assert _on_hand(service) == 25
    assert _on_hand(service, StockKey("parcel/P-1", MUG.sku)) == 5
    assert _differences(service) == []


def test_a_commit_nobody_heard_of_is_not_posted_over(
    service: LedgerService, stumble: Stumble
) -> None:
    station = enrolled(service, "PACK-01")
    _moves(station, moved(MUG.sku, 10, "A-04-2", "B-11-1"))
    station.record(station.operation("move", moved(MUG.sku, 5, "A-04-2", "B-11-1")))
    stumble.at = "after_commit"
    with pytest.raises(RuntimeError, match="after_commit"):
        station.post()

    _moves(station, moved(MUG.sku, 1, "A-04-2", "B-11-1"))

    assert _on_hand(service) == 24
    assert _differences(service) == []


def test_an_import_between_two_postings_does_not_hide_stock(service: LedgerService) -> None:
    station = enrolled(service, "PACK-01")
    _moves(station, moved(TRAY.sku, 5, "B-11-1", "A-04-2"))
    service.orders.share_out_silent(SITE)
    service.imports.items([MUG])

    _moves(station, moved(TRAY.sku, 5, "B-11-1", "A-04-2"))

    assert _on_hand(service, StockKey("B-11-1", TRAY.sku)) == 15
    assert _differences(service) == []


def test_an_empty_parcel_that_was_forgotten_is_filled_again(service: LedgerService) -> None:
    station = enrolled(service, "PACK-01")
    _moves(
        station,
        moved(MUG.sku, 3, "A-04-2", "parcel/P-1"),
        moved(MUG.sku, 3, "parcel/P-1", "A-04-2"),
        moved(MUG.sku, 2, "A-04-2", "parcel/P-1"),
    )

    assert _on_hand(service, StockKey("parcel/P-1", MUG.sku)) == 2
    assert _differences(service) == []


def test_threads_and_processes_that_post_at_once_lose_nothing(
    service: LedgerService, beside: LedgerService
) -> None:
    stations = [
        enrolled(ledger, f"PACK-{n}") for n, ledger in enumerate((service, service, beside, beside))
    ]
    together = Barrier(len(stations))

    def work(station: Probe) -> None:
        together.wait()
        _moves(station, *[moved(MUG.sku, 1, "A-04-2", "B-11-1") for _ in range(10)])

    threads = [Thread(target=work, args=(station,)) for station in stations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert _on_hand(service) == 0
    assert _on_hand(service, StockKey("B-11-1", MUG.sku)) == 40
    assert _differences(service) == []


def test_what_is_remembered_of_all_sites_together_has_one_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stock, "MAX_REMEMBERED", 4)
    service = stocked(LedgerService(Database.in_folder(tmp_path)))
    for name in ("LEJ", "CGN"):
        service.add_site(name, title=name, company_prefix="4012345")
    known, sizes = StockKeys(service.database), []
    for where in map(service.site, (SITE, "LEJ", "CGN")):
        keys = {StockKey(f"A-{n}", MUG.sku) for n in range(3)}
        with service.database.begin() as connection:
            head, cells = known.lock(connection, {where.n: keys})[where.n]
        for cell in cells.values():
            cell.moved = True
        known.remember(where.n, head, head, cells.values())
        sizes.append(known.remembered)
    service.close()

    assert sizes == [3, 3, 3]
