"""What was edited, as the ledger said it is now: each station must come to show that, and no other.

Noted where the ledger answers, so that an answer that was lost counts, and put back with it.
"""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from app.contract.messages import Edited, EditPut

if TYPE_CHECKING:
    from app.simulation.world import World

# What people edit of an item.
_FIELDS = ("name", "weight_mg")
Row = dict[str, Any]


class Edits:
    """The last word on each item that was edited.

    Args:
        world: Takes violations, and counts.
    """

    def __init__(self, world: "World") -> None:
        self._world = world
        self._now: dict[str, Row] = {}
        self._kept: dict[str, Row] = {}

    def answered(self, put: EditPut, answer: object) -> None:
        """The ledger answered, whether anybody hears it or not."""
        if not isinstance(answer, Edited) or put.what != "item":
            return
        if answer.outcome == "done":
            wanted, now = json.loads(bytes(put.after)), json.loads(bytes(answer.current))
            if _shown(wanted) != _shown(now):
                self._world.violated(f"{put.name}: {_shown(wanted)} done, it is {_shown(now)}")
            self._now[put.name] = _shown(now)
            self._world.rare.saw("item edited at a bench")
        elif answer.outcome == "stale":
            self._world.rare.saw("slower edit told so")

    def backed_up(self) -> None:
        """What a backup holds."""
        self._kept = dict(self._now)

    def restored(self) -> None:
        """What came after it is gone; whoever wanted it must want it again."""
        self._now = dict(self._kept)

    def check(self, whose: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Every item that was edited is as it was edited last."""
        there = {row["sku"]: _shown(json.loads(row["body"])) for row in rows}
        for sku, wanted in self._now.items():
            if there.get(sku) != wanted:
                self._world.violated(f"{whose}: {sku} is {there.get(sku)}, edited to {wanted}")


def _shown(row: Mapping[str, Any]) -> Row:
    return {name: row.get(name) for name in _FIELDS}
