"""Counts: blind, at a position of the book; only what nothing explains changes it."""

from dataclasses import replace

import msgspec
import pytest

from app.conformance.floor import stock
from app.conformance.probe import Probe, moved
from app.contract import chain
from app.contract.messages import (
    DocumentLine,
    DocumentRow,
    ExceptionRow,
    Line,
    Operation,
    OutcomeRow,
    Reference,
    Result,
)
from app.domain.operation import StockKey
from app.domain.policy import Policy
from app.errors import Refusal
from app.ledger.service import LedgerService
from tests.fakes.clock import FakeClock
from tests.ledger.conftest import MUG, SITE, TRAY, enrolled
from tests.ledger.rights import FREE, about, agree, by, count_of, hire

SHELF = StockKey("A-04-2", MUG.sku)
LENIENT = Policy(count_tolerance=10, adjust={"clerk": replace(FREE, quantity=5)})


@pytest.fixture
def station(either: LedgerService) -> Probe:
    hire(either)
    agree(either, LENIENT)
    probe = enrolled(either, "PACK-01")
    probe.pull()
    return probe


@pytest.fixture
def other(either: LedgerService, station: Probe) -> Probe:
    probe = enrolled(either, "PACK-02")
    probe.pull()
    station.pull()
    return probe


def seen(
    station: Probe, quantity: int, actor: str = "p-anna", key: StockKey = SHELF, **changes: object
) -> Operation:
    line = Line(
        item=key.item, quantity=quantity, source=key.location, lot=key.lot, serial=key.serial
    )
    return msgspec.structs.replace(count_of(station, line, actor=actor), **changes)


def state(service: LedgerService, count: Operation) -> list[tuple[str, int]]:
    lines = service.counts.lines(service.site(SITE), count.id)
    return [(line.state, line.variance) for line in lines]


def settle(service: LedgerService) -> int:
    return service.counts.settle(service.site(SITE))


def still_open(station: Probe) -> set[str]:
    station.pull()
    rows = {row.exception: row for row in station.rows if isinstance(row, ExceptionRow)}
    return {row.code for row in rows.values() if row.state != "closed"}


def decide(station: Probe, count: Operation, actor: str, reason: str = "approve") -> Result:
    raw = next(bytes(sent.body) for sent in station.sent if sent.id == count.id)
    evidence = {"content_hash": chain.content_hash(raw)}
    station.pull()
    return station.do(about(station, "decide", count.id, actor, reason=reason, evidence=evidence))


def test_a_count_that_agrees_is_done_and_changes_nothing(
    either: LedgerService, station: Probe
) -> None:
    count = seen(station, 40)

    assert station.do(count).outcome == "posted"

    assert state(either, count) == [("done", 0)]
    assert settle(either) == 0
    assert stock(station)[SHELF] == 40


def test_a_variance_of_a_lone_station_becomes_an_adjustment(
    either: LedgerService, station: Probe
) -> None:
    count = seen(station, 37)
    station.do(count)
    assert state(either, count) == [("provisional", -3)]

    assert [settle(either), settle(either)] == [1, 0]

    assert state(either, count) == [("adjusted", -3)]
    assert stock(station)[SHELF] == 37


def test_it_waits_until_every_active_station_has_reported(
    either: LedgerService, station: Probe, other: Probe
) -> None:
    station.do(seen(station, 37))
    assert settle(either) == 0

    other.pull()
    other.ledger.changes(other.query())

    assert settle(either) == 1
    assert stock(station)[SHELF] == 37


def test_what_a_station_records_shows_what_it_has_seen(
    either: LedgerService, station: Probe, other: Probe
) -> None:
    station.do(seen(station, 37))
    other.pull()
    either.counts._heard.clear()  # as in a server that has just been started
    assert settle(either) == 0

    other.do(other.operation("event"))

    assert settle(either) == 1


def test_a_revoked_station_is_not_waited_for(
    either: LedgerService, station: Probe, other: Probe
) -> None:
    station.do(seen(station, 37))

    either.identity.revoke(SITE, "PACK-02")

    assert settle(either) == 1


def test_own_earlier_work_is_expected_also_offline(either: LedgerService, station: Probe) -> None:
    station.record(station.operation("move", moved(MUG.sku, 6, "A-04-2", "B-11-1")))
    count = station.record(seen(station, 34))
    station.record(station.operation("move", moved(MUG.sku, 9, "A-04-2", "B-11-1")))

    station.post()

    assert state(either, count) == [("done", 0)]


