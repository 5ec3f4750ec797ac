"""What one step of the exchange came to: a closed union that its callers match on."""

from dataclasses import dataclass

from app.station.inbox import LinkState


@dataclass(frozen=True, slots=True)
class Idle:
    """The ledger answered and there was nothing to move."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Records were sent or rows applied.

    Attributes:
        count: How many.
        more: Whether it is known that more are waiting.
    """

    count: int
    more: bool


@dataclass(frozen=True, slots=True)
class Again:
    """Nothing moved, but the next step differs: a new epoch, an earlier place, a smaller batch."""

    why: str


@dataclass(frozen=True, slots=True)
class Later:
    """The ledger cannot decide now; `wait_s` is what it asked for, 0 when it did not say."""

    wait_s: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Trouble on the way. Nothing is lost; it will be tried again.

    Attributes:
        sentence: For the person.
        detail: For the log.
        reached: Whether the ledger was there, so that sending fewer may help.
        forgivable: Whether one such failure says nothing about the link.
        state: What the link is then: offline, or unproven.
        culprit: The id of the one record that fails alone, or empty.
    """

    sentence: str
    detail: str = ""
    reached: bool = True
    forgivable: bool = False
    state: LinkState = LinkState.OFFLINE
    culprit: str = ""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The ledger will not speak to this station until a person has done something.

    Attributes:
        state: `refused`, one of its kinds, or `too_old`.
        code: Why: a Refusal's code, `fork` or `too_old`.
        sentence: What to do.
    """

    state: LinkState
    code: str
    sentence: str


# What a person does about these is known: the footer says it. Anything else is in the sentence.
_KINDS = {
    "fork": LinkState.FORKED,
    "revoked": LinkState.REVOKED,
    "not_enrolled": LinkState.NOT_ENROLLED,
}


def stopped(code: str, sentence: str) -> Stopped:
    """What a refusal of the ledger comes to."""
    return Stopped(_KINDS.get(code, LinkState.REFUSED), code, sentence)


PushOutcome = Idle | Moved | Again | Later | Failed | Stopped
PullOutcome = PushOutcome
