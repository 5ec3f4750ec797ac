"""A station that only posts: device key, enrolment, chain, signed batches; no book, no screen.

It works off the events of `bench.mix` as a clerk does: goods are received and put away when a bin
runs low, an order is claimed, packed line by line, sealed and shipped, what comes back is booked
in, what is lost or found is asked for as an adjustment. Now and then a line is packed by mistake,
taken back and packed again. Bytes, hashes and signatures are the program's own.
"""

import secrets
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

from app.clock import SystemClock, UuidSource
from app.contract import chain
from app.contract.codec import canonical
from app.contract.messages import (
    PROTOCOL_VERSION,
    AsOf,
    EnrolRequest,
    Line,
    Operation,
    PostBatch,
    Reference,
    Sent,
)
from app.domain.operation import ADJUSTMENT, CUSTOMER, PARCEL_PREFIX, SUPPLIER, Condition, Kind
from app.keys.signing import DeviceSigner
from app.ledger.service import LedgerService
from app.station.pack_box import LINES_PER_SHIP
from bench.mix import DOCK, RETURNS, Correction, Event, GivenBack, Mix, OrderLine, Sale

CLERK = "p-novak"
# A delivery brings so many times what the line that ran short wanted.
RESTOCK = 20
# One pack in so many is a slip of the hand: reversed, and packed again. Our own guess.
SLIP_EVERY = 500

Recorded = tuple[str, bytes]


class PostingStation:
    """An enrolled station that turns events into signed batches.

    Args:
        service: The ledger it enrols with.
        site: Its site.
        name: Its name.
        mix: Where things are kept.
        stock: Units of each item that are its own share of the opening stock.
    """

    def __init__(self, service: LedgerService, site: str, name: str, mix: Mix, stock: int) -> None:
        self.signer = DeviceSigner(secrets.token_bytes(32))
        code = service.identity.add_station(site, name).code
        enrolled = service.enrol(
            EnrolRequest(code=code, public_key=self.signer.public_key, program_version="bench")
        )
        self.enrolment, self.epoch, self.site = enrolled.enrolment, enrolled.epoch, site
        self.kinds: Counter[str] = Counter()
        self._mix, self._opening = mix, stock
        self._left: dict[str, int] = {}
        self._seq, self._digest = 0, chain.GENESIS
        self._clock, self._ids = SystemClock(), UuidSource()
        self._as_of = AsOf(epoch=enrolled.epoch, cursor=0)
        self._packs = 0

    def batches(self, events: Iterable[Event], size: int) -> Iterator[PostBatch]:
        """Signed batches of `size` operations, the last one shorter, each made when asked for."""
        recorded = (body for event in events for body in self._work(event))
        while part := list(islice(recorded, size)):
            yield self._sealed(part)

    def _sealed(self, part: list[Recorded]) -> PostBatch:
        sent = []
        for id_, raw in part:
            self._seq += 1
            self._digest = chain.next_digest(
                self._digest, self.enrolment, self._seq, chain.content_hash(raw)
            )
            sent.append(Sent(seq=self._seq, id=id_, digest=self._digest, body=msgspec.Raw(raw)))
        head = chain.head_bytes(self.enrolment, self._seq, self._digest)
        return PostBatch(
            protocol=PROTOCOL_VERSION,
            enrolment=self.enrolment,
            epoch=self.epoch,
            cursor=0,
            chain="",
            operations=tuple(sent),
            head_signature=self.signer.sign(head),
        )

    def _work(self, event: Event) -> Iterator[Recorded]:
        job = self._ids.new_id()
        match event:
            case Sale(order, lines):
                for _, sku, quantity in lines:
                    yield from self._restocked(job, sku, quantity)
                yield from self._packed(job, order, lines)
            case GivenBack(lines=lines):
                yield from self._taken_in(job, lines)
            case Correction(item, quantity, reason):
                yield self._corrected(job, item, quantity, reason)

    def _restocked(self, job: str, sku: str, quantity: int) -> Iterator[Recorded]:
        left = self._left.get(sku, self._opening)
        if left < quantity:
            more = quantity * RESTOCK
            left += more
            came = Line(item=sku, quantity=more, source=SUPPLIER, target=DOCK)
            yield self._record(Kind.RECEIVE, job, lines=(came,))
            away = Line(item=sku, quantity=more, source=DOCK, target=self._mix.home(sku))
            yield self._record(Kind.MOVE, job, lines=(away,))
        self._left[sku] = left - quantity

    def _packed(self, job: str, order: str, lines: tuple[OrderLine, ...]) -> Iterator[Recorded]:
        parcel = f"{PARCEL_PREFIX}{job}"
        bare = Reference(document_kind="order", document=order)
        boxed = msgspec.structs.replace(bare, parcel=parcel)
        yield self._record(Kind.CLAIM, job, bare)
        for number, sku, quantity in lines:
            line = Line(
                item=sku,
                quantity=quantity,
                source=self._mix.home(sku),
                target=parcel,
                order_line=number,
                uom_quantity=quantity,
            )
            self._packs += 1
            packed = self._record(Kind.PACK, job, boxed, (line,))
            yield packed
            if self._packs % SLIP_EVERY == 0:
                back = msgspec.structs.replace(boxed, original=packed[0])
                yield self._record(Kind.REVERSE, job, back, reason="wrong_item")
                yield self._record(Kind.PACK, job, boxed, (line,))
        yield self._record(Kind.SEAL, job, boxed)
        inside = [
            Line(item=sku, quantity=quantity, source=parcel, target=CUSTOMER)
            for _, sku, quantity in lines
        ]
        for start in range(0, len(inside), LINES_PER_SHIP):
            part = tuple(inside[start : start + LINES_PER_SHIP])
            yield self._record(Kind.SHIP, job, boxed, part)

    def _taken_in(self, job: str, lines: tuple[OrderLine, ...]) -> Iterator[Recorded]:
        for _, sku, quantity in lines:
            line = Line(
                item=sku,
                quantity=quantity,
                source=CUSTOMER,
                target=RETURNS,
                to_condition=Condition.HOLD.value,
            )
            yield self._record(Kind.RETURN, job, lines=(line,), reason="customer_return")

    def _corrected(self, job: str, sku: str, quantity: int, reason: str) -> Recorded:
        here = self._mix.home(sku)
        source, target = (here, ADJUSTMENT) if quantity < 0 else (ADJUSTMENT, here)
        line = Line(item=sku, quantity=abs(quantity), source=source, target=target)
        return self._record(Kind.ADJUST, job, lines=(line,), reason=reason)

    def _record(
        self,
        kind: Kind,
        job: str,
        reference: Reference | None = None,
        lines: tuple[Line, ...] = (),
        reason: str = "",
    ) -> Recorded:
        self.kinds[kind.value] += 1
        id_ = self._ids.new_id()
        operation = Operation(
            id=id_,
            kind=kind.value,
            contract_version=1,
            site=self.site,
            actor=CLERK,
            role="controller",
            source_system="packhouse",
            correlation_id=job,
            recorded_at=self._clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            as_of=self._as_of,
            skew_ms=0,
            reference=reference,
            lines=lines,
            reason=reason,
        )
        return id_, canonical(operation)
