"""A person who looks up, reads boards and exceptions, and takes over others' work."""

from app.simulation import goods
from app.simulation.hand import Hand
from app.station.claims_screen import PART
from app.station.inbox import Intent
from app.station.screen import Screen


class Looking:
    """Works on the pages Lookup, Dashboards, Exceptions and Claims.

    Args:
        hand: Whose.
    """

    def __init__(self, hand: Hand) -> None:
        self._hand = hand

    def look_up(self, screen: Screen) -> None:
        """F2: search, look at an item, at a place, at why a number is what it is."""
        hand = self._hand
        hand.chance.choice(
            (
                lambda: hand.do(Intent.SEARCH, hand.chance.choice(("mug", "bam", "SKU-1", "zz"))),
                lambda: hand.scan(hand.code_of(hand.chance.choice(list(goods.CODES)))),
                lambda: hand.scan("LOC:" + hand.chance.choice(goods.SHELVES)),
                lambda: hand.do(Intent.WHY),
                lambda: hand.press(screen),
                *(lambda: hand.do(Intent.HOME),) * 5,
            )
        )()

    def boards(self, screen: Screen) -> None:
        """How things stand: a tile, the list behind it, a row of that."""
        hand = self._hand
        hand.chance.choice(
            (
                lambda: hand.do(Intent.TASK, str(hand.chance.randrange(1, 10))),
                lambda: hand.do(Intent.QUANTITY, str(hand.chance.randrange(1, 10))),
                lambda: hand.press(screen),
                lambda: hand.choose(screen, scannable=False),
                lambda: hand.do(Intent.NEXT),
                lambda: hand.do(Intent.HOME),
            )
        )()
        hand.world.rare.saw("dashboard looked at")

    def exceptions(self, screen: Screen) -> None:
        """Go through them; press what the page offers."""
        hand = self._hand
        if hand.chance.random() < 0.3:
            hand.do(Intent.HOME)
        elif hand.chance.random() < 0.5 and hand.choose(screen, scannable=False):
            pass
        else:
            hand.press(screen)
        if hand.heard("resolve"):
            hand.world.rare.saw("exception resolved at a bench")

    def claims(self, screen: Screen) -> None:
        """Take over what another station has; then go on with it there and then."""
        hand = self._hand
        rows = screen.choices.rows if screen.choices is not None else ()
        mine = [row.key for row in rows if row.cells[2] == hand.bench.name]
        if mine and hand.chance.random() < 0.3:
            hand.do(Intent.OPEN, hand.chance.choice(mine))
            return
        others = [row.key for row in rows if row.cells[2] != hand.bench.name]
        if not others or hand.chance.random() < 0.2:
            hand.do(Intent.HOME)
            return
        key = hand.chance.choice(others)
        if hand.chance.random() < 0.5:
            hand.scan(key.partition(PART)[2])
        else:
            hand.do(Intent.CHOOSE, key)
        hand.do(Intent.MAIN)
