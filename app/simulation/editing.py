"""A controller who edits items: names and weights, with the ledger's word that they hold."""

from app.simulation import goods
from app.simulation.hand import Hand, Job
from app.station.edit_job import PLACE
from app.station.inbox import Intent
from app.station.screen import Screen

FIELDS = ("name", "weight")
# Somebody calls an item as something else is called.
NAMES = ("ORD-48001", "LOC:A-01-2", "TOTE:T-011", "IN-7001", "RT-7003", "(00)012345678900000015")
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
                self._turn_over() if job["key"].startswith(PLACE) else self._type()
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
        elif hand.world.knobs.fumble and hand.chance.random() < 0.3:
            hand.scan("LOC:" + goods.ATTIC)
        else:
            # Two of four, so that two people meet over one.
            hand.scan(hand.code_of(hand.chance.choice(goods.ITEMS[:2]).sku))

    def _turn_over(self) -> None:
        """What a place is for has a few words; Enter takes the next."""
        self._hand.do(Intent.CHOOSE, "kind")
        self._hand.do(Intent.OPEN, "kind")

    def _type(self) -> None:
        hand = self._hand
        if hand.world.knobs.fumble and hand.chance.random() < 0.5:
            self._type_strangely()
            return
        field = hand.chance.choice(FIELDS)
        hand.do(Intent.CHOOSE, field)
        said = hand.chance.randrange(90, 900)
        hand.type(str(said) if field == "weight" else f"Article in blue, no. {said}")

    def _type_strangely(self) -> None:
        """When to order more; or a name that looks like something else."""
        hand = self._hand
        field = hand.chance.choice(("low", "name"))
        hand.do(Intent.CHOOSE, field)
        hand.type(str(hand.chance.randrange(9)) if field == "low" else hand.chance.choice(NAMES))
