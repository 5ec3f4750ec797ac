"""Who may do what, here and now: asked of the people the book knows, never of what a record claims.

The `role` in an operation says what the station believed. What counts is the person as the ledger
knows them at this moment: active, of this site, with a role that has the permission.
"""

from app.contract.messages import PersonRow
from app.domain.operation import REQUESTS, Kind
from app.domain.roles import Permission, may_at
from app.ledger.book import Book
from app.ledger.case import POSTED, Case, Decision
from app.ledger.rules import rights_contradictions as found
from app.ledger.touched import Touched


def person_here(book: Book, actor: str) -> PersonRow | None:
    """The person who acts, if they are known, active and of this site; else None."""
    row = book.people.get(actor)
    if row is None or not row.active or row.site not in {"", book.site}:
        return None
    return row


def may_here(book: Book, actor: str, permission: Permission) -> bool:
    """Whether this person has a permission at this site now. Unknown people have none."""
    row = book.people.get(actor)
    return row is not None and row.active and may_at(row.role, row.site, permission, book.site)


def one_person(book: Book, actor: str) -> str:
    """The same word for every account of one person, whoever the account says they are."""
    return book.accounts.get(actor, actor)


def are_one_person(book: Book, one: str, other: str) -> bool:
    """Whether two actors are the same person."""
    return one_person(book, one) == one_person(book, other)


def persons(book: Book, touched: Touched) -> dict[str, str]:
    """One word for each actor who asks for adjustments here and is known."""
    actors = {actor for actor, _ in touched.adjusted | touched.taken_back}
    return {actor: one_person(book, actor) for actor in sorted(actors & book.people.keys())}


def flag_revoked(case: Case, decision: Decision) -> None:
    """Flag what was recorded in the name of somebody who may not or might not; it stays posted.

    Facts, and decisions made with a credential that held as far as their station could know. Of
    whoever is revoked now, everything: their station could not know, or should not have let them.
    Of whoever may again, what their station recorded although it had heard.
    """
    flagged = case.kind not in REQUESTS or case.kind is Kind.DECIDE
    if decision.outcome != POSTED or not flagged or case.sender.kind != "station":
        return
    actor, as_of, book = case.operation.actor, case.operation.as_of, case.book
    seen = book.signing.masters.get(as_of.cursor) if as_of.epoch == book.epoch else None
    knew = book.absences[actor].holds_at(seen)
    if knew or not book.people[actor].active:
        station = case.sender.station
        decision.contradictions.append(found.signed_while_revoked(actor, station, knew=knew))