def test_own_earlier_work_posted_in_another_batch_is_expected_too(
    either: LedgerService, station: Probe
) -> None:
    station.do(station.operation("move", moved(MUG.sku, 6, "A-04-2", "B-11-1")))
    count = seen(station, 33)

    station.do(count)

    assert state(either, count) == [("provisional", -1)]


def test_a_waiting_request_of_ones_own_is_not_expected(
    either: LedgerService, station: Probe
) -> None:
    station.do(by(station.operation("adjust", moved(MUG.sku, 9, "A-04-2", "adjustment")), "p-anna"))
    count = seen(station, 40)

    station.do(count)

    assert state(either, count) == [("done", 0)]


@pytest.mark.parametrize(("quantity", "expected"), [(40, "done"), (35, "done"), (32, "done")])
def test_what_others_moved_meanwhile_explains_what_was_seen(
    either: LedgerService, station: Probe, other: Probe, quantity: int, expected: str
) -> None:
    for units in (5, 3):
        other.do(other.operation("move", moved(MUG.sku, units, "A-04-2", "B-11-1")))
    count = seen(station, quantity)

    station.do(count)

    assert state(either, count) == [(expected, 0)]


def test_what_no_order_of_moves_explains_is_counted_again(
    either: LedgerService, station: Probe, other: Probe
) -> None:
    other.do(other.operation("move", moved(MUG.sku, 5, "A-04-2", "B-11-1")))
    first = seen(station, 38)
    station.do(first)
    assert state(either, first)[0][0] == "recount"
    assert still_open(station) == {"moved_before_count"}

    again = seen(station, 33, "p-ben")
    station.do(again)
    other.pull()
    other.ledger.changes(other.query())

    assert settle(either) == 1
    assert still_open(station) == set()
    assert stock(station)[SHELF] == 33


def test_a_move_that_comes_in_before_the_count_ends_explains_it(
    either: LedgerService, station: Probe, other: Probe
) -> None:
    late = other.record(other.operation("move", moved(MUG.sku, 5, "A-04-2", "B-11-1")))
    count = seen(station, 35)
    station.do(count)
    assert state(either, count) == [("provisional", -5)]

    assert other.post(1)[0].id == late.id
    other.pull()
    other.ledger.changes(other.query())

    assert settle(either) == 0
    assert state(either, count) == [("done", 0)]
    assert stock(station)[SHELF] == 35


def test_a_move_that_explains_only_a_part_has_it_counted_again(
    either: LedgerService, station: Probe, other: Probe
) -> None:
    other.record(other.operation("move", moved(MUG.sku, 5, "A-04-2", "B-11-1")))
    count = seen(station, 37)
    station.do(count)

    other.post(1)
    other.pull()
    other.ledger.changes(other.query())

    assert settle(either) == 0
    assert state(either, count)[0][0] == "recount"
    assert still_open(station) == {"moved_before_count"}


def test_a_move_recorded_after_the_count_was_seen_is_no_variance(
    either: LedgerService, station: Probe, other: Probe
) -> None:
    station.do(seen(station, 37))
    other.pull()

    other.do(other.operation("move", moved(MUG.sku, 5, "A-04-2", "B-11-1")))

    assert settle(either) == 1
    assert stock(station)[SHELF] == 32
    assert still_open(station) == set()


def test_a_move_that_comes_in_after_its_count_is_doubted_until_a_recount(
    either: LedgerService, station: Probe, other: Probe
) -> None:
    other.record(other.operation("move", moved(MUG.sku, 5, "A-04-2", "B-11-1")))
    station.do(seen(station, 40))
    other.post(1)
    assert still_open(station) == {"moved_before_count"}

    station.do(seen(station, 35, "p-ben"))

    assert still_open(station) == set()


def test_the_counters_own_moves_doubt_nothing(either: LedgerService, station: Probe) -> None:
    station.do(seen(station, 40))
    station.do(station.operation("move", moved(MUG.sku, 5, "A-04-2", "B-11-1")))

    assert still_open(station) == set()


def test_a_recount_by_another_person_closes_count_differs(
    either: LedgerService, station: Probe
) -> None:
    first, second = seen(station, 20), seen(station, 21, "p-ben", id=station.new_id("second"))
    station.do(first)
    assert (state(either, first), still_open(station)) == ([("recount", -20)], {"count_differs"})
    assert settle(either) == 0

    station.do(second)

    assert state(either, first)[0][0] == "superseded"
    assert (state(either, second), still_open(station)) == ([("provisional", -19)], set())


