"""One bench: the real station, book and exchange in a process that dies and starts again."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import msgspec
from typing_extensions import override

from app.cache.database import Book
from app.cache.store import IDENTITY
from app.cache.work import NUMBERS, Numbers
from app.contract.messages import Grant
from app.domain.device import DeviceChanged, DeviceKind, DeviceState
from app.errors import Trouble
from app.gs1.gate import reader
from app.identity.userkey import CHEAP
from app.keys.signing import DeviceSigner
from app.simulation import goods
from app.simulation.clock import SimClock, SimIds
from app.simulation.compiled import share
from app.simulation.devicekeys import SimKeys
from app.simulation.disk import Disk, copy_database
from app.simulation.host import Host
from app.simulation.outcomes import Outcomes
from app.simulation.record import Captured, Record
from app.simulation.senses import Senses
from app.simulation.watch import WatchedStore, WatchedWork
from app.simulation.wire import Wire
from app.simulation.world import World
from app.station.desk import StationDesk
from app.station.inbox import LinkChanged, LinkState, Message
from app.station.ports import Identity
from app.station.station import Station
from app.station.unlocking import DirectUnlocker
from app.sync.exchange import Exchange
from app.sync.newkey import KeyChange
from app.sync.skew import Skew
from app.sync.tokens import TokenSource

T = TypeVar("T")
KEY = b"\x05" * 32
FILE = "book.db"
BOOT_MS = 5_000
_UNLIMITED_PAGES = 1_073_741_823


class Died(BaseException):
    """The station's process ended; `life` is the one that did."""

    def __init__(self, life: int) -> None:
        super().__init__(life)
        self.life = life


class SimDesk(StationDesk):
    """The real desk, called on the one thread there is."""

    on_epoch: Callable[[], None] = staticmethod(lambda: None)

    @override
    def _wait(self, work: Callable[[], T]) -> T:
        return work()

    @override
    def link_changed(self, state: str, sentence: str, skew_ms: int | None) -> None:
        since = self._clock.now().isoformat(timespec="seconds")
        self._station.handle([LinkChanged(LinkState(state), since, sentence, skew_ms)])

    @override
    def begin_epoch(self, epoch: str) -> None:
        super().begin_epoch(epoch)
        self.on_epoch()


