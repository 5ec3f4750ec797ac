"""What the health page says in sentences: sending, what was pulled, the book and its backup."""

from datetime import datetime

from app.station.events import Footer
from app.station.inbox import LinkState
from app.station.views import Health, Sending, Tally
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


def top_said(words: Words, footer: Footer | None, now: datetime) -> str:
    """Whether anything needs a person, in one sentence."""
    if footer is None:
        return words.of("health.reading")
    if footer.need_you:
        said = words.of("health.need_you", n=footer.need_you)
    elif footer.link is LinkState.UNPROVEN:
        said = words.of("health.unproven", since=words.moment(footer.since, now))
    elif footer.link is not LinkState.ONLINE:
        said = words.of("health.offline", since=words.moment(footer.since, now))
    elif footer.outbox:
        said = words.of("health.sending", n=footer.outbox)
    else:
        said = words.of("health.fine")
    synced = words.since(footer.last_sync, now)
    return f"{said} {words.of('health.last_sync', age=synced)}" if synced else said


def tally_said(words: Words, tally: Tally) -> str:
    """The sum every shift must meet."""
    return words.of(
        "health.tally" if tally.complete else "health.tally_missing",
        captured=tally.captured,
        posted=tally.posted,
        waiting=tally.waiting,
        refused=tally.refused,
        held=tally.held,
        conflict=tally.conflict,
        unsent=tally.unsent,
    )


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
