"""The ledger's machine: the real service on a disk that dies, is backed up and restored."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit

import pyotp

from app.contract import chain
from app.contract.messages import (
    PROTOCOL_VERSION,
    Enrolled,
    EnrolRequest,
    Grant,
    GrantRequest,
)
from app.errors import Fault, Trouble
from app.identity.userkey import CHEAP, unlock
from app.ledger.archiving import FOLDER as ARCHIVE
from app.ledger.credentials import Secrets
from app.ledger.database import FILE_NAME, Database
from app.ledger.names import FOLDER as KEYS
from app.ledger.people import Wanted
from app.ledger.replenishment import Threshold
from app.ledger.service import LedgerService
from app.simulation import goods
from app.simulation.clock import SimClock, SimIds, Time
from app.simulation.compiled import share
from app.simulation.disk import Disk, copy_database
from app.simulation.world import World
from app.sync.newkey import Key

T = TypeVar("T")
BOOT_MS = 3_000
_UNLIMITED_PAGES = 1_073_741_823


class LedgerDied(BaseException):
    """The ledger's process ended in the middle of a request."""


class Host:
    """One ledger.

    Args:
        world: Time, chance and faults.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._disk = Disk(world.folder / "ledger", FILE_NAME)
        made = _template()
        self._disk.path.write_bytes(made.database)
        # Beside the database lie keys of names, and archived days: they outlive its death, and
        # no backup holds them.
        self._beside = self._disk.path.parent
        (self._beside / KEYS).mkdir()
        for name, key in made.keys.items():
            (self._beside / KEYS / name).write_bytes(key)
        self._backup: Path | None = None
        # Counts histories: what one of them decided binds it alone.
        self.generation = 0
        self._up_at = 0
        self._serving = False
        # Enrolments that were revoked here; a copy of a station has the same.
        self.revoked: set[str] = set()
        # How many device keys followed another: a copy from before signs with a former one.
        self.new_keys = 0
        self._seeds: dict[str, str] = {}
        self.on_change: Callable[[], None] = lambda: None
        self.service = self._open()

    # ------------------------------------------------------------------ what stations and office do

    def enrol(self, site: str, station: str, signer: Key) -> Enrolled:
        """Make a code and trade it, as an administrator and a new station do."""
        code = self.service.identity.add_station(site, station).code
        proof = signer.sign(chain.enrol_bytes(code, signer.public_key))
        return self.service.enrol(
            EnrolRequest(
                code=code,
                public_key=signer.public_key,
                program_version="simulation",
                protocol=PROTOCOL_VERSION,
                proof=proof,
            )
        )

    def grant(self, enrolment: str) -> Grant:
        """The leader proves a second factor at a station, and is lent rights there."""
        leader, service = goods.LEADER, self.service
        row = service.people.find(leader.person).credential
        key = None if row is None else unlock(row, leader.pin, badge=leader.badge)
        if key is None:
            raise Fault("The leader cannot sign in.")
        code = self._code(self._new_factor(leader.person))
        nonce = self._world.ids.random(32).hex()
        message = chain.grant_request_bytes(enrolment, leader.person, key.version, code, nonce)
        asked = GrantRequest(
            person=leader.person,
            version=key.version,
            code=code,
            nonce=nonce,
            signature=key.raw(message),
        )
        return service.as_seen_by(enrolment).grant(asked)

    def authenticator(self, person: str) -> str:
        """What their telephone shows now; whoever has none yet is given one at the office."""
        seed = self._seeds.get(person) or self.run(lambda: self._new_factor(person))
        return self._code(seed)

    def _new_factor(self, person: str) -> str:
        uri = urlsplit(self.service.second_factors.add(person).uri)
        self._seeds[person] = parse_qs(uri.query)["secret"][0]
        return self._seeds[person]

    def _code(self, seed: str) -> str:
        return pyotp.TOTP(seed).at(self._world.clock.now())

    def run(self, work: Callable[[], T]) -> T:
        """Do something at the ledger, which may die over it.

        Raises:
            Trouble: It is down, or died.
        """
        if self._world.time.ms < self._up_at:
            raise Trouble("The ledger is down.")
        self._serving = True
        try:
            return work()
        except LedgerDied as death:
            self.service.close()
            self.service = self._open()
            self._up_at = self._world.time.ms + BOOT_MS
            self._world.rare.saw("batch met a crash of the ledger")
            raise Trouble("The ledger died over this.") from death
        except Trouble as trouble:
            if "disk is full" in trouble.say:
                self._world.rare.saw("ledger's disk full")
            raise
        finally:
            self._serving = False

    # ------------------------------------------------------------------ what happens to the machine

    def back_up(self) -> None:
        """Copy the database as it lies there."""
        self._backup = self._world.folder / "ledger-backup" / str(self._world.time.ms) / FILE_NAME
        copy_database(self._disk.path, self._backup)
        self._world.edits.backed_up()
        self._world.rare.saw("ledger backed up")

    def restore(self, *, announced: bool) -> bool:
        """Put the last backup in place, with or without telling the stations by a new epoch."""
        if self._backup is None:
            return False
        self.service.close()
        self._disk.replace(self._backup)
        self.generation += 1
        self._world.edits.restored()
        self.service = self._open()
        # An answer from before the announcement may come after it.
        self._world.rewound = not announced
        if announced:
            self.announce()
        how = "announced" if announced else "unannounced"
        self._world.rare.saw(f"ledger restored, {how}")
        return True

    def announce(self) -> None:
        """Somebody says that it was restored: `packhouse ledger restored`."""
        self.service.begin_epoch()

    def fill_disk(self, pages: int | None) -> None:
        """Leave room for a few more pages only; None gives the space back."""
        with self.service.database.writer.connect() as connection:
            have = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
            most = _UNLIMITED_PAGES if pages is None else have + pages
            connection.exec_driver_sql(f"PRAGMA max_page_count={most}")

    @property
    def path(self) -> Path:
        """The database file."""
        return self._disk.path

    def close(self) -> None:
        """Stop."""
        self.service.close()

    def _open(self) -> LedgerService:
        beside = self._disk.path.parent
        if beside != self._beside:
            for name in (KEYS, ARCHIVE):
                if (self._beside / name).is_dir():
                    shutil.copytree(self._beside / name, beside / name)
            self._beside = beside
        database = Database(f"sqlite:///{self._disk.path}")
        share("ledger", database.writer, database.reader)
        with database.writer.connect() as connection:
            self._disk.opened(int(connection.exec_driver_sql("PRAGMA synchronous").scalar_one()))
        return LedgerService(
            database, clock=self._world.clock, ids=self._world.ids, cost=CHEAP, point=self._point
        )

    def _point(self, name: str) -> None:
        if name == "after_commit":
            self._disk.committed()
            self.on_change()
        if self._serving and self._world.happens(self._world.knobs.ledger_crash / 3):
            self._world.rare.saw(f"ledger crash {name}")
            self._disk.die(power=self._world.happens(self._world.knobs.power))
            raise LedgerDied


def _fill_up(service: LedgerService) -> None:
    """A shelf that is to be filled from the others when it runs low."""
    wanted = Threshold(goods.ITEMS[1].sku, goods.SHELVES[0], goods.LOW, goods.FULL)
    service.replenishment.put(service.site(goods.SITE), wanted, "p-admin")


@dataclass(frozen=True, slots=True)
class _Made:
    """A ledger's files, as they lie there."""

    database: bytes
    keys: Mapping[str, bytes]


