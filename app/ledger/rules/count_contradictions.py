"""What contradicts a count. No sentence says a number: whoever counts next must not know it."""

from app.domain.operation import StockKey
from app.ledger.contradictions import Contradiction

COUNT_DIFFERS = "count_differs"
BY_SAME_PERSON = "recount_by_same_person"
MOVED_BEFORE = "moved_before_count"
RECOUNT_NEEDED = "recount_needed"
COUNT_WAITS = "count_waits"
_ALL = (COUNT_DIFFERS, BY_SAME_PERSON, MOVED_BEFORE, RECOUNT_NEEDED, COUNT_WAITS)


def count_differs(key: StockKey, actor: str) -> Contradiction:
    """A count differs from the book by more than the policy leaves to one person."""
    return _found(
        COUNT_DIFFERS,
        key,
        f"What {actor} counted of {_what(key)} differs from the book. Another person counts again.",
    )


def recount_by_same_person(key: StockKey, actor: str) -> Contradiction:
    """The second count is by who did the first."""
    return _found(
        BY_SAME_PERSON,
        key,
        f"{actor} counted {_what(key)} twice. The second count must be another person's.",
    )


def moved_before_count(key: StockKey) -> Contradiction:
    """A move of which nobody can say whether it was before or after the count."""
    return _found(
        MOVED_BEFORE,
        key,
        f"{_what(key)} was moved by a station that had not seen the count of this place. Count it "
        "again.",
    )


def recount_needed(key: StockKey) -> Contradiction:
    """The count's position is of an epoch that was lost."""
    return _found(
        RECOUNT_NEEDED,
        key,
        f"{_what(key)} was counted before the ledger was restored; what was expected then is lost. "
        "Count it again.",
    )


def count_waits(key: StockKey, stations: str) -> Contradiction:
    """A variance has waited for silent stations longer than the policy lets it."""
    return _found(
        COUNT_WAITS,
        key,
        f"The count of {_what(key)} waits for {stations}. Accept it, or bring them back.",
    )


def causes_at(key: StockKey, but: str = "") -> list[str]:
    """Every cause a good count of this place ends; one that is told anew is left out."""
    return [_cause(code, key) for code in _ALL if code != but]


def _found(code: str, key: StockKey, sentence: str) -> Contradiction:
    return Contradiction(code, _cause(code, key), sentence)


def _cause(code: str, key: StockKey) -> str:
    return "\n".join((code, *key))


def _what(key: StockKey) -> str:
    lot = f", lot {key.lot}" if key.lot else ""
    serial = f", serial {key.serial}" if key.serial else ""
    return f"{key.item}{lot}{serial} at {key.location}"
