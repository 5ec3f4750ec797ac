"""One turn of the station: what a flow reads, and what it wants recorded, decided and sounded.

A turn lives inside one write transaction. Nothing a flow asks for is visible to anybody before that
transaction is committed (law 2); when it fails, the flow's state is what it was.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.contract import chain
from app.contract.codec import canonical
from app.contract.messages import CONTRACT_VERSION, AsOf, Line, Operation, Reference
from app.domain.operation import Kind, Posting
from app.domain.roles import Permission
from app.domain.text import Text
from app.errors import Fault
from app.identity.userkey import UserKey
from app.station.configuration import Setting
from app.station.events import (
    EditAsked,
    GrantAsked,
    LogAsked,
    PhotoAsked,
    PrintAsked,
    Recorded,
    ReportAsked,
    SettingAsked,
)
from app.station.gate import Gate
from app.station.inbox import LinkState
from app.station.ports import Clock, Identity, IdSource, Position, Unlock, Work
from app.station.screen import Page, Sound
from app.station.waiting import effects_of

SOURCE_SYSTEM = "packhouse"


class Fate(StrEnum):
    """What became of a scan. Every scan has exactly one."""

    APPLIED = "applied"
    REFUSED = "refused"
    DUPLICATE = "duplicate"
    HELD = "held"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in.

    Attributes:
        person: Account.
        name: For the screen.
        role: Of their credential.
        version: Of their credential; 0 before stations had any.
        key: Their key, in memory only and never in a note; None after a resume by badge alone.
        since_ns: Monotonic time of signing in.
    """

    person: str
    name: str
    role: str
    version: int = 0
    key: UserKey | None = None
    since_ns: int = 0


@dataclass(frozen=True, slots=True)
class StepUp:
    """A flow asks somebody to prove themselves again, by badge and PIN, for exactly one act.

    Answered by `Trigger.STEPPED_UP` with key and person, within 60 s of the proof, or by
    `Trigger.STEP_UP_LEFT` when the people at the bench let it be.

    Attributes:
        title: What it is for, as the overlay says it.
        person: Only this account will do; empty when anybody may who has the right.
        right: The permission whoever proves themselves must have, or None.
        other: Whether it has to be somebody else than the person signed in.
    """

    title: Text
    person: str = ""
    right: Permission | None = None
    other: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """What a flow wants recorded; the turn adds identity, time and place in the chain.

    Attributes:
        as_of: How much of the ledger was seen, when that was not now: a count is of the moment
            somebody began to look.
    """

    kind: Kind
    lines: tuple[Line, ...] = ()
    reference: Reference | None = None
    reason: str = ""
    evidence: dict[str, str | int | bool] = field(default_factory=dict)
    grant: str = ""
    as_of: AsOf | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is true around every turn: who, when, where, and the link.

    `last_sync` is the time of the last complete round with the ledger, or empty. `settings` are
    what the station was told from outside; none where nobody handed them in.
    """

    identity: Identity
    clock: Clock
    ids: IdSource
    session: Session | None
    position: Position
    link: LinkState
    skew_ms: int | None
    gate: Gate
    last_sync: str = ""
    settings: tuple[Setting, ...] = ()


# What a turn may announce, once it is durable.
Announced = (
    Recorded
    | PrintAsked
    | GrantAsked
    | LogAsked
    | SettingAsked
    | EditAsked
    | ReportAsked
    | PhotoAsked
)


class Turn:
    """One step of a flow inside one transaction.

    Args:
        work: The open transaction.
        around: Who, when, where.

    Attributes:
        durable: Its transaction is committed; what is read from now on is so.
    """

    def __init__(self, work: Work, around: Surroundings) -> None:
        self.work = work
        self.around = around
        self.sound: Sound | None = None
        self.fate: Fate | None = None
        self.why: Text | None = None
        self.operation = ""
        self.announce: list[Announced] = []
        self.goto: tuple[Page, str] | None = None
        self.notice: Text | None = None
        self.session: Session | None = around.session
        self.asks: StepUp | None = None
        self.unlocks: list[Unlock] = []
        self.back: Page | None = None
        self.durable = False
        self._after: list[Callable[[], None]] = []

    @property
    def now(self) -> str:
        """Wall time, ISO 8601 UTC with milliseconds."""
        return iso(self.around.clock.now())

    @property
    def seen(self) -> AsOf:
        """How far the book has followed the ledger."""
        return AsOf(epoch=self.around.position.epoch, cursor=self.around.position.cursor)

    def record(
        self,
        draft: Draft,
        job: str,
        *,
        signers: Sequence[UserKey] = (),
        by: Session | None = None,
    ) -> str:
        """Record one operation: id now, link now, effect now; visible after the commit.

        Args:
            draft: What happened.
            job: Correlation id of the open job; undo walks back along it.
            signers: Keys that sign its content hash, now; at most two.
            by: Who did it, when it was not the person signed in (a supervisor at this bench).

        Returns:
            The operation's id.
        """
        who = by or self.session
        body = Operation(
            id=self.around.ids.new_id(),
            kind=draft.kind,
            contract_version=CONTRACT_VERSION,
            site=self.around.identity.site,
            actor=who.person if who else "nobody",
            role=who.role if who else "none",
            source_system=SOURCE_SYSTEM,
            correlation_id=job,
            recorded_at=self.now,
            as_of=draft.as_of or self.seen,
            skew_ms=self.around.skew_ms,
            reference=draft.reference,
            lines=draft.lines,
            reason=draft.reason,
            evidence=draft.evidence,
            grant=draft.grant,
        )
        content = chain.content_hash(canonical(body)) if signers else ""
        signed = tuple(key.sign(content) for key in signers)
        seq = self.work.append(body, self._effects(body), job, signed)
        self.operation = body.id
        self.announce.append(Recorded(body.id, body.kind, seq))
        return body.id

    def accept(self, sound: Sound | None = None) -> None:
        """The scan was applied."""
        self.fate = Fate.APPLIED
        self.sound = sound or self.sound

    def refuse(self, why: Text) -> None:
        """The scan was refused: the wrong tone, nothing counted."""
        self.fate, self.why, self.sound = Fate.REFUSED, why, Sound.WRONG

    def step_up(self, ask: StepUp) -> None:
        """Ask for a fresh badge and PIN; the answer is a happening of its own."""
        self.asks = ask

    def after_commit(self, change: Callable[[], None]) -> None:
        """Run `change` on the flow's memory once the transaction is durable."""
        self._after.append(change)

    def committed(self) -> None:
        """Called by the station after the commit."""
        self.durable = True
        for change in self._after:
            change()

    def _effects(self, body: Operation) -> Sequence[Posting]:
        if body.kind == Kind.REVERSE:
            original = self.work.recorded(body.reference.original) if body.reference else None
            if original is None:
                raise Fault("An operation that is not in this book cannot be reversed here.")
        return effects_of(body, self.work.heard_of)


def iso(moment: datetime) -> str:
    """A UTC time as it is recorded: ISO 8601 with milliseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
