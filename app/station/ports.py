"""What a station needs from the world, as Protocols: time, ids, keys, the book, a scan's meaning.

`Store` is implemented by `app.cache`; `Desk` is what the sync is given instead of the book.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from typing_extensions import override

from app.contract.messages import (
    BalanceRow,
    BoxRow,
    ChangesPage,
    Checkpoint,
    CredentialRow,
    ItemRow,
    MasterPage,
    Operation,
    PostBatch,
    Posted,
    Signed,
    SnapshotPage,
)
from app.domain.barcode import Meaning
from app.domain.operation import Posting
from app.domain.order import Order, Progress
from app.domain.scan import Scan
from app.station.audit_log import AuditWork
from app.station.boards import BoardWork
from app.station.choosing import ChoosingWork
from app.station.documents import DocumentWork
from app.station.inbox import Unlocked
from app.station.people import PeopleWork
from app.station.photos import PhotoWork
from app.station.recounts import RecountWork
from app.station.searching import SearchWork
from app.station.standing import StandingWork
from app.station.undoing import UndoWork
from app.station.waiting import WaitingWork

Understand = Callable[[Scan], Meaning]


class Clock(Protocol):
    """Wall time for people, monotonic time for ages. Neither orders anything (law 9)."""

    def now(self) -> datetime:
        """Aware UTC time."""
        ...

    def monotonic_ns(self) -> int:
        """Nanoseconds that only grow."""
        ...


class IdSource(Protocol):
    """Where ids come from (UUIDv7, lower case)."""

    def new_id(self) -> str:
        """A fresh id."""
        ...


class Signer(Protocol):
    """The device key; it never leaves its store."""

    def sign(self, message: bytes) -> str:
        """Ed25519 signature, 128 hex digits."""
        ...


@dataclass(frozen=True, slots=True)
class Unlock:
    """One try to open a person's key.

    Attributes:
        request: Its id; the answer carries it too.
        row: The credential, believed: the ledger's signature was checked.
        pin: As typed.
        badge: The badge's secret, or empty: then the site's pepper takes its place.
    """

    request: str
    row: CredentialRow
    pin: str
    badge: str

    @override
    def __repr__(self) -> str:
        """Without PIN and badge: logs and tracebacks must not hold them."""
        return f"Unlock({self.request!r}, {self.row.person!r})"


class Unlocker(Protocol):
    """Opens keys of people, which takes a quarter of a second on purpose."""

    def takes(self, row: CredentialRow) -> bool:
        """Whether a credential costs enough to try, and not so much that it hurts."""
        ...

    def ask(self, unlock: Unlock) -> Unlocked | None:
        """Try it: answered at once, or None and the answer comes to the inbox."""
        ...


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this station is, from its enrolment; `device_key` is the key it was enrolled with."""

    enrolment: str
    station: str
    site: str
    epoch: str
    ledger_key: str
    device_key: str = ""


@dataclass(frozen=True, slots=True)
class Position:
    """How far the book has followed the ledger."""

    epoch: str
    cursor: int
    chain: str
    master_cursor: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """An own operation whose outcome row was seen."""

    operation: str
    outcome: str
    code: str


@dataclass(frozen=True, slots=True)
class Applied:
    """What a page changed.

    Attributes:
        settled: Own operations whose outcome was seen.
        orders: Orders that somebody else touched.
        distrusted: People whose credential the ledger did not sign; it was not stored.
    """

    settled: tuple[Settlement, ...] = ()
    orders: tuple[str, ...] = ()
    distrusted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutboxState:
    """Count and age of what the ledger has not confirmed, and what needs a person."""

    waiting: int
    oldest_at: str
    need_you: int


@dataclass(frozen=True, slots=True)
class Attention:
    """What a person must look at: an open exception, or an own operation not posted."""

    subject: str
    severity: str
    sentence: str
    since: str


@dataclass(frozen=True, slots=True)
class QueuedOrder:
    """An order as the queue shows it; its lines are read when it is opened.

    Attributes:
        units: Ordered, all lines together.
        done: Packed or declared short, by anybody.
    """

    order: str
    carrier: str
    ship_before: str
    priority: int
    units: int
    done: int
    claim_state: str
    claim_enrolment: str


