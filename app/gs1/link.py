"""GS1 Digital Links: web addresses that carry the same elements as a barcode message.

Read by the standard's uncompressed syntax: one primary key in the path, its qualifiers after it in
order, everything else in the query. Nothing is ever fetched.
"""

import re
from urllib.parse import unquote_to_bytes

from app.domain.barcode import Damage
from app.domain.gtin import is_digits
from app.gs1.message import Element, check_value
from app.gs1.table import Identifier, identifiers
from app.gs1.unsound import Unsound

# The scheme is lower or upper case as a whole; a QR code in alphanumeric mode knows only capitals.
_LINK = re.compile(
    r"(?:http|https|HTTP|HTTPS)://([^/?#]*)(/[^?#]*)?(?:\?([^#]*))?(?:#.*)?", re.DOTALL
)
_HOST = re.compile(r"[A-Za-z0-9.-]+(?::\d{1,5})?")
_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def looks_like_link(text: str) -> bool:
    """Whether a text is a web address, with a GS1 key in it or not."""
    return text[:8].lower().startswith(("http://", "https://"))


def parse(text: str) -> tuple[Element, ...]:
    """Elements of a Digital Link: path first, then query, in the order written.

    Raises:
        Unsound: No link, no key, or an element that does not hold.
    """
    found = _LINK.fullmatch(text)
    if found is None or not _CHARACTERS.fullmatch(text) or not _HOST.fullmatch(found[1]):
        raise Unsound(Damage.BAD_LINK, "not a web address")
    key, elements = _path(found[2] or "")
    elements += _query(found[3] or "", key)
    seen = [ai for ai, _ in elements]
    for ai in seen:
        if seen.count(ai) > 1:
            raise Unsound(Damage.REPEATED, f"({ai}) stands twice in the link")
    for ai, value in elements:
        check_value(identifiers()[ai], value)
    return tuple(elements)


def _path(path: str) -> tuple[Identifier, list[Element]]:
    """Walk back in pairs to the rightmost primary key; before it there may be anything."""
    segments = path.split("/")[1:]
    for at in range(len(segments) - 2, -1, -2):
        key = identifiers().get(segments[at])
        if key is None or key.qualifiers is None:
            continue
        pairs = list(zip(segments[at::2], segments[at + 1 :: 2], strict=True))
        qualifiers = tuple(ai for ai, _ in pairs[1:])
        if not any(_in_order(qualifiers, allowed) for allowed in key.qualifiers):
            raise Unsound(Damage.BAD_LINK, f"({key.ai}) is followed by {', '.join(qualifiers)}")
        return key, [(ai, _decoded(value)) for ai, value in pairs]
    raise Unsound(Damage.BAD_LINK, "a web address without a GS1 key")


def _in_order(qualifiers: tuple[str, ...], allowed: tuple[str, ...]) -> bool:
    rest = iter(allowed)
    return all(ai in rest for ai in qualifiers)


def _query(query: str, key: Identifier) -> list[Element]:
    of_the_key = {ai for sequence in key.qualifiers or () for ai in sequence}
    elements: list[Element] = []
    for parameter in query.split("&"):
        name, equals, value = parameter.partition("=")
        if not equals or not is_digits(name):
            continue  # another program's parameter; the standard says to ignore it
        identifier = identifiers().get(name)
        if identifier is None:
            raise Unsound(Damage.UNKNOWN_AI, f"({name}) is not assigned")
        if not identifier.in_query or name in of_the_key:
            raise Unsound(Damage.BAD_LINK, f"({name}) does not belong into the query")
        elements.append((name, _decoded(value.replace("+", " "))))
    return elements


def _decoded(value: str) -> str:
    if not value or _BAD_PERCENT.search(value):
        raise Unsound(Damage.BAD_LINK, f"an empty or badly escaped value: {value!r}")
    # Latin-1 maps every byte to one character; what is not CSET 82 then fails its check.
    return unquote_to_bytes(value).decode("latin-1")
