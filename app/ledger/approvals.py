"""What waits for a decision, with the evidence beside it; and how the office decides it.

A decision of the office is an operation like a station's: recorded in the office's chain, judged by
`app.ledger.rules.settling`. Nothing here changes stock.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import Answer, ItemRow, Line, Operation, PersonRow, Reference, Result
from app.domain.operation import Kind, Posting, StockKey, is_virtual
from app.domain.roles import Permission, may
from app.errors import Refusal
from app.identity.accounts import accounts
from app.ledger.arrivals import Arrival, read_body
from app.ledger.book import Book
from app.ledger.case import WAITING
from app.ledger.clock import Clock
from app.ledger.database import Database
from app.ledger.office import Office, Wish
from app.ledger.policies import Policies
from app.ledger.positions import moved_since
from app.ledger.rules import limits
from app.ledger.rules.permissions import are_one_person
from app.ledger.sites import SiteRef
from app.ledger.tables import balance, enrolment, item, operation, thing

APPROVE, REJECT = "approve", "reject"

_item = msgspec.json.Decoder(ItemRow).decode
_person = msgspec.json.Decoder(PersonRow).decode


class Place(Answer, frozen=True):
    """What would change at one place, and what the book said and says there.

    `then` is what it said when this was asked for, `now` what it says; approving makes it `after`.
    """

    location: str
    item: str
    change: int
    then: int
    now: int
    after: int
    lot: str = ""
    serial: str = ""
    condition: str = "good"


class Undecided(Answer, frozen=True):
    """Something that waits for a decision or is held.

    `content_hash` is what a decision must name; `may` are the people who may approve it now.
    `value` is in minor units, as far as costs are known. An operation nobody can read has no kind.
    """

    id: str
    outcome: str
    code: str
    sentence: str
    content_hash: str
    feed_seq: int
    received_at: str
    station: str
    kind: str = ""
    actor: str = ""
    recorded_at: str = ""
    reason: str = ""
    reference: Reference | None = None
    evidence: dict[str, str | int | bool] = msgspec.field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    places: tuple[Place, ...] = ()
    quantity: int = 0
    value: int = 0
    may: tuple[str, ...] = ()


class Approvals:
    """Lists what waits, and decides for the office.

    Args:
        database: The ledger's.
        clock: Dates what is shown.
        office: Records decisions.
        policies: Limits of approvers.
    """

    def __init__(
        self, database: Database, clock: Clock, office: Office, policies: Policies
    ) -> None:
        self._database = database
        self._clock = clock
        self._office = office
        self._policies = policies

    def waiting(
        self, where: SiteRef, *, outcome: str = "", after: int = 0, limit: int = 100
    ) -> list[Undecided]:
        """What waits or is held, the oldest first.

        Args:
            where: The site.
            outcome: `waiting` or `held`; both when empty.
            after: Position in the feed of the last one seen.
            limit: How many.
        """
        o = operation.c
        wanted = [outcome] if outcome else ["waiting", "held"]
        return self._read(
            where,
            # In these words, because the index of what is undecided is built with them.
            sa.text("operation.outcome IN ('waiting', 'held')"),
            o.outcome.in_(wanted),
            o.feed_seq > after,
            limit=limit,
        )

    def find(self, where: SiteRef, id_: str) -> Undecided:
        """One of them.

        Raises:
            Refusal: `unknown_operation`, also when it is decided already.
        """
        found = self._read(
            where, operation.c.id == id_, operation.c.outcome.in_(("waiting", "held")), limit=1
        )
        if not found:
            raise Refusal("unknown_operation", "Nothing waits under this id at this site.")
        return found[0]

    def decide(self, where: SiteRef, id_: str, wish: Wish, *, key: str, job: str) -> Result:
        """Record a decision or a withdrawal about an operation.

        Args:
            where: The site.
            id_: What is decided.
            wish: Kind, actor, reason and evidence; what it is about is put in here.
            key: Names it, so that it is recorded once.
            job: Correlation id.

        Raises:
            Refusal: `unknown_operation`, in the same words for one of another site.
        """
        o = operation.c
        with self._database.read() as connection:
            here = sa.select(o.id).where(o.id == id_, o.site_n == where.n)
            if connection.execute(here).first() is None:
                raise Refusal("unknown_operation", f"There is no operation {id_} at {where.site}.")
        named = Wish(
            wish.kind,
            wish.actor,
            reference=Reference(original=id_),
            reason=wish.reason,
            evidence=wish.evidence,
        )
        return self._office.record(where, named, key=key, correlation_id=job)

    def _read(
        self, where: SiteRef, *conditions: sa.ColumnElement[bool] | sa.TextClause, limit: int
    ) -> list[Undecided]:
        o, e = operation.c, enrolment.c
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(
                    o.id, o.outcome, o.code, o.sentence, o.content_hash, o.feed_seq,
                    o.received_at, o.body, o.seq, e.station,
                )
                .join(enrolment, e.n == o.enrolment_n)
                .where(o.site_n == where.n, *conditions)
                .order_by(o.feed_seq)
                .limit(limit)
            ).all()  # fmt: skip
            came = [read_body(row.seq, row.id, "", row.body, row.content_hash) for row in rows]
            book = self._book(connection, where, came)
            places = [
                self._places(connection, where, one, row.feed_seq)
                for one, row in zip(came, rows, strict=True)
            ]
        return [
            _shown(row, one.operation, there, book)
            for row, one, there in zip(rows, came, places, strict=True)
        ]

    def _book(self, connection: Connection, where: SiteRef, came: Sequence[Arrival]) -> Book:
        """As much of a book as limits are asked about."""
        book = Book(where.n, where.site, self._clock.now())
        book.policy = self._policies.current(where).policy
        people = connection.execute(sa.select(thing.c.body).where(thing.c.kind == "person"))
        rows = list(map(_person, people.scalars()))
        book.people = {row.person: row for row in rows}
        book.accounts = accounts(rows)
        skus = {line.item for one in came if one.operation for line in one.operation.lines}
        bodies = connection.execute(
            sa.select(item.c.body).where(self._database.in_set(item.c.sku, sorted(skus)))
        )
        book.spending.costs = {row.sku: row.cost for row in map(_item, bodies.scalars())}
        return book

    def _places(
        self, connection: Connection, where: SiteRef, came: Arrival, feed_seq: int
    ) -> tuple[Place, ...]:
        changes = _changes(came.postings)
        b = balance.c
        rows = connection.execute(
            sa.select(b.stock, b.quantity, b.location, b.item, b.lot, b.serial, b.condition).where(
                b.site_n == where.n,
                self._database.in_set(b.location, sorted({key.location for key in changes})),
                self._database.in_set(b.item, sorted({key.item for key in changes})),
            )
        )
        now = {StockKey(*parts): (stock, quantity) for stock, quantity, *parts in rows}
        spots = {(now[key][0], feed_seq) for key in changes if key in now}
        moved = moved_since(self._database, connection, spots)
        return tuple(
            _place(key, change, *now.get(key, (0, 0)), moved, feed_seq)
            for key, change in changes.items()
        )


def _changes(moves: Sequence[Posting]) -> dict[StockKey, int]:
    changes: dict[StockKey, int] = {}
    for key, quantity, _ in moves:
        if not is_virtual(key.location):
            changes[key] = changes.get(key, 0) + quantity
    return changes


def _place(
    key: StockKey,
    change: int,
    stock: int,
    now: int,
    moved: dict[tuple[int, int], int],
    feed_seq: int,
) -> Place:
    return Place(
        location=key.location,
        item=key.item,
        change=change,
        then=now - moved.get((stock, feed_seq), 0),
        now=now,
        after=now + change,
        lot=key.lot,
        serial=key.serial,
        condition=key.condition,
    )


def _shown(row: Any, asked: Operation | None, places: tuple[Place, ...], book: Book) -> Undecided:
    about = Undecided(
        id=row.id,
        outcome=row.outcome,
        code=row.code,
        sentence=row.sentence,
        content_hash=row.content_hash,
        feed_seq=row.feed_seq,
        received_at=row.received_at,
        station=row.station,
    )
    if asked is None:
        return about
    change = limits.change_of(
        (StockKey(p.location, p.item, p.lot, p.serial, p.condition), p.change) for p in places
    )
    return msgspec.structs.replace(
        about,
        kind=asked.kind,
        actor=asked.actor,
        recorded_at=asked.recorded_at,
        reason=asked.reason,
        reference=asked.reference,
        evidence=asked.evidence,
        lines=asked.lines,
        places=places,
        quantity=change.quantity,
        value=limits.value_of(change, book),
        may=_who_may(row.outcome, asked, change, book),
    )


def _who_may(outcome: str, asked: Operation, change: limits.Change, book: Book) -> tuple[str, ...]:
    needed = Permission.DECIDE if outcome == WAITING else Permission.RELEASE_HELD
    return tuple(
        sorted(
            one.person
            for one in book.people.values()
            if one.active
            and one.site in {"", book.site}
            and may(one.role, needed)
            and not are_one_person(book, one.person, asked.actor)
            and not limits.over_approval(change, book.policy.approve.get(one.role), book)
        )
    )


def decision_of(actor: str, *, approve: bool, content_hash: str, note: str) -> Wish:
    """A decision, not yet about anything."""
    return Wish(
        Kind.DECIDE.value,
        actor,
        reason=APPROVE if approve else REJECT,
        evidence={"content_hash": content_hash, "note": note},
    )
