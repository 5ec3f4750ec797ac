"""Many import at once, and nobody is promised what somebody else has: on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa

from app.conformance.floor import order_row
from app.conformance.probe import moved
from app.domain.order import OrderState
from app.ledger.database import Database
from app.ledger.service import LedgerService
from app.ledger.sites import SiteRef
from app.ledger.tables import reservation
from tests.ledger.conftest import MUG, SITE, enrolled, stocked

WRITERS = 4
# Each writer imports these one after another: 80 orders of two, of which 40 mugs serve 20.
ORDERS = 20
WHERE = SiteRef(1, SITE)


@pytest.fixture(params=["sqlite", "postgresql"])
def services(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[LedgerService]]:
    """One ledger of several server processes, as far as the database can tell."""
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("fresh_database")
    made = [LedgerService(Database(url)) for _ in range(WRITERS)]
    stocked(made[0])
    yield made
    for service in made:
        service.close()


def _promised(service: LedgerService) -> dict[str, int]:
    r = reservation.c
    with service.database.read() as connection:
        rows = connection.execute(sa.select(r.document, r.promised).where(r.item == MUG.sku))
        return {document: promised for document, promised in rows if promised}


def _import(service: LedgerService, writer: int, together: Barrier) -> None:
    together.wait()
    for n in range(ORDERS):
        service.imports.orders(SITE, [order_row(f"ORD-{writer}-{n}", MUG.sku, (2,))])


def test_writers_at_once_promise_no_more_than_there_is(services: list[LedgerService]) -> None:
    together = Barrier(WRITERS)

    with ThreadPoolExecutor(WRITERS) as pool:
        done = [pool.submit(_import, one, n, together) for n, one in enumerate(services)]
        for one in done:
            one.result()

    promised = _promised(services[0])
    assert sum(promised.values()) == 40
    assert set(promised.values()) == {2}
    assert services[1].reservations.available(WHERE, [MUG.sku])[0].available == 0


def test_packing_meanwhile_neither_loses_nor_doubles_a_promise(
    services: list[LedgerService],
) -> None:
    first = [order_row(f"ORD-P-{n}", MUG.sku, (2,)) for n in range(10)]
    services[0].imports.orders(SITE, first)
    station = enrolled(services[0], "PACK-01")
    together = Barrier(WRITERS)

    def pack() -> None:
        together.wait()
        for order in first:
            line = moved(MUG.sku, 2, "A-04-2", f"parcel/{order.order}", order_line=1)
            station.do(station.operation("pack", line, order=order.order))

    with ThreadPoolExecutor(WRITERS) as pool:
        done = [pool.submit(_import, services[n], n, together) for n in range(1, WRITERS)]
        done.append(pool.submit(pack))
        for one in done:
            one.result()

    assert sum(_promised(services[0]).values()) == 40
    seen = services[0].reservations.available(WHERE, [MUG.sku])[0]
    assert (seen.on_hand, seen.reserved, seen.in_parcels, seen.available) == (20, 20, 20, 0)


def test_the_job_and_cancellations_at_once_leave_nothing_promised_twice(
    services: list[LedgerService],
) -> None:
    numbers = [f"ORD-{n}" for n in range(30)]
    services[0].imports.orders(SITE, [order_row(n, MUG.sku, (2,)) for n in numbers])
    together = Barrier(WRITERS)

    def cancel(service: LedgerService, some: list[str]) -> None:
        together.wait()
        for number in some:
            service.orders.set_state(SITE, [number], OrderState.CANCELLED)

    def work(service: LedgerService) -> None:
        together.wait()
        for _ in range(5):
            service.reservations.settle(WHERE)

    with ThreadPoolExecutor(WRITERS) as pool:
        done = [
            pool.submit(cancel, services[0], numbers[:5]),
            pool.submit(cancel, services[1], numbers[5:10]),
            pool.submit(work, services[2]),
            pool.submit(work, services[3]),
        ]
        for one in done:
            one.result()
    services[0].reservations.settle(WHERE)

    promised = _promised(services[0])
    assert set(promised) == set(numbers[10:])
    assert sum(promised.values()) == 40