def test_a_recount_by_the_same_person_does_not_count(either: LedgerService, station: Probe) -> None:
    first, second = seen(station, 20), seen(station, 20, id=station.new_id("second"))
    station.do(first)

    station.do(second)

    assert state(either, second) == [("recount", -20)]
    assert still_open(station) == {"count_differs", "recount_by_same_person"}
    station.do(seen(station, 20, "p-ben", id=station.new_id("third")))
    assert still_open(station) == set()
    assert settle(either) == 1


def test_over_the_counters_limit_the_adjustment_waits(
    either: LedgerService, station: Probe
) -> None:
    station.do(seen(station, 34))

    assert settle(either) == 1

    station.pull()
    told = [row for row in station.rows if isinstance(row, OutcomeRow) and row.kind == "adjust"]
    assert (told[-1].outcome, told[-1].code, told[-1].actor) == (
        "waiting",
        "over_quantity_limit",
        "p-anna",
    )
    assert stock(station)[SHELF] == 40


def test_an_accepted_count_is_followed_at_once(
    either: LedgerService, station: Probe, other: Probe
) -> None:
    count = seen(station, 20)
    station.do(count)

    refused = [decide(station, count, actor).code for actor in ("p-anna", "p-ben", "p-ada")]
    done = decide(station, count, "p-cora")
    again = decide(station, count, "p-sven")

    assert refused == ["same_person", "not_permitted", "not_permitted"]
    assert (done.outcome, again.code) == ("posted", "already_decided")
    assert settle(either) == 1
    assert stock(station)[SHELF] == 20
    assert still_open(station) == set()


def test_a_count_sent_back_is_counted_again(either: LedgerService, station: Probe) -> None:
    count = seen(station, 37)
    station.do(count)

    decide(station, count, "p-cora", "reject")

    assert state(either, count) == [("recount", -3)]
    assert settle(either) == 0
    assert decide(station, count, "p-sven").outcome == "posted"
    assert settle(either) == 1
    assert stock(station)[SHELF] == 37


def test_a_variance_that_waits_too_long_is_the_controllers(
    either: LedgerService, station: Probe, other: Probe, clock: FakeClock
) -> None:
    count = seen(station, 37)
    station.do(count)
    clock.pass_ms(25 * 3_600_000)

    assert settle(either) == 0
    assert still_open(station) == {"count_waits"}

    decide(station, count, "p-cora")
    assert still_open(station) == set()


def test_a_count_of_a_lost_epoch_asks_for_another(either: LedgerService, station: Probe) -> None:
    before = seen(station, 20)
    station.epoch = either.begin_epoch()

    assert station.do(before).outcome == "posted"

    assert state(either, before)[0][0] == "lost"
    assert still_open(station) == {"recount_needed"}
    station.do(seen(station, 40, id=station.new_id("again")))
    assert still_open(station) == set()


def test_a_position_nobody_has_reached_is_lost_too(either: LedgerService, station: Probe) -> None:
    count = seen(station, 20)
    ahead = msgspec.structs.replace(count.as_of, cursor=2**40)

    station.do(msgspec.structs.replace(count, as_of=ahead))

    assert state(either, count)[0][0] == "lost"


def test_nothing_is_a_quantity_a_count_may_see(either: LedgerService, station: Probe) -> None:
    empty = seen(station, 0, key=StockKey("B-11-1", TRAY.sku))
    never = seen(station, 0, key=StockKey("A-04-2", TRAY.sku), id=station.new_id("never"))

    station.do(empty)
    station.do(never)

    assert state(either, empty) == [("recount", -25)]
    assert state(either, never) == [("done", 0)]


def test_something_found_where_the_book_has_nothing(either: LedgerService, station: Probe) -> None:
    station.do(seen(station, 4, key=StockKey("B-11-1", MUG.sku)))

    assert settle(either) == 1
    assert stock(station)[StockKey("B-11-1", MUG.sku)] == 4


def test_a_move_of_nothing_is_held(station: Probe) -> None:
    result = station.do(station.operation("move", moved(MUG.sku, 0, "A-04-2", "B-11-1")))

    assert (result.outcome, result.code) == ("held", "incomplete_line")


def test_a_serial_scanned_twice_counts_once(either: LedgerService, station: Probe) -> None:
    line = Line(item=MUG.sku, quantity=1, source="A-04-2", serial="SN-7")
    count = count_of(station, line, msgspec.structs.replace(line, quantity=3))

    station.do(count)

    (found,) = either.counts.lines(either.site(SITE), count.id)
    assert (found.quantity, found.variance) == (1, 1)


