"""Several server processes at one door: nothing that came is lost, nothing announced is undone."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa

from app.conformance.announced import document, posted, receive
from app.conformance.probe import Probe
from app.contract.messages import Line
from app.ledger.database import Database
from app.ledger.service import LedgerService
from app.ledger.tables import document as documents
from app.ledger.tables import exception, lot, tally
from tests.ledger.conftest import MUG, SITE, enrolled, stocked

WRITERS = 3
ROUNDS = 6


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


def _at_once(*tasks: Callable[[], object]) -> None:
    together = Barrier(len(tasks))

    def run(task: Callable[[], object]) -> None:
        together.wait()
        task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        for done in [pool.submit(run, task) for task in tasks]:
            done.result()


def test_a_delivery_announced_while_it_is_received_has_its_lines_and_all_that_came(
    services: list[LedgerService],
) -> None:
    stations = [enrolled(one, f"PACK-0{n}") for n, one in enumerate(services, 1)]

    for n in range(ROUNDS):
        asn = document("inbound", f"ASN-{n}", MUG.sku, WRITERS)

        def came(station: Probe) -> Callable[[], object]:
            return lambda: receive(station, asn, 1, "DOCK-1")  # noqa: B023 - run in this round

        _at_once(
            *map(came, stations),
            lambda: services[0].announcements.put(SITE, [asn]),  # noqa: B023 - run in this round
        )

    with services[0].database.read() as connection:
        states = connection.execute(
            sa.select(documents.c.state).where(documents.c.kind == "inbound")
        ).scalars()
        received = connection.execute(
            sa.select(tally.c.quantity).where(tally.c.measure == "received")
        ).scalars()
        asked = connection.execute(
            sa.select(exception.c.code).where(exception.c.state != "closed")
        ).scalars()
        assert list(states) == ["received"] * ROUNDS
        assert list(received) == [WRITERS] * ROUNDS
        assert list(asked) == []


def test_a_lot_first_named_at_once_is_one_lot(services: list[LedgerService]) -> None:
    stations = [enrolled(one, f"PACK-0{n}") for n, one in enumerate(services, 1)]

    def arrive(station: Probe, n: int, lot_name: str) -> Callable[[], object]:
        line = Line(
            item=MUG.sku,
            quantity=1,
            source="supplier",
            target="DOCK-1",
            lot=lot_name,
            expiry=f"203{n}-01-31",
        )
        return lambda: posted(station, station.operation("receive", line))

    for round_ in range(ROUNDS):
        _at_once(*(arrive(one, n, f"L-{round_}") for n, one in enumerate(stations)))

    with services[0].database.read() as connection:
        versions = connection.execute(sa.select(lot.c.version)).scalars()
        asked = connection.execute(sa.select(exception.c.code, exception.c.seen)).all()
        assert list(versions) == [1] * ROUNDS
    assert [tuple(row) for row in asked] == [("lot_expiry_differs", WRITERS - 1)] * ROUNDS
