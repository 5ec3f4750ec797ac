"""Element strings: `01…10…<GS>17…` to pairs of identifier and value, each checked.

Strict where a wrong answer would count the wrong goods; lenient only where the General
Specifications are (one separator after a predefined length, or at the end).
"""

from app.domain.barcode import Damage
from app.gs1.checks import CHARSETS, CHECKS
from app.gs1.table import Component, Identifier, identifier_at
from app.gs1.unsound import Unsound

GS = "\x1d"
Element = tuple[str, str]
# A QR code holds at most 4,296 alphanumeric characters; nothing longer left a scanner.
MAX_MESSAGE = 4_296


def parse(message: str) -> tuple[Element, ...]:
    """Split a message into its elements.

    Args:
        message: Without AIM identifier; separators as GS. A single GS in front (FNC1 in first
            position passed on literally) is tolerated.

    Returns:
        `(identifier, value)` in the order printed; at least one.

    Raises:
        Unsound: Unknown identifier, wrong length, forbidden character or failed check.
    """
    if len(message) > MAX_MESSAGE:
        raise Unsound(Damage.TOO_LONG, f"{len(message)} characters")
    at = 1 if message.startswith(GS) else 0
    if at == len(message):
        raise Unsound(Damage.EMPTY, "no element in the message")
    elements: list[Element] = []
    while at < len(message):
        identifier, value, at = _next(message, at)
        check_value(identifier, value)
        elements.append((identifier.ai, value))
    return tuple(elements)


def check_value(identifier: Identifier, value: str) -> None:
    """Check one value against its identifier's components.

    Raises:
        Unsound: It does not fit.
    """
    rest = value
    for component in identifier.components:
        if not rest and component.optional:
            return
        part, rest = rest[: component.most], rest[component.most :]
        problem = _problem(component, part)
        if problem:
            check = Damage.CHECK_DIGIT if problem in _CHECK_DIGITS else Damage.BAD_VALUE
            raise Unsound(check, f"({identifier.ai}){value}: {problem}")
    if rest:
        raise Unsound(Damage.BAD_VALUE, f"({identifier.ai}){value}: too long")


_CHECK_DIGITS = frozenset({"csum", "csumalpha"})


def _problem(component: Component, part: str) -> str:
    if len(part) < component.least:
        return "too short"
    if not CHARSETS[component.charset](part):
        return f"character not allowed in {component.charset}"
    return next((name for name in component.checks if not CHECKS[name](part)), "")


def _next(message: str, at: int) -> tuple[Identifier, str, int]:
    identifier = identifier_at(message, at)
    if identifier is None:
        raise Unsound(Damage.UNKNOWN_AI, f"no identifier begins with {message[at : at + 4]!r}")
    start = at + len(identifier.ai)
    end = message.find(GS, start)
    end = len(message) if end < 0 else end
    if identifier.predefined:
        end = min(end, start + sum(component.most for component in identifier.components))
    following = end + 1 if message[end : end + 1] == GS else end
    return identifier, message[start:end], following
