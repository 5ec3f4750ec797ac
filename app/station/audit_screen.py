"""The Audit page as a value: the log and its state, one entry with its proofs, lists of limits."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from app.contract.messages import Checkpoint, Operation
from app.domain.operation import Kind
from app.domain.text import Text, text
from app.station import entry_facts
from app.station.audit_log import Entry, Limits, Links
from app.station.cases import Fact
from app.station.events import LogTaken
from app.station.inbox import Intent
from app.station.lists import Choice, ColumnView, ListView, Mark
from app.station.lookup_screen import CHECKPOINT, fresh
from app.station.screen import Action, Page, Prompt, Screen, Tone
from app.station.turn import Turn

if TYPE_CHECKING:
    from app.station.audit import AuditFlow

# Rows of a page of the log; the next follows by key.
ROWS = 50
# Days offered in the list; any other is typed.
DAYS = 31
# Of a hash, what people compare by eye.
SHOWN_HASH = 12
LOG = (
    ColumnView(text("audit.column_when"), 11, code=True),
    ColumnView(text("audit.column_who")),
    ColumnView(text("audit.column_what"), 11),
    ColumnView(text("audit.column_about"), 10, code=True),
)
FIELDS = (ColumnView(text("audit.column_field"), 12), ColumnView(text("audit.column_said")))
NAMES = (ColumnView(text("audit.column_who")), ColumnView(text("audit.column_account"), code=True))
KIND_NAMES = (ColumnView(text("audit.column_what")),)
DAY_NAMES = (ColumnView(text("audit.column_day"), code=True),)
# Kinds that have a word; others are shown as they came. In the order of the list.
KINDS = tuple(kind.value for kind in Kind)
# Reasons of events that have a word.
EVENTS = frozenset(
    {
        "audit_exported", "book_key_rotated", "credential_refused", "device_key_changed", "grant",
        "history_rewritten", "keys_escrowed", "keys_rewrapped", "let_in", "lock", "resume",
        "setting_changed", "sign_in", "sign_in_failed", "sign_out", "step_up",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A list, and where the next page of the log begins (0 when there is none)."""

    rows: ListView
    found: tuple[Entry, ...] = ()
    following: int = 0


def build(flow: "AuditFlow", turn: Turn) -> Screen:
    """The page after a turn."""
    view = flow.look.view.value
    if view == "entry":
        return _entry(flow, turn)
    shown = _shown(flow, turn)
    chosen = next((one for one in shown.found if str(one.n) == shown.rows.chosen), None)
    return Screen(
        page=Page.AUDIT,
        title=text("audit.title"),
        subtitle=fresh(turn),
        prompt=_prompt(flow, turn),
        scan_hint=text("audit.hint") if view == "log" else text("scan.hint"),
        choices=shown.rows,
        facts=entry_facts.facts(chosen, _name(turn, chosen)) if chosen is not None else (),
        actions=_actions(flow, shown),
    )


def chosen(flow: "AuditFlow", turn: Turn) -> str:
    """Key of the row that is chosen now."""
    return "" if flow.look.view.value == "entry" else _shown(flow, turn).rows.chosen


def following(flow: "AuditFlow", turn: Turn) -> int:
    """Where the next page of the log begins; 0 when this is the last."""
    return _shown(flow, turn).following if flow.look.view.value == "log" else 0


def kind_said(operation: Operation) -> Text:
    """What an entry is, as a word."""
    if operation.kind == Kind.EVENT and operation.reason in EVENTS:
        return text(f"audit.event_{operation.reason}")
    return _kind(operation.kind)


def _kind(kind: str) -> Text:
    return text(f"audit.kind_{kind}") if kind in KINDS else text("case.plain", said=kind)


def limits_said(limits: Limits) -> Text:
    """What the log is limited to, in a few words."""
    given = limits.given()
    if not given:
        return text("audit.all")
    return text("audit.limited", said=" · ".join(given.values()))


# ------------------------------------------------------------------------------------------ lists


def _shown(flow: "AuditFlow", turn: Turn) -> Shown:
    match flow.look.view.value:
        case "person":
            return Shown(_people(flow, turn))
        case "kind":
            rows = tuple(Choice(kind, (_kind(kind),)) for kind in KINDS)
            return Shown(_list(flow, KIND_NAMES, rows))
        case "day":
            today = turn.around.clock.now().astimezone()
            days = [f"{today - timedelta(days=back):%Y-%m-%d}" for back in range(DAYS)]
            return Shown(_list(flow, DAY_NAMES, tuple(Choice(day, (day,)) for day in days)))
        case _:
            return _log(flow, turn)


