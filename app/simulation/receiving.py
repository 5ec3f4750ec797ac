"""A person who receives: unit by unit against a delivery, or blind, with what was not announced."""

from dataclasses import replace

from app.simulation import goods
from app.simulation.hand import Hand, Job
from app.simulation.hands import Handful
from app.station.inbox import Intent
from app.station.receive_unit import REASONS
from app.station.screen import LineState, Screen

# Blind goods come a few at a time.
MOST_BLIND = 3
_OPEN = frozenset({LineState.CURRENT, LineState.OPEN})


class Receiving:
    """Works on the page Receive.

    Args:
        hand: Whose.
    """

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        self._held: Handful | None = None
        self._moment = (0, 0)
        self._serials = 0

    def act(self, screen: Screen, job: Job) -> None:
        """One step."""
        hand = self._hand
        if self._moment != hand.moment:
            # It stopped meanwhile, or a hand slipped: what is still known is on the panel.
            self._moment, self._held = hand.moment, None
        self._see(job)
        match job.get("state"):
            case "list":
                self._list(screen)
            case "scan":
                self._scanning(screen, job)
            case "serial":
                self._answer(self._serial(), "serial")
            case "lot":
                self._lot(screen)
            case "expiry":
                self._expiry(job)
            case "closing":
                self._close(screen)
            case state:
                self._doubt(str(state))

    def _doubt(self, state: str) -> None:
        """Something is not as announced: another expiry, too many, or nobody knows the code."""
        hand = self._hand
        sure = hand.chance.random() < 0.7
        if state == "over":
            hand.world.rare.saw("more came than announced")
            hand.do(Intent.ACKNOWLEDGE if sure else Intent.NO)
        elif state == "why":
            self._say(Intent.REASON, hand.chance.choice(REASONS))
        else:
            self._say(Intent.YES if sure else Intent.NO)
        if state == "differs":
            hand.world.rare.saw("lot with another expiry")

    def _see(self, job: Job) -> None:
        """Whoever comes new to the bench finds the goods that are asked about lying there."""
        unit, code = job.get("unit"), job.get("code", "")
        if unit is None and not code:
            return
        if unit is None:
            unit = {"sku": code, "units": job.get("armed") or 1}
        if self._held is not None and self._held.item == unit["sku"]:
            return
        damaged = bool(job.get("damaged"))
        held = self._handful(unit["sku"], unit.get("units", 1), job["dock"], damaged=damaged)
        lot = unit.get("lot") or held.lot
        self._held = replace(held, lot=lot, serial=unit.get("serial", ""))

    def _list(self, screen: Screen) -> None:
        hand = self._hand
        if hand.chance.random() < 0.15:
            hand.do(Intent.BLIND)
        elif not hand.choose(screen):
            hand.do(hand.chance.choice((Intent.BLIND, Intent.HOME)))

    # ------------------------------------------------------------------ units

    def _scanning(self, screen: Screen, job: Job) -> None:
        hand = self._hand
        if hand.clumsy():
            self._clumsily(job)
            return
        wanted = [line for line in screen.lines if line.state in _OPEN]
        if wanted and hand.chance.random() < 0.1:
            hand.do(Intent.MAIN)
        elif wanted:
            line = hand.chance.choice(wanted)
            left = line.wanted - line.done - line.short
            self._take(job, line.sku, hand.chance.choice((1, 2, left, left, left + 1)))
        elif not screen.lines and len(job.get("taken", ())) < MOST_BLIND:
            self._take(job, hand.chance.choice(list(goods.CODES)), hand.chance.choice((1, 2, 6)))
        else:
            hand.do(Intent.MAIN)

    def _clumsily(self, job: Job) -> None:
        hand = self._hand
        hand.chance.choice(
            (
                hand.undo,
                hand.undo,
                hand.pause,
                lambda: hand.do(Intent.DAMAGED),
                lambda: hand.do(Intent.MAIN),
                lambda: self._take(job, hand.chance.choice(list(goods.CODES)), 1),
                lambda: hand.scan("LOC:" + hand.chance.choice((goods.DOCK, *goods.SHELVES))),
                self._strange,
                lambda: hand.scan("LOC:Z-99-9"),
                lambda: hand.do(Intent.HOME),
            )
        )()

    def _strange(self) -> None:
        """Something nobody knows; it is received under its own code, or not."""
        self._hand.scan(goods.UNKNOWN_CODE)

    def _take(self, job: Job, sku: str, units: int) -> None:
        """Scan so many of an item: by number, then by its code."""
        hand = self._hand
        code = hand.code_of(sku)
        pack = goods.EVERY_UNIT[code][1]
        times = 1 if sku == goods.GRINDER else max(1, units // pack)
        if times > 1:
            hand.do(Intent.QUANTITY, str(times))
            job = hand.panel()
        times = job.get("armed") or 1
        held = self._handful(sku, pack * times, job["dock"], damaged=bool(job.get("damaged")))
        if sku == goods.GRINDER and hand.chance.random() < 0.5:
            serial = self._serial()
            held, code = replace(held, serial=serial), f"]C101{code}21{serial}"
        elif sku == goods.OAT_BAR and hand.chance.random() < 0.5:
            lot = hand.chance.choice(list(goods.EXPIRIES))
            day = goods.EXPIRIES[lot] if hand.chance.random() < 0.7 else goods.WRONG_EXPIRY
            held, code = replace(held, lot=lot), f"]C101{code}17{day[2:].replace('-', '')}10{lot}"
        self._held = held
        hand.scan(code)
        self._recorded()

    @staticmethod
    def _handful(sku: str, units: int, dock: str, *, damaged: bool) -> Handful:
        state = "damaged" if damaged else "good"
        lot = None if sku == goods.OAT_BAR else ""
        return Handful(sku, units, "supplier", dock, lot=lot, condition=state)

    def _serial(self) -> str:
        """Off the rating plate; now and then one that was read before."""
        if not self._serials or self._hand.chance.random() < 0.9:
            self._serials += 1
        name = self._hand.bench.name
        return f"G{name[-2:]}-{self._serials}"

    # ------------------------------------------------------------------ answers

    def _lot(self, screen: Screen) -> None:
        if self._hand.chance.random() < 0.3:
            self._hand.do(self._hand.offered(screen, Intent.MAIN))
            self._recorded()
        else:
            self._answer(self._hand.chance.choice(list(goods.EXPIRIES)), "lot")

    def _expiry(self, job: Job) -> None:
        lot = job.get("unit", {}).get("lot", "")
        right = goods.EXPIRIES.get(lot, goods.WRONG_EXPIRY)
        wrong = self._hand.chance.random() < 0.3
        self._answer(goods.WRONG_EXPIRY if wrong else right, "")

    def _answer(self, said: str, field: str) -> None:
        """Type what was asked for."""
        if self._held is not None and field == "serial":
            self._held = replace(self._held, serial=said)
        elif self._held is not None and field == "lot":
            self._held = replace(self._held, lot=said)
        self._hand.type(said)
        self._recorded()

    def _say(self, intent: Intent, argument: str = "") -> None:
        self._hand.do(intent, argument)
        self._recorded()

    def _recorded(self) -> None:
        held = self._held
        if held is None:
            return
        if not self._hand.did("receive", held, "goods received"):
            return
        self._held = None
        rare = self._hand.world.rare
        if held.serial:
            rare.saw("serial received")
        if held.item == goods.OAT_BAR:
            rare.saw("lot received")
        if held.item == goods.UNKNOWN_CODE:
            rare.saw("unknown goods received")

    # ------------------------------------------------------------------ the end

    def _close(self, screen: Screen) -> None:
        hand = self._hand
        hand.do(hand.offered(screen, Intent.YES, Intent.SHORT, Intent.NO, Intent.MAIN))
        if hand.heard("short"):
            hand.world.rare.saw("delivery closed short")
