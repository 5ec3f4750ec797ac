"""A person who counts what lies at a place, without being told what should."""

from collections import Counter

from app.simulation import goods
from app.simulation.hand import Hand, Job
from app.station.inbox import Intent
from app.station.lists import Mark
from app.station.screen import Screen

# After so many places somebody goes and does something else.
MOST_PLACES = 2

# In the order in which F6 goes round.
CONDITIONS = ("good", "damaged", "hold", "expired")

# Item, serial, condition: what lies in one heap; nobody tells lots apart unless they are asked to.
What = tuple[str, ...]


class Counting:
    """Works on the page Count.

    Args:
        hand: Whose.
    """

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        self._places = 0
        # What was put into the count at this place; None: not known any more.
        self._seen: Counter[What] | None = Counter()
        self._left: list[tuple[What, int]] = []
        self._lots: dict[str, str] = {}
        self._place = ""
        self._moment = (0, 0)

    def act(self, screen: Screen, job: Job) -> None:
        """One step."""
        if self._moment != self._hand.moment:
            # It stopped meanwhile, or a hand slipped: who knows what of this it still has.
            self._moment, self._seen = self._hand.moment, None
        match job.get("state"):
            case "choose":
                self._choose(screen)
            case "place":
                self._go(screen)
            case "count":
                self._count(job)
            case _:
                self._finish_detail()

    # ------------------------------------------------------------------ to a place

    def _choose(self, screen: Screen) -> None:
        hand = self._hand
        rows = screen.choices.rows if screen.choices is not None else ()
        again = [row.key for row in rows if row.mark is Mark.URGENT]
        if again and hand.chance.random() < 0.8:
            hand.do(Intent.OPEN, hand.chance.choice(again))
        elif any(row.mark is Mark.ELSEWHERE for row in rows) and hand.chance.random() < 0.5:
            # Another person must count that again: somebody else takes over this bench.
            hand.do(Intent.HOME)
            hand.do(Intent.SIGN_OUT)
        elif self._places >= MOST_PLACES or (hand.clumsy() and hand.chance.random() < 0.5):
            self._places = 0
            hand.do(Intent.HOME)
        elif hand.chance.random() < 0.6 and hand.choose(screen, scannable=False):
            return
        else:
            place = hand.chance.choice((*goods.SHELVES, goods.DOCK, goods.DESK))
            hand.scan("LOC:" + place)

    def _go(self, screen: Screen) -> None:
        hand = self._hand
        rows = screen.choices.rows if screen.choices is not None else ()
        open_ = [row.key for row in rows if row.mark == ""]
        if not open_ or hand.clumsy():
            hand.do(hand.offered(screen, Intent.MAIN, Intent.PAUSE))
        else:
            hand.scan("LOC:" + hand.chance.choice(open_))

    # ------------------------------------------------------------------ at a place

    def _count(self, job: Job) -> None:
        hand = self._hand
        if job["place"] != self._place or job.get("restarted"):
            self._look(job["place"], job)
        if hand.clumsy():
            self._clumsily()
        elif self._left:
            self._heap(*self._left.pop())
        else:
            self._done(job)

    def _look(self, place: str, job: Job) -> None:
        """Begin to look; what somebody else has begun is only known to the station."""
        hand, scope = self._hand, set(job.get("scope", ()))
        self._place = place
        self._seen = Counter() if not job.get("seen") else None
        heaps = Counter[What]()
        for thing, units in hand.world.shelves.at(hand.bench.site, place).items():
            if thing.item in goods.CODES and (not scope or thing.item in scope):
                heaps[thing.item, thing.serial, thing.condition] += units
                self._lots[thing.item] = thing.lot
        self._left = list(heaps.items())

    def _heap(self, heap: What, units: int) -> None:
        """Scan one of them, say what its barcode does not, and type how many there are."""
        hand = self._hand
        item, serial, condition = heap
        if not serial and hand.chance.random() < 0.3:
            units = max(0, units + hand.chance.choice((-1, 1)))
            hand.world.rare.saw("miscounted")
        for _ in range(CONDITIONS.index(condition)):
            hand.do(Intent.DAMAGED)
        hand.scan(goods.CODES[item][0])
        for _ in range(2):
            if hand.panel().get("state") in ("lot", "serial"):
                self._detail(item, serial)
        if not serial and units != 1:
            hand.type(str(units))
        if self._understood(heap, units) and self._seen is not None:
            self._seen[heap] = units
        else:
            self._seen = None

    def _understood(self, heap: What, units: int) -> bool:
        """Whether the panel shows this heap as it was meant: no error, no question open."""
        job = self._hand.panel()
        there = sum(row[2] for row in job.get("seen", ()) if (row[0], *row[4:6]) == heap)
        return job.get("state") == "count" and "problem" not in job and there == units

    def _detail(self, item: str, serial: str) -> None:
        """Read off the piece what its barcode did not say."""
        asked = self._hand.panel().get("state")
        self._hand.type((serial if asked == "serial" else self._lots.get(item, "")) or "L-0611")

    def _finish_detail(self) -> None:
        """A question that was open before this person came, or before the station stopped."""
        self._seen = None
        self._detail("", f"C-{self._hand.chance.randrange(9)}")

    def _clumsily(self) -> None:
        """Whoever steps back does not know exactly what the station has left."""
        hand = self._hand
        self._seen = None
        hand.chance.choice(
            (
                lambda: hand.do(Intent.UNDO),
                lambda: hand.do(Intent.WITHDRAW),
                hand.pause,
                lambda: hand.scan(goods.UNKNOWN_CODE),
                lambda: hand.scan("LOC:" + hand.chance.choice(goods.SHELVES)),
                lambda: hand.type("2"),
                lambda: hand.do(Intent.EMPTY),
                lambda: hand.do(Intent.MAIN),
            )
        )()
        self._recorded()

    def _done(self, job: Job) -> None:
        hand = self._hand
        hand.do(Intent.MAIN if job.get("seen") else Intent.EMPTY)
        self._recorded()

    def _recorded(self) -> None:
        hand = self._hand
        if hand.world.hands.saw(hand.bench, self._place, self._seen):
            hand.world.rare.saw("place counted")
            if self._seen is not None:
                hand.world.rare.saw("place counted, as the oracle saw it")
            self._places += 1
            self._place = ""
