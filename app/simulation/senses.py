"""What a person at a bench sees and hears, and holds the station to.

A tone is a promise: what it confirmed is in the oracle's notes before it sounded, and holds exactly
what was scanned.
"""

import json

from app.contract.messages import EditPut, GrantRequest
from app.simulation import goods
from app.simulation.record import Record
from app.simulation.world import World
from app.station.events import (
    Broken,
    EditAsked,
    Event,
    FooterChanged,
    GrantAsked,
    LogAsked,
    PhotoAsked,
    PrintAsked,
    Recorded,
    ReportAsked,
    ScanDecided,
    ScreenChanged,
    Settled,
    Sounded,
)
from app.station.reporting import ReportRequest
from app.station.screen import Page, Screen, Sound
from app.station.station import Station
from app.station.turn import Fate

_TROUBLE = "trouble.title"


class Senses:
    """Eyes and ears.

    Args:
        world: Told of broken promises.
        record: The notes of this bench's book.
    """

    def __init__(self, world: World, record: Record) -> None:
        self._world = world
        self._record = record
        self.screen: Screen | None = None
        self.link = "offline"
        self.outbox = 0
        self.person = ""
        self.prints: list[str] = []
        self.recorded: list[Recorded] = []
        self.fates: list[str] = []
        self.sounds: list[Sound] = []
        self.photo_asked = False
        self.edits: list[EditPut] = []
        self.reports: list[ReportRequest] = []
        self.grants: list[GrantRequest] = []
        self.logs: list[LogAsked] = []
        self._booting = False

    def rebooted(self, _station: Station) -> None:
        """A new life: the screen is dark until the station says otherwise."""
        self.screen = None
        self.prints = []
        self.photo_asked = False
        self.edits, self.reports = [], []
        self.grants, self.logs = [], []
        self._booting = True

    def listen(self) -> None:
        """Forget what was heard before; what follows is the answer to one doing."""
        self.recorded, self.fates, self.sounds = [], [], []

    def hear(self, event: Event) -> None:
        """One event of the station."""
        match event:
            case ScreenChanged():
                self._see(event.screen)
            case Sounded():
                self.sounds.append(event.sound)
            case Recorded():
                self._recorded(event)
            case ScanDecided():
                self._decided(event)
            case (
                PhotoAsked()
                | PrintAsked()
                | EditAsked()
                | ReportAsked()
                | GrantAsked()
                | LogAsked()
            ):
                self._asked(event)
            case FooterChanged():
                self.link, self.outbox = event.footer.link.value, event.footer.outbox
                self.person = event.footer.person
            case Broken():
                self._world.violated(f"the station broke: {event.sentence} {event.detail}")
            case Settled():
                if event.operation not in self._record.operations:
                    self._world.violated(f"{event.operation} was settled, but never recorded")
            case _:
                pass

    def _asked(
        self, event: PhotoAsked | PrintAsked | EditAsked | ReportAsked | GrantAsked | LogAsked
    ) -> None:
        """A device is wanted, the ledger, or a file."""
        match event:
            case PrintAsked():
                self.prints.append(event.job)
            case EditAsked():
                self.edits.append(event.put)
            case PhotoAsked():
                self.photo_asked = True
            case ReportAsked():
                self.reports.append(event.request)
            case GrantAsked():
                self.grants.append(event.request)
            case LogAsked():
                self.logs.append(event)

    def _see(self, screen: Screen) -> None:
        if screen.prompt.title.code == _TROUBLE:
            said = str(screen.prompt.detail)
            if "disk is full" in said:
                self._world.rare.saw("disk full")
            else:
                self._world.violated(f"trouble that nobody made: {said}")
        if self._booting and screen.page is Page.PACK:
            self._world.rare.saw("job resumed after a crash")
        # Whoever was there signs in again first.
        self._booting = self._booting and screen.page is Page.SIGN_IN
        self.screen = screen

    def _recorded(self, event: Recorded) -> None:
        known = self._record.operations.get(event.operation)
        if known is None or known.seq != event.seq:
            self._world.violated(f"{event.operation} was announced before it was committed")
        self._record.shown.add(event.operation)
        self.recorded.append(event)

    def _decided(self, event: ScanDecided) -> None:
        if self._record.scans.get(event.scan) != str(event.fate):
            self._world.violated(f"scan {event.scan}: told {event.fate} before it was committed")
        self._record.told[event.scan] = str(event.fate)
        self.fates.append(str(event.fate))

    def unit_counted(self, code: str, armed: int) -> None:
        """An item was scanned. If it was confirmed as packed, exactly that is recorded."""
        packed = [one for one in self.recorded if one.kind == "pack"]
        accepted = Fate.APPLIED.value in self.fates and Sound.WRONG not in self.sounds
        if not packed:
            return
        if not accepted or len(packed) != 1 or code not in goods.UNITS:
            self._world.violated(f"{code}: {len(packed)} packed, fates {self.fates}")
            return
        sku, units = goods.UNITS[code]
        body = json.loads(self._record.operations[packed[0].operation].body)
        lines = body["lines"]
        if {line["item"] for line in lines} != {sku}:
            self._world.violated(f"scanned {sku}, recorded {lines}")
        if sum(line["quantity"] for line in lines) not in {units, units * max(armed, 1)}:
            self._world.violated(f"scanned {units} of {sku} ×{armed}, recorded {lines}")
