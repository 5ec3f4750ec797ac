"""Whether people did what is said in their name, and whether a decision counts.

The checks themselves, and their order, are `app.identity.foureyes`; here the book answers what they
ask. Rights are those of the moment: a credential that ended later than its station could know still
holds, and what was decided with it is flagged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.contract.messages import Operation, Signed
from app.domain.operation import Kind
from app.domain.roles import Permission
from app.identity.foureyes import (
    FAVOUR_H,
    SIGNED_KINDS,
    Asked,
    Decided,
    Proof,
    Someone,
    Why,
    why_not,
    why_unsigned,
)
from app.identity.grants import Presented, day_of
from app.identity.userkey import is_signed
from app.ledger.book import Book, Sender, Undecided
from app.ledger.case import WAITING, Case, Decision, refused
from app.ledger.clock import stamp
from app.ledger.rules import limits
from app.ledger.rules.permissions import one_person, person_here
from app.ledger.rules.rights_contradictions import decided_on_carried_grant
from app.ledger.signing import ACTIVE, Credential

_STATION = "station"
# From this protocol on people sign, from this contract on an operation can carry it.
_SIGNING = 2
# Decisions are checked with all the rest, in the order of `app.identity.foureyes`.
_KINDS = frozenset(kind.value for kind in SIGNED_KINDS - {Kind.DECIDE})
APPROVE = "approve"


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody is said to have done: an operation, its hash, its signatures, its sender."""

    operation: Operation
    content_hash: str
    signatures: Sequence[Signed]
    sender: Sender


def act_of(what: Case | Undecided) -> Act | None:
    """The same of a case or of what waits; None when it cannot be read."""
    operation = what.operation
    if operation is None:
        return None
    return Act(operation, what.content_hash, what.signatures, what.sender)


def stopped(case: Case) -> Decision | None:
    """What keeps a request from being taken in its actor's name."""
    if case.operation.kind not in _KINDS or case.approved:
        return None
    return unsigned(case)


def unsigned(case: Case) -> Decision | None:
    """The same of an operation that is a request by what it takes back."""
    act = Act(case.operation, case.content_hash, case.signatures, case.sender)
    if _is_of_old(act):
        # It waited in the outbox while the program was renewed. Nobody can approve it.
        return None
    why = why_unsigned(proof_of(act, case.book)[0], case.operation.actor)
    return refused(*why) if why is not None else None


def proof_of(act: Act, book: Book) -> tuple[Proof, Credential | None]:
    """What speaks for the actor having done this, and the credential they did it with."""
    if act.sender.kind != _STATION or act.sender.protocol < _SIGNING:
        return Proof.VOUCHED, None
    actor = act.operation.actor
    own = next((one for one in act.signatures if one.person == actor), None)
    if own is None or act.operation.contract_version < _SIGNING:
        return Proof.MISSING, None
    with_what = book.signing.credentials.get((actor, own.version))
    if with_what is None or not is_signed(own, with_what.public_key, act.content_hash):
        return Proof.WRONG, None
    if not _held(with_what, act.operation, book):
        return Proof.WRONG, None
    return Proof.SIGNED, with_what


def why_not_decided(
    case: Case, what: Undecided, change: limits.Change, needed: Permission
) -> Why | None:
    """Why a decision about something that waits or is held does not count."""
    book, act = case.book, act_of(what)
    asker = what.operation.actor if what.operation is not None else ""
    needs_proof = act is not None and what.outcome == WAITING
    proof = proof_of(act, book)[0] if act is not None and needs_proof else Proof.VOUCHED
    return _why_not(case, ((asker,) if asker else (), proof, what.content_hash), change, needed)


def why_not_accepted(
    case: Case, counted_by: Sequence[str], content_hash: str, change: limits.Change
) -> Why | None:
    """Why a decision about a count does not count. Counts are facts, nobody has signed them."""
    about = (tuple(counted_by), Proof.VOUCHED, content_hash)
    return _why_not(case, about, change, Permission.ACCEPT_COUNT)


