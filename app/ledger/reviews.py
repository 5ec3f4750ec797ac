"""Access reviews, one a quarter: who keeps which rights, said by somebody else, line by line.

A review is a picture of all accounts with a decision beside each. It ends when every line has one;
whoever is not attested in time is suspended. The counts of a review add up, always.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.domain.roles import Permission, may_at
from app.errors import Refusal
from app.identity.accounts import accounts
from app.ledger.apikeys import ApiKeys
from app.ledger.clock import Clock, IdSource, stamp
from app.ledger.database import Database
from app.ledger.journal import tell
from app.ledger.keys import LedgerKey
from app.ledger.people import People, everybody, person_of
from app.ledger.reviewing import KEY_ROLE, Held, Rights
from app.ledger.tables import review, review_line

DUE = timedelta(days=14)
OPEN, CLOSED = "open", "closed"
MAX_NOTE = 200
_SUSPENDER = "review"
_encode = msgspec.json.Encoder(order="sorted").encode
_held = msgspec.json.Decoder(Held)


class Decision(StrEnum):
    """What is decided about an account."""

    KEEP = "keep"
    CHANGE = "change"
    """Other rights: given with `user role`, and named in the note."""
    REVOKE = "revoke"
    DEFER = "defer"
    SUSPENDED = "suspended"
    """Nobody decided in time."""


_REVIEWED = (Decision.KEEP, Decision.CHANGE, Decision.REVOKE, Decision.DEFER)


@dataclass(frozen=True, slots=True)
class Line:
    """An account in a review."""

    held: Held
    decision: str
    reviewer: str
    at: str
    note: str


@dataclass(frozen=True, slots=True)
class Review:
    """A review and its counts; `open` and `suspended` make up all lines with the four others."""

    id: str
    begun_at: str
    begun_by: str
    due_at: str
    state: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Judge:
    """Who says it, and where: a person who has proven who they are."""

    person: str
    note: str = ""


class Reviews:
    """Begins, decides, closes and exports reviews.

    Args:
        database: The ledger's.
        clock: When they are due.
        ids: Names them.
        key: Signs what is exported.
        acts: What decisions are carried out by, and rights are read from.
    """

    def __init__(
        self, database: Database, clock: Clock, ids: IdSource, key: LedgerKey, acts: "Acts"
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._key = key
        self._acts = acts

    def begin(self, by: str) -> Review:
        """Take a picture of all accounts.

        Raises:
            Refusal: `review_open`: one at a time.
        """
        now = self._clock.now()
        id_ = self._ids.new_id()
        with self._database.write() as connection:
            standing = connection.execute(
                sa.select(review.c.id).where(review.c.state == OPEN)
            ).first()
            if standing is not None:
                raise Refusal(
                    "review_open",
                    f"Review {standing.id} is still open. Close it first: packhouse ledger review "
                    "list",
                )
            held = self._acts.rights.held(connection, stamp(now))
            row = (id_, stamp(now), by, stamp(now + DUE), OPEN)
            self._database.insert(connection, review, [row])
            self._database.insert(
                connection,
                review_line,
                [
                    (id_, one.account, one.site, one.role, _encode(one), "", "", "", "")
                    for one in held
                ],
            )
        tell(object=f"review {id_}", after={"accounts": len(held), "due": stamp(now + DUE)})
        return self.find(id_)

    def decide(self, id_: str, account: str, decision: Decision, judge: Judge) -> None:
        """Say what becomes of an account; a revocation is carried out at once.

        Raises:
            Refusal: `unknown_review`, `closed`, `unknown_account`, `own_rights`, `not_permitted`,
                `no_reason`, `rights_unchanged`.
        """
        if decision not in _REVIEWED:
            raise Refusal("unknown_decision", "Decide keep, change, revoke or defer.")
        if decision is not Decision.KEEP and not 0 < len(judge.note.strip()) <= MAX_NOTE:
            raise Refusal("no_reason", f"Say why, in at most {MAX_NOTE} characters.")
        now = stamp(self._clock.now())
        with self._database.together() as connection:
            self._open(connection, id_)
            line = self._line(connection, id_, account)
            self._refuse_judge(connection, line.held, judge)
            if decision is Decision.CHANGE:
                _refuse_unchanged(connection, line.held)
            self._settle(connection, id_, account, (decision, judge, now))
            if decision is Decision.REVOKE:
                self._take(account, judge)
        tell(
            object=f"review {id_}",
            before={"account": account, "decision": line.decision},
            after={"account": account, "decision": decision.value},
            reason=judge.note,
        )

    def close(self, id_: str, by: str) -> Review:
        """End a review in which everything is decided.

        Raises:
            Refusal: `unknown_review`, `closed`, `not_all_decided`.
        """
        with self._database.write() as connection:
            self._open(connection, id_)
            left = _count(connection, id_).get("", 0)
            if left:
                raise Refusal(
                    "not_all_decided",
                    f"{left} accounts are not decided yet. See: packhouse ledger review list",
                )
            connection.execute(sa.update(review).where(review.c.id == id_).values(state=CLOSED))
        tell(object=f"review {id_}", after={"state": CLOSED, "by": by})
        return self.find(id_)

    def overdue(self) -> list[str]:
        """Reviews whose time is over and in which somebody is not attested."""
        now = stamp(self._clock.now())
        return [
            one.id
            for one in self.all()
            if one.state == OPEN and one.due_at <= now and one.counts["open"]
        ]

    def suspend_overdue(self) -> int:
        """Suspend whoever nobody has attested in time; how many. Done by a job."""
        now = stamp(self._clock.now())
        with self._database.together() as connection:
            return sum(self._suspend(connection, id_, now) for id_ in self.overdue())

    def find(self, id_: str) -> Review:
        """A review and how far it is.

        Raises:
            Refusal: `unknown_review`.
        """
        found = next((one for one in self.all() if one.id == id_), None)
        if found is None:
            raise _unknown(id_)
        return found

    def all(self) -> list[Review]:
        """All reviews, the latest first."""
        r = review.c
        with self._database.read() as connection:
            rows = connection.execute(sa.select(review).order_by(r.begun_at.desc(), r.id)).all()
            return [_review(row, _count(connection, row.id)) for row in rows]

    def lines(self, id_: str) -> list[Line]:
        """Every account of a review, by account.

        Raises:
            Refusal: `unknown_review`.
        """
        self.find(id_)
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(review_line)
                .where(review_line.c.review == id_)
                .order_by(review_line.c.person)
            ).all()
        return [_line(row) for row in rows]

    def export(self, id_: str) -> bytes:
        """A review as one signed file: `signature` is the ledger's, over the bytes of `body`.

        Raises:
            Refusal: `unknown_review`.
        """
        found = self.find(id_)
        body = _encode({"review": found, "lines": self.lines(id_)}).decode()
        signature = self._key.sign(review_bytes(body))
        signed = {"body": body, "ledger_key": self._key.public.hex(), "signature": signature}
        return msgspec.json.format(_encode(signed), indent=1)

    # ------------------------------------------------------------------ how

    def _suspend(self, connection: Connection, id_: str, now: str) -> int:
        waiting = [line for line in self._of(connection, id_) if not line.decision]
        judge = Judge(_SUSPENDER, "Not attested within 14 days")
        for line in waiting:
            account = line.held.account
            self._settle(connection, id_, account, (Decision.SUSPENDED, judge, now))
            self._take(account, judge)
        if waiting:
            tell(after={"review": id_, "suspended": [line.held.account for line in waiting]})
        return len(waiting)

    def _take(self, account: str, judge: Judge) -> None:
        if account.startswith(f"{KEY_ROLE}:"):
            self._acts.keys.revoke(account.removeprefix(f"{KEY_ROLE}:"))
        else:
            self._acts.people.revoke(account, judge.person, judge.note)

    def _settle(
        self, connection: Connection, id_: str, account: str, how: tuple[Decision, Judge, str]
    ) -> None:
        decision, judge, now = how
        line = review_line.c
        connection.execute(
            sa.update(review_line)
            .where(line.review == id_, line.person == account)
            .values(decision=decision.value, reviewer=judge.person, at=now, note=judge.note)
        )

    def _refuse_judge(self, connection: Connection, held: Held, judge: Judge) -> None:
        who = person_of(connection, judge.person)
        where = held.site or (who.site if who is not None else "")
        if (
            who is None
            or not who.active
            or (not held.site and who.site)
            or not may_at(who.role, who.site, Permission.REVIEW_ACCESS, where)
        ):
            raise Refusal(
                "not_permitted",
                f"{judge.person} may not say who keeps rights there. Ask a site manager of that "
                "site or an administrator.",
            )
        word = accounts(everybody(connection).values())
        about = held.source.issued_by if held.role == KEY_ROLE else held.account
        if word.get(about, about) == word[judge.person]:
            raise Refusal(
                "own_rights", "Nobody says that of their own rights. Somebody else decides this."
            )

    def _open(self, connection: Connection, id_: str) -> None:
        state = connection.execute(
            sa.select(review.c.state).where(review.c.id == id_).with_for_update()
        ).scalar_one_or_none()
        if state is None:
            raise _unknown(id_)
        if state != OPEN:
            raise Refusal("closed", f"Review {id_} is closed. Begin another.")

    def _of(self, connection: Connection, id_: str) -> Sequence[Line]:
        rows = connection.execute(
            sa.select(review_line).where(review_line.c.review == id_).order_by(review_line.c.person)
        )
        return [_line(row) for row in rows.all()]

    def _line(self, connection: Connection, id_: str, account: str) -> Line:
        found = next(
            (one for one in self._of(connection, id_) if one.held.account == account), None
        )
        if found is None:
            raise Refusal(
                "unknown_account",
                f"{account} is no account of this review. See: packhouse ledger review list {id_}",
            )
        return found


@dataclass(frozen=True, slots=True)
class Acts:
    """What decisions are carried out by, and rights are read from."""

    rights: Rights
    people: People
    keys: ApiKeys


def review_bytes(body: str) -> bytes:
    """What the ledger key signs of an exported review."""
    return b"packhouse access review 1\n" + body.encode()


def _refuse_unchanged(connection: Connection, held: Held) -> None:
    """A change that is decided must have been made: else it is deferred."""
    now = person_of(connection, held.account)
    if now is not None and (now.role, now.site, now.active) != (held.role, held.site, True):
        return
    raise Refusal(
        "rights_unchanged",
        f"{held.account} still has the rights of this review. Change them first: packhouse ledger "
        f"user role {held.account} ROLE; or defer.",
    )


def _count(connection: Connection, id_: str) -> dict[str, int]:
    decision = review_line.c.decision
    rows = connection.execute(
        sa.select(decision, sa.func.count()).where(review_line.c.review == id_).group_by(decision)
    )
    return {name: count for name, count in rows}  # noqa: C416 - a Row is no pair for dict()


def _named_counts(found: dict[str, int]) -> dict[str, int]:
    counted = Counter(found)
    counts = {one.value: counted[one.value] for one in Decision}
    return {
        **counts,
        "open": counted[""],
        "reviewed": sum(counted[one.value] for one in _REVIEWED),
        "all": counted.total(),
    }


def _review(row: Any, found: dict[str, int]) -> Review:
    return Review(row.id, row.begun_at, row.begun_by, row.due_at, row.state, _named_counts(found))


def _line(row: Any) -> Line:
    return Line(_held.decode(row.body), row.decision, row.reviewer, row.at, row.note)


def _unknown(id_: str) -> Refusal:
    return Refusal("unknown_review", f"There is no review {id_}. See: packhouse ledger review list")
