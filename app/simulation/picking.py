"""A person who fetches orders into totes, line by line, and says what is not there."""

from app.simulation import goods
from app.simulation.hand import Hand, Job
from app.simulation.hands import Handful
from app.station.inbox import Intent
from app.station.pick_wrong import REASONS
from app.station.screen import LineState, Screen

# Orders on one cart here: enough to mix them up.
MOST_ORDERS = 2


class Picking:
    """Works on the page Pick.

    Args:
        hand: Whose.
    """

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        self._totes = 0
        # What is in the hand while the panel asks which lot it is.
        self._held: Handful | None = None

    def act(self, screen: Screen, job: Job) -> None:
        """One step."""
        hand = self._hand
        match job.get("state"):
            case "orders":
                self._orders(screen, len(job.get("totes", ())))
            case "tote":
                self._tote()
            case "pick":
                self._fetch(screen, job)
            case "short":
                self._short()
            case "lot":
                self._lot()
            case _:
                hand.world.rare.saw("round picked")
                hand.do(Intent.MAIN)

    def _orders(self, screen: Screen, on_cart: int) -> None:
        hand = self._hand
        if hand.clumsy():
            hand.do(hand.chance.choice((Intent.UNDO, Intent.HOME, Intent.NEXT)))
        elif on_cart and (on_cart >= MOST_ORDERS or hand.chance.random() < 0.5):
            hand.do(Intent.MAIN)
        elif not hand.choose(screen):
            hand.do(Intent.MAIN if on_cart else Intent.HOME)

    def _tote(self) -> None:
        """Mostly an empty one."""
        hand = self._hand
        if hand.chance.random() < 0.9:
            self._totes += 1
            hand.scan(f"TOTE:T-{hand.bench.name[-2:]}{self._totes}")
        else:
            hand.chance.choice((lambda: hand.scan("TOTE:T-011"), lambda: hand.do(Intent.NO)))()

    def _fetch(self, screen: Screen, job: Job) -> None:
        hand = self._hand
        line = next((one for one in screen.lines if one.state is LineState.CURRENT), None)
        if line is None or hand.clumsy():
            self._clumsily(screen, job)
            return
        if hand.chance.random() < 0.1:
            hand.chance.choice((self._damaged, lambda: hand.do(Intent.SHORT)))()
            return
        left = line.wanted - line.done - line.short
        code, times = goods.CODES[line.sku][0], hand.chance.choice((1, 1, max(1, left)))
        if times > 1:
            hand.do(Intent.QUANTITY, str(times))
            job = hand.panel()
        self._item(screen, job, line.sku, code)

    def _item(self, screen: Screen, job: Job, sku: str, code: str) -> None:
        """One handful into the tote that the panel names for it."""
        hand, units = self._hand, goods.UNITS[code][1]
        # The line that the panel stands at is served first, else the first open one of the item.
        open_ = [one for one in screen.lines if one.state in (LineState.CURRENT, LineState.OPEN)]
        fitting = [one for one in open_ if one.sku == sku]
        line = min(fitting, key=lambda one: one.state is not LineState.CURRENT, default=None)
        hand.scan(code)
        if line is None or line.note is None:
            return
        source = job.get("source") or line.place
        target = f"tote/{line.note.value('tote')}"
        held = Handful(sku, units * (job.get("armed") or 1), source, target, condition="good")
        self._held = None if hand.did("pick", held, "unit picked") else held

    def _lot(self) -> None:
        """Several lots lie there: the one on top is taken, as the panel has it."""
        hand, held = self._hand, self._held
        hand.do(Intent.MAIN if hand.chance.random() < 0.9 else Intent.NO)
        if held is not None and hand.did("pick", held, "unit picked"):
            self._held = None

    def _clumsily(self, screen: Screen, job: Job) -> None:
        hand = self._hand
        sku = hand.chance.choice(goods.ITEMS).sku
        hand.chance.choice(
            (
                hand.undo,
                hand.undo,
                hand.pause,
                lambda: hand.do(Intent.SHORT),
                lambda: hand.do(Intent.SHORT),
                self._damaged,
                lambda: hand.do(Intent.NEXT),
                lambda: hand.do(Intent.MAIN),
                lambda: self._item(screen, job, sku, goods.CODES[sku][0]),
                lambda: hand.scan(goods.UNKNOWN_CODE),
                lambda: hand.scan("LOC:" + hand.chance.choice(goods.SHELVES)),
                lambda: hand.scan("TOTE:T-011"),
            )
        )()

    def _short(self) -> None:
        hand = self._hand
        if hand.chance.random() < 0.2:
            hand.do(Intent.NO)
        elif hand.chance.random() < 0.5:
            hand.do(Intent.SHORT)
        else:
            hand.do(Intent.REASON, hand.chance.choice(REASONS))
        if hand.heard("short"):
            hand.world.rare.saw("pick short")

    def _damaged(self) -> None:
        self._hand.do(Intent.DAMAGED)
        if self._hand.heard("reclassify"):
            self._hand.world.rare.saw("unit damaged at its shelf")
