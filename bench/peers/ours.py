"""The same work done by Packhouse: a station that was offline, another that fetches what it did."""

from pathlib import Path

from app.ledger.database import Database
from app.ledger.service import LedgerService
from bench.processes import LedgerProcess
from bench.rows import median
from bench.shift import BenchStation
from bench.shop import open_shop
from bench.sync import last_posted, noop_rounds, wait_for

SITE = "S0"
ORDERS_PER_1000 = 100


def replicate(folder: Path, records: int) -> dict[str, float]:
    """Record so many operations offline; push them, pull them at another station, do nothing.

    Each is signed, hashed, checked against documents and stock, and durable on both sides.
    """
    shop = open_shop(records // 1000 * ORDERS_PER_1000)
    service = LedgerService(Database.in_folder(folder / "ledger"))
    service.add_site(SITE, company_prefix="4012345")
    shop.fill(service, SITE)
    one = BenchStation(folder / "one", service, SITE, "pack-1")
    two = BenchStation(folder / "two", service, SITE, "pack-2")
    service.close()
    database = Database.in_folder(folder / "ledger")
    with LedgerProcess("--data-dir", str(folder / "ledger")) as ledger:
        for station in (one, two):
            _begin(station, ledger.url)
        one.reopen()
        done = one.record(list(shop.orders), shop.stock, records)
        with one.hand_over(ledger=ledger.url):
            push = wait_for(lambda: last_posted(database) >= done)
        with database.reader.connect() as connection:
            head = connection.exec_driver_sql("SELECT max(seq) FROM feed").scalar_one()
        with two.hand_over(ledger=ledger.url) as workstation:
            pull = wait_for(lambda: workstation.views.health().cursor >= head)
        noop = median(noop_rounds(one.folder, ledger.url))
    database.close()
    return {"push_s": push, "pull_s": pull, "noop_ms": noop, "records": done}


def _begin(station: BenchStation, url: str) -> None:
    """The first connection fetches the site's picture; what is measured comes after it."""
    with station.hand_over(ledger=url) as workstation:
        wait_for(lambda: workstation.views.health().cursor > 0)
