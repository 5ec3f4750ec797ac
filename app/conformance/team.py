"""A clerk, two supervisors and a station: who asks, who decides, and what became of it."""

from dataclasses import dataclass
from typing import Any

import msgspec

from app.conformance.floor import Floor, stock
from app.conformance.probe import Probe, moved
from app.contract import chain
from app.contract.messages import Operation, OutcomeRow, Result
from app.domain.operation import StockKey
from app.domain.policy import AdjustLimit, Policy

FREE = AdjustLimit(None, None, None, None, None)


@dataclass(slots=True)
class Team:
    """A station, two supervisors and a clerk who puts goods somewhere."""

    floor: Floor
    station: Probe
    clerk: str
    boss: str
    other: str
    item: str
    shelf: str

    def adjust(self, quantity: int, actor: str = "") -> Operation:
        """Take so many off the shelf."""
        line = moved(self.item, quantity, self.shelf, "adjustment")
        made = self.station.operation("adjust", line, name=self.floor.name("adjust"))
        return by(made, actor or self.clerk, reason="miscounted")

    def decide(self, original: Operation, actor: str, reason: str = "approve") -> Operation:
        """A decision about exactly this."""
        raw = next(bytes(one.body) for one in self.station.sent if one.id == original.id)
        made = self.station.operation(
            "decide", original=original.id, name=self.floor.name("decide")
        )
        evidence = {"content_hash": chain.content_hash(raw)}
        return by(made, actor, reason=reason, evidence=evidence)

    def back(self, original: Operation, actor: str = "", station: Probe | None = None) -> Operation:
        """A reversal of this."""
        where = station or self.station
        made = where.operation("reverse", original=original.id, name=self.floor.name("back"))
        return by(made, actor or self.clerk, reason=original.kind)

    def left(self) -> int:
        """What the book has on the shelf."""
        return stock(self.station).get(StockKey(self.shelf, self.item), 0)


def by(operation: Operation, actor: str, **changes: Any) -> Operation:
    """The same in somebody's name."""
    return msgspec.structs.replace(operation, actor=actor, **changes)


def team_of(floor: Floor, limit: AdjustLimit | None = None) -> Team:
    """Forty of an item at its shelf; within `limit` the clerk adjusts them alone."""
    clerk, boss, other = (floor.name(name) for name in ("p-anna", "p-sven", "p-sina"))
    for person, role in ((clerk, "clerk"), (boss, "supervisor"), (other, "supervisor")):
        floor.desk.put_person(person, role)
    floor.desk.set_policy(Policy(adjust={"clerk": limit} if limit else {}))
    team = Team(floor, floor.station(), clerk, boss, other, floor.item(), floor.name("A-04"))
    fill = moved(team.item, 40, "supplier", team.shelf)
    team.station.do(team.station.operation("receive", fill, name=floor.name("fill")))
    return team


def said(result: Result) -> tuple[str, str]:
    """What became of it, in two words."""
    return result.outcome, result.code


def last(station: Probe, id_: str) -> OutcomeRow:
    """What the feed says of it now."""
    station.pull()
    return [row for row in station.rows if isinstance(row, OutcomeRow) and row.id == id_][-1]
