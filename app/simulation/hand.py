"""What somebody at a bench can do: scan, press, type, read the panel; and be clumsy at it."""

import json
from random import Random
from typing import Any

from app.domain.scan import Scan
from app.simulation import goods
from app.simulation.bench import Bench
from app.simulation.hands import Handful
from app.simulation.world import World
from app.station import open_task
from app.station.cards import CARRYING, card_for
from app.station.inbox import Do, Intent
from app.station.lists import Mark
from app.station.screen import Screen
from app.station.task import PREFIX

# Two pulls within this are the trigger bouncing.
BOUNCE_MS = 100

Job = dict[str, Any]


class Hand:
    """The hands and eyes of whoever stands at one bench.

    Args:
        world: Time, chance, and the notes of what hands did.
        bench: Where.
    """

    def __init__(self, world: World, bench: Bench) -> None:
        self.world = world
        self.bench = bench
        # How often it slipped: whoever knew what lay before them looks again.
        self.slips = 0

    @property
    def moment(self) -> tuple[int, int]:
        """Changes when the station has stopped, or something was pressed that nobody meant."""
        return self.bench.life, self.slips

    @property
    def chance(self) -> Random:
        """The one source of chance."""
        return self.world.chance

    def clumsy(self) -> bool:
        """Whether something else is done than what was meant."""
        return self.chance.random() < self.world.knobs.clumsy

    # ------------------------------------------------------------------ to the station

    def scan(self, code: str, times: int = 1) -> None:
        """Pull the trigger."""
        for pull in range(times):
            at = self.world.time.ms + 1 + pull * BOUNCE_MS
            self.bench.handle(Scan(code.encode() + b"\r", code, at_ns=at * 1_000_000))

    def do(self, intent: Intent, argument: str = "") -> None:
        """Press a key, or scan the card that does the same."""
        often = self.world.knobs.cards
        card = _card(intent, argument) if often and self.chance.random() < often else ""
        if card:
            self.scan(card)
        else:
            self.press_key(intent, argument)

    def press_key(self, intent: Intent, argument: str = "") -> None:
        """Press a key, and no card."""
        self.bench.handle(Do(intent, argument))

    def wish(self, name: str, value: str) -> None:
        """Say how the window should be."""
        self.bench.handle(Do(Intent.WISH, name, value))

    def type(self, text: str) -> None:
        """Type into the scan line."""
        self.do(Intent.CODE, text)

    def press(self, screen: Screen) -> None:
        """Any key that the page offers."""
        offered = [action for action in screen.actions if action.enabled]
        if offered:
            action = self.chance.choice(offered)
            self.do(Intent(action.intent), action.argument)
        else:
            self.do(Intent.NO)

    def offered(self, screen: Screen, *wanted: Intent) -> Intent:
        """One of these keys, as far as the page offers them; Esc when it offers none."""
        enabled = {action.intent for action in screen.actions if action.enabled}
        found = [intent for intent in wanted if intent in enabled]
        return self.chance.choice(found) if found else Intent.NO

    def choose(self, screen: Screen, *, scannable: bool = True) -> bool:
        """Take a row of the list: by its code, by touch, or by arrow and F10."""
        rows = screen.choices.rows if screen.choices is not None else ()
        if not rows:
            return False
        row = self.chance.choice(rows)
        key = row.key
        if row.mark is Mark.PAUSED:
            self.world.rare.saw("paused task chosen again")
        way = self.chance.random()
        if scannable and way < 0.6:
            self.scan(key)
        elif way < 0.8:
            self.do(Intent.OPEN, key)
        else:
            self.do(Intent.CHOOSE, key)
            self.do(Intent.MAIN)
        return True

    def undo(self) -> None:
        """F4."""
        self.do(Intent.UNDO)
        if self.heard("reverse"):
            self.world.rare.saw("task step undone")

    def pause(self) -> None:
        """F8."""
        self.do(Intent.PAUSE)
        self.world.rare.saw("task paused")

    # ------------------------------------------------------------------ from the station

    def heard(self, kind: str) -> bool:
        """Whether this doing was recorded as an operation of a kind."""
        return any(one.kind == kind for one in self.bench.senses.recorded)

    def panel(self) -> Job:
        """What the panel says of the open task, as data."""
        with self.bench.store.begin() as work:
            here = open_task.opened(work)
            value = work.note(f"{PREFIX}{here[0].value}/{here[1]}") if here else None
        said: Job = json.loads(value) if value else {}
        return said

    def did(self, kind: str, handful: Handful, state: str) -> bool:
        """These goods were moved just now; a rare state, if the station has heard it."""
        recorded = self.world.hands.did(self.bench, kind, handful)
        if recorded:
            self.world.rare.saw(state)
        return recorded

    # ------------------------------------------------------------------ from the house

    def found(self, *places: str) -> list[str]:
        """Items that lie at one of these places; anything when nothing does."""
        there = [
            thing.item
            for place in places
            for thing in self.world.shelves.at(self.bench.site, place)
            if thing.item in goods.CODES
        ]
        return there or list(goods.CODES)

    def code_of(self, sku: str) -> str:
        """A barcode of an item; mostly the usual one."""
        codes = goods.CODES[sku]
        return codes[0] if self.chance.random() < 0.9 else self.chance.choice(codes)


def _card(intent: Intent, argument: str) -> str:
    """The card that says exactly this; empty when there is none."""
    carried = intent in CARRYING.values()
    plain = argument == argument.lower() and "-" not in argument
    if carried != bool(argument) or not plain:
        return ""
    return card_for(intent, argument)
