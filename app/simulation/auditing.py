"""A person who reads the log of their station, and takes it away: the file holds what was recorded.

Its entries are held against the oracle's own notes of the book, its numbers against the places
those were noted at; nothing is missing, nothing is in it twice.
"""

import csv
from pathlib import Path

from app.cache import audit_csv
from app.simulation import goods
from app.simulation.hand import Hand
from app.station.events import LogAsked
from app.station.inbox import Intent
from app.station.screen import Screen

_ID, _NUMBER = audit_csv.HEADER.index("id"), audit_csv.HEADER.index("number")


class Auditing:
    """Works on the page Audit.

    Args:
        hand: Whose.
    """

    def __init__(self, hand: Hand) -> None:
        self._hand = hand

    def act(self, screen: Screen) -> None:
        """One step: limit the log, look at an entry, take it away."""
        hand = self._hand
        hand.chance.choice(
            (
                lambda: hand.do(Intent.MAIN),
                lambda: hand.do(Intent.MAIN),
                lambda: hand.press(screen),
                lambda: hand.choose(screen, scannable=False),
                lambda: hand.scan(hand.code_of(hand.chance.choice(goods.ITEMS).sku)),
                lambda: hand.scan("ORD-48001"),
                self._by_person,
                lambda: hand.do(Intent.UNDO),
                lambda: hand.do(Intent.HOME),
            )
        )()

    def _by_person(self) -> None:
        """Whose entries are wanted is said by their badge."""
        self._hand.do(Intent.TASK, "1")
        self._hand.scan(self._hand.chance.choice(goods.PACKERS).badge)

    def settle(self) -> None:
        """One doing is over: what was asked for is written beside the station, and read."""
        bench = self._hand.bench
        asked, bench.senses.logs = bench.senses.logs, []
        for one in asked:
            folder = self._hand.world.folder / "logs" / bench.name
            one.taken.set_result(audit_csv.take(bench.book, folder, one))
            self._compare(one)

    def _compare(self, asked: LogAsked) -> None:
        taken, bench = asked.taken.result(), self._hand.bench
        if taken.trouble:
            self._hand.world.violated(f"{bench.name}: the log was not written: {taken.trouble}")
            return
        listed = _listed(Path(taken.path))
        told = {id_: str(one.seq) for id_, one in bench.record.operations.items()}
        odd = {id_ for id_, number in listed if told.get(id_) != number}
        if odd or len(listed) != len(set(listed)) or len(listed) != taken.entries:
            self._hand.world.violated(f"{bench.name}: the log lists what nobody did: {odd}")
        if not asked.limits.given():
            missing = told.keys() - {id_ for id_, _ in listed}
            if missing:
                self._hand.world.violated(f"{bench.name}: the log leaves out {sorted(missing)[:3]}")
            self._hand.world.rare.saw("log held against the record")
        self._hand.world.rare.saw("log taken away")


def _listed(path: Path) -> list[tuple[str, str]]:
    """Id and number of each entry, once for all of its lines."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if len(row) == len(audit_csv.HEADER)]
    return list(dict.fromkeys((row[_ID], row[_NUMBER]) for row in rows[1:]))