class Bench:
    """One station.

    Args:
        world: Time, chance and faults.
        host: Where the ledger runs.
        name: Of the station.
        disk: Where its book lies.
        skew_ms: How wrong its wall clock is.
        site: Where it stands.
    """

    def __init__(
        self, world: World, host: Host, name: str, disk: Disk, skew_ms: int, site: str = goods.SITE
    ) -> None:
        self.world = world
        self.name = name
        self.site = site
        self.disk = disk
        self.record = Record()
        self.life = 0
        self.up = False
        self.retired = False
        self.forked = False
        # The process dies only while it is at work, not while we set it up or look at it.
        self._mortal = False
        self._host = host
        self.clock = SimClock(world.time, skew_ms)
        self.ids = SimIds(self.clock, world.chance)
        first = DeviceSigner(name.encode().ljust(32, b".")[:32])
        self.signer = SimKeys(first, self.ids.random)
        # Why the ledger speaks with it no more, until it is enrolled anew.
        self.cast_out = ""
        self.enrolments: list[str] = []
        # Switched off by somebody who works on it.
        self.away = False
        self.senses = Senses(world, self.record)
        self.on_recorded: Callable[[], None] = lambda: None
        self.on_boot: Callable[[], None] = lambda: None
        self.pushing = False
        self._pepper, self.ledger_key = b"", ""

    # ------------------------------------------------------------------ to life and back

    def enrol(self, outcomes: Outcomes) -> None:
        """Become a station of the site."""
        answer = self._host.enrol(self.site, self.name, self.signer)
        book = Book(self.disk.path, KEY)
        share("book", book.writer, book.reader)
        identity = Identity(
            answer.enrolment, answer.station, answer.site, answer.epoch, answer.ledger_key
        )
        self._pepper, self.ledger_key = bytes.fromhex(answer.pepper), answer.ledger_key
        numbers = Numbers(int(answer.sscc.first), answer.sscc.count)
        with WatchedStore(book, self).begin() as work:
            work.set_note(IDENTITY, msgspec.json.encode(identity).decode())
            work.set_note(NUMBERS, msgspec.json.encode(numbers).decode())
            work.commit()
        book.close()
        self.connect(answer.enrolment, outcomes)

    def connect(self, enrolment: str, outcomes: Outcomes) -> None:
        """Get a cable."""
        self.enrolment = enrolment
        if enrolment not in self.enrolments:
            self.enrolments.append(enrolment)
        self.outcomes = outcomes
        self.wire = Wire(self.world, self._host, enrolment, outcomes, self._heartbeat)
        self.wire.site = self.site

    def boot(self) -> None:
        """Start the program on the book as it lies there."""
        if self.up or self.retired or self.away:
            return
        self.book = Book(self.disk.path, KEY)
        share("book", self.book.writer, self.book.reader)
        with self.book.writer.connect() as connection:
            self.disk.opened(int(connection.exec_driver_sql("PRAGMA synchronous").scalar_one()))
        self.store = WatchedStore(self.book, self)
        self.up = True
        self.guarded(self._start)

    def _start(self) -> None:
        station = Station(
            self.store,
            self.clock,
            self.ids,
            reader(lambda: self.clock.now().year),
            DirectUnlocker(lambda: self._pepper, CHEAP),
        )
        self.station = station
        self.desk = SimDesk(station, self.store, self.signer, self.clock)
        self.desk.on_epoch = lambda: self.world.rare.saw("epoch begun anew at a station")
        self.exchange = Exchange(self.desk, self.wire)
        if self.world.knobs.identity:
            self.sign_in_anew()
        self.senses.rebooted(station)
        station.subscribe(self.senses.hear)
        self.handle(DeviceChanged("scale-1", DeviceKind.SCALE, DeviceState.READY), opening=True)
        self.on_boot()

    def sign_in_anew(self) -> None:
        """From now on it asks with a token, and gets one with its device key."""
        change = KeyChange(
            self.wire, self.enrolment, self.signer, self.desk.head_seq, self.desk.key_changed
        )
        self.wire.tokens = TokenSource(
            self.wire,
            self.enrolment,
            self.signer,
            Skew(self.clock),
            audience=self.ledger_key,
            change=change,
        )

    def guarded(self, work: Callable[[], None]) -> None:
        """Do something as this process; if it dies over it, it starts again in a while."""
        life = self.life
        before, self._mortal = self._mortal, True
        try:
            work()
        except Died as death:
            if death.life == self.life == life:
                self._bury()
        finally:
            self._mortal = before

    def _bury(self) -> None:
        self.life += 1
        self.up = False
        self.pushing = False
        self.book.close()
        self.world.agenda.after(BOOT_MS, self.boot)

    def stop(self) -> None:
        """End the process in order."""
        if self.up:
            self.up = False
            self.life += 1
            self.book.close()

    def keep(self, path: Path) -> "Kept":
        """Copy the folder of this station."""
        copy_database(self.disk.path, path)
        return Kept(self, path, self.record.copy(), self.signer.copy(), tuple(self.enrolments))

    def twin(self, name: str, kept: "Kept") -> "Bench":
        """Another machine with a copy of this one's folder, keys and name included."""
        disk = Disk(self.world.folder / name, FILE)
        copy_database(kept.path, disk.path)
        other = Bench(self.world, self._host, name, disk, self.clock.skew_ms, self.site)
        other.signer, other.record = kept.keys, kept.record
        other._pepper, other.ledger_key = self._pepper, self.ledger_key
        other.senses = Senses(self.world, kept.record)
        for enrolment in kept.enrolments:
            other.connect(enrolment, self.outcomes)
        return other

    def may_be_told(self, code: str) -> bool:
        """Whether there is a reason for this refusal; a ledger that was put back has forgotten."""
        forgotten = self._host.generation > 0
        return {
            "revoked": self.enrolment in self._host.revoked,
            "not_enrolled": forgotten,
            "bad_signature": forgotten or self.signer.changed or self._host.new_keys > 0,
        }.get(code, False)

    # ------------------------------------------------------------------ from people and devices

    def lend(self, grant: Grant) -> None:
        """Keep what the ledger lets somebody approve here without a link."""
        with self.store.begin() as work:
            work.add_grant(grant)
            work.commit()

    def authenticator(self, person: str) -> str:
        """What somebody's telephone shows; a wrong number when the office gives them none now."""
        try:
            return self._host.authenticator(person)
        except Trouble:
            return "000000"

    def handle(self, *messages: Message, opening: bool = False) -> None:
        """Hand messages to the station."""
        if opening:
            self.station.open()
        if messages:
            self.station.handle(list(messages))

    def fill_disk(self, pages: int | None) -> None:
        """Leave room for a few more pages only; None gives the space back."""
        if not self.up:
            return
        if pages is not None:
            self._use_up()
        with self.book.writer.connect() as connection:
            have = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
            most = _UNLIMITED_PAGES if pages is None else have + pages
            connection.exec_driver_sql(f"PRAGMA max_page_count={most}")

    def _use_up(self) -> None:
        """Leave no free pages inside the file: what was deleted would make room for long."""
        raw = self.book.writer.raw_connection()
        try:
            raw.cursor().execute("VACUUM")
        finally:
            raw.close()
        self.disk.committed()

    # ------------------------------------------------------------------ the watcher

    def before_commit(self, work: WatchedWork) -> None:
        """A place to die: nothing of this transaction may survive."""
        self._may_die("before_commit", work)

    def after_commit(self, work: WatchedWork) -> None:
        """A place to die: all of this transaction must survive, though nobody was told."""
        record = self.record
        for number in work.journaled:
            record.scans[number] = ""
        record.scans.update(work.decided)
        for id_, seq, body in work.appended:
            place = len(record.operations)
            record.operations[id_] = Captured(id_, seq, body, self.name, self.enrolment, place)
            self.world.shelves.happened(body)
        self.disk.committed()
        if work.appended:
            if self.pushing:
                self.world.rare.saw("recorded while its push was under way")
            self.on_recorded()
        self._may_die("after_commit", work)

    def _may_die(self, point: str, work: WatchedWork) -> None:
        world = self.world
        if not self._mortal or not world.happens(world.knobs.crash):
            return
        world.rare.saw(f"station crash {point}")
        if point == "after_commit" and work.journaled:
            world.rare.saw("station crash between journal and turn")
        if not work.journaled and not work.decided and not work.appended:
            world.rare.saw("station crash while applying the feed")
        if point == "after_commit" and work.appended:
            world.rare.saw("recorded, but never shown")
        self.die()

    def die(self) -> None:
        """The process is killed, or the power goes.

        Raises:
            Died: Always.
        """
        power = self.world.chance.random() < self.world.knobs.power
        self.world.rare.saw("station power cut" if power else "station killed")
        self.disk.die(power=power)
        raise Died(self.life)

    def _heartbeat(self) -> Callable[[], None]:
        life = self.life

        def still_there() -> None:
            if self.life != life:
                raise Died(life)

        return still_there


@dataclass(frozen=True, slots=True)
class Kept:
    """What a copy of a station's folder holds.

    Attributes:
        bench: Whose.
        path: Its book.
        record: The oracle's notes of that book.
        keys: Its device keys.
        enrolments: Whose they are, the present one last.
    """

    bench: Bench
    path: Path
    record: Record
    keys: SimKeys
    enrolments: tuple[str, ...]


@cache
def empty_book() -> bytes:
    """A book with its schema and nothing in it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        Book(path, KEY).close()
        return path.read_bytes()