class Work(
    PeopleWork,
    WaitingWork,
    DocumentWork,
    ChoosingWork,
    PhotoWork,
    SearchWork,
    RecountWork,
    StandingWork,
    BoardWork,
    UndoWork,
    AuditWork,
    Protocol,
):
    """One transaction of the one writer. Leaving it without `commit()` rolls back."""

    def commit(self) -> None: ...

    # scans -------------------------------------------------------------------------------
    def journal(self, scan: Scan, raw: bytes, shown: str, at: str) -> int: ...
    def decide(self, scan: int, fate: str, why: str, operation: str) -> None: ...
    def interrupt_scans(self, at: str) -> int: ...

    # operations --------------------------------------------------------------------------
    def append(
        self,
        operation: Operation,
        effects: Sequence[Posting],
        job: str,
        signatures: Sequence[Signed] = (),
    ) -> int: ...
    def recorded(self, operation: str) -> Operation | None: ...
    def heard_of(self, operation: str) -> Operation | None: ...
    def last_undoable(self, job: str) -> Operation | None: ...

    # small things by name ----------------------------------------------------------------
    def note(self, name: str) -> str | None: ...
    def set_note(self, name: str, value: str | None) -> None: ...
    def notes(self, prefix: str) -> list[tuple[str, str]]: ...
    def next_number(self) -> str | None: ...
    def add_print(self, job: str, kind: str, content: str, at: str) -> None: ...
    def settle_print(self, job: str, state: str, detail: str) -> None: ...
    def print_state(self, job: str) -> str: ...
    def open_prints(self) -> list[tuple[str, str, str]]: ...

    # what the flows look up --------------------------------------------------------------
    def item_by_gtin(self, gtin14: str) -> tuple[ItemRow, int] | None: ...
    def item_by_sku(self, sku: str) -> ItemRow | None: ...
    def items(self, skus: Iterable[str]) -> dict[str, ItemRow]: ...
    def location_kind(self, code: str) -> str | None: ...
    def boxes(self) -> tuple[BoxRow, ...]: ...
    def order(self, order: str) -> Order | None: ...
    def order_state(self, order: str) -> str: ...
    def claim(self, order: str) -> tuple[str, str] | None: ...
    def progress(self, order: str) -> dict[int, Progress]: ...
    def stock_of(self, item: str) -> list[BalanceRow]: ...
    def stock_at(self, location: str) -> list[BalanceRow]: ...
    def queue(self, limit: int) -> tuple[tuple[QueuedOrder, ...], int]: ...
    def outbox_state(self) -> OutboxState: ...
    def places(self, skus: Iterable[str]) -> dict[str, str]: ...
    def attention(self, limit: int) -> tuple[Attention, ...]: ...


class Store(Protocol):
    """The station's book."""

    def begin(self) -> AbstractContextManager[Work]:
        """Open the one write transaction."""
        ...

    def identity(self) -> Identity:
        """Who this station is."""
        ...

    def position(self) -> Position:
        """How far the book has followed the ledger."""
        ...

    def head_seq(self) -> int:
        """Number of the last operation recorded in the present chain."""
        ...

    # what the sync does to the book; each is one transaction --------------------------------
    def next_batch(self, limit: int, sign: Signer) -> PostBatch | None: ...
    def apply_answer(self, answer: Posted) -> None: ...
    def apply_changes(self, page: ChangesPage) -> Applied: ...
    def checkpoint(self) -> Checkpoint | None: ...
    def apply_master(self, page: MasterPage) -> tuple[str, ...]: ...
    def begin_snapshot(self, page: SnapshotPage) -> None: ...
    def add_snapshot_page(self, page: SnapshotPage) -> None: ...
    def finish_snapshot(self, page: SnapshotPage) -> None: ...
    def begin_epoch(self, epoch: str) -> None: ...
    def resend_from(self, seq: int) -> None: ...


class Desk(Protocol):
    """What the sync may ask of the station; each call waits for the station's thread.

    Raises:
        Trouble: The station is stopping or did not answer in time.
    """

    def identity(self) -> Identity:
        """Who the station is."""
        ...

    def position(self) -> Position:
        """Where the book stands in the feed."""
        ...

    def next_batch(self, limit: int) -> PostBatch | None:
        """The oldest unsent operations in sequence, signed; None when there are none."""
        ...

    def apply_answer(self, batch: PostBatch, answer: Posted) -> None:
        """Results of a batch: acknowledged, not yet confirmed."""
        ...

    def apply_changes(self, page: ChangesPage) -> None:
        """Rows of the feed, the cursor and the checkpoint, in one transaction."""
        ...

    def checkpoint(self) -> Checkpoint | None:
        """The newest place of the feed that the ledger has signed; None before the first."""
        ...

    def contradicted(self, held: Checkpoint, told: str) -> None:
        """The ledger denies what it signed: this is recorded, once."""
        ...

    def apply_master(self, page: MasterPage) -> None:
        """Master rows and their cursor, in one transaction."""
        ...

    def snapshot_page(self, page: SnapshotPage) -> None:
        """One page of a snapshot; the first begins a shadow copy, the last swaps it in."""
        ...

    def begin_epoch(self, epoch: str) -> None:
        """The ledger was restored: send again what it has not seen, pull again from its start."""
        ...

    def resend_from(self, seq: int) -> None:
        """The ledger expects `seq` next: everything from there on is unsent again."""
        ...

    def link_changed(self, state: str, sentence: str, skew_ms: int | None) -> None:
        """Tell the station about the link."""
        ...

    def round_done(self) -> None:
        """A complete round came back: freshness for the footer."""
        ...
