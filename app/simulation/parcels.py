"""A person with several parcels of one order: closes a full one, opens a sealed one, takes out."""

from app.simulation import goods
from app.simulation.hand import Hand
from app.simulation.hands import Handful
from app.simulation.knobs import PARCELS
from app.station.inbox import Intent
from app.station.lists import Choice
from app.station.screen import Screen

# How often somebody who packs looks at the parcels of the order: where that is the work, and else.
LOOKS, SELDOM = 0.3, 0.03


class Parcels:
    """Works on the list of parcels of the page Pack.

    Args:
        hand: Whose.
    """

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        # One was sealed, and the order goes on: whoever packs looks what stands there.
        self._several = False
        # What a step is, is seen by its keys: the panel may be saying what was done last.
        self._by_key = {
            "key.box_full": self._choose,
            "key.taken_out": self._come_out,
            "key.next_parcel": self._next_one,
        }

    def looked(self, screen: Screen) -> bool:
        """Now and then, once there is something inside: F5."""
        if not any(line.done for line in screen.lines):
            return False
        several, self._several = self._several, False
        often = 1.0 if several else LOOKS if PARCELS in self._hand.world.knobs.tasks else SELDOM
        if self._hand.chance.random() >= often:
            return False
        self._hand.do(Intent.NEXT)
        return True

    def act(self, screen: Screen) -> bool:
        """One step, if the keys are those of several parcels."""
        keys = {action.label.code for action in screen.actions}
        found = next((step for key, step in self._by_key.items() if key in keys), None)
        if found is not None:
            found()
        return found is not None

    def _choose(self) -> None:
        """The list: the box is full, another one is taken in hand, something comes out, or back."""
        hand = self._hand
        # The parcel in hand and the next new one always stand there.
        others = [self._another] * (3 if len(self._rows()) > 2 else 0)
        hand.chance.choice(
            (self._full, self._full, self._take_out, self._take_out, self._back, *others)
        )()

    def _come_out(self) -> None:
        """One unit after another comes out of the parcel, or that was all."""
        hand = self._hand
        if hand.clumsy() or hand.chance.random() < 0.5:
            hand.do(hand.chance.choice((Intent.MAIN, Intent.MAIN, Intent.UNDO)))
            return
        screen = hand.bench.senses.screen
        inside = [line.sku for line in screen.lines if line.done] if screen is not None else []
        item = hand.chance.choice(inside or [goods.ITEMS[0].sku])
        code = hand.code_of(item)
        hand.scan(code)
        out = Handful(item, goods.UNITS[code][1], "", "", condition="good")
        hand.did("unpack", out, "unit taken out of its parcel")

    def _next_one(self) -> None:
        """Its label is on: the order goes on with the next parcel."""
        self._hand.do(Intent.MAIN)
        self._several = self._hand.chance.random() < 0.5
        self._hand.world.rare.saw("next parcel begun")

    def _full(self) -> None:
        self._hand.do(Intent.NEXT)

    def _another(self) -> None:
        self._hand.do(Intent.CHOOSE, self._hand.chance.choice(self._rows()).key)
        self._hand.do(Intent.MAIN)
        self._saw_opened()

    def _rows(self) -> tuple[Choice, ...]:
        screen = self._hand.bench.senses.screen
        return screen.choices.rows if screen is not None and screen.choices is not None else ()

    def _take_out(self) -> None:
        self._hand.do(Intent.TAKE_OUT)
        self._saw_opened()

    def _back(self) -> None:
        self._hand.do(Intent.NO)

    def _saw_opened(self) -> None:
        if self._hand.heard("reopen"):
            self._hand.world.rare.saw("sealed parcel opened again")
