"""Which task is open on the bench: where a start, a lock or a change of persons comes back to."""

from typing import Protocol

import msgspec

from app.station.screen import Page

NOTE = "open_job"


class Notes(Protocol):
    """The part of a transaction that keeps small things by name."""

    def note(self, name: str) -> str | None: ...
    def set_note(self, name: str, value: str | None) -> None: ...


def opened(notes: Notes) -> tuple[Page, str] | None:
    """Page and key of the open task; None between two tasks."""
    value = notes.note(NOTE)
    if not value:
        return None
    if not value.startswith("["):
        # Written by a program that knew one task only: the number of an order.
        return Page.PACK, value
    page, key = msgspec.json.decode(value, type=tuple[str, str])
    return Page(page), key


def open_(notes: Notes, page: Page, key: str) -> None:
    """This task is on the bench now."""
    notes.set_note(NOTE, msgspec.json.encode((page.value, key)).decode())


def close(notes: Notes) -> None:
    """No task is; what is saved of it stays."""
    notes.set_note(NOTE, None)
