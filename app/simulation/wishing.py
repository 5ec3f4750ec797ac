"""How people want the window: what somebody wished is so on every screen they see, for ever."""

from app.simulation.hand import Hand
from app.station.inbox import Intent
from app.station.screen import Page, Screen

# What may be wished, and the values tried.
WISHES = {"theme": ("light", "dark", "contrast"), "language": ("de", "en")}


class Wishing:
    """Works on the page Settings, and remembers what was wished at this station.

    Args:
        hand: Whose.
    """

    def __init__(self, hand: Hand) -> None:
        self._hand = hand

    def act(self, screen: Screen) -> None:
        """One step."""
        hand = self._hand
        if hand.chance.random() < 0.5:
            hand.do(hand.chance.choice((Intent.HOME, Intent.NO)))
        elif screen.locked or hand.chance.random() < 0.3:
            self.forget()
            hand.press(screen)
        else:
            name = hand.chance.choice(tuple(WISHES))
            self.wish(name, hand.chance.choice(WISHES[name]))

    def settle(self) -> None:
        """One doing is over: whoever is signed in sees the window as they wished it."""
        senses, record = self._hand.bench.senses, self._hand.bench.record
        screen, kept = senses.screen, record.wishes.get(senses.person, {})
        if screen is None or screen.page is Page.SIGN_IN:
            return
        for name, value in kept.items():
            shown = getattr(screen.wishes, name, "")
            if shown != value:
                said = f"{senses.person} wished {name} {value}, and sees {shown!r}"
                self._hand.world.violated(f"{self._hand.bench.name}: {said}")

    def wish(self, name: str, value: str) -> None:
        """Say how the window should be, and look whether it is."""
        hand, senses = self._hand, self._hand.bench.senses
        person = senses.person
        # If the station dies over it, nobody knows whether it was kept.
        hand.bench.record.wishes.setdefault(person, {}).pop(name, None)
        hand.wish(name, value)
        screen = senses.screen
        if screen is not None and getattr(screen.wishes, name, "") == value:
            hand.bench.record.wishes[person][name] = value
            hand.world.rare.saw("wish kept")

    def forget(self) -> None:
        """Any key of the page may change any wish of whoever is there."""
        record = self._hand.bench.record
        record.wishes.pop(self._hand.bench.senses.person, None)
