"""JSON that means one thing only, before it reaches a decoder.

No floats, no duplicate keys, integers of 64 bits, depth 32, no NUL and no half surrogate pairs:
PostgreSQL cannot store the latter two, and readers differ about the rest. One pass of the standard
library's C scanner; a body of 300 bytes costs some 5 µs.

Not for `/v1/post`: a batch is hundreds of kilobytes, and every one of these properties is shown
there without reading it twice. Its envelope is typed (integers, patterns, bounded lists; unknown
fields refused), and each body must come back byte for byte from its own decoding
(`read_operation`), or it is held as bytes, unread. tests/ledger/web/test_bad_batches.py proves it.
"""

import json
from typing import Any, Never

from app.errors import PackhouseError

MAX_DEPTH = 32
_MIN, _MAX = -(2**63), 2**63 - 1
_DIGITS = 20


class NotStrict(PackhouseError):
    """This JSON is refused; `say` tells why without echoing it."""


def check(body: bytes) -> None:
    """Refuse what is not strict JSON.

    Raises:
        NotStrict: With a sentence that says which rule it breaks.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotStrict("Send UTF-8.") from error
    try:
        value = _decode(text)
        _walk(value, 1, checks_text="\\u" in text)
    except RecursionError as error:
        raise _too_deep() from error
    except json.JSONDecodeError as error:
        raise NotStrict("This is not JSON.") from error


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotStrict("A field is given twice. Say it once.")
    return found


def _integer(digits: str) -> int:
    if len(digits) > _DIGITS or not _MIN <= (value := int(digits)) <= _MAX:
        raise NotStrict("A number is outside 64 bits.")
    return value


def _not_whole(_text: str) -> Never:
    raise NotStrict("Numbers are whole numbers, without point or exponent.")


_decode = json.JSONDecoder(
    object_pairs_hook=_pairs,
    parse_int=_integer,
    parse_float=_not_whole,
    parse_constant=_not_whole,
).decode


def _walk(value: object, depth: int, *, checks_text: bool) -> None:
    """Depth, and texts if they may hold what only an escape can write."""
    match value:
        case str():
            if checks_text:
                _text(value)
        case dict():
            if depth > MAX_DEPTH:
                raise _too_deep()
            for key, part in value.items():
                if checks_text:
                    _text(key)
                _walk(part, depth + 1, checks_text=checks_text)
        case list():
            if depth > MAX_DEPTH:
                raise _too_deep()
            for part in value:
                _walk(part, depth + 1, checks_text=checks_text)
        case _:
            pass


def _text(value: str) -> None:
    if "\0" in value:
        raise NotStrict("A text holds a NUL character.")
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise NotStrict("A text holds half of a surrogate pair.")


def _too_deep() -> NotStrict:
    return NotStrict(f"Nested deeper than {MAX_DEPTH} levels.")
