"""How somebody wants the window: kept in the book by person, and on every screen they see.

A wish is nobody's secret and no operation: it is a note, changed at once and without a PIN.
"""

from dataclasses import dataclass, replace

import msgspec

from app.station.ports import Work
from app.station.screen import Screen, Wishes
from app.station.turn import Turn

NOTE = "wishes:"
NONE = Wishes()
# What may be wished; anything else is no wish.
THEMES = ("light", "dark", "contrast")
SIZES = (100, 125, 150, 175, 200)
VOLUMES = (20, 40, 60, 80, 100)
LANGUAGES = ("de", "en")
NAMES = ("language", "theme", "text_percent", "volume", "muted")


@dataclass(slots=True)
class _Known:
    person: str
    wishes: Wishes


class WishBook:
    """The wishes of whoever is signed in; read once, not at every scan."""

    def __init__(self) -> None:
        self._known = _Known("", NONE)

    def of(self, work: Work, person: str) -> Wishes:
        """What this person wishes; nothing for nobody."""
        if person != self._known.person:
            self._known = _Known(person, read(work, person))
        return self._known.wishes

    def wish(self, turn: Turn, name: str, value: str) -> bool:
        """Remember one wish of whoever is signed in; empty takes it back. False when it is none.

        Args:
            turn: The turn it is said in.
            name: One of `NAMES`.
            value: As text.
        """
        person = turn.session.person if turn.session is not None else ""
        wishes = changed(self.of(turn.work, person), name, value) if person else None
        if wishes is None:
            return False
        self._keep(turn, person, wishes)
        return True

    def forget(self, turn: Turn) -> None:
        """Everything as the station has it."""
        if turn.session is not None:
            self._keep(turn, turn.session.person, NONE)

    def _keep(self, turn: Turn, person: str, wishes: Wishes) -> None:
        said = msgspec.json.encode(wishes).decode() if wishes != NONE else None
        turn.work.set_note(NOTE + person, said)

        def keep() -> None:
            self._known = _Known(person, wishes)

        turn.after_commit(keep)

    def over(self, screen: Screen, turn: Turn) -> Screen:
        """The screen, with how it is wished: what nobody wished is as the station has it."""
        person = turn.session.person if turn.session is not None else ""
        wishes, settings = self.of(turn.work, person), turn.around.settings
        if wishes == NONE and not settings:
            return screen
        station = {one.name: one.value for one in settings}
        size = station.get("text_percent", "")
        shown = replace(
            wishes,
            language=wishes.language or station.get("language", ""),
            theme=wishes.theme or station.get("theme", ""),
            text_percent=wishes.text_percent or (int(size) if size.isdecimal() else 0),
        )
        return replace(screen, wishes=shown)


def read(work: Work, person: str) -> Wishes:
    """What lies in the book; a note of a later program that cannot be read is no wish."""
    said = work.note(NOTE + person) if person else None
    try:
        return msgspec.json.decode(said, type=Wishes) if said is not None else NONE
    except msgspec.DecodeError:
        return NONE


def changed(wishes: Wishes, name: str, value: str) -> Wishes | None:
    """The wishes with one of them changed; None when it cannot be wished."""
    number = int(value) if value.isdecimal() else None
    match name:
        case "language" if value in ("", *LANGUAGES):
            return replace(wishes, language=value)
        case "theme" if value in ("", *THEMES):
            return replace(wishes, theme=value)
        case "text_percent" if not value or number in SIZES:
            return replace(wishes, text_percent=number or 0)
        case "volume" if not value or number in VOLUMES:
            return replace(wishes, volume=number)
        case "muted" if value in ("", "on", "off"):
            return replace(wishes, muted=value == "off" if value else None)
        case _:
            return None
