"""A person who wants a report: the file is made beside the station, and says what the book says."""

import csv
import json
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from app.catalogue import Catalogue
from app.errors import PackhouseError
from app.reports.making import ReportMaker
from app.simulation import goods
from app.simulation.hand import Hand
from app.station.inbox import Intent
from app.station.reporting import (
    EXPORTED,
    SORTS,
    Format,
    ReportAnswer,
    ReportName,
    ReportRequest,
)
from app.station.screen import Screen

# What people ask for most; the oracle can read it.
_LIKED = {ReportName.STOCK_LIST.value, Format.CSV.value}
# Place, item, lot and serial stand here in a stock list; units there.
_WHERE, _UNITS = (0, 1, 3, 4), 6
_STOCK = """
SELECT location, item, lot, serial, SUM(quantity)
FROM (SELECT location, item, lot, serial, quantity FROM balance
      UNION ALL SELECT location, item, lot, serial, quantity FROM effect)
GROUP BY location, item, lot, serial
"""


class Exporting:
    """Works on the page Reports.

    Args:
        hand: Whose.
    """

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        self._made = 0

    def act(self, screen: Screen) -> None:
        """One step: a report, of what, as which file."""
        hand = self._hand
        if hand.chance.random() < 0.1:
            hand.do(Intent.HOME)
        elif hand.chance.random() < 0.2:
            hand.scan(hand.code_of(hand.chance.choice(goods.ITEMS).sku))
        else:
            offered = [one for one in screen.actions if one.enabled and one.intent != Intent.NO]
            liked = [one for one in offered if one.argument in _LIKED]
            rather = liked if hand.chance.random() < 0.6 else []
            action = hand.chance.choice(rather or offered or [*screen.actions])
            hand.do(Intent(action.intent), action.argument)

    def settle(self) -> None:
        """One doing is over: what leaves the house is told once; what was asked for is made."""
        bench, world = self._hand.bench, self._hand.world
        asked, bench.senses.reports = bench.senses.reports, []
        leaving = [one for one in asked if SORTS[one.name].leaves]
        told = [
            one
            for one in bench.senses.recorded
            if one.kind == "event" and self._reason(one.operation) == EXPORTED
        ]
        if len(told) != len(leaving):
            world.violated(f"{bench.name}: {len(leaving)} reports leave, {len(told)} are told")
        if told:
            world.rare.saw("report that leaves the house told")
        for request in asked:
            self._make(request)

    def _reason(self, operation: str) -> str:
        body = json.loads(self._hand.bench.record.operations[operation].body)
        return str(body.get("reason", ""))

    def _make(self, request: ReportRequest) -> None:
        """As the program's other thread does."""
        bench = self._hand.bench
        self._made += 1
        path = self._hand.world.folder / "exports" / bench.name / f"{self._made}.csv"
        try:
            made = ReportMaker(bench.book, _english()).make(request, path)
        except PackhouseError as error:
            answer = ReportAnswer(request.id, code="no", sentence=error.say)
        else:
            self._hand.world.rare.saw("report made")
            answer = ReportAnswer(request.id, made.path.name, str(made.path.parent), made.rows)
            if (request.name, request.format) == (ReportName.STOCK_LIST, Format.CSV):
                self._compare(request, path)
        bench.station.reported(answer)

    def _compare(self, request: ReportRequest, path: Path) -> None:
        """What it lists is what the book holds, confirmed and pending together."""
        if request.limits.given():
            return
        with self._hand.bench.book.reader.connect() as connection:
            rows = connection.exec_driver_sql(_STOCK).all()
        held = {tuple(row[:4]): row[4] for row in rows if row[4] and row[0] in _PLACES}
        with path.open(encoding="utf-8-sig", newline="") as file:
            listed = _listed(csv.reader(file))
        if held != listed:
            odd = sorted(held.items() ^ listed.items())[:4]
            self._hand.world.violated(f"{self._hand.bench.name}: the stock list differs: {odd}")
        self._hand.world.rare.saw("stock list held against the book")


_PLACES = frozenset(row.location for row in goods.PLACES)


def _listed(rows: Iterable[list[str]]) -> dict[tuple[str, ...], int]:
    found = Counter[tuple[str, ...]]()
    for row in rows:
        if len(row) > _UNITS and row[0] in _PLACES:
            found[tuple(row[at] for at in _WHERE)] += int(row[_UNITS])
    return {key: units for key, units in found.items() if units}


@cache
def _english() -> Catalogue:
    return Catalogue.load("en")
