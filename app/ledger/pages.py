"""Rows of the feed in the making, before they have numbers."""

from dataclasses import dataclass, field

from app.contract.messages import FeedBody, OutcomeRow, PostedLine, ProgressDelta
from app.domain.operation import Outcome
from app.ledger.arrivals import Arrival
from app.ledger.book import Cell, Known, Sender
from app.ledger.contradictions import Contradiction
from app.ledger.deciding import Decision

# A row, or a contradiction in an operation, whose exception stands there if it opens.
Row = FeedBody | tuple[Contradiction, str]


@dataclass(slots=True)
class Entry:
    """An operation that gets a row in the feed: decided now, or in conflict with a known id."""

    place: int
    arrival: Arrival
    sender: Sender
    decision: Decision | None


@dataclass(slots=True)
class Pages:
    """Rows of the feed in the making, and what refers to their numbers.

    Attributes:
        rows: Feed rows in order; contradictions stand where their exception will be, if it opens.
        entries: Operations decided here.
        links: Places in chains whose id was known.
    """

    rows: list[Row] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    links: list[tuple[Arrival, Sender, Known]] = field(default_factory=list)

    def add(self, arrival: Arrival, sender: Sender, decision: Decision) -> int:
        """A decided operation, with everything that follows from it; returns its entry."""
        self.entries.append(Entry(len(self.rows), arrival, sender, decision))
        self.rows.append(_outcome_row(arrival, sender, decision))
        if decision.rows:
            self.rows.extend(decision.rows)
        if decision.contradictions:
            self.rows.extend((found, arrival.id) for found in decision.contradictions)
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


def _posted(cell: Cell, quantity: int, order_line: int) -> PostedLine:
    location, item, lot, serial, condition = cell.key
    return PostedLine(location, item, quantity, lot, serial, condition, order_line)


def _outcome_row(arrival: Arrival, sender: Sender, decision: Decision) -> OutcomeRow:
    op, effect = arrival.operation, decision.effect
    return OutcomeRow(
        id=arrival.id,
        kind=op.kind if op else "",
        outcome=decision.outcome,
        enrolment=sender.id,
        seq=arrival.seq,
        actor=op.actor if op else "",
        code=decision.code,
        sentence=decision.sentence,
        reference=op.reference if op else None,
        reason=op.reason if op else "",
        postings=tuple([_posted(*posting) for posting in effect.postings]),
        progress=tuple([ProgressDelta(*step) for step in effect.progress]),
    )