def use_grant(case: Case, decision: Decision) -> None:
    """A decision counts that was made on a grant: note it, and what somebody must look at."""
    operation, book = case.operation, case.book
    held = book.signing.grants.get(operation.grant)
    proof = proof_of(Act(operation, case.content_hash, case.signatures, case.sender), book)[0]
    if held is None or proof is not Proof.SIGNED or operation.reason != APPROVE:
        return
    day = day_of(held.grant, decided_at(operation, book))
    book.signing.use(operation.grant, case.id, day)
    if day:
        found = decided_on_carried_grant(operation.actor, case.sender.station, operation.grant)
        decision.contradictions.append(found)


def decided_at(operation: Operation, book: Book) -> str:
    """When something was decided: never later than it came in, whatever a clock said."""
    try:
        recorded = stamp(datetime.fromisoformat(operation.recorded_at))
    except ValueError:
        return book.now
    return min(recorded, book.now)


def _why_not(
    case: Case,
    about: tuple[tuple[str, ...], Proof, str],
    change: limits.Change,
    needed: Permission,
) -> Why | None:
    book, operation = case.book, case.operation
    askers, asked_proof, content_hash = about
    proof, with_what = proof_of(
        Act(operation, case.content_hash, case.signatures, case.sender), book
    )
    at = decided_at(operation, book)
    decider = _decider(operation.actor, with_what, at, book)
    asked = Asked(
        by=tuple(_someone(asker, book) for asker in askers),
        proof=asked_proof,
        content_hash=content_hash,
        over=_over(change, decider.role, needed, book),
        quantity=change.quantity,
        value=limits.value_of(change, book),
    )
    named = operation.evidence.get("content_hash")
    decided = Decided(
        by=decider,
        proof=proof,
        content_hash=named if isinstance(named, str) else "",
        approves=operation.reason == APPROVE,
        needed=needed,
        site=book.site,
        enrolment=case.sender.id,
        at=at,
        presented=_presented(operation, book),
        provisional=operation.evidence.get("provisional") is True,
    )
    return why_not(asked, decided)


def _over(change: limits.Change, role: str, needed: Permission, book: Book) -> str:
    """What is held is released, not approved: it is judged anew, by its own limits."""
    if needed is Permission.RELEASE_HELD:
        return ""
    return limits.over_approval(change, book.policy.approve.get(role), book)


def _presented(operation: Operation, book: Book) -> Presented | None:
    if not operation.grant:
        return None
    held = book.signing.grants.get(operation.grant)
    if held is None:
        return Presented(None)
    return Presented(
        held.grant,
        one_person(book, held.grant.person),
        book.policy.grant_days,
        tuple(held.used.items()),
        held.state != ACTIVE,
    )


def _someone(account: str, book: Book) -> Someone:
    known = account in book.people
    return Someone(account, one_person(book, account), known=known)


def _decider(account: str, with_what: Credential | None, at: str, book: Book) -> Someone:
    """Who decides, with the rights of the moment: of their credential, else as they are now."""
    word, known = one_person(book, account), account in book.people
    if with_what is not None:
        favours = _favours(account, at, book)
        return Someone(account, word, with_what.role, with_what.site, known, favours)
    row = person_here(book, account)
    if row is None:
        return Someone(account, word, known=known)
    return Someone(account, word, row.role, row.site)


def _favours(account: str, at: str, book: Book) -> frozenset[str]:
    since = stamp(datetime.fromisoformat(at) - timedelta(hours=FAVOUR_H))
    done = book.signing.favours.get(account, ())
    return frozenset(one_person(book, by) for when, by in done if when > since)


def _held(with_what: Credential, operation: Operation, book: Book) -> bool:
    """Whether a credential held when something was signed, as far as its station could know."""
    if with_what.not_after and decided_at(operation, book) > with_what.not_after:
        return False
    if with_what.state == ACTIVE:
        return True
    if operation.as_of.epoch != book.epoch:
        # What a station had seen of a lost epoch says nothing about this one.
        return False
    # A station that has seen nothing of this site has nobody's credential either.
    seen = book.signing.masters.get(operation.as_of.cursor)
    return seen is not None and with_what.ended_master > seen


def _is_of_old(act: Act) -> bool:
    """Recorded before the station's program was renewed: a chain never goes back to that."""
    return act.operation.contract_version < _SIGNING and act.sender.contract < _SIGNING
