"""The Claims page as a value: who works on what, until when, and how far it has come."""

from typing import TYPE_CHECKING

from app.domain.document import DocumentKind
from app.domain.text import Text, text
from app.station.cases import Fact
from app.station.inbox import Intent, LinkState
from app.station.lists import Choice, ColumnView, ListView, Mark
from app.station.lookup_screen import fresh
from app.station.screen import Action, Page, Prompt, Screen, Tone
from app.station.standing import Held
from app.station.turn import Turn
from app.station.wording import due

if TYPE_CHECKING:
    from app.station.claims import ClaimsFlow

ROWS = 50
PART = "\x1f"
COLUMNS = (
    ColumnView(text("claims.column_document"), 11, code=True),
    ColumnView(text("claims.column_kind")),
    ColumnView(text("claims.column_station"), 8, code=True),
)


def build(flow: "ClaimsFlow", turn: Turn) -> Screen:
    """The page after a turn."""
    rows, _ = _list(flow, turn)
    kind, _, number = rows.chosen.partition(PART)
    found = turn.work.claim_of(kind, number) if number else None
    return Screen(
        page=Page.CLAIMS,
        title=text("claims.title"),
        subtitle=fresh(turn),
        prompt=_prompt(flow, turn, rows),
        scan_hint=text("scan.hint"),
        choices=rows,
        facts=_facts(turn, found) if found is not None else (),
        actions=_actions(turn, found),
    )


def key_of(found: Held) -> str:
    """Key of its row."""
    return f"{found.kind}{PART}{found.document}"


def chosen(flow: "ClaimsFlow", turn: Turn) -> str:
    """Key of the row that is chosen now."""
    return _list(flow, turn)[0].chosen


def following(flow: "ClaimsFlow", turn: Turn) -> tuple[str, str] | None:
    """Where the next page begins; None when this is the last."""
    return _list(flow, turn)[1]


def is_mine(turn: Turn, found: Held) -> bool:
    """Whether this station has it."""
    return found.enrolment == turn.around.identity.enrolment


def _list(flow: "ClaimsFlow", turn: Turn) -> tuple[ListView, tuple[str, str] | None]:
    held = turn.work.claims(ROWS + 1, flow.after)
    more, held = len(held) > ROWS, held[:ROWS]
    kind, _, number = flow.chosen.partition(PART)
    named = turn.work.claim_of(kind, number) if number else None
    if named is not None and named not in held:
        # Scanned, and on another page of the list: it stands first.
        held = (named, *held[: ROWS - 1])
    asked = turn.work.claims_here()
    rows = tuple(
        Choice(
            key_of(one),
            (one.document, _kind(one), one.station),
            _mark(turn, one, waits=(one.kind, one.document) in asked),
        )
        for one in held
    )
    keys = [row.key for row in rows]
    here = flow.chosen if flow.chosen in keys else (keys[0] if keys else "")
    view = ListView(
        text("claims.list"), COLUMNS, rows, len(rows), here, more, text("claims.none_detail")
    )
    return view, (held[-1].kind, held[-1].document) if more else None


KINDS = frozenset(kind.value for kind in DocumentKind)


def _kind(one: Held) -> Text:
    known = one.kind in KINDS
    return text(f"claims.kind_{one.kind}") if known else text("case.plain", said=one.kind)


def _state(one: Held) -> Text:
    known = one.state in ("claimed", "assigned")
    return text(f"claims.state_{one.state}") if known else text("case.plain", said=one.state)


def _mark(turn: Turn, one: Held, *, waits: bool) -> Mark:
    if waits:
        return Mark.WAITING
    return Mark.NONE if is_mine(turn, one) else Mark.ELSEWHERE


def _prompt(flow: "ClaimsFlow", turn: Turn, rows: ListView) -> Prompt:
    note = None if turn.around.link is LinkState.ONLINE else text("claims.offline")
    if flow.said is not None:
        title, detail, good = flow.said
        tone, icon = (Tone.OK, "circle-check") if good else (Tone.WARN, "circle-help")
        return Prompt(tone, icon, title, detail, note)
    if not rows.rows:
        title, detail = text("claims.none"), text("claims.none_detail")
        return Prompt(Tone.OK, "circle-check", title, detail, note)
    return Prompt(Tone.ASK, "users", text("claims.ask"), text("claims.ask_detail"), note)


def _actions(turn: Turn, found: Held | None) -> tuple[Action, ...]:
    leave = Action("Esc", Intent.NO, text("key.leave"))
    if found is None:
        return (leave,)
    if is_mine(turn, found):
        key = f"{found.kind}{PART}{found.document}"
        return (leave, Action("Enter", Intent.OPEN, text("key.open"), argument=key))
    return (leave, Action("F10", Intent.MAIN, text("key.take_over"), main=True))


def _facts(turn: Turn, found: Held) -> tuple[Fact, ...]:
    facts = [
        Fact(text("claims.column_station"), text("case.plain", said=found.station or "–")),
        Fact(text("claims.column_state"), _state(found)),
    ]
    if found.until:
        facts.append(Fact(text("claims.until"), text("claims.until_said", at=found.until)))
    if found.kind == DocumentKind.ORDER.value:
        facts += _order(turn, found)
    asked = turn.work.claims_here().get((found.kind, found.document))
    if asked is not None:
        facts.append(Fact(text("exceptions.here"), text("claims.waits")))
    return tuple(facts)


def _order(turn: Turn, found: Held) -> list[Fact]:
    """The evidence of how far it has come, whoever did it."""
    order = turn.work.order(found.document)
    if order is None:
        return []
    progress = turn.work.progress(found.document)
    wanted = sum(line.quantity for line in order.lines)
    packed = sum(one.packed for one in progress.values())
    short = sum(one.short for one in progress.values())
    facts = [
        Fact(text("claims.packed"), text("claims.packed_said", done=packed, n=wanted)),
        Fact(text("claims.ship_before"), text("case.plain", said=due(order.ship_before, turn.now))),
    ]
    if short:
        facts.append(Fact(text("claims.short"), text("lookup.units", n=short)))
    return facts
