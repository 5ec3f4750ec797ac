"""Four eyes: two persons, two keys, one content hash. What is checked, in its one order.

Asked by a station before a decision takes effect there, and by the ledger again when it comes in;
what each of them knows is put into values, so both ask the same and give the same codes. No SQL, no
clock. The order is part of it: what is wrong first is what is said.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.domain.operation import Kind
from app.domain.roles import Permission, may
from app.identity.grants import Presented, why_not_granted

# A stable code, and a sentence with the next step.
Why = tuple[str, str]

# Requests that a person makes, not a station: from contract 2 on their actor signs them.
SIGNED_KINDS = frozenset(
    {
        Kind.ADJUST,
        Kind.CANCEL,
        Kind.DECIDE,
        Kind.IDENTIFY,
        Kind.REQUEST,
        Kind.RESOLVE,
        Kind.WITHDRAW,
    }
)
# Whoever made, changed, unlocked or lent somebody's rights is not decided about by them for so
# long: else one person makes the second themselves.
FAVOUR_H = 24


class Proof(StrEnum):
    """What speaks for a person having done what is said in their name."""

    SIGNED = "signed"
    """Their key has signed exactly these bytes."""
    VOUCHED = "vouched"
    """It needs no signature: the ledger itself, or a station of the protocol before, says so."""
    MISSING = "missing"
    WRONG = "wrong"
    """Another key, other bytes, or a credential that had ended."""


@dataclass(frozen=True, slots=True)
class Someone:
    """A person, as whoever checks knows them.

    Attributes:
        person: The account.
        word: One word for all accounts of this person.
        role: At the moment of the act; empty when they have none.
        site: Where they have it; empty for every site.
        known: Whether there is such an account.
        favours: Who made, changed or unlocked their credential within `FAVOUR_H` hours, one word
            each.
    """

    person: str
    word: str
    role: str = ""
    site: str = ""
    known: bool = True
    favours: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be decided.

    Attributes:
        by: Who asked; several who counted.
        proof: That they did.
        content_hash: Of what they asked for.
        over: Why it is over the approver's limit, as a part of a sentence; empty when it is not.
        quantity: Units it changes.
        value: What they are worth, minor units.
        decided: What became of it already; empty while it waits.
    """

    by: tuple[Someone, ...]
    proof: Proof
    content_hash: str
    over: str = ""
    quantity: int = 0
    value: int = 0
    decided: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision about it.

    Attributes:
        by: Who decides.
        proof: That they do.
        content_hash: Of what they saw.
        approves: Approve, or reject.
        needed: The permission it takes.
        site: Where.
        enrolment: The station.
        at: When, ISO 8601 UTC: the earlier of when it was recorded and when it came in.
        presented: The grant it was made on without a link, or None.
        provisional: Whether it took effect at the station before the ledger had it.
    """

    by: Someone
    proof: Proof
    content_hash: str
    approves: bool
    needed: Permission
    site: str
    enrolment: str
    at: str
    presented: Presented | None = None
    provisional: bool = False


def why_not(asked: Asked, decided: Decided) -> Why | None:
    """The first thing that keeps a decision from counting, or None."""
    found = (check(asked, decided) for check in _CHECKS)
    return next((why for why in found if why is not None), None)


def why_unsigned(proof: Proof, actor: str) -> Why | None:
    """Why a request that a person makes is not taken in their name."""
    match proof:
        case Proof.MISSING:
            return "unsigned", f"{actor} has not signed this. Sign in again and ask anew."
        case Proof.WRONG:
            return (
                "bad_person_signature",
                f"This is not signed by {actor} as they may sign now. Sign in again and ask anew.",
            )
        case _:
            return None


def _known(asked: Asked, decided: Decided) -> Why | None:
    someone = [decided.by] if decided.proof is not Proof.VOUCHED else []
    if decided.approves and asked.proof is not Proof.VOUCHED:
        someone += asked.by
    stranger = next((one for one in someone if not one.known), None)
    if stranger is None:
        return None
    return (
        "unknown_person",
        f"Nobody called {stranger.person} is known here. Ask an administrator to add them.",
    )


def _signed(asked: Asked, decided: Decided) -> Why | None:
    why = why_unsigned(decided.proof, decided.by.person)
    if why is not None or not decided.approves:
        return why
    if asked.proof in {Proof.MISSING, Proof.WRONG}:
        return (
            "request_unsigned",
            "Whoever asked for this has not signed it. Reject it, and let them ask anew.",
        )
    return None


def _one_content(asked: Asked, decided: Decided) -> Why | None:
    if decided.content_hash == asked.content_hash:
        return None
    return (
        "content_differs",
        "What was decided is not what waits here under this id. Look at it and decide again.",
    )


def _two_persons(asked: Asked, decided: Decided) -> Why | None:
    if all(one.word != decided.by.word for one in asked.by):
        return None
    if decided.needed is Permission.ACCEPT_COUNT:
        return "same_person", "Who counted does not accept the count. Somebody else does."
    return "same_person", "Two persons are needed. Somebody else decides this."


def _permitted(_asked: Asked, decided: Decided) -> Why | None:
    by = decided.by
    if by.site in {"", decided.site} and may(by.role, decided.needed):
        return None
    if decided.needed is Permission.ACCEPT_COUNT:
        return (
            "not_permitted",
            f"{by.person} may not accept counts here. Ask a controller of this site.",
        )
    return (
        "not_permitted",
        f"{by.person} may not decide this here now. Ask a supervisor of this site.",
    )


def _owes_nothing(asked: Asked, decided: Decided) -> Why | None:
    if not decided.approves or all(one.word not in decided.by.favours for one in asked.by):
        return None
    return (
        "made_by_requester",
        f"Who asked for this gave {decided.by.person} their rights less than {FAVOUR_H} hours ago. "
        "Somebody else decides it.",
    )


def _within_limits(asked: Asked, decided: Decided) -> Why | None:
    if not decided.approves:
        return None
    if asked.over:
        return "over_your_limit", f"This is {asked.over}. Somebody with more decides it."
    if decided.presented is None or decided.proof is Proof.VOUCHED:
        return None
    over = decided.presented.over(asked.quantity, asked.value, decided.at)
    if not over:
        return None
    return (
        "over_grant_limit",
        f"Without a link this is {over}. Decide it when the link is back, or ask somebody with "
        "more.",
    )


def _granted(_asked: Asked, decided: Decided) -> Why | None:
    if not decided.approves or decided.proof is Proof.VOUCHED:
        return None
    if decided.presented is not None:
        by = decided.by
        return why_not_granted(
            decided.presented, by.word, (decided.site, decided.enrolment), decided.at
        )
    if not decided.provisional:
        return None
    return (
        "grant_missing",
        "This was decided without a link and without a grant. Decide it again with a link.",
    )


def _not_before(asked: Asked, _decided: Decided) -> Why | None:
    if not asked.decided:
        return None
    return "already_decided", f"This is {asked.decided} already. Look at what became of it."


_CHECKS: tuple[Callable[[Asked, Decided], Why | None], ...] = (
    _known,
    _signed,
    _one_content,
    _two_persons,
    _permitted,
    _owes_nothing,
    _within_limits,
    _granted,
    _not_before,
)
