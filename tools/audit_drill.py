"""A million events: how long the night's check takes, what a bundle costs, whether a bit is found.

Real parts: the ledger's tables and chains, the nightly check, export, the stand-alone verifier in a
process of its own. Records are written past the ledger's rules, because a million posted one by one
would measure something else. `make audit-drill` prints the report; EVENTS=100000 for less.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import msgspec
import sqlalchemy as sa

from app.conformance.probe import Device
from app.contract import chain
from app.contract.messages import OutcomeRow
from app.ledger import checking, evidence
from app.ledger.bundle import Bundles
from app.ledger.database import Database
from app.ledger.service import LedgerService
from app.ledger.sites import SiteRef
from app.ledger.tables import enrolment, feed, operation, site_feed, station_mark
from app.paths import resources_dir
from tests.ledger.damage import on_sqlite

# T5 of security.md, on two cores.
NIGHT_S = 60.0
# T7: what the verifier may need more for ten times the events.
GROWTH_MB = 16
SITE, STATION = "HAM", "PACK-01"
BATCH, MARK = 10_000, 100
_encode = msgspec.json.Encoder().encode
# The verifier, and the most memory it ever had, in kilobytes.
_MEASURED = """
import pathlib, re, runpy, sys
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
print(re.search(r"VmHWM:\\s*(\\d+)", pathlib.Path("/proc/self/status").read_text())[1])
"""


class Filled:
    """A ledger with so many events of one station.

    Args:
        folder: Where.
        count: How many.
    """

    def __init__(self, folder: Path, count: int) -> None:
        self.service = LedgerService(Database.in_folder(folder / "ledger"))
        self.folder = folder
        self.site: SiteRef = self.service.add_site(SITE)
        self.device = Device(STATION)
        code = self.service.identity.add_station(SITE, STATION).code
        self.who = self.service.enrol(self.device.enrol_request(code))
        self._digest = self._chain = chain.GENESIS
        for first in range(1, count + 1, BATCH):
            self._fill(range(first, min(first + BATCH, count + 1)))

    def _fill(self, numbers: range) -> None:
        database = self.service.database
        events = list(self._events(numbers))
        with database.write() as connection:
            n = connection.execute(sa.select(enrolment.c.n).where(_is(self.who.enrolment)))
            number = n.scalar_one()
            database.insert(
                connection, operation, [self._operation(number, *event) for event in events]
            )
            database.insert(connection, feed, self._rows(events))
            database.insert(
                connection,
                station_mark,
                [
                    (number, seq, digest, self._signed(seq, digest), AT)
                    for seq, _, digest in events
                    if seq % MARK == 0
                ],
            )
            end = numbers[-1]
            connection.execute(
                sa.update(enrolment)
                .where(_is(self.who.enrolment))
                .values(seq=end, digest=self._digest)
            )
            connection.execute(
                sa.update(site_feed)
                .where(site_feed.c.site_n == self.site.n)
                .values(seq=end, chain=self._chain)
            )

    def _events(self, numbers: range) -> Iterator[tuple[int, bytes, str]]:
        for seq in numbers:
            raw = _BODY % (seq, seq % 40 + 1)
            content = chain.content_hash(raw)
            self._digest = chain.next_digest(self._digest, self.who.enrolment, seq, content)
            yield seq, raw, self._digest

    def _operation(self, number: int, seq: int, raw: bytes, digest: str) -> tuple[Any, ...]:
        return (
            f"{seq:036d}", self.site.n, seq, chain.content_hash(raw), "event", number, seq, digest,
            "posted", "", "", "", AT, raw,
        )  # fmt: skip

    def _rows(self, events: list[tuple[int, bytes, str]]) -> Iterator[tuple[Any, ...]]:
        for seq, _, _ in events:
            row = OutcomeRow(
                id=f"{seq:036d}",
                kind="event",
                outcome="posted",
                enrolment=self.who.enrolment,
                seq=seq,
                actor="p-anna",
            )
            raw = _encode(row)
            self._chain = chain.next_chain(self._chain, raw)
            yield self.site.n, seq, 0, self._chain, raw

    def _signed(self, seq: int, digest: str) -> str:
        return self.device.sign(chain.head_bytes(self.who.enrolment, seq, digest))

    # ------------------------------------------------------------------ what is measured

    def night(self) -> tuple[float, float, list[checking.Difference]]:
        """Seconds and processor seconds of the check of all chains, and what it finds."""
        began, worked = perf_counter(), process_time()
        database, nothing = self.service.database, _ignore
        found = [
            *checking.chains(database, self.site, nothing),
            *evidence.marks(database, self.site, nothing),
            *evidence.checkpoints(database, self.site, nothing),
            *evidence.journal(database, nothing),
        ]
        return perf_counter() - began, process_time() - worked, found

    def flip(self, seq: int) -> None:
        """One bit of one record, by somebody who owns the file."""
        path = self.folder / "ledger" / "ledger.sqlite"
        on_sqlite(
            path,
            # "quantity" becomes "quantitx": the last bit of one letter.
            "UPDATE operation SET body = CAST(replace(CAST(body AS TEXT), 'quantity', 'quantitx') "
            f"AS BLOB) WHERE seq = {seq}",
        )

    def bundle(self) -> tuple[float, int, float, int]:
        """Seconds and megabytes of a bundle; seconds and peak megabytes of verifying it."""
        target = self.folder / "audit.zip"
        began = perf_counter()
        service = self.service
        Bundles(service.database, service.clock, service.key).write(target)
        made = perf_counter() - began
        began = perf_counter()
        verifier = resources_dir() / "audit" / "verify.py"
        command = [sys.executable, "-c", _MEASURED, verifier, target, service.key.public.hex()]
        done = subprocess.run(  # the interpreter itself
            [*map(str, command)], capture_output=True, text=True, check=True
        )
        peak = int(done.stdout.split()[-1]) // 1024
        return made, target.stat().st_size >> 20, perf_counter() - began, peak


AT = "2026-11-21T06:00:00.000Z"
_BODY = (
    b'{"actor":"p-anna","as_of":{"cursor":0,"epoch":"e"},"contract_version":2,'
    b'"correlation_id":"0198f000-0000-7000-8000-000000000001","id":"%036d","kind":"event",'
    b'"lines":[{"item":"SKU-10221","quantity":%d,"source":"A-04-2","target":"B-11-1"}],'
    b'"recorded_at":"2026-11-21T06:00:00.000Z","role":"clerk","site":"HAM",'
    b'"source_system":"packhouse"}'
)


def _is(enrolment_id: str) -> sa.ColumnElement[bool]:
    return enrolment.c.id == enrolment_id


def _ignore(_count: int) -> None:
    pass


def main(arguments: list[str] | None = None) -> int:
    """Print the report; 0 only when every figure is reached."""
    parser = argparse.ArgumentParser(prog="python -m tools.audit_drill", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    count = parser.parse_args(arguments).events
    with tempfile.TemporaryDirectory() as small, tempfile.TemporaryDirectory() as large:
        tenth = Filled(Path(small), count // 10)
        _, _, _, little = tenth.bundle()
        tenth.service.close()
        filled = Filled(Path(large), count)
        took, worked, clean = filled.night()
        made, size, verified, peak = filled.bundle()
        filled.service.close()
        filled.flip(count // 2)
        filled.service = LedgerService(Database.in_folder(Path(large) / "ledger"))
        _, _, damaged = filled.night()
        filled.service.close()
    print(
        f"night check        {count} events in {took:.1f} s, {worked:.1f} s of them of the "
        f"processor (at most {NIGHT_S:.0f})"
    )
    print(f"one bit changed    {[f'{one.check} {one.name}' for one in damaged]}")
    print(f"bundle             made in {made:.1f} s, {size} MB; verified in {verified:.1f} s")
    print(f"verifier's memory  {peak} MB; {little} MB for a tenth of the events")
    reached = [
        not clean,
        # What others do on this machine meanwhile is not the check's.
        worked <= NIGHT_S or count > 1_000_000,
        len(damaged) == 1,
        peak - little <= GROWTH_MB,
    ]
    return 0 if all(reached) else 1


if __name__ == "__main__":
    sys.exit(main())
