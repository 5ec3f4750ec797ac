"""Random moves by several stations during counts: what is computed is what is true.

The floor is played: units lie where hands put them, stations record what their own hands do, post
and pull whenever they like. A variance the ledger follows must be the true one of the moment of the
count; one it cannot know, it must not follow.
"""

from random import Random

import pytest

from app.conformance.floor import stock
from app.conformance.probe import Probe, moved
from app.contract.messages import Line, Operation
from app.domain.operation import StockKey
from app.domain.policy import AdjustLimit, Policy
from app.ledger.service import LedgerService
from tests.ledger.conftest import MUG, SITE, enrolled
from tests.ledger.rights import agree, count_of, hire

FREE = AdjustLimit(None, None, None, None, None)
PLACES = ("A-04-2", "B-11-1")
STEPS = 90
# Shares of the steps; what is left are moves. A theft is recorded by nobody.
COUNT, THEFT, SYNC = 0.08, 0.06, 0.66


class Floor:
    """Hands, shelves and stations."""

    def __init__(self, service: LedgerService, seed: int) -> None:
        self.random = Random(seed)
        self.service = service
        self.stations = [enrolled(service, f"PACK-{n}") for n in range(3)]
        self.there = {"A-04-2": 40, "B-11-1": 0}
        self.gone = {"A-04-2": 0, "B-11-1": 0}
        self.unsent = dict.fromkeys(range(3), 1)
        self.truths: dict[str, tuple[str, int, int]] = {}
        for station in self.stations:
            station.pull()

    def play(self) -> None:
        for _ in range(STEPS):
            who = self.random.randrange(3)
            chance = self.random.random()
            if chance < COUNT:
                self.count(who)
            elif chance < COUNT + THEFT:
                self.steal()
            elif chance < COUNT + THEFT + SYNC:
                self.sync(who)
                self.service.counts.settle(self.service.site(SITE))
            else:
                self.move(who)

    def move(self, who: int) -> None:
        place, to = self.random.sample(PLACES, 2)
        units = self.random.randint(1, 3)
        if self.there[place] < units:
            return
        self.there[place] -= units
        self.there[to] += units
        station = self.stations[who]
        station.record(station.operation("move", moved(MUG.sku, units, place, to)))

    def steal(self) -> None:
        place = self.random.choice(PLACES)
        if self.there[place]:
            self.there[place] -= 1
            self.gone[place] += 1

    def count(self, who: int) -> None:
        place, station = self.random.choice(PLACES), self.stations[who]
        line = Line(item=MUG.sku, quantity=self.there[place], source=place)
        counter = self.random.choice(("p-anna", "p-ben"))
        count: Operation = station.record(count_of(station, line, actor=counter))
        self.truths[count.id] = (place, self.there[place], self.gone[place])

    def sync(self, who: int) -> None:
        """A station posts all it has before it asks."""
        station = self.stations[who]
        if len(station.sent) >= self.unsent[who]:
            station.post(self.unsent[who])
            self.unsent[who] = len(station.sent) + 1
        station.pull()
        station.ledger.changes(station.query())


# Floors on which something is stolen that a count finds.
@pytest.fixture(params=(0, 3, 5, 6, 7, 9, 11))
def floor(request: pytest.FixtureRequest, ledger: LedgerService) -> Floor:
    hire(ledger)
    agree(ledger, Policy(count_tolerance=1_000, adjust={"clerk": FREE}))
    return Floor(ledger, request.param)


def _followed(floor: Floor) -> list[tuple[int, int]]:
    """True and computed variance of every count the book followed, in the order of the feed."""
    pairs, known = [], dict.fromkeys(PLACES, 0)
    where = floor.service.site(SITE)
    lines = [floor.service.counts.lines(where, id_)[0] for id_ in floor.truths]
    for line in sorted(lines, key=lambda line: line.feed_seq):
        place, _, gone = floor.truths[line.operation]
        if line.state == "adjusted":
            pairs.append((known[place] - gone, line.variance))
            known[place] = gone
    return pairs


def test_the_variance_that_is_followed_is_the_true_one(floor: Floor) -> None:
    floor.play()
    for who in (0, 1, 2, 0, 1, 2):
        floor.sync(who)

    floor.service.counts.settle(floor.service.site(SITE))

    followed = _followed(floor)
    assert followed
    assert [pair for pair in followed if pair[0] != pair[1]] == []


def test_a_last_count_on_a_quiet_floor_puts_the_book_right(floor: Floor) -> None:
    floor.play()
    for who in (0, 1, 2, 0, 1, 2):
        floor.sync(who)
    floor.service.counts.settle(floor.service.site(SITE))

    station: Probe = floor.stations[0]
    for actor in ("p-anna", "p-ben", "p-anna"):
        for place in PLACES:
            line = Line(item=MUG.sku, quantity=floor.there[place], source=place)
            station.do(count_of(station, line, actor=actor))
            floor.unsent[0] += 1
    for who in (0, 1, 2, 0, 1, 2):
        floor.sync(who)
    floor.service.counts.settle(floor.service.site(SITE))

    book = stock(station)
    assert {place: book.get(StockKey(place, MUG.sku), 0) for place in PLACES} == floor.there
