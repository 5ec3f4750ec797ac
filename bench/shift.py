"""A station's book filled as a shift fills it: claim, pack line by line, seal, ship.

Recorded by the station's own store, so ids, canonical bytes, hashes, chain and effects are the
program's. Left out are screen and scanner, which `bench.scan` measures.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from app.bootstrap import Workstation
from app.cache.store import IDENTITY, POSITION
from app.cache.work import NUMBERS, Numbers
from app.clock import SystemClock, UuidSource
from app.contract.messages import (
    AsOf,
    EnrolRequest,
    HighWater,
    Line,
    Operation,
    OrderRow,
    PostBatch,
    Posted,
    Reference,
    Result,
)
from app.domain.operation import CUSTOMER, MOVING, PARCEL_PREFIX, Kind, postings
from app.ledger.imports import StockLine
from app.ledger.service import LedgerService
from app.opened import OpenBook
from app.settings import StationSettings, save
from app.station.pack_box import LINES_PER_SHIP
from app.station.ports import Identity, Position

# Operations of one transaction here; a scan has one of its own, which `bench.scan` measures.
PER_COMMIT = 500
_NO_MARK = HighWater("", "", 0, "", "", "")


def _passphrase(folder: Path) -> Path:
    """What unlocks the station's keys: a machine that measures has no keyring to ask."""
    path = folder.parent / "passphrase"
    folder.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.touch(0o600)
        path.write_text("measure twice pack once", encoding="ascii")
    return path


class BenchStation:
    """A station without a screen: keys, book and store.

    Args:
        folder: Where the book lies.
        service: The ledger it enrols with.
        site: Its site, which must be there.
        name: Its name.
    """

    def __init__(self, folder: Path, service: LedgerService, site: str, name: str) -> None:
        self.folder = folder
        self._settings = StationSettings(folder, passphrase_file=str(_passphrase(folder)))
        # Remembered, so that the program finds it when it is started over this folder.
        save(self._settings)
        self._opened, self._mine = OpenBook(self._settings), True
        self.signer, self.store = self._opened.signer, self._opened.store
        code = service.identity.add_station(site, name).code
        answer = service.enrol(
            EnrolRequest(code=code, public_key=self.signer.public_key, program_version="bench")
        )
        self.identity = Identity(
            answer.enrolment, answer.station, answer.site, answer.epoch, answer.ledger_key
        )
        self._clock, self._ids = SystemClock(), UuidSource()
        with self.store.begin() as work:
            work.set_note(IDENTITY, msgspec.json.encode(self.identity).decode())
            numbers = Numbers(int(answer.sscc.first), answer.sscc.count)
            work.set_note(NUMBERS, msgspec.json.encode(numbers).decode())
            work.commit()

    def reopen(self) -> None:
        """Open the book again, after the program has had it."""
        self._opened, self._mine = OpenBook(self._settings), True
        self.store = self._opened.store

    def hand_over(self, **settings: Any) -> Workstation:
        """The same station as the program runs it: threads, inbox, sync. Not started yet."""
        self.close()
        return Workstation(OpenBook(replace(self._settings, **settings)))

    def start_of_feed(self) -> None:
        """Stand at the feed's first row, without a picture of what was before."""
        where = Position(self.identity.epoch, 0, "", 0)
        with self.store.begin() as work:
            work.set_note(POSITION, msgspec.json.encode(where).decode())
            work.commit()

    def record(self, orders: list[OrderRow], stock: tuple[StockLine, ...], most: int) -> int:
        """Work through `orders`, at most so many operations; how many there were."""
        homes = {line.item: line.location for line in stock}
        where = self.store.position()
        as_of = AsOf(epoch=where.epoch or self.identity.epoch, cursor=where.cursor)
        bodies = self._shift(orders, homes, as_of)
        done = 0
        while part := list(islice(bodies, min(PER_COMMIT, most - done))):
            with self.store.begin() as work:
                for body in part:
                    moves = postings(body.lines) if body.kind in MOVING else ()
                    work.append(body, moves, body.correlation_id)
                work.commit()
            done += len(part)
        return done

    def batches(self, size: int) -> Iterator[PostBatch]:
        """The outbox in signed batches, each taken as sent once the next is asked for."""
        while (batch := self.store.next_batch(size, self.signer)) is not None:
            yield batch
            results = tuple(Result(sent.id, "posted", 1 << 40) for sent in batch.operations)
            self.store.apply_answer(Posted(results=results, high_water=_NO_MARK))

    def close(self) -> None:
        """Close the book, if it is open here."""
        if self._mine:
            self._mine = False
            self._opened.close()

    def _shift(
        self, orders: list[OrderRow], homes: dict[str, str], as_of: AsOf
    ) -> Iterator[Operation]:
        for order in orders:
            job = self._ids.new_id()
            parcel = f"{PARCEL_PREFIX}{job}"
            bare = Reference(document_kind="order", document=order.order)
            boxed = msgspec.structs.replace(bare, parcel=parcel)
            yield self._body(Kind.CLAIM, job, bare, as_of)
            packed = [
                Line(
                    item=line.item,
                    quantity=line.quantity,
                    source=homes.get(line.item, "A-01-1"),
                    target=parcel,
                    order_line=line.line,
                    uom="each",
                    uom_quantity=line.quantity,
                )
                for line in order.lines
            ]
            for line in packed:
                yield self._body(Kind.PACK, job, boxed, as_of, (line,))
            yield self._body(Kind.SEAL, job, boxed, as_of)
            inside = [
                Line(item=line.item, quantity=line.quantity, source=parcel, target=CUSTOMER)
                for line in packed
            ]
            for start in range(0, len(inside), LINES_PER_SHIP):
                lines = tuple(inside[start : start + LINES_PER_SHIP])
                yield self._body(Kind.SHIP, job, boxed, as_of, lines)

    def _body(
        self, kind: Kind, job: str, reference: Reference, as_of: AsOf, lines: tuple[Line, ...] = ()
    ) -> Operation:
        return Operation(
            id=self._ids.new_id(),
            kind=kind.value,
            contract_version=1,
            site=self.identity.site,
            actor="p-novak",
            role="clerk",
            source_system="packhouse",
            correlation_id=job,
            recorded_at=self._clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            as_of=as_of,
            skew_ms=0,
            reference=reference,
            lines=lines,
        )
