"""A round of work recorded again and again, as if by hand: other ids, papers, parcels and times.

What a week of scanning leaves in a book is made from one round that was scanned: the same bodies by
the station's own store, in the same chain, each with the scan that it came from. Left out is what
asks for a signature.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from app.cache.store import CacheStore
from app.cache.work import CacheWork
from app.clock import UuidSource
from app.contract.messages import Line, Operation, operation_body
from app.domain.scan import Scan
from app.station.turn import iso
from app.station.waiting import effects_of
from bench import hall
from bench.shift import PER_COMMIT
from bench.week_bench import BETWEEN, LINES, SPREAD, WeekClock

# Whose goods are others in each round (`bench.week_bench.goods`).
_ROTATING = frozenset({"pack", "ship", "pick", "receive", "move"})
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ROUND = "SELECT body FROM operation WHERE n > ? AND kind <> 'adjust' AND {} ORDER BY n"
_OF_A_TASK = "NOT (kind = 'event' AND json_extract(body, '$.reference') IS NULL)"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One round as it was recorded.

    Attributes:
        bodies: Of its operations, in order.
        number: What its papers are numbered with.
        own: Ids that are made anew for each copy.
    """

    bodies: tuple[str, ...]
    number: int
    own: frozenset[str]


def pattern_of(store: CacheStore, after: int, number: int) -> Pattern:
    """What was recorded after the n-th operation, which was round `number`."""
    with store.begin() as work:
        query = _ROUND.format(_OF_A_TASK)
        rows = work.connection.exec_driver_sql(query, (after,)).scalars().all()
    bodies = tuple(bytes(row).decode() for row in rows)
    made = [operation_body.decode(body) for body in bodies]
    own = {one.id for one in made} | {one.correlation_id for one in made}
    return Pattern(bodies, number, frozenset(own))


def repeat(store: CacheStore, clock: WeekClock, pattern: Pattern, first: int, most: int) -> int:
    """Record so many more rounds of it, their papers numbered from `first`; how many operations."""
    left = list(range(first, first + most))
    per_commit = max(1, PER_COMMIT // len(pattern.bodies))
    for start in range(0, most, per_commit):
        with store.begin() as work:
            for number in left[start : start + per_commit]:
                for body in _copies(work, clock, pattern, number):
                    _record(work, body)
            work.commit()
    return most * len(pattern.bodies)


def _copies(
    work: CacheWork, clock: WeekClock, pattern: Pattern, number: int
) -> Iterator[Operation]:
    ids = UuidSource()
    fresh = {old: ids.new_id() for old in pattern.own}
    parcel = work.next_number()
    for told in pattern.bodies:
        clock.advance(BETWEEN)
        body = _UUID.sub(lambda found: fresh.get(found.group(), found.group()), told)
        for paper in ("PACK", "PICK", "TR", "/T"):
            body = body.replace(f'{paper}-{pattern.number}"', f'{paper}-{number}"')
        body = re.sub(r'("(?:shipment|sscc)":)"\d+"', rf'\1"{parcel}"', body)
        body = re.sub(r'("recorded_at":)"[^"]+"', rf'\1"{iso(clock.now())}"', body)
        yield _of_other_goods(operation_body.decode(body.encode()), number - pattern.number)


def _of_other_goods(body: Operation, rounds: int) -> Operation:
    """The same with what that round would have had in its hands."""
    if body.kind not in _ROTATING:
        return body
    return msgspec.structs.replace(body, lines=tuple(_shifted(line, rounds) for line in body.lines))


def _shifted(line: Line, rounds: int) -> Line:
    old = int(line.item.rpartition("-")[2])
    first = old // SPREAD * SPREAD
    new = first + (old - first + rounds * LINES) % SPREAD
    home = hall.home(old)
    places = {home: hall.home(new)}
    return msgspec.structs.replace(
        line,
        item=hall.sku(new),
        source=places.get(line.source, line.source),
        target=places.get(line.target, line.target),
    )


def _record(work: CacheWork, body: Operation) -> None:
    item = body.lines[0].item if body.lines else body.kind
    scanned = Scan(item.encode(), item)
    scan = work.journal(scanned, scanned.raw, scanned.text, body.recorded_at)
    moves = effects_of(body, work.heard_of)
    work.append(body, moves, body.correlation_id)
    work.decide(scan, "applied", "", body.id)
