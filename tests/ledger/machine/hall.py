"""Two sites, their stations, one ledger and the oracle beside it; every answer is held against it.

The ledger may be stopped and started, and put back to a backup; stations then send again what they
have, as stations do. What lies in the tables is compared as a whole when somebody looks.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import sqlalchemy as sa

from app.conformance.probe import Device, Probe
from app.contract import chain
from app.contract.messages import (
    FeedBody,
    ItemRow,
    LocationRow,
    NotNow,
    OrderRow,
    OutcomeRow,
    PersonRow,
    PostAnswer,
    PostBatch,
    Posted,
)
from app.domain.policy import AdjustLimit, Policy
from app.errors import Refusal
from app.identity.userkey import CHEAP
from app.ledger.backup import back_up, restore
from app.ledger.database import Database
from app.ledger.service import LedgerService
from app.ledger.sites import Sites
from app.ledger.tables import enrolment, operation, site
from tests.fakes.clock import FakeClock
from tests.ledger.conftest import CountingSecrets
from tests.ledger.machine.oracle import Oracle
from tests.ledger.machine.words import LIMIT, Came, Fate, Key

PLACES = ("DOCK-1", "A-04-2", "B-11-1")
ROLES = {"anna": "clerk", "ben": "clerk", "cora": "controller", "sven": "supervisor",
         "sina": "supervisor", "otto": "auditor"}  # fmt: skip
STATIONS = 2
_HERE = AdjustLimit(LIMIT, None, None, None, None)
_POLICY = Policy(
    adjust={"clerk": _HERE, "controller": _HERE, "supervisor": _HERE}, count_tolerance=1_000
)


@dataclass(slots=True)
class Bench:
    """A station: its chain, and how far the ledger has answered."""

    name: str
    probe: Probe
    posted: int = 0
    revoked: bool = False

    @property
    def site(self) -> str:
        return self.probe.who.site

    @property
    def unsent(self) -> int:
        return len(self.probe.sent) - self.posted


@dataclass(slots=True)
class Reader:
    """Somebody who knows a site from its feed alone."""

    probe: Probe
    marks: list[tuple[int, str]] = field(default_factory=list)
    stock: Counter[Key] = field(default_factory=Counter)


@dataclass(slots=True)
class Kept:
    """A backup, and what was known when it was taken."""

    path: Path
    oracle: Oracle
    enrolments: frozenset[str]
    revoked: frozenset[str]


class Hall:
    """Everybody who has to do with one ledger.

    Args:
        opened: Opens the ledger's database, also after it was closed.
        run: Makes names of sites, items and people unique in a database that others used.
        folder: Of an embedded ledger, which can be restored; None for another database.
        ids: Of the ledger; the same for all that run in one database.
    """

    def __init__(
        self, opened: Callable[[], Database], run: str, folder: Path | None, ids: CountingSecrets
    ) -> None:
        self._opened, self.run, self.folder, self._ids = opened, run, folder, ids
        self.clock = FakeClock()
        self.service = self._start()
        self.sites = (f"HAM{run}", f"BER{run}")
        self.items = [f"SKU-{n}{run}" for n in (1001, 1002)]
        self.stranger = f"SKU-9999{run}"
        self.oracle = Oracle(self.outcome_of, {}, set(self.items))
        self.oracle.epoch = self.service.hello().epoch
        self.reached: Counter[str] = Counter()
        self._enrolments = 0
        for name in self.sites:
            self.service.add_site(name, company_prefix="4012345")
            where = self.service.site(name)
            self.service.policies.put(where, _POLICY, actor="p-ada", reason="for the test")
            self.service.imports.locations([LocationRow(name, one, "bin") for one in PLACES])
        self.service.imports.items([ItemRow(sku, f"Mug {sku}") for sku in self.items])
        self.put_people(ROLES)
        self.benches = [
            Bench(f"PACK-{n}", self.enrol(name, f"PACK-{n}"))
            for name in self.sites
            for n in range(STATIONS)
        ]
        self.readers = {name: Reader(self.enrol(name, "READER")) for name in self.sites}
        self.backup: Kept | None = None
        self.follow(500)

    # ------------------------------------------------------------------ the office

    def person(self, name: str) -> str:
        return f"p-{name}{self.run}"

    def put_people(self, roles: dict[str, str]) -> None:
        """Let people have roles; an empty one takes all rights."""
        rows = [
            PersonRow(self.person(name), name, role or "clerk", "", active=bool(role))
            for name, role in roles.items()
        ]
        self.service.imports.people(rows)
        for name, role in roles.items():
            self.oracle.people.pop(self.person(name), None)
            if role:
                self.oracle.people[self.person(name)] = role

    def put_order(self, name: str, row: OrderRow) -> None:
        """An order comes, or a new version of it."""
        self.service.imports.orders(name, [row])
        self.follow(500)

    def enrol(self, where: str, station: str) -> Probe:
        """A new enrolment of a station, perhaps in place of others."""
        self._enrolments += 1
        device = Device(f"{where} {station} {self._enrolments}")
        code = self.service.identity.add_station(where, station).code
        who = self.service.enrol(device.enrol_request(code))
        return Probe(device, who, self.service.as_seen_by(who.enrolment))

    def enrol_anew(self, bench: Bench, keep: int) -> None:
        """A station was reinstalled: the last `keep` records, and all that were not sent, anew."""
        former = bench.probe.sent[max(0, bench.posted - keep) :]
        bench.probe, bench.posted, bench.revoked = self.enrol(bench.site, bench.name), 0, False
        for sent in former:
            bench.probe.record_bytes(sent.id, bytes(sent.body))

    def revoke(self, bench: Bench) -> None:
        self.service.identity.revoke(bench.site, bench.name)
        self.oracle.let_go(bench.site, station=bench.name)
        bench.revoked = True

    # ------------------------------------------------------------------ sending

    def batch(self, bench: Bench, first: int, last: int) -> PostBatch:
        return bench.probe.batch(first, last)

    def send(self, bench: Bench, first: int, last: int) -> None:
        """A station sends a part of its chain that leads on from what it has sent."""
        batch = self.batch(bench, first, last)
        self.take(bench, batch, bench.probe.ledger.post(batch))
        self.follow(500)

    def send_together(self, benches: list[Bench]) -> None:
        """Several stations are answered by one transaction."""
        batches = [self.batch(one, one.posted + 1, len(one.probe.sent)) for one in benches]
        who = Sites(self.service.database)
        prepared = [self.service.prepare(who.who(batch.enrolment), batch) for batch in batches]
        ready = [one for one in prepared if not isinstance(one, NotNow)]
        assert len(ready) == len(batches)
        answers = self.service.post_group(ready)
        for bench, batch, answer in zip(benches, batches, answers, strict=True):
            self.take(bench, batch, answer)
        self.follow(500)

    def take(self, bench: Bench, batch: PostBatch, answer: PostAnswer) -> None:
        """Hold every result of a batch against the oracle."""
        assert isinstance(answer, Posted), answer
        for sent, result in zip(batch.operations, answer.results, strict=True):
            assert result.id == sent.id
            came = Came(
                bench.site, batch.enrolment, sent.seq, sent.id, bytes(sent.body), bench.revoked,
                bench.name, self.clock.now(),
            )  # fmt: skip
            said = (result.outcome, result.code)
            must = self.oracle.arrive(came, said)
            assert said[0] == must[0], f"{_shown(came)} is {said}, not {must}"
            assert said[1] == must[1] or not must[1], f"{_shown(came)} is {said}, not {must}"
            kind = came.operation.kind if came.operation else "?"
            self.reached[" ".join((kind, *filter(None, said)))] += 1
        bench.posted = max(bench.posted, batch.operations[-1].seq)
        assert answer.high_water.seq == self.oracle.ends[batch.enrolment]

    # ------------------------------------------------------------------ following

    def follow(self, limit: int) -> None:
        """The readers of both feeds go to their ends, and the oracle hears what was told."""
        self._adopt()
        for name, reader in self.readers.items():
            known = len(reader.probe.rows)
            for seq, row in enumerate(reader.probe.pull(limit), known + 1):
                self._hear(name, reader, row, seq)
            reader.marks.append((reader.probe.cursor, reader.probe.chain))

    def read_again(self, name: str, since: int, limit: int) -> None:
        """The feed is the same from wherever it is read, in pages of whatever size."""
        reader = self.readers[name]
        cursor, end = reader.marks[since % len(reader.marks)]
        again = replace(reader.probe, cursor=cursor, chain=end, rows=[])
        assert again.pull(limit) == reader.probe.rows[cursor:]
        stranger = replace(again, cursor=cursor, chain="f" * 64)
        assert isinstance(stranger.ledger.changes(stranger.query()), NotNow) or not cursor

    def _hear(self, name: str, reader: Reader, row: FeedBody, seq: int) -> None:
        match row:
            case OrderRow():
                self.oracle.orders[name, row.order] = row
            case OutcomeRow(outcome="posted"):
                self.oracle.told_at[name, row.id] = seq
                for p in row.postings:
                    key = (name, p.location, p.item, p.lot, p.serial, p.condition)
                    reader.stock[key] += p.quantity
            case _:
                pass

    def _adopt(self) -> None:
        """What the ledger itself has recorded since it was last looked at."""
        o, e = operation.c, enrolment.c
        with self.service.database.read() as connection:
            rows = connection.execute(
                sa.select(
                    o.id, o.seq, o.body, o.outcome, o.code, e.id.label("by"), e.kind, site.c.site
                )
                .join(enrolment, e.n == o.enrolment_n)
                .join(site, site.c.n == o.site_n)
                .where(e.kind != "station", site.c.site.in_(self.sites))
                .order_by(o.site_n, o.feed_seq)
            ).all()
        for row in rows:
            if row.id in self.oracle.came:
                continue
            came = Came(row.site, row.by, row.seq, row.id, row.body)
            said = came.operation
            assert said is not None
            self.oracle.adopt(came, (row.outcome, row.code))
            self.reached[f"ledger {said.kind} {row.outcome}"] += 1
            if row.kind == "ledger" and said.kind == "adjust" and row.outcome != "refused":
                assert self.oracle.variance_of(said), f"not what was counted: {said}"

    # ------------------------------------------------------------------ what lies there

    def outcome_of(self, id_: str) -> Fate:
        """What the ledger says has become of an operation."""
        o = operation.c
        with self.service.database.read() as connection:
            row = connection.execute(sa.select(o.outcome, o.code).where(o.id == id_)).one()
        return str(row.outcome), str(row.code)

    # ------------------------------------------------------------------ the service ends

    def _start(self) -> LedgerService:
        return LedgerService(self._opened(), clock=self.clock, ids=self._ids, cost=CHEAP)

    def start_again(self) -> None:
        """The process ends and begins."""
        self.service.close()
        self.service = self._start()
        for probe in self._probes():
            with suppress(Refusal):
                probe.ledger = self.service.as_seen_by(probe.who.enrolment)

    def back_up(self) -> None:
        """Keep what there is now."""
        assert self.folder is not None
        path = self.folder.parent / f"backup-{self.reached['backup']}.db"
        self.reached["backup"] += 1
        back_up(self.folder, path, self.clock)
        self.backup = Kept(
            path,
            self.oracle.copy(),
            frozenset(one.who.enrolment for one in self._probes()),
            frozenset(one.probe.who.enrolment for one in self.benches if one.revoked),
        )

    def put_back(self) -> None:
        """The disk broke, and the backup is put in its place: everybody sends again."""
        kept, self.backup = self.backup, None
        assert kept is not None
        assert self.folder is not None
        # A second apart: what is moved aside is named by the time.
        self.clock.pass_ms(1_000)
        self.service.close()
        restore(self.folder, kept.path, self.clock, self._ids)
        self.oracle = kept.oracle
        self.service = self._start()
        self.reached["restored"] += 1
        self.begin_epoch(kept)

    def begin_epoch(self, kept: Kept | None = None) -> None:
        """The ledger's history is another one: everybody follows it from its start."""
        if kept is None:
            self.service.begin_epoch()
        self.oracle.epoch = self.service.hello().epoch
        for name, reader in self.readers.items():
            self.readers[name] = Reader(self._again(reader.probe))
        for bench in self.benches:
            if kept is not None and bench.probe.who.enrolment not in kept.enrolments:
                self.enrol_anew(bench, len(bench.probe.sent))
                continue
            bench.probe, bench.posted = self._again(bench.probe), 0
            if kept is not None:
                bench.revoked = bench.probe.who.enrolment in kept.revoked
        self.follow(500)

    def _again(self, probe: Probe) -> Probe:
        return replace(
            probe,
            ledger=self.service.as_seen_by(probe.who.enrolment),
            epoch=self.oracle.epoch,
            cursor=0,
            chain=chain.GENESIS,
            rows=[],
        )

    def _probes(self) -> list[Probe]:
        readers = [one.probe for one in self.readers.values()]
        return [one.probe for one in self.benches] + readers

    def close(self) -> None:
        """Nobody works here any more."""
        self.service.close()


def _shown(came: Came) -> str:
    return f"{came.site} {came.seq} {came.raw.decode(errors='replace')[:600]}"