def _log(flow: "AuditFlow", turn: Turn) -> Shown:
    look = flow.look
    found = turn.work.entries(look.limits, ROWS + 1, look.before)
    more, found = len(found) > ROWS, found[:ROWS]
    names = {one.person: one.name for one in turn.work.people()}
    rows = tuple(
        Choice(
            str(one.n),
            (
                text("audit.at", at=one.operation.recorded_at),
                names.get(one.operation.actor, one.operation.actor),
                kind_said(one.operation),
                _about(one.operation),
            ),
            _mark(one),
        )
        for one in found
    )
    view = _list(flow, LOG, rows, more=more)
    return Shown(view, found, found[-1].n if more else 0)


def _people(flow: "AuditFlow", turn: Turn) -> ListView:
    """Who is here now; and whoever the entry that was chosen is by, who may have left."""
    known = {one.person: one.name for one in turn.work.people()}
    rows = tuple(Choice(person, (name, person)) for person, name in known.items())
    return _list(flow, NAMES, rows)


def _list(
    flow: "AuditFlow",
    columns: tuple[ColumnView, ...],
    rows: tuple[Choice, ...],
    *,
    more: bool = False,
) -> ListView:
    look = flow.look
    keys = [row.key for row in rows]
    here = look.chosen if look.chosen in keys else (keys[0] if keys else "")
    empty = text("audit.none")
    name = text(f"audit.list_{look.view.value}")
    return ListView(name, columns, rows, len(rows), here, more, empty)


def _about(operation: Operation) -> str:
    """The document, or else the item an entry is about."""
    document = operation.reference.document if operation.reference else ""
    return document or next((line.item for line in operation.lines), "")


def _mark(one: Entry) -> Mark:
    if one.outcome in ("refused", "held", "conflict"):
        return Mark.WRONG
    waits = one.transport != "confirmed" or one.outcome == "waiting"
    return Mark.WAITING if waits else Mark.NONE


# ------------------------------------------------------------------------------ what is said above


def chain_said(links: Links) -> Text:
    """The state of the chain in words."""
    if links.broken:
        return text("audit.broken", number=links.broken)
    if not links.whole:
        return text("audit.following", done=links.upto, n=links.last)
    if not links.last:
        return text("audit.empty")
    return text("audit.verified", at=links.at, n=links.last)


def chain_prompt(links: Links, limits: Limits, signed: Text | None) -> Prompt:
    """The state of the chain, and what the log is limited to.

    Args:
        links: How far it was followed.
        limits: Of the log.
        signed: How far the ledger has signed, or None.
    """
    said = chain_said(links)
    if links.broken:
        why, todo = text("audit.broken_detail"), text("audit.broken_note")
        return Prompt(Tone.ERROR, "octagon-x", said, why, todo)
    tone, icon = (Tone.OK, "circle-check") if links.whole else (Tone.BUSY, "hourglass")
    return Prompt(tone, icon, said, limits_said(limits), signed)


def _prompt(flow: "AuditFlow", turn: Turn) -> Prompt:
    if flow.links.broken:
        return chain_prompt(flow.links, flow.look.limits, None)
    if flow.taking is not None:
        return taken_prompt(flow.taking.result() if flow.taking.done() else None)
    if flow.said is not None:
        title, detail, good = flow.said
        tone, icon = (Tone.OK, "circle-check") if good else (Tone.WARN, "circle-help")
        return Prompt(tone, icon, title, detail)
    view = flow.look.view.value
    if view != "log":
        title, detail = text(f"audit.ask_{view}"), text(f"audit.ask_{view}_detail")
        return Prompt(Tone.ASK, "search", title, detail)
    return chain_prompt(flow.links, flow.look.limits, _signed(turn))


def taken_prompt(taken: LogTaken | None) -> Prompt:
    """What became of the file; None while it is written."""
    if taken is None:
        return Prompt(Tone.BUSY, "hourglass", text("audit.writing"), text("audit.writing_detail"))
    if taken.trouble:
        said = text("ui.sentence", sentence=taken.trouble)
        return Prompt(Tone.WARN, "triangle-alert", text("audit.not_written"), said)
    detail = text("audit.written_detail", path=taken.path)
    return Prompt(Tone.OK, "circle-check", text("audit.written", n=taken.entries), detail)