@cache
def _template() -> _Made:
    """A ledger with site, master data and opening stock: the same bytes for every seed."""
    time = Time()
    clock = SimClock(time)
    with TemporaryDirectory() as folder:
        service = LedgerService(
            Database.in_folder(Path(folder)),
            clock=clock,
            ids=SimIds(clock, Random(0)),  # noqa: S311 - a simulation's ids
            cost=CHEAP,
        )
        try:
            service.add_site(goods.SITE, company_prefix="4012345")
            service.add_site(goods.OTHER_SITE, company_prefix="4012346")
            service.imports.items(goods.EVERY)
            service.imports.locations(goods.PLACES)
            service.people.store(
                service.people.prepare(
                    [
                        (
                            Wanted(
                                one.person, one.name, one.role, goods.site_of(one), one.employee
                            ),
                            Secrets(one.badge, one.pin),
                        )
                        for one in goods.WORKERS
                    ]
                ),
                "p-admin",
            )
            service.imports.boxes(goods.BOXES)
            for site, stock in goods.OPENING.items():
                where = service.site(site)
                service.policies.put(where, goods.POLICY, actor="p-admin", reason="opening")
                service.imports.stock(site, stock)
            _fill_up(service)
        finally:
            service.close()
        keys = {one.name: one.read_bytes() for one in (Path(folder) / KEYS).iterdir()}
        return _Made((Path(folder) / FILE_NAME).read_bytes(), keys)
