"""What people do about an exception: take it, hand it over, note something, close it.

A request about words, never about stock: what is wrong in the building is put right by recording
what is done there, and most exceptions then close by themselves. Every step is an operation, so the
feed tells who had it when. The ledger itself may escalate one that nobody has solved in time.
"""

from collections.abc import Callable
from enum import StrEnum

import msgspec

from app.contract.messages import Operation, PersonRow
from app.domain.roles import Permission, Role, may
from app.ledger.book import Book, Story
from app.ledger.case import POSTED, Case, Decision, refused
from app.ledger.exception_codes import Severity
from app.ledger.exceptions import CLOSED, ESCALATED
from app.ledger.own import LEDGER
from app.ledger.touched import Touched

DOCUMENT_KIND = "exception"
# As long as a sentence of the contract.
MAX_NOTE = 500
# An owner that is everybody with a role: `role:supervisor`.
ROLE_PREFIX = "role:"


class Step(StrEnum):
    """What is done; the reason of the operation."""

    TAKE = "take"
    ASSIGN = "assign"
    NOTE = "note"
    CLOSE = "close"
    ESCALATE = "escalate"


def touch(operation: Operation, touched: Touched) -> None:
    """The exception it is about."""
    reference = operation.reference
    if reference is not None and reference.document_kind == DOCUMENT_KIND:
        touched.exceptions.add(reference.document)


def resolve(case: Case) -> Decision:
    """Do one step, or say why not."""
    kind, number = case.document
    story = case.book.stories.get(number) if kind == DOCUMENT_KIND else None
    if story is None:
        return refused("unknown_exception", "There is no such exception at this site. Look again.")
    if story.row.state == CLOSED:
        return refused("already_closed", "This exception is closed. Nothing was changed.")
    step = _STEPS.get(case.operation.reason)
    if step is None:
        known = ", ".join(_STEPS)
        return refused("no_such_step", f"Give one of these as the reason: {known}.")
    note = case.operation.evidence.get("note", "")
    if not isinstance(note, str) or len(note) > MAX_NOTE:
        return refused("bad_note", f"A note is a text of up to {MAX_NOTE} characters. Shorten it.")
    return step(case, story) or _told(story)


def _take(case: Case, story: Story) -> Decision | None:
    if not _may(case, Permission.WORK) and not _may(case):
        return _not_allowed("take")
    _change(story, owner=case.operation.actor)
    return None


def _assign(case: Case, story: Story) -> Decision | None:
    if not _may(case):
        return _not_allowed("hand over")
    to = case.operation.evidence.get("to", "")
    if not isinstance(to, str) or not _is_owner(case.book, to):
        return refused(
            "unknown_person",
            "Hand it over to an active person of this site, or to a role as “role:supervisor”.",
        )
    _change(story, owner=to)
    return None


def _note(case: Case, story: Story) -> Decision | None:
    if _person(case.book, case.operation.actor) is None:
        return _not_allowed("add to")
    if not case.operation.evidence.get("note"):
        return refused("note_missing", "Say in a note what you found.")
    story.changed = True
    return None


def _close(case: Case, story: Story) -> Decision | None:
    if not _may(case):
        return _not_allowed("close")
    if not case.operation.evidence.get("note"):
        return refused("note_missing", "Say in a note what was found, then close it.")
    _change(story, state=CLOSED)
    story.closed_by = case.operation.actor
    return None


def _escalate(case: Case, story: Story) -> Decision | None:
    if case.sender.kind != LEDGER:
        return _not_allowed("escalate")
    if story.row.state == ESCALATED:
        return refused("already_escalated", "This exception is escalated. Nothing was changed.")
    _change(story, state=ESCALATED, owner=_above(case.book, story.row.severity))
    return None


_STEPS: dict[str, Callable[[Case, Story], Decision | None]] = {
    Step.TAKE: _take,
    Step.ASSIGN: _assign,
    Step.NOTE: _note,
    Step.CLOSE: _close,
    Step.ESCALATE: _escalate,
}


def _above(book: Book, severity: str) -> str:
    """Who must look now: the site manager for what is urgent, if there is one; else supervisors."""
    wanted = Role.SITE_MANAGER if severity == Severity.HIGH else Role.SUPERVISOR
    here = {row.role for row in book.people.values() if _person(book, row.person)}
    return ROLE_PREFIX + (wanted if wanted in here else Role.SUPERVISOR).value


def _may(case: Case, permission: Permission = Permission.RESOLVE) -> bool:
    row = _person(case.book, case.operation.actor)
    return row is not None and may(row.role, permission)


def _person(book: Book, actor: str) -> PersonRow | None:
    """Somebody active at this site, as the ledger knows them now, whatever the record claims."""
    row = book.people.get(actor)
    return row if row and row.active and row.site in {"", book.site} else None


def _is_owner(book: Book, name: str) -> bool:
    if name.startswith(ROLE_PREFIX):
        return name.removeprefix(ROLE_PREFIX) in set(Role)
    return _person(book, name) is not None


def _change(story: Story, **changes: str) -> None:
    story.row = msgspec.structs.replace(story.row, **changes)
    story.changed = True


def _told(story: Story) -> Decision:
    return Decision(POSTED, rows=[story.row])


def _not_allowed(doing: str) -> Decision:
    return refused(
        "not_allowed",
        f"You may not {doing} exceptions at this site. Ask a supervisor; what you record in the "
        "building closes most of them.",
    )
