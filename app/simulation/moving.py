"""A person who moves goods: puts away, brings them elsewhere, fills up shelves, empties totes."""

from app.simulation import goods
from app.simulation.hand import Hand, Job
from app.simulation.hands import Handful
from app.station.inbox import Intent
from app.station.screen import Screen

# After so many moves without a task, somebody goes and does something else.
MOST_MOVES = 3


class Moving:
    """Works on the page Move.

    Args:
        hand: Whose.
    """

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        self._moves = 0

    def act(self, screen: Screen, job: Job) -> None:
        """One step."""
        hand = self._hand
        match job.get("state"):
            case "what":
                self._what(screen, job)
            case "source":
                places = hand.world.shelves.places_of(hand.bench.site, job.get("sku", ""))
                hand.scan("LOC:" + hand.chance.choice(places or list(goods.SHELVES)))
            case "pile":
                if not hand.choose(screen, scannable=False):
                    hand.do(Intent.NO)
            case "target":
                self._put(job)
            case _:
                self._moves = 0
                hand.world.rare.saw("shelf filled up")
                hand.do(hand.chance.choice((Intent.MAIN, Intent.NO)))

    def _what(self, screen: Screen, job: Job) -> None:
        hand = self._hand
        if self._moves >= MOST_MOVES and not job.get("document"):
            self._moves = 0
            hand.do(Intent.HOME)
        elif hand.clumsy():
            self._clumsily(job)
        elif screen.choices is not None and screen.choices.rows and hand.chance.random() < 0.7:
            hand.choose(screen)
        elif job.get("document") and screen.lines:
            hand.scan(hand.code_of(screen.lines[0].sku))
        elif job.get("base") and hand.chance.random() < 0.5:
            hand.do(Intent.MAIN)
        else:
            place = hand.chance.choice((goods.DOCK, goods.DOCK, goods.DESK, *goods.SHELVES))
            if hand.chance.random() < 0.3:
                hand.scan("LOC:" + place)
            else:
                hand.scan(hand.code_of(hand.chance.choice(hand.found(place))))

    def _clumsily(self, job: Job) -> None:
        hand = self._hand
        hand.chance.choice(
            (
                hand.undo,
                hand.undo,
                hand.undo,
                hand.pause,
                lambda: hand.scan(goods.UNKNOWN_CODE),
                lambda: hand.scan("TOTE:T-001"),
                lambda: hand.scan("LOC:Z-99-9"),
                lambda: hand.do(Intent.NO),
                lambda: hand.type(str(hand.chance.randrange(1, 4))),
            )
        )()
        if not job.get("document") and hand.chance.random() < 0.1:
            hand.do(Intent.HOME)

    def _put(self, job: Job) -> None:
        """Perhaps not all of it; then to where it is asked for, or where there is room."""
        hand = self._hand
        if hand.clumsy():
            hand.chance.choice((hand.undo, lambda: hand.do(Intent.NO), hand.pause))()
            return
        if not job.get("whole") and hand.chance.random() < 0.5:
            hand.type(str(hand.chance.choice((1, 2, max(1, job.get("there", 0))))))
            job = hand.panel()
            if job.get("state") != "target":
                return
        target = job.get("place", "")
        if not target or hand.chance.random() < 0.4:
            target = hand.chance.choice((*goods.SHELVES, goods.QUARANTINE, goods.BENCH))
        whole = job.get("whole", False)
        held = Handful(
            "" if whole else job["sku"],
            0 if whole else job["quantity"],
            job["source"],
            target,
            condition=None if whole else job.get("condition", "good"),
        )
        hand.scan("LOC:" + target)
        if hand.did("move", held, "everything moved" if whole else "goods moved"):
            self._moves += 1
