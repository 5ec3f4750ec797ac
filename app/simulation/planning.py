"""A controller who plans counts: chooses places one by one or many at once, and asks for them."""

import json

from app.simulation import goods
from app.simulation.effects import EVERYTHING
from app.simulation.hand import Hand, Job
from app.station.inbox import Intent
from app.station.screen import Screen

WAYS = ("range", "oldest", "oldest", "class_a")

Places = list[tuple[str, str]]


class Planning:
    """Works on the page Plan.

    Args:
        hand: Whose.
    """

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        # Places and items as the panel showed them last, before anybody asked for them.
        self._shown: Places = []

    def act(self, screen: Screen, job: Job) -> None:
        """One step."""
        hand = self._hand
        self.look(job)
        if job.get("state", "places") != "places":
            hand.do(Intent.NO) if hand.clumsy() else self._scan_place()
        elif hand.clumsy():
            hand.press(screen)
        elif self._shown and hand.chance.random() < 0.5:
            hand.do(Intent.MAIN)
        else:
            hand.chance.choice((self._scan_place, self._scan_item, self._many))()

    def look(self, job: Job) -> None:
        """What is on the panel now."""
        self._shown = _places(job)

    def settle(self) -> None:
        """One doing is over: what was asked for is what the panel showed."""
        bench = self._hand.bench
        for one in bench.senses.recorded:
            if one.kind != "request":
                continue
            body = json.loads(bench.record.operations[one.operation].body)
            about = body.get("reference", {})
            if about.get("document_kind") != "count":
                continue
            if about.get("original"):
                self._hand.world.rare.saw("counted again instead of approved")
                continue
            asked = asked_for(body)
            if asked != self._shown:
                said = f"planned {self._shown}, asked for {asked}"
                self._hand.world.violated(f"{bench.name}: {said}")
            self._hand.world.rare.saw("count planned at a bench")

    def _scan_place(self) -> None:
        self._hand.scan("LOC:" + self._hand.chance.choice(goods.SHELVES))

    def _scan_item(self) -> None:
        self._hand.scan(self._hand.code_of(self._hand.chance.choice(list(goods.CODES))))

    def _many(self) -> None:
        self._hand.do(Intent.REASON, self._hand.chance.choice(WAYS))


def asked_for(body: Job) -> Places:
    """Places and items a request names; an empty item is everything there."""
    return [
        (line["source"], "" if line["item"] == EVERYTHING else line["item"])
        for line in body.get("lines", ())
    ]


def _places(job: Job) -> Places:
    return [(row[0], row[1] if len(row) > 1 else "") for row in job.get("places", ())]
