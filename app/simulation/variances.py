"""The oracle of counts: what the book said where somebody looked, when they looked.

A count is held against what was posted up to the position its station had seen, and what that same
station had recorded before it. Whatever came later is left alone.
"""

from collections import Counter, defaultdict
from typing import Any

from app.simulation.world import World

Key = tuple[str, ...]


class Variances:
    """Postings of one site in the order of its feed, and the counts among them.

    Args:
        world: Takes violations.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._moves: dict[Key, list[tuple[int, str, int, int]]] = defaultdict(list)
        # By count: enrolment, its place in the chain, the position seen, and what was seen.
        self._counts: dict[str, tuple[str, int, int, dict[Key, int]]] = {}
        self._own_view: dict[tuple[str, Key], tuple[int, bool]] = {}

    def posted(self, row: dict[str, Any], feed_seq: int, postings: Counter[Key]) -> None:
        """An operation was posted."""
        for key, units in postings.items():
            if units:
                self._moves[key].append((feed_seq, row["enrolment"], row["seq"], units))

    def counted(self, row: dict[str, Any], body: dict[str, Any]) -> None:
        """A place was counted."""
        seen: dict[Key, int] = {}
        for line in body.get("lines", ()):
            key: Key = (
                line["source"],
                line["item"],
                line.get("lot", ""),
                line.get("serial", ""),
                line.get("condition", "good"),
            )
            units = seen.get(key, 0) + line["quantity"]
            seen[key] = min(units, 1) if key[3] else units
        cursor = body["as_of"].get("cursor", 0)
        self._counts[body["id"]] = (row["enrolment"], row["seq"], cursor, seen)
        for key in seen:
            self._own_view[body["id"], key] = self._expected(body["id"], key)

    def adjusted(self, body: dict[str, Any]) -> None:
        """The ledger lets its book follow a count: by what was too much or too little, no more."""
        count = body["reference"]["original"]
        for line in body["lines"]:
            more = line["source"] == "adjustment"
            place = line["target"] if more else line["source"]
            key: Key = (
                place,
                line["item"],
                line.get("lot", ""),
                line.get("serial", ""),
                line.get("condition", "good"),
            )
            seen = self._counts[count][3][key]
            expected, _ = self._own_view[count, key]
            units = line["quantity"] if more else -line["quantity"]
            if units != seen - expected:
                self._world.violated(
                    f"{count} saw {seen} of {key}, {expected} were expected, {units} adjusted"
                )
            self._world.rare.saw("count adjusted the book")

    def judged(self, rows: list[dict[str, Any]], keys: dict[int, Key]) -> None:
        """What the ledger made of each counted place: nothing is done that differs unexplained."""
        for row in rows:
            key = keys[row["stock"]]
            expected, alone = self._own_view[row["operation"], key]
            if row["state"] == "done" and alone and row["quantity"] != expected:
                self._world.violated(
                    f"{row['operation']} saw {row['quantity']} of {key}, {expected} were expected, "
                    "and nobody was told"
                )
            if row["state"] == "recount":
                self._world.rare.saw("place to be counted again")

    def _expected(self, count: str, key: Key) -> tuple[int, bool]:
        """Units by the book there and then, and whether nobody else moved there meanwhile."""
        enrolment, seq, cursor, _ = self._counts[count]
        moves = self._moves[key]
        mine = sum(
            units
            for at, who, place, units in moves
            if at <= cursor or (who == enrolment and place < seq)
        )
        return mine, all(at <= cursor or who == enrolment for at, who, _, _ in moves)
