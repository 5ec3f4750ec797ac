"""Rows of the feed in the making, before they have numbers."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.contract.messages import (
    FeedBody,
    Operation,
    OutcomeRow,
    PostedLine,
    ProgressDelta,
    Signed,
    TallyDelta,
    WaitingRow,
)
from app.domain.operation import Outcome
from app.ledger.arrivals import Arrival
from app.ledger.book import Cell, Known, Sender, Undecided
from app.ledger.case import Decision
from app.ledger.contradictions import Contradiction


@dataclass(frozen=True, slots=True)
class Closing:
    """A cause that is gone; its exception's closing stands where this does, if one was open."""

    cause: str
    by: str = ""


# Id, content hash, bytes, signatures.
Recorded = tuple[str, str, bytes, tuple[Signed, ...]]
# A row; or a contradiction in an operation or the end of one, whose exception stands there.
Row = FeedBody | tuple[Contradiction, str] | Closing


@dataclass(slots=True)
class Entry:
    """An operation that gets a row in the feed: decided now, or in conflict with a known id.

    `abroad` is where it stands among the rows for other sites.
    """

    place: int
    arrival: Arrival
    sender: Sender
    decision: Decision | None
    abroad: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Settled:
    """An earlier operation that waited or was held, and what was decided of it now."""

    place: int
    what: Undecided
    decision: Decision
    abroad: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class Pages:
    """Rows of the feed in the making, and what refers to their numbers.

    Attributes:
        rows: Feed rows in order; contradictions stand where their exception will be, if it opens.
        abroad: The same for the feeds of other sites, by site number.
        entries: Operations decided here.
        settled: Earlier operations decided here.
        links: Places in chains whose id was known.
    """

    rows: list[Row] = field(default_factory=list)
    abroad: dict[int, list[Row]] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    links: list[tuple[Arrival, Sender, Known]] = field(default_factory=list)

    def add(self, arrival: Arrival, sender: Sender, decision: Decision) -> int:
        """A decided operation, with everything that follows from it; returns its entry."""
        entry = Entry(len(self.rows), arrival, sender, decision)
        self.entries.append(entry)
        self.rows.append(_outcome(arrival.id, arrival.operation, sender, arrival.seq, decision))
        if decision.outcome == Outcome.WAITING.value:
            content, raw = arrival.content_hash, arrival.raw
            self._wait(decision, sender, (arrival.id, content, raw, arrival.signatures))
        self._follow(arrival.id, decision)
        if decision.abroad or decision.effect.abroad or decision.told:
            entry.abroad = self._add_abroad(
                arrival.id, arrival.operation, sender, arrival.seq, decision
            )
        for what, then in decision.settles:
            self._settle(what, then)
        return len(self.entries) - 1

    def add_conflict(self, arrival: Arrival, sender: Sender, sentence: str) -> int:
        """A known id with other content; returns its entry."""
        self.entries.append(Entry(len(self.rows), arrival, sender, None))
        self.rows.append(
            OutcomeRow(
                id=arrival.id,
                kind=arrival.operation.kind if arrival.operation else "",
                outcome=Outcome.CONFLICT.value,
                enrolment=sender.id,
                seq=arrival.seq,
                code="conflict",
                sentence=sentence,
            )
        )
        return len(self.entries) - 1

    def _settle(self, what: Undecided, decision: Decision) -> None:
        settled = Settled(len(self.rows), what, decision)
        self.settled.append(settled)
        sender = what.sender
        self.rows.append(_outcome(what.id, what.operation, sender, sender.seq, decision))
        if decision.outcome == Outcome.WAITING.value:
            self._wait(decision, sender, (what.id, what.content_hash, what.raw, what.signatures))
        self._follow(what.id, decision)
        if decision.abroad or decision.effect.abroad or decision.told:
            settled.abroad = self._add_abroad(what.id, what.operation, sender, sender.seq, decision)

    def _wait(self, decision: Decision, sender: Sender, what: Recorded) -> None:
        """The request itself, whole, behind its outcome: any station of the site may decide it."""
        id_, content_hash, raw, signatures = what
        self.rows.append(
            WaitingRow(
                id=id_,
                content_hash=content_hash,
                station=sender.station,
                code=decision.code,
                sentence=decision.sentence,
                body=raw.decode(),
                signatures=signatures,
            )
        )

    def _follow(self, id_: str, decision: Decision) -> None:
        if decision.rows:
            self.rows.extend(decision.rows)
        if decision.contradictions:
            self.rows.extend((found, id_) for found in decision.contradictions)
        if decision.closes:
            self.rows.extend(Closing(cause) for cause in dict.fromkeys(decision.closes))

    def _add_abroad(
        self, id_: str, op: Operation | None, sender: Sender, seq: int, decision: Decision
    ) -> dict[int, int]:
        """The rows other sites get: the operation with its postings there, then what follows."""
        places: dict[int, int] = {}
        effect = decision.effect
        there = {site_n for site_n, *_ in effect.abroad} | {site_n for site_n, _ in decision.abroad}
        for site_n in sorted(there | decision.told):
            rows = self.abroad.setdefault(site_n, [])
            places[site_n] = len(rows)
            postings = [(cell, q, line) for n, cell, q, line in effect.abroad if n == site_n]
            rows.append(_outcome(id_, op, sender, seq, decision, postings))
            rows.extend(row for n, row in decision.abroad if n == site_n)
            rows.extend((found, id_) for n, found in decision.contradictions_abroad if n == site_n)
            causes = dict.fromkeys(cause for n, cause in decision.closes_abroad if n == site_n)
            rows.extend(Closing(cause) for cause in causes)
        return places


def _posted(cell: Cell, quantity: int, order_line: int) -> PostedLine:
    location, item, lot, serial, condition = cell.key
    return PostedLine(location, item, quantity, lot, serial, condition, order_line)


def _outcome(
    id_: str,
    op: Operation | None,
    sender: Sender,
    seq: int,
    decision: Decision,
    abroad: Iterable[tuple[Cell, int, int]] | None = None,
) -> OutcomeRow:
    effect = decision.effect
    home = abroad is None
    return OutcomeRow(
        id=id_,
        kind=op.kind if op else "",
        outcome=decision.outcome,
        enrolment=sender.id,
        seq=seq,
        actor=op.actor if op else "",
        code=decision.code,
        sentence=decision.sentence,
        reference=op.reference if op else None,
        reason=op.reason if op else "",
        postings=tuple([_posted(*p) for p in (effect.postings if abroad is None else abroad)]),
        progress=tuple([ProgressDelta(*step) for step in effect.progress]) if home else (),
        tallies=tuple([TallyDelta(*tally) for tally in effect.tallies]),
    )
