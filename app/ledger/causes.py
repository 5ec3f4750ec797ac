"""Why a count may differ from the book: simple guesses from the steps behind the number, ranked.

Each guess is a pattern that explains exactly the variance; none is more than a place to look first.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from app.contract.messages import Answer
from app.ledger.why import Step

# More guesses than this are none.
MAX_TOLD = 5
_CAME = frozenset({"receive", "return"})


class Cause(Answer, frozen=True):
    """A guess: a stable word, a sentence, operations to look at, how well it fits (to 100)."""

    cause: str
    sentence: str
    operations: tuple[str, ...]
    fits: int


def likely(
    steps: Sequence[Step], variance: int, packs: Collection[int], lots: Mapping[str, int]
) -> list[Cause]:
    """Guesses, best first.

    Args:
        steps: Behind the number, newest first; those taken back are no suspects.
        variance: Counted less what the book says, not 0.
        packs: Units of the item's packs.
        lots: What the book says of the item's other lots and serials at the same place.
    """
    standing = [step for step in steps if not step.reversed_by and not step.reverses]
    found = [
        *_twice(standing, variance),
        *_packs(standing, variance, packs),
        *_lots(variance, lots),
        *_taken_back(steps, variance),
        *_unscanned(standing, variance),
    ]
    return sorted(found, key=lambda one: -one.fits)[:MAX_TOLD]


def _twice(steps: Sequence[Step], variance: int) -> Iterator[Cause]:
    """Recorded twice: without one of the two the book is right."""
    seen: dict[tuple[str, int, str, int], Step] = {}
    for step in steps:
        alike = (step.kind, step.quantity, step.document, step.order_line)
        later = seen.setdefault(alike, step)
        if later is step or step.quantity != -variance:
            continue
        came = step.kind in _CAME
        named = f" of {step.document}" if step.document else ""
        yield Cause(
            cause="double_receipt" if came else "recorded_twice",
            sentence=f"A {step.kind}{named} of {abs(step.quantity)} was recorded twice. If it "
            "happened once, take one back.",
            operations=(later.operation, step.operation),
            fits=95 if came else 85,
        )


def _packs(steps: Sequence[Step], variance: int, packs: Collection[int]) -> Iterator[Cause]:
    """Packs counted as units, or units as packs."""
    for step in steps:
        for size in sorted(set(packs) - {0, 1}):
            whole, rest = divmod(step.quantity, size)
            meant = {step.quantity * size} | ({whole} if not rest else set())
            if step.quantity + variance in meant:
                yield Cause(
                    cause="pack_or_unit",
                    sentence=f"A {step.kind} of {abs(step.quantity)} may have meant "
                    f"{abs(step.quantity + variance)}: the pack has {size}. Look at the paper.",
                    operations=(step.operation,),
                    fits=90,
                )


def _lots(variance: int, lots: Mapping[str, int]) -> Iterator[Cause]:
    """Taken from this lot and recorded from another, which is below nothing now."""
    for lot, quantity in sorted(lots.items()):
        if quantity < 0 and quantity == variance:
            yield Cause(
                cause="wrong_lot",
                sentence=f"The book has {quantity} of {lot or 'no lot'} here: {-quantity} of this "
                "lot may have been recorded as of that one. Look at the labels.",
                operations=(),
                fits=92,
            )


def _taken_back(steps: Sequence[Step], variance: int) -> Iterator[Cause]:
    """Taken back in the book and not in the building."""
    for step in steps:
        if step.reverses and step.quantity == -variance:
            yield Cause(
                cause="taken_back",
                sentence=f"A record of {abs(step.quantity)} was taken back; the goods may not have "
                "moved back with it.",
                operations=(step.reverses, step.operation),
                fits=60,
            )


def _unscanned(steps: Sequence[Step], variance: int) -> Iterator[Cause]:
    """As much as one step moved is missing or too much: its counterpart may not be recorded."""
    for step in steps:
        if abs(step.quantity) == abs(variance):
            yield Cause(
                cause="not_recorded",
                sentence=f"A {step.kind} moved just as many. Another move of them may not "
                "have been recorded.",
                operations=(step.operation,),
                fits=30,
            )
            return
