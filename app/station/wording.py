"""How values are put so that a person reads them at a glance."""

from app.domain.operation import Kind
from app.domain.text import Text, text


def due(ship_before: str, now: str) -> str:
    """A cut-off as people say it: the time alone when it is today, else day and time.

    Args:
        ship_before: ISO 8601 local time of the site, or empty.
        now: ISO 8601.
    """
    day, _, hour = ship_before.partition("T")
    return hour[:5] if day == now[:10] else f"{day} {hour[:5]}".strip()


# Kinds that have a word in the catalogue; others are shown as they came.
KINDS = frozenset(
    {
        Kind.RECEIVE, Kind.MOVE, Kind.PICK, Kind.UNPICK, Kind.PACK, Kind.UNPACK, Kind.SHIP,
        Kind.ADJUST, Kind.RECLASSIFY, Kind.SHORT, Kind.RETURN, Kind.DISPATCH, Kind.ACCEPT,
        Kind.COUNT, Kind.REVERSE, Kind.CANCEL, Kind.DECIDE, Kind.WITHDRAW, Kind.REQUEST,
        Kind.CLAIM, Kind.RELEASE, Kind.SEAL, Kind.REOPEN, Kind.RESERVE, Kind.UNRESERVE,
        Kind.IDENTIFY, Kind.RESOLVE,
    }
)  # fmt: skip


def did(kind: str) -> Text:
    """What an operation of a kind is, in a word."""
    return text(f"lookup.did_{kind}" if kind in KINDS else "lookup.did_other", kind=kind)


def became(transport: str, outcome: str) -> Text:
    """What became of an operation recorded here."""
    if outcome and outcome != "posted":
        return text(f"health.outcome_{outcome}")
    return text(f"health.transport_{transport}")
