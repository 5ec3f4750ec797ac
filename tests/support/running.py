"""The program's parts in this process: a ledger on a port, a line that can be cut, a station."""

from pathlib import Path
from types import TracebackType
from typing import Self

from app.bootstrap import Workstation, enrol
from app.demo import checker
from app.demo.link import Link
from app.devices.sim.bench import SimBench
from app.identity.userkey import CHEAP
from app.ledger.database import FILE_NAME
from app.ledger.service import LedgerService
from app.ledger.web.server import ServerThread
from app.opened import OpenBook
from app.settings import StationSettings
from tests.support import hall, prepared
from tests.support.keys import passphrase_file


class RunningSite:
    """Halle Nord with a ledger, a line to it, simulated devices and one station; a context manager.

    Args:
        folder: Where everything lies.
        seed: Noise of the devices.
        orders: How many orders wait.
    """

    def __init__(self, folder: Path, seed: int, orders: int = 40) -> None:
        self.folder = folder
        code = hall.furnish(folder / "ledger", orders=orders, cost=CHEAP)
        self._service = LedgerService(prepared.ledger(folder / "ledger"), cost=CHEAP)
        self._server = ServerThread(self._service, port=0)
        port = int(self._server.start().rpartition(":")[2])
        self.link = Link(port)
        self.bench = SimBench(folder / "devices", seed)
        settings = StationSettings(
            data_dir=folder / "station",
            ledger=self.link.url,
            scanner=self.bench.scanner_url,
            scale=self.bench.scale_url,
            printer=self.bench.printer_url,
            passphrase_file=str(passphrase_file(folder)),
        )
        opened = OpenBook(settings)
        enrol(opened, code)
        self.station = Workstation(opened, least=CHEAP)
        self._stopped = False

    def stop_station(self) -> None:
        """End the station; its book can be read by others now."""
        if not self._stopped:
            self._stopped = True
            self.station.stop()

    def differences(self) -> list[str]:
        """What the two books do not agree on, and what is wrong with the station's own."""
        key = checker.book_key(self.folder / "station" / "keys.json", passphrase_file(self.folder))
        station = checker.open_book(self.folder / "station" / "book.db", key)
        ledger = checker.open_book(self.folder / "ledger" / FILE_NAME)
        try:
            counts, wrong = checker.station_side(station)
            undecided = counts["fates"].get("", 0)
            return [*wrong, *checker.compare(station, ledger)] + (
                [f"{undecided} scans without a fate"] if undecided else []
            )
        finally:
            station.close()
            ledger.close()

    def __enter__(self) -> Self:
        self.station.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop_station()
        self.link.close()
        self._server.stop()
        self._service.close()
        self.bench.close()