def _signed(turn: Turn) -> Text | None:
    """How far the ledger has signed what it made of it."""
    value = turn.work.note(CHECKPOINT)
    if value is None:
        return None
    return text("audit.signed", at=msgspec.json.decode(value, type=Checkpoint).at)


def _actions(flow: "AuditFlow", shown: Shown) -> tuple[Action, ...]:
    view = flow.look.view.value
    if view != "log":
        back = Action("Esc", Intent.NO, text("key.step_back"))
        return (back, Action("F10", Intent.MAIN, text("key.limit"), main=True))
    return log_keys(limited=bool(flow.look.trail), more=bool(shown.following))


def log_keys(*, limited: bool, more: bool) -> tuple[Action, ...]:
    """The keys of the log."""
    names = (text("key.person"), text("key.kind"), text("key.day"))
    actions = [
        Action(str(n), Intent.TASK, name, argument=str(n)) for n, name in enumerate(names, 1)
    ]
    if limited:
        actions.append(Action("F4", Intent.UNDO, text("key.limit_back")))
    if more:
        actions.append(Action("F7", Intent.NEXT, text("key.next_page")))
    actions.append(Action("Esc", Intent.NO, text("key.leave")))
    return (*actions, Action("F10", Intent.MAIN, text("key.take_away"), main=True))


# ------------------------------------------------------------------------------------- one entry


def _entry(flow: "AuditFlow", turn: Turn) -> Screen:
    found = turn.work.entry(flow.look.entry)
    back = (Action("Esc", Intent.NO, text("key.step_back"), main=True),)
    if found is None:
        prompt = Prompt(Tone.WARN, "circle-help", text("audit.gone"), text("audit.want"))
        return Screen(Page.AUDIT, text("audit.title"), prompt, actions=back)
    title = text("audit.entry", number=found.seq)
    return Screen(
        page=Page.AUDIT,
        title=title,
        subtitle=fresh(turn),
        prompt=Prompt(
            Tone.ASK,
            "search",
            kind_said(found.operation),
            text("audit.at", at=found.operation.recorded_at),
        ),
        scan_hint=text("audit.hint"),
        choices=fields(
            (*_changed(found.operation), *entry_facts.facts(found, _name(turn, found))),
            flow.look.chosen,
        ),
        facts=_proofs(turn, found),
        actions=back,
    )


def fields(facts: tuple[Fact, ...], chosen: str = "") -> ListView:
    """What an entry says, line by line; before and after come first."""
    rows = tuple(Choice(str(n), (one.label, one.said)) for n, one in enumerate(facts))
    return ListView(text("audit.list_entry"), FIELDS, rows, len(rows), chosen or "0")


def _changed(operation: Operation) -> tuple[Fact, ...]:
    """Before and after, where the operation says so itself."""
    before, after = operation.evidence.get("before"), operation.evidence.get("after")
    if not (_is_number(before) and _is_number(after)):
        return ()
    said = text("audit.before_after", before=int(before or 0), after=int(after or 0))
    return (Fact(text("case.on_hand"), said),)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _name(turn: Turn, found: Entry) -> str:
    person = turn.work.person(found.operation.actor)
    return person.name if person is not None else found.operation.actor


def _proofs(turn: Turn, found: Entry) -> tuple[Fact, ...]:
    """Its place in the chain, who signed it, and what the ledger has of it."""
    operation = found.operation
    reversed_ = turn.work.entry_of(found.reversed_by) if found.reversed_by else None
    facts = [
        Fact(text("audit.id"), text("case.plain", said=operation.id)),
        Fact(text("audit.hash"), text("case.plain", said=found.content_hash[:SHOWN_HASH])),
        Fact(text("audit.digest"), text("case.plain", said=found.digest[:SHOWN_HASH])),
        Fact(text("audit.seen"), text("audit.feed_at", n=operation.as_of.cursor)),
    ]
    if found.feed_seq:
        facts.append(Fact(text("audit.in_feed"), text("audit.feed_at", n=found.feed_seq)))
    signers = ", ".join(one.person for one in found.signatures)
    said = text("case.plain", said=signers) if signers else text("audit.unsigned")
    facts.append(Fact(text("audit.signed_by"), said))
    if reversed_ is not None:
        facts.append(Fact(text("audit.taken_back"), text("audit.of_chain", number=reversed_.seq)))
    for name, value in sorted(operation.evidence.items()):
        facts.append(Fact(text("case.plain", said=name), text("case.plain", said=str(value))))
    return tuple(facts)
