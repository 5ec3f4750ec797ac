"""What the health page says in sentences: sending, what was pulled, the book and its backup."""

from datetime import datetime

from app.station.events import Footer
from app.station.views import Health, Sending
from ui.text import Words
from ui.widgets.health_tables import DeviceRow

DASH = "—"
_KIB = 1024
# Tables that have a word, in the order they are said.
TABLES = (
    "order_document", "document", "balance", "exception", "item", "location", "person",
)  # fmt: skip
# Of an id, what people compare by eye.
SHOWN_ID = 8


def sending_said(words: Words, footer: Footer | None, sending: Sending) -> str:
    """What the ledger said last, and when sending is tried again; empty while all is well."""
    parts = []
    if footer is not None and footer.said:
        parts.append(words.of("health.said", sentence=footer.said))
    if sending.next_try_s is not None:
        parts.append(words.of("health.next_try", n=sending.next_try_s))
    return " ".join(parts)


def pulled_said(words: Words, health: Health, now: datetime) -> str:
    """How far the book followed the ledger, and how much of it there is."""
    signed = words.moment(health.signed_at, now) or DASH
    known = dict(health.rows)
    rows = " · ".join(
        words.of(f"health.rows_{table}", n=known[table]) for table in TABLES if table in known
    )
    return words.of(
        "health.pulled",
        cursor=health.cursor,
        signed=signed,
        epoch=health.epoch[:SHOWN_ID] or DASH,
        master=health.master_cursor,
        rows=rows or DASH,
    )


def book_said(words: Words, health: Health, skew_ms: int | None, now: datetime) -> str:
    """The book, its newest backup, the clock, and what is left of the numbers."""
    backup = words.of("health.no_backup")
    if health.backup_at:
        age = words.since(health.backup_at, now)
        backup = words.of("health.backup", age=age, size=_size(words, health.backup_bytes))
    return words.of(
        "health.book",
        size=_size(words, health.book_bytes),
        backup=backup,
        skew=DASH if skew_ms is None else f"{words.number(skew_ms)} ms",
        numbers=health.numbers_left,
        scans=health.scans,
        enrolment=health.enrolment[:SHOWN_ID] or DASH,
    )


def device_line(row: DeviceRow) -> str:
    """A device in one line, for support."""
    device = row.device
    return f"{device.device} {device.kind.value} {device.state.value} {device.detail} {row.last}"


def printable(raw: bytes) -> str:
    """Bytes as support reads them: text as text, the rest as hexadecimal escapes."""
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}" for byte in raw)


def _size(words: Words, size: int) -> str:
    return f"{words.number(size // _KIB)} KiB"
