"""The Settings page as a value: each setting, its value, and where that came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.domain.text import Text, text
from app.station.configuration import CHANGEABLE, LEDGER, Origin, Setting
from app.station.inbox import Intent
from app.station.lists import Choice, ColumnView, ListView
from app.station.screen import Action, Page, Prompt, Screen, Tone, Wishes
from app.station.turn import Turn
from app.station.wishes import LANGUAGES, NAMES, SIZES, THEMES, VOLUMES

if TYPE_CHECKING:
    from app.station.own_settings import OwnSettingsFlow, Said

COLUMNS = (
    ColumnView(text("settings.column_name"), 24),
    ColumnView(text("settings.column_value")),
    ColumnView(text("settings.column_origin"), 18),
)
# Beside one's own stand the station's settings of the same name.
OWN = "own."
# How loud a tone is for whoever has said nothing.
VOLUME = "80"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list.

    Attributes:
        name: As in `station.toml`, or of `Wishes`.
        own: Whether it is this person's.
        value: As text; empty for none.
        origin: Where it came from.
        after: What F10 makes of it; empty where it is typed.
    """

    name: str
    own: bool
    value: str
    origin: Origin
    after: str = ""

    @property
    def key(self) -> str:
        """What choosing it passes back."""
        return f"{OWN}{self.name}" if self.own else self.name


def build(flow: "OwnSettingsFlow", turn: Turn) -> Screen:
    """The page after a turn."""
    return page(rows(flow, turn), flow.chosen, flow.mode.value, flow.said)


def page(found: tuple[Row, ...], key: str, mode: str, done: "Said | None") -> Screen:
    """The page as values alone.

    Args:
        found: The rows.
        key: Of the row that is looked at.
        mode: What is waited for.
        done: What the last step came to, or None.
    """
    row = _row(found, key)
    return Screen(
        page=Page.SETTINGS,
        title=text("settings.title"),
        prompt=_prompt(mode, row, done),
        scan_hint=text("settings.hint_type" if mode == "type" else "settings.hint"),
        choices=ListView(
            text("settings.list"),
            COLUMNS,
            tuple(Choice(one.key, (_name(one), said(one), _origin(one))) for one in found),
            len(found),
            row.key if row is not None else "",
        ),
        actions=_actions(mode, row),
    )


def chosen(flow: "OwnSettingsFlow", turn: Turn) -> Row | None:
    """The row that is looked at; the first one before any was chosen."""
    return _row(rows(flow, turn), flow.chosen)


def _row(found: tuple[Row, ...], key: str) -> Row | None:
    return next((row for row in found if row.key == key), found[0] if found else None)


def rows(flow: "OwnSettingsFlow", turn: Turn) -> tuple[Row, ...]:
    """One's own first, then the station's."""
    person = turn.session.person if turn.session is not None else ""
    wishes = flow.wishes.of(turn.work, person)
    return rows_of(wishes, turn.around.settings, signed_in=bool(person))


def rows_of(wishes: Wishes, settings: tuple[Setting, ...], *, signed_in: bool) -> tuple[Row, ...]:
    """The rows as values alone."""
    named = {one.name: one for one in settings}
    own = tuple(_own(name, wishes, named) for name in NAMES) if signed_in else ()
    station = tuple(
        Row(name, own=False, value=one.value, origin=one.origin, after=_next(values, one.value))
        for name, values in CHANGEABLE.items()
        if (one := named.get(name)) is not None
    )
    ledger = named.get(LEDGER)
    fixed = (Row(LEDGER, False, ledger.value, ledger.origin),) if ledger is not None else ()
    return (*own, *station, *fixed)


def _own(name: str, wishes: Wishes, named: dict[str, Setting]) -> Row:
    wished, values = _wished(name, wishes)
    station = named.get(name)
    default = {"volume": VOLUME, "muted": "on"}.get(name, "")
    value = wished or (station.value if station is not None else default)
    origin = Origin.PERSON if wished else (station.origin if station else Origin.DEFAULT)
    return Row(name, own=True, value=value, origin=origin, after=_next(values, value))


def _wished(name: str, wishes: Wishes) -> tuple[str, Sequence[str]]:
    match name:
        case "language":
            return wishes.language, LANGUAGES
        case "theme":
            return wishes.theme, THEMES
        case "text_percent":
            return str(wishes.text_percent or ""), tuple(map(str, SIZES))
        case "volume":
            loud = "" if wishes.volume is None else str(wishes.volume)
            return loud, tuple(map(str, VOLUMES))
        case _:
            heard = "" if wishes.muted is None else ("off" if wishes.muted else "on")
            return heard, ("on", "off")


def _next(values: Sequence[str], value: str) -> str:
    if not values:
        return ""
    place = values.index(value) if value in values else -1
    return values[(place + 1) % len(values)]


def _name(row: Row) -> Text:
    return text(f"settings.own_{row.name}" if row.own else f"settings.name_{row.name}")


def said(row: Row) -> Text:
    """A value in words."""
    match row.name:
        case _ if not row.value:
            return text("settings.none")
        case "language" if row.value in LANGUAGES:
            return text(f"setup.language_{row.value}")
        case "theme" if row.value in THEMES:
            return text(f"setup.theme_{row.value}")
        case "text_percent" | "volume" if row.value.isdecimal():
            return text("setup.per_cent", n=int(row.value))
        case "muted" if row.value in ("on", "off"):
            return text(f"settings.sound_{row.value}")
        case _:
            return text("setup.plain", it=row.value)


def _origin(row: Row) -> Text:
    return text(f"settings.from_{row.origin.value}")


def _prompt(mode: str, row: Row | None, done: "Said | None") -> Prompt:
    if done is not None:
        tone, icon = (Tone.OK, "circle-check") if done.good else (Tone.WARN, "triangle-alert")
        return Prompt(tone, icon, done.title, done.detail)
    if row is None:
        return Prompt(Tone.WARN, "triangle-alert", text("settings.empty"), text("settings.want"))
    match mode:
        case "type":
            detail = text(f"settings.type_{row.name}")
            return Prompt(Tone.ASK, "keyboard", _name(row), detail)
        case "reset":
            title, detail = text("settings.reset"), text("settings.reset_detail")
            return Prompt(Tone.WARN, "shield-alert", title, detail)
        case _:
            detail = text("settings.own_detail" if row.own else "settings.station_detail")
            return Prompt(Tone.ASK, "user" if row.own else "usb", _name(row), detail)


def _actions(mode: str, row: Row | None) -> tuple[Action, ...]:
    back = Action("Esc", Intent.NO, text("key.back"))
    match mode:
        case "type":
            return (back,)
        case "reset":
            return (
                Action("1", Intent.YES, text("settings.key_reset_own")),
                Action("F6", Intent.EMPTY, text("settings.key_reset_station")),
                back,
            )
        case _:
            return _of_row(row, back)


def _of_row(row: Row | None, back: Action) -> tuple[Action, ...]:
    reset = Action("F6", Intent.EMPTY, text("settings.key_reset"))
    if row is None:
        return (reset, back)
    undo = (Action("F4", Intent.UNDO, text("settings.key_as_station")),) if row.own else ()
    label = "settings.key_change" if row.name != LEDGER else "settings.key_enrol"
    return (*undo, reset, back, Action("F10", Intent.MAIN, Text(label), main=True))
