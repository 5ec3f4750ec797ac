"""What really lies where: the goods themselves, whatever any book says of them.

People who count look here. Goods move when somebody's work is committed at a bench, whether or not
anybody ever hears of it; adjustments move nothing, they only change what the books say.
"""

import json
from collections import Counter
from typing import Any, NamedTuple

_OUTSIDE = frozenset({"supplier", "customer", "scrap"})
_MOVING = frozenset(
    {
        "receive",
        "return",
        "move",
        "pick",
        "unpick",
        "pack",
        "unpack",
        "ship",
        "reclassify",
        "dispatch",
        "accept",
    }
)


class Thing(NamedTuple):
    """Goods that are alike, at one place of one site; in transit they are at none."""

    site: str
    place: str
    item: str
    lot: str = ""
    serial: str = ""
    condition: str = "good"


class Shelves:
    """All places of all sites."""

    def __init__(self) -> None:
        self._there: Counter[Thing] = Counter()
        self._bodies: dict[str, dict[str, Any]] = {}

    def put(self, thing: Thing, quantity: int) -> None:
        """Goods are brought by somebody who records nothing at a bench."""
        self._there[thing] += quantity

    def carry(self, source: str, site: str, target: str) -> None:
        """Everything of a place is brought to another by somebody who is at no bench."""
        for thing, units in self.at("", source).items():
            self._there[thing] -= units
            self._there[thing._replace(site=site, place=target)] += units

    def happened(self, raw: bytes) -> None:
        """Somebody at a bench did what this operation says."""
        body = json.loads(raw)
        if body["id"] in self._bodies:
            return
        self._bodies[body["id"]] = body
        self._apply(body, 1)

    def _apply(self, body: dict[str, Any], sign: int) -> None:
        if body["kind"] == "reverse":
            original = self._bodies.get(body.get("reference", {}).get("original", ""))
            if original is not None:
                self._apply(original, -sign)
        if body["kind"] not in _MOVING:
            return
        for line in body.get("lines", ()):
            what = (line["item"], line.get("lot", ""), line.get("serial", ""))
            before = line.get("condition", "good")
            after = line.get("to_condition") or before
            self._there[_at(body["site"], line["source"], *what, before)] -= sign * line["quantity"]
            self._there[_at(body["site"], line["target"], *what, after)] += sign * line["quantity"]

    def at(self, site: str, place: str) -> dict[Thing, int]:
        """What somebody finds who looks at a place."""
        return {
            thing: units
            for thing, units in sorted(self._there.items())
            if units > 0 and (thing.site, thing.place) == (_where(site, place), place)
        }

    def places_of(self, site: str, item: str) -> list[str]:
        """Where in the house somebody finds an item."""
        return sorted(
            {
                thing.place
                for thing, units in self._there.items()
                if units > 0
                and (thing.site, thing.item) == (site, item)
                and thing.place not in _OUTSIDE
                and "/" not in thing.place
            }
        )


def _where(site: str, place: str) -> str:
    return "" if place.startswith("transit/") else site


def _at(site: str, place: str, item: str, lot: str, serial: str, condition: str) -> Thing:
    return Thing(_where(site, place), place, item, lot, serial, condition)
