"""Which elements may stand beside which: repeats, exclusions, requirements."""

from app.domain.barcode import Damage
from app.gs1.message import Element
from app.gs1.table import Identifier, identifiers, matches
from app.gs1.unsound import Unsound

# AI 8030 signs one single thing, so these keys need their serial part: digits before it.
_SERIAL_AFTER = {"253": 13, "255": 13, "8003": 14}


def check(elements: tuple[Element, ...]) -> tuple[Element, ...]:
    """Check a message as a whole.

    Returns:
        The elements, an identical repetition kept once: the General Specifications allow it.

    Raises:
        Unsound: Repeated with another value, excluded by a neighbour, or without what it needs.
    """
    values: dict[str, str] = {}
    for ai, value in elements:
        if values.setdefault(ai, value) != value:
            raise Unsound(Damage.REPEATED, f"({ai}) says both {values[ai]} and {value}")
    for ai in values:
        identifier = identifiers()[ai]
        _exclusions(identifier, values)
        _needs(identifier, values)
    _signed_key(values)
    return tuple(values.items())


def _exclusions(identifier: Identifier, values: dict[str, str]) -> None:
    for other in values:
        if other != identifier.ai and any(matches(other, no) for no in identifier.excludes):
            raise Unsound(Damage.EXCLUDED, f"({identifier.ai}) and ({other}) contradict each other")


def _needs(identifier: Identifier, values: dict[str, str]) -> None:
    def there(pattern: str) -> bool:
        return any(matches(other, pattern) for other in values)

    if identifier.needs and not any(all(map(there, one)) for one in identifier.needs):
        wanted = " or ".join("+".join(one) for one in identifier.needs)
        raise Unsound(Damage.INCOMPLETE, f"({identifier.ai}) needs {wanted}")


def _signed_key(values: dict[str, str]) -> None:
    if "8030" not in values:
        return
    for ai, length in _SERIAL_AFTER.items():
        if ai in values and len(values[ai]) <= length:
            raise Unsound(Damage.INCOMPLETE, f"(8030) needs the serial part of ({ai})")
