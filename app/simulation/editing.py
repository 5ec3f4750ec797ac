"""A controller who edits items: names and weights, with the ledger's word that they hold."""

from app.simulation import goods
from app.simulation.hand import Hand, Job
from app.station.inbox import Intent
from app.station.screen import Screen

FIELDS = ("name", "weight")
REASONS = ("measured", "packaging", "mistake", "supplier")


class Editing:
    """Works on the page Items and places.

    Args:
        hand: Whose.
    """

    def __init__(self, hand: Hand) -> None:
        self._hand = hand

    def act(self, screen: Screen, job: Job) -> None:
        """One step."""
        hand = self._hand
        if hand.clumsy():
            hand.do(hand.chance.choice((Intent.UNDO, Intent.NO, Intent.EMPTY, Intent.MAIN)))
            return
        match job.get("state"):
            case "fields" if job.get("steps"):
                hand.do(Intent.MAIN)
            case "fields":
                self._type()
            case "reason":
                hand.do(Intent.REASON, hand.chance.choice(REASONS))
            case "sending":
                hand.do(hand.chance.choice((Intent.MAIN, Intent.NO)))
            case "conflict":
                hand.world.rare.saw("edited by two at once")
                hand.do(Intent.MAIN)
            case _:
                self._choose(screen)

    def _choose(self, screen: Screen) -> None:
        hand = self._hand
        if hand.chance.random() < 0.3:
            hand.do(Intent.HOME)
        elif hand.chance.random() < 0.3 and hand.choose(screen, scannable=False):
            return
        else:
            # Two of four, so that two people meet over one.
            hand.scan(hand.code_of(hand.chance.choice(goods.ITEMS[:2]).sku))

    def _type(self) -> None:
        hand = self._hand
        field = hand.chance.choice(FIELDS)
        hand.do(Intent.CHOOSE, field)
        said = hand.chance.randrange(90, 900)
        hand.type(str(said) if field == "weight" else f"Article in blue, no. {said}")
