"""What hands did: the oracle's own notes of every handful of goods, made before any book says it.

A person knows what they took, from where, and where they put it. What the station records of it and
what the ledger posts must say the same; and nothing may be recorded that nobody did.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.simulation.bench import Bench
    from app.simulation.world import World

# Kinds that only hands make: each must be one that somebody has just done.
_BY_HAND = frozenset({"receive", "return", "move", "pick", "dispatch", "accept", "count"})
_BACK = "reverse"


@dataclass(frozen=True, slots=True)
class Handful:
    """Goods of one item that were alike, from one place to another.

    Attributes:
        item: SKU; empty when it is everything of a place.
        units: Base units; 0 when nobody counted them.
        source: From where; empty when the station said it.
        target: To where; empty when the station said it.
        lot: As it was read; None when nobody looked.
        serial: The same; empty when the item has none.
        condition: In which they are now; None when nobody looked.
    """

    item: str
    units: int
    source: str
    target: str
    lot: str | None = None
    serial: str = ""
    condition: str | None = None

    def flaw(self, lines: list[dict[str, Any]]) -> str:
        """What the lines of an operation say otherwise; empty when they say this."""
        said = {}
        if self.target:
            said["target"] = {line["target"] for line in lines} - {self.target}
        if self.item:
            said["item"] = {line["item"] for line in lines} - {self.item}
        if self.source:
            said["source"] = {line["source"] for line in lines} - {self.source}
        if self.lot is not None:
            said["lot"] = {line.get("lot", "") for line in lines} - {self.lot}
        if self.serial:
            said["serial"] = {line.get("serial", "") for line in lines} - {self.serial}
        if self.condition is not None:
            now = {line.get("to_condition") or line.get("condition", "good") for line in lines}
            said["condition"] = now - {self.condition}
        units = sum(line["quantity"] for line in lines)
        if self.units and units != self.units:
            said["units"] = {str(units)}
        return ", ".join(f"{name} {sorted(what)}" for name, what in said.items() if what)


class Hands:
    """Notes of everything that was done by hand, by operation.

    Args:
        world: Takes violations.
    """

    def __init__(self, world: "World") -> None:
        self._world = world
        self.done: dict[str, Handful] = {}
        self.looked: set[str] = set()

    def did(self, bench: "Bench", kind: str, handful: Handful) -> bool:
        """Goods were moved, and the bench has heard of it; whether it recorded that."""
        for id_, body in self._recorded(bench, kind):
            flaw = handful.flaw(body["lines"])
            if flaw:
                self._world.violated(f"{bench.name}: {handful}, recorded {kind} with {flaw}")
            self.done[id_] = handful
            return True
        return False

    def saw(self, bench: "Bench", place: str, seen: Mapping[tuple[str, ...], int] | None) -> bool:
        """A place was counted; what was seen there by item, serial and condition.

        None: nobody knows any more how often they stepped back. Whether it was recorded.
        """
        for id_, body in self._recorded(bench, "count"):
            self.looked.add(id_)
            told = Counter[tuple[str, ...]]()
            for line in body.get("lines", ()):
                if line["source"] != place:
                    self._world.violated(f"{bench.name}: {place} was counted, not {line['source']}")
                what = (line["item"], line.get("serial", ""), line.get("condition", "good"))
                told[what] += line["quantity"]
            if seen is not None and _units(told) != _units(seen):
                self._world.violated(f"{bench.name}: saw {seen} at {place}, recorded {dict(told)}")
            return True
        return False

    def told(self, bench: "Bench", kind: str) -> None:
        """Something was said about goods, and none were moved."""
        for id_, body in self._recorded(bench, kind):
            self.looked.add(id_)
            if body.get("lines"):
                self._world.violated(f"{bench.name}: {kind} {id_} moved goods that nobody touched")

    def whatever(self, bench: "Bench") -> None:
        """A hand slipped: what the station made of it is what was done."""
        for one in bench.senses.recorded:
            if one.kind in _BY_HAND and one.operation not in self.done:
                self.looked.add(one.operation)

    def settle(self, bench: "Bench", *, chosen: bool) -> None:
        """One doing is over: nothing was recorded that nobody did, and one thing taken back.

        Args:
            bench: Where.
            chosen: What is taken back was chosen from a list: all of it, and not only the latest.
        """
        backs: list[str] = []
        for one in bench.senses.recorded:
            if one.kind in _BY_HAND and one.operation not in self.done.keys() | self.looked:
                self._corrected(bench, one.operation, one.kind)
            if one.kind == _BACK:
                backs.append(self._taken_back(bench, one.operation, chosen=chosen))
        # A parcel is opened by taking back its label, its seal and what else closed it, at once.
        if len(backs) > 1 and not chosen and set(backs) <= _BY_HAND:
            self._world.violated(f"{bench.name}: {len(backs)} things were taken back by one key")

    def _corrected(self, bench: "Bench", id_: str, kind: str) -> None:
        """A number said after a scan: what the scan was in all. Else nobody did this."""
        operations = bench.record.operations
        body = json.loads(operations[id_].body)
        earlier = [one for one in operations.values() if one.place < operations[id_].place]
        before = [
            told
            for told in (json.loads(one.body) for one in earlier)
            if (told["kind"], told["correlation_id"]) == (kind, body["correlation_id"])
        ]
        if before and _way(before[-1]) == _way(body):
            self._world.rare.saw("number said after its scan")
        else:
            self._world.violated(f"{bench.name}: {kind} {id_} was done by nobody")

    def _taken_back(self, bench: "Bench", id_: str, *, chosen: bool) -> str:
        """The latest thing done by hand in this job, and never twice; its kind."""
        operations = bench.record.operations
        body = json.loads(operations[id_].body)
        original = operations.get(body["reference"]["original"])
        if original is None:
            self._world.violated(f"{bench.name}: {id_} takes back what nobody did here")
            return ""
        later = [json.loads(one.body) for one in operations.values() if original.place < one.place]
        backs = [one["reference"]["original"] for one in later if one["kind"] == _BACK]
        if backs.count(original.id) > 1:
            self._world.violated(f"{bench.name}: {original.id} was taken back twice")
        between = [
            one["id"]
            for one in later
            if one["kind"] in _BY_HAND - {"count"}
            and one["correlation_id"] == body["correlation_id"]
            and one["id"] not in backs
        ]
        if between and not chosen:
            self._world.violated(f"{bench.name}: {original.id} was taken back before {between[:3]}")
        return str(json.loads(original.body)["kind"])

    def _recorded(self, bench: "Bench", kind: str) -> list[tuple[str, dict[str, Any]]]:
        found = [
            (one.operation, json.loads(bench.record.operations[one.operation].body))
            for one in bench.senses.recorded
            if one.kind == kind and one.operation not in self.done.keys() | self.looked
        ]
        if len(found) > 1:
            self._world.violated(f"{bench.name}: {len(found)} of {kind} recorded for one doing")
        return found


def _way(body: dict[str, Any]) -> set[tuple[str, ...]]:
    return {(line["item"], line["source"], line["target"]) for line in body["lines"]}


def _units(counted: Mapping[tuple[str, ...], int]) -> dict[tuple[str, ...], int]:
    """Without what was looked for and is not there."""
    return {what: units for what, units in counted.items() if units}
