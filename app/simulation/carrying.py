"""A person at one end of a transfer: ships, receives, and says what became of the rest."""

from dataclasses import replace

from app.simulation import goods
from app.simulation.effects import TRANSIT
from app.simulation.hand import Hand, Job
from app.simulation.hands import Handful
from app.station.inbox import Intent
from app.station.screen import LineState, LineView, Screen
from app.station.transfer import MISSING_WAYS, REST

_OPEN = frozenset({LineState.CURRENT, LineState.OPEN})


class Carrying:
    """Works on the page Transfer.

    Args:
        hand: Whose.
    """

    def __init__(self, hand: Hand) -> None:
        self._hand = hand

    def act(self, screen: Screen, job: Job) -> None:
        """One step."""
        hand = self._hand
        match job.get("state"):
            case "choose":
                if hand.clumsy() or not hand.choose(screen):
                    hand.do(Intent.HOME)
            case "ship":
                self._ship(screen, job)
            case "rest":
                hand.do(Intent.REASON, hand.chance.choice(REST))
            case "seal":
                self._seal()
            case "receive":
                self._receive(screen, job)
            case "extra":
                self._is_extra(job)
            case "missing":
                self._missing()
            case _:
                hand.scan("LOC:" + hand.chance.choice(goods.SHELVES))
                self._resolved()

    # ------------------------------------------------------------------ at the origin

    def _ship(self, screen: Screen, job: Job) -> None:
        hand = self._hand
        wanted = [line for line in screen.lines if line.state in _OPEN]
        if hand.clumsy():
            self._clumsily(screen)
        elif not wanted or hand.chance.random() < 0.15:
            hand.do(Intent.MAIN)
        else:
            line = hand.chance.choice(wanted)
            places = hand.world.shelves.places_of(hand.bench.site, line.sku)
            place = job.get("place", "")
            if places and place not in places:
                place = hand.chance.choice(places)
                hand.scan("LOC:" + place)
            self._piece(line, "dispatch")

    def _piece(self, line: LineView, kind: str) -> None:
        """So many of one line: by number, then by code."""
        hand = self._hand
        times = hand.chance.choice((1, max(1, line.wanted - line.done - line.short)))
        if times > 1:
            hand.do(Intent.QUANTITY, str(times))
        self._one(line.sku, kind)

    def _one(self, sku: str, kind: str) -> None:
        hand, job = self._hand, self._hand.panel()
        transit, place = TRANSIT + job.get("document", ""), job.get("place", "")
        units = goods.UNITS[goods.CODES[sku][0]][1] * (job.get("armed") or 1)
        condition = job.get("condition", "good")
        if kind == "dispatch":
            held = Handful(sku, units, place, transit)
        else:
            held = Handful(sku, units, transit, place, condition=condition)
        hand.scan(goods.CODES[sku][0])
        if place:
            hand.did(kind, held, "goods shipped" if kind == "dispatch" else "goods arrived")
        else:
            # The station names the place where most of it is; whoever fetches it goes there.
            hand.did(kind, replace(held, source="", units=units), "goods shipped")

    def _seal(self) -> None:
        hand = self._hand
        if hand.chance.random() < 0.5:
            hand.scan(f"SEAL-{hand.chance.randrange(10_000):04d}")
        else:
            hand.do(hand.chance.choice((Intent.MAIN, Intent.MAIN, Intent.NO)))
        if hand.heard("event"):
            hand.world.rare.saw("transfer sealed")

    # ------------------------------------------------------------------ at the destination

    def _receive(self, screen: Screen, job: Job) -> None:
        """What really came; now and then something is not in the truck that was said to be."""
        hand = self._hand
        came = {
            thing.item for thing in hand.world.shelves.at("", TRANSIT + job.get("document", ""))
        }
        wanted = [line for line in screen.lines if line.state in _OPEN and line.sku in came]
        if not job.get("place"):
            hand.scan("LOC:" + hand.chance.choice((goods.DOCK, goods.DOCK, *goods.SHELVES)))
        elif hand.clumsy():
            self._clumsily(screen)
        elif hand.chance.random() < 0.1:
            # Somebody has put it on the truck without a word.
            self._one(hand.chance.choice(goods.ITEMS).sku, "accept")
        elif not wanted or hand.chance.random() < 0.15:
            hand.do(Intent.MAIN)
        else:
            self._piece(hand.chance.choice(wanted), "accept")

    def _is_extra(self, job: Job) -> None:
        """It is here, so it is received; or it is put aside."""
        hand = self._hand
        if hand.chance.random() < 0.4:
            hand.do(Intent.NO)
            return
        transit = TRANSIT + job.get("document", "")
        held = Handful(job["extra"], job["units"], transit, job["place"])
        hand.do(Intent.YES)
        if hand.did("accept", held, "goods arrived"):
            hand.world.rare.saw("more arrived than was shipped")

    def _missing(self) -> None:
        hand = self._hand
        if hand.chance.random() < 0.1:
            hand.do(Intent.NO)
            return
        hand.do(Intent.REASON, hand.chance.choice(MISSING_WAYS))
        if hand.heard("accept"):
            hand.world.hands.told(hand.bench, "accept")
            hand.world.rare.saw("transfer said to be complete")
        self._resolved()

    def _resolved(self) -> None:
        if self._hand.heard("short"):
            self._hand.world.rare.saw("goods under way given up")

    # ------------------------------------------------------------------ either

    def _clumsily(self, screen: Screen) -> None:
        hand = self._hand
        kind = (
            "accept" if any(one.intent == Intent.DAMAGED for one in screen.actions) else "dispatch"
        )
        sku = hand.chance.choice(goods.ITEMS).sku
        hand.chance.choice(
            (
                hand.undo,
                hand.undo,
                hand.pause,
                lambda: hand.do(Intent.DAMAGED),
                lambda: self._one(sku, kind),
                lambda: self._one(sku, kind),
                lambda: hand.scan(goods.UNKNOWN_CODE),
                lambda: hand.scan("LOC:" + hand.chance.choice(goods.SHELVES)),
                lambda: hand.do(Intent.MAIN),
                lambda: hand.do(Intent.HOME),
            )
        )()
