"""The limits of `app.domain.limits`, asked of the ledger's book.

Nothing here changes the book, except `note`, which counts what was let through.
"""

from app.domain import limits
from app.domain.limits import Change, Why, change_of
from app.domain.operation import StockKey
from app.domain.policy import ApproveLimit
from app.domain.roles import Permission, may
from app.ledger.book import Book
from app.ledger.rules.permissions import one_person, person_here

__all__ = [
    "Change",
    "Why",
    "change_of",
    "is_allowed",
    "note",
    "over_approval",
    "value_of",
    "why_waiting",
]


class _Seen:
    """What limits ask, answered by a book."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def there(self, key: StockKey) -> int:
        return self._book.cells[key].quantity

    def cost(self, sku: str) -> int:
        return self._book.spending.costs.get(sku, 0)

    def today(self, person: str, sku: str) -> tuple[int, int]:
        spent = self._book.spending.of(person, sku)
        return spent.quantity, spent.value


def why_waiting(change: Change, actor: str, reason: str, book: Book) -> Why | None:
    """Why a second person must decide; None when this person may do it alone."""
    person = person_here(book, actor)
    if person is None:
        return (
            "unknown_actor",
            f"Nobody called {actor} may act here now. A supervisor decides this.",
        )
    asker = limits.Asker(one_person(book, actor), person.role, reason)
    return limits.why_waiting(change, asker, book.policy, _Seen(book))


def is_allowed(actor: str, permission: Permission, book: Book) -> bool:
    """Whether it is worth waiting: somebody known without the permission is refused at once."""
    person = person_here(book, actor)
    return person is None or may(person.role, permission)


def note(change: Change, actor: str, book: Book) -> None:
    """Count what was adjusted without a second person."""
    book.spending.spend(one_person(book, actor), change.units)


def value_of(change: Change, book: Book) -> int:
    """What a change is worth, as far as anybody has said; minor units."""
    return limits.value_of(change, _Seen(book))


def over_approval(change: Change, limit: ApproveLimit | None, book: Book) -> str:
    """Why an approver may not approve this much; empty when they may."""
    return limits.over_approval(change, limit, _Seen(book))
