"""Whether a decision would count, asked at the station before it is recorded.

The same checks in the same order as at the ledger (`app.identity.foureyes`), with what this book
knows. Without a link a decision needs a grant, and takes effect here at once, provisionally.
"""

from dataclasses import dataclass

from app.contract.chain import person_bytes
from app.contract.messages import Grant, Reference
from app.domain import limits
from app.domain.operation import Kind, is_virtual
from app.domain.roles import Permission
from app.identity.foureyes import Asked, Decided, Proof, Someone, Why, why_not
from app.identity.grants import Presented, day_of, why_not_granted
from app.identity.userkey import UserKey, verified
from app.station.inbox import LinkState
from app.station.limits_here import Here
from app.station.people import HeldGrant
from app.station.turn import Draft, Session, Turn, iso
from app.station.waiting import APPROVE, PROVISIONAL, REJECT, Waiting, moves_of


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of asking.

    Attributes:
        why: What keeps the decision from counting, or None.
        draft: What is recorded when nothing does.
        grant: The grant it is made on, or empty with a link.
    """

    why: Why | None
    draft: Draft
    grant: str = ""


def judge(turn: Turn, what: Waiting, who: Session, key: UserKey, note: str = "") -> Judged:
    """Judge an approval, or with a `note` a rejection, by somebody who has just proven themselves.

    Args:
        turn: The open turn.
        what: The request.
        who: Who decides.
        key: Their key.
        note: Why it is rejected; empty to approve it.
    """
    approves, offline = not note, turn.around.link is not LinkState.ONLINE
    here = Here(turn.work, turn.now[:10])
    held = _grant(turn, who, here) if offline and approves else None
    asked, permitted = _asked(turn, what, who, here), Permission.DECIDE
    decided = Decided(
        by=_someone(turn, who.person, here),
        proof=Proof.SIGNED if key.person == who.person else Proof.WRONG,
        content_hash=what.seen,
        approves=approves,
        needed=permitted,
        site=turn.around.identity.site,
        enrolment=turn.around.identity.enrolment,
        at=_now(turn),
        presented=_presented(turn, held, here) if held is not None else None,
        provisional=offline and approves,
    )
    evidence: dict[str, str | int | bool] = {"content_hash": what.content_hash}
    if note:
        evidence["note"] = note
    if decided.provisional:
        evidence[PROVISIONAL] = True
    grant = held.grant.id if held is not None else ""
    draft = Draft(
        Kind.DECIDE,
        reference=Reference(original=what.id),
        reason=APPROVE if approves else REJECT,
        evidence=evidence,
        grant=grant,
    )
    return Judged(why_not(asked, decided), draft, grant)


def change_of(turn: Turn, what: Waiting) -> limits.Change:
    """What posting a request would do inside the building."""
    moves = moves_of(what.operation, turn.work.heard_of)
    return limits.change_of((key, quantity) for key, quantity, _ in moves if not is_virtual(key[0]))


def _asked(turn: Turn, what: Waiting, who: Session, here: Here) -> Asked:
    change = change_of(turn, what)
    limit = turn.work.policy().approve.get(who.role)
    return Asked(
        by=(_someone(turn, what.operation.actor, here),),
        proof=_proof(turn, what),
        content_hash=what.content_hash,
        over=limits.over_approval(change, limit, here),
        quantity=change.quantity,
        value=limits.value_of(change, here),
        decided="decided here" if what.decided else "",
    )


def _proof(turn: Turn, what: Waiting) -> Proof:
    """What speaks for the request, as far as this book holds the credential it was signed with.

    What was signed with another version the ledger has checked when it came in, and does again.
    """
    own = next((one for one in what.signatures if one.person == what.operation.actor), None)
    row = turn.work.credential(what.operation.actor)
    if own is None or row is None or row.version != own.version:
        return Proof.VOUCHED
    message = person_bytes(own.person, own.version, what.content_hash)
    return Proof.SIGNED if verified(row.public_key, own.signature, message) else Proof.WRONG


def _someone(turn: Turn, account: str, here: Here) -> Someone:
    row = turn.work.credential(account)
    if row is None:
        return Someone(account, here.word(account), known=turn.work.person(account) is not None)
    return Someone(account, here.word(account), row.role, row.site)


def _grant(turn: Turn, who: Session, here: Here) -> HeldGrant | None:
    """The first grant of this person that holds here now; else the one that failed last."""
    found = turn.work.grants(who.person)
    where = (turn.around.identity.site, turn.around.identity.enrolment)
    good = (
        held
        for held in found
        if why_not_granted(_presented(turn, held, here), here.word(who.person), where, _now(turn))
        is None
    )
    return next(good, found[0] if found else None)


def _presented(turn: Turn, held: HeldGrant, here: Here) -> Presented:
    day = _day(turn, held.grant)
    return Presented(
        held.grant,
        here.word(held.grant.person),
        turn.work.policy().grant_days,
        ((day, held.used),),
    )


def _day(turn: Turn, grant: Grant) -> int:
    return day_of(grant, _now(turn))


def _now(turn: Turn) -> str:
    """Trusted time: a clock set back lengthens no grant."""
    return iso(turn.around.gate.trusted.now())
