"""A person who takes goods back: unit by unit, what becomes of each, and why it came."""

from dataclasses import replace

from app.simulation import goods
from app.simulation.hand import Hand, Job
from app.simulation.hands import Handful
from app.station.dispositions import DEFAULT, DISPOSITIONS, REASONS, SCRAPPED
from app.station.inbox import Intent
from app.station.screen import LineState, Screen

MOST_BLIND = 2
_OPEN = frozenset({LineState.CURRENT, LineState.OPEN})


class Returning:
    """Works on the page Return.

    Args:
        hand: Whose.
    """

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        self._held: Handful | None = None
        self._moment = (0, 0)

    def act(self, screen: Screen, job: Job) -> None:
        """One step."""
        hand = self._hand
        if self._moment != hand.moment:
            # It stopped meanwhile, or a hand slipped: what is still known is on the panel.
            self._moment, self._held = hand.moment, None
        self._see(job)
        match job.get("state"):
            case "list":
                if hand.chance.random() < 0.2:
                    hand.do(Intent.BLIND)
                elif not hand.choose(screen):
                    hand.do(hand.chance.choice((Intent.BLIND, Intent.HOME)))
            case "scan":
                self._scanning(screen, job)
            case "serial":
                self._answer(f"R-{hand.chance.randrange(9)}", "serial")
            case "lot":
                self._answer(hand.chance.choice(list(goods.EXPIRIES)), "lot")
            case "decide":
                self._decide(job)
            case "why":
                self._why()
            case _:
                hand.do(Intent.YES if hand.chance.random() < 0.7 else Intent.NO)

    def _see(self, job: Job) -> None:
        """Whoever comes new to the bench finds the unit that is asked about lying there."""
        unit = job.get("unit")
        if unit is None or (self._held is not None and self._held.item == unit["sku"]):
            return
        word, said = unit.get("condition", ""), job.get("place", "")
        held = Handful(unit["sku"], 1, "customer", _place(word, said) if word else "")
        state = "damaged" if word == SCRAPPED else word or None
        self._held = replace(held, condition=state, serial=unit.get("serial", ""))

    def _scanning(self, screen: Screen, job: Job) -> None:
        hand = self._hand
        wanted = [line.sku for line in screen.lines if line.state in _OPEN]
        if hand.clumsy():
            hand.chance.choice(
                (
                    hand.undo,
                    hand.undo,
                    hand.pause,
                    lambda: hand.do(Intent.MAIN),
                    lambda: hand.scan("LOC:" + hand.chance.choice((goods.DESK, *goods.SHELVES))),
                    lambda: self._take(goods.UNKNOWN_CODE, goods.UNKNOWN_CODE),
                    lambda: self._one(list(goods.CODES)),
                )
            )()
        elif wanted:
            self._one(wanted)
        elif not screen.lines and len(job.get("taken", ())) < MOST_BLIND:
            self._one(list(goods.CODES))
        else:
            hand.do(Intent.MAIN)

    def _one(self, skus: list[str]) -> None:
        sku = self._hand.chance.choice(skus)
        self._take(sku, goods.CODES[sku][0] if sku in goods.CODES else sku)

    def _take(self, sku: str, code: str) -> None:
        """One unit in the hand; nothing is recorded before it is said what becomes of it."""
        self._held = Handful(sku, 1, "customer", "")
        self._hand.scan(code)

    def _answer(self, said: str, field: str) -> None:
        if self._held is not None:
            self._held = replace(self._held, **{field: said})  # type: ignore[arg-type]
        self._hand.type(said)

    def _decide(self, job: Job) -> None:
        hand = self._hand
        word = hand.chance.choice((*DISPOSITIONS, ""))
        if word:
            hand.do(Intent.REASON, word)
        else:
            hand.do(Intent.MAIN)
        word = word or DEFAULT
        if self._held is not None:
            state = "damaged" if word == SCRAPPED else word
            target = _place(word, job.get("place", ""))
            self._held = replace(self._held, target=target, condition=state)

    def _why(self) -> None:
        hand = self._hand
        if hand.chance.random() < 0.1:
            hand.do(Intent.NO)
            self._held = None
            return
        if hand.chance.random() < 0.5:
            hand.do(Intent.REASON, hand.chance.choice(REASONS))
        else:
            hand.do(Intent.MAIN)
        held = self._held
        if held is not None and hand.did("return", held, "goods taken back"):
            self._held = None
            if held.target == SCRAPPED:
                hand.world.rare.saw("return scrapped")


def _place(word: str, said: str) -> str:
    """Where a unit is put: scrap has its bin, else where it was said, else the usual place."""
    if word == SCRAPPED:
        return SCRAPPED
    return said or (goods.QUARANTINE if word == "damaged" else goods.DESK)
