"""An operation to be decided, and what can become of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.contract.messages import FeedBody, Operation, Signed
from app.domain.operation import Kind, Outcome, Posting
from app.ledger.book import Book, Effect, Sender, Undecided
from app.ledger.contradictions import Contradiction

POSTED = Outcome.POSTED.value
WAITING = Outcome.WAITING.value
REFUSED = Outcome.REFUSED.value
HELD = Outcome.HELD.value


@dataclass(frozen=True, slots=True)
class Case:
    """One operation, who sent it, and the book as the operations before it have left it.

    Attributes:
        id: The operation's id.
        kind: What it is.
        operation: What it says.
        postings: What its lines move, if it is of a kind that moves.
        sender: Who recorded it; when a waiting operation is settled, still its own sender.
        book: Changed only through the helpers of `app.ledger.facts` and of the rules.
        content_hash: Of its bytes; what a decision about it must name.
        approved: Whether somebody entitled has approved it: it does not wait again.
        signatures: Of people, as they came in.
    """

    id: str
    kind: Kind
    operation: Operation
    postings: Sequence[Posting]
    sender: Sender
    book: Book
    content_hash: str = ""
    approved: bool = False
    signatures: tuple[Signed, ...] = ()

    @property
    def document(self) -> tuple[str, str]:
        """Kind and number of the document it is about; empty texts when there is none."""
        reference = self.operation.reference
        return (reference.document_kind, reference.document) if reference else ("", "")


@dataclass(slots=True)
class Decision:
    """What became of an operation.

    Attributes:
        outcome: Posted, waiting, refused or held.
        code: Why not posted, stable.
        sentence: The same for a person.
        effect: Postings, progress and tallies, when posted.
        rows: Claims and document versions that follow from it, for the feed.
        abroad: The same for the feeds of other sites, with the site's number.
        contradictions: What it contradicts.
        closes: Causes that are gone; open exceptions about them close by themselves.
        told: Numbers of other sites whose feeds tell of it although nothing moved there.
        contradictions_abroad: What it contradicts at another site, with the site's number.
        closes_abroad: Causes that are gone at another site.
        reverses: The id it takes back, when it is a reversal that is posted or may be yet.
        settles: Earlier operations it decides: waiting or held ones.
    """

    outcome: str
    code: str = ""
    sentence: str = ""
    effect: Effect = field(default_factory=Effect)
    rows: list[FeedBody] = field(default_factory=list)
    abroad: list[tuple[int, FeedBody]] = field(default_factory=list)
    contradictions: list[Contradiction] = field(default_factory=list)
    closes: list[str] = field(default_factory=list)
    told: set[int] = field(default_factory=set)
    contradictions_abroad: list[tuple[int, Contradiction]] = field(default_factory=list)
    closes_abroad: list[tuple[int, str]] = field(default_factory=list)
    reverses: str = ""
    settles: list[tuple[Undecided, "Decision"]] = field(default_factory=list)


def held(code: str, sentence: str) -> Decision:
    """Stored whole, seen by someone, in nobody's way."""
    return Decision(HELD, code, sentence)


def refused(code: str, sentence: str) -> Decision:
    """A request that is not granted; remembered under its id."""
    return Decision(REFUSED, code, sentence)


def waiting(code: str, sentence: str) -> Decision:
    """A request that somebody must decide."""
    return Decision(WAITING, code, sentence)