def test_heaps_of_one_item_are_added_up(either: LedgerService, station: Probe) -> None:
    heap = Line(item=MUG.sku, quantity=15, source="A-04-2")
    count = count_of(station, heap, msgspec.structs.replace(heap, quantity=25))

    station.do(count)

    assert state(either, count) == [("done", 0)]


@pytest.mark.parametrize("place", ["", "supplier", "transit/T-1"])
def test_a_count_of_no_place_is_held(station: Probe, place: str) -> None:
    count = count_of(station, Line(item=MUG.sku, quantity=1, source=place))

    assert station.do(count).code == "incomplete_line"


def plan(*places: tuple[str, str]) -> DocumentRow:
    return DocumentRow(
        kind="count",
        document="CNT-7",
        version=0,
        state="",
        lines=tuple(DocumentLine(n, item, 0, place) for n, (place, item) in enumerate(places, 1)),
    )


def test_a_place_found_empty_that_nothing_was_known_at_ends_its_line_of_the_plan(
    either: LedgerService, station: Probe
) -> None:
    either.counts.plan(either.site(SITE), plan(("BENCH-3", "")))
    nothing = msgspec.structs.replace(
        station.operation("count"),
        reference=Reference(document_kind="count", document="CNT-7"),
        evidence={"place": "BENCH-3"},
    )

    assert station.do(nothing).outcome == "posted"

    station.pull()
    rows = [row for row in station.rows if isinstance(row, DocumentRow)]
    assert [row.state for row in rows] == ["open", "done"]


def test_a_plan_is_done_when_every_place_was_counted(either: LedgerService, station: Probe) -> None:
    either.counts.plan(either.site(SITE), plan(("A-04-2", MUG.sku), ("B-11-1", "")))
    for place, item, quantity in (("A-04-2", MUG.sku, 40), ("B-11-1", TRAY.sku, 25)):
        line = Line(item=item, quantity=quantity, source=place)
        count = count_of(station, line, document="CNT-7")
        station.do(msgspec.structs.replace(count, id=station.new_id(place)))

    station.pull()

    rows = [row for row in station.rows if isinstance(row, DocumentRow)]
    assert [(row.version, row.state) for row in rows] == [(1, "open"), (2, "done")]


def test_a_plan_says_no_quantities_and_is_made_once(either: LedgerService) -> None:
    where, loud = either.site(SITE), plan(("A-04-2", MUG.sku))
    loud = msgspec.structs.replace(loud, lines=(DocumentLine(1, MUG.sku, 40, "A-04-2"),))

    with pytest.raises(Refusal, match="blind"):
        either.counts.plan(where, loud)
    either.counts.plan(where, plan(("A-04-2", MUG.sku)))
    with pytest.raises(Refusal) as refused:
        either.counts.plan(where, plan(("B-11-1", "")))

    assert refused.value.code == "document_exists"


def test_no_station_is_told_what_was_expected_before_it_holds(
    either: LedgerService, station: Probe
) -> None:
    either.counts.plan(either.site(SITE), plan(("A-04-2", MUG.sku)))
    station.pull()
    told = len(station.rows)
    station.do(seen(station, 7, reference=Reference(document_kind="count", document="CNT-7")))
    station.do(seen(station, 8, id=station.new_id("same person")))
    settle(either)

    news = station.pull()

    assert len(station.rows) > told
    said = [row.sentence for row in news if isinstance(row, OutcomeRow | ExceptionRow)]
    assert not [words for words in said if {"40", "33", "-33", "7"} & set(words.split())]
    assert not [row.postings for row in news if isinstance(row, OutcomeRow) and row.postings]


def test_positions_of_a_lost_epoch_show_nothing(
    either: LedgerService, station: Probe, other: Probe
) -> None:
    other.do(other.operation("event"))
    other.pull()
    other.ledger.changes(other.query())
    station.epoch = either.begin_epoch()
    station.do(seen(station, 37))
    either.counts._heard[2] = (other.epoch, 2**40)

    assert settle(either) == 0


def test_a_move_recorded_before_a_restore_doubts_a_count_after_it(
    either: LedgerService, station: Probe, other: Probe
) -> None:
    other.record(other.operation("move", moved(MUG.sku, 5, "A-04-2", "B-11-1")))
    other.epoch = station.epoch = either.begin_epoch()
    station.do(seen(station, 40))
    other.pull()

    other.post(1)

    assert still_open(station) == {"moved_before_count"}
