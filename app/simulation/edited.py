"""What was edited, as the ledger said it is now: each book must come to say that, and no other.

Noted where the ledger answers, so that an answer that was lost counts, and put back with it.
"""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from app.contract.messages import Edited, EditPut

if TYPE_CHECKING:
    from app.simulation.world import World

# What people edit of each kind of thing.
_FIELDS = {"item": ("name", "weight_mg"), "location": ("kind",), "reorder": ("low",)}
_SEEN = {
    "item": "item edited at a bench",
    "location": "place edited at a bench",
    "reorder": "reorder point edited at a bench",
}
Row = dict[str, Any]
# What it is, at which site if it differs between them, and its name.
Thing = tuple[str, str, str]


class Edits:
    """The last word on each thing that was edited.

    Args:
        world: Takes violations, and counts.
    """

    def __init__(self, world: "World") -> None:
        self._world = world
        self._now: dict[Thing, Row] = {}
        self._kept: dict[Thing, Row] = {}

    def answered(self, site: str, put: EditPut, answer: object) -> None:
        """The ledger answered a station of a site, whether anybody hears it or not."""
        if not isinstance(answer, Edited) or put.what not in _FIELDS:
            return
        if answer.outcome == "done":
            wanted, now = (
                _shown(put.what, json.loads(bytes(raw))) for raw in (put.after, answer.current)
            )
            if wanted != now:
                self._world.violated(f"{put.name}: {wanted} done, it is {now}")
            self._now[put.what, "" if put.what == "item" else site, put.name] = now
            self._world.rare.saw(_SEEN[put.what])
        elif answer.outcome == "stale":
            self._world.rare.saw("slower edit told so")

    def said(self, sku: str, row: Mapping[str, Any]) -> None:
        """The office has edited an item."""
        self._now["item", "", sku] = _shown("item", row)

    def backed_up(self) -> None:
        """What a backup holds."""
        self._kept = dict(self._now)

    def restored(self) -> None:
        """What came after it is gone; whoever wanted it must want it again."""
        self._now = dict(self._kept)

    def items(self, whose: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Every item is as it was edited last."""
        self._check(whose, {("item", "", row["sku"]): json.loads(row["body"]) for row in rows})

    def places(self, whose: str, site: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Every place of a site, too."""
        self._check(whose, {("location", site, row["location"]): row for row in rows})

    def reorders(self, site: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """And when to order more, which only the ledger knows."""
        wholes = (row for row in rows if not row["location"])
        self._check("ledger", {("reorder", site, row["item"]): row for row in wholes})

    def _check(self, whose: str, there: Mapping[Thing, Mapping[str, Any]]) -> None:
        about = {(what, site) for what, site, _ in there}
        for thing, wanted in self._now.items():
            if thing[:2] not in about:
                continue
            found = _shown(thing[0], there.get(thing, {}))
            if found != wanted:
                self._world.violated(f"{whose}: {thing[2]} is {found}, edited to {wanted}")


def _shown(what: str, row: Mapping[str, Any]) -> Row:
    return {name: row.get(name) for name in _FIELDS[what]}
