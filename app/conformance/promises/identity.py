"""Who a station is: re-enrolment, revocation, and what a restore of the ledger means to it."""

from itertools import pairwise

from app.conformance.floor import Floor, stock
from app.conformance.probe import Broken, Probe, moved
from app.conformance.registry import promise
from app.contract.messages import ClaimRow, NotNow
from app.domain.operation import StockKey
from app.errors import Refusal


@promise(office=True)
def a_station_enrolled_anew_sends_again_what_was_not_confirmed(floor: Floor) -> None:
    item, shelf, name = floor.item(), floor.name("A-04"), floor.name("PACK")
    old = floor.desk.enrol(name)
    kept = [
        old.record(old.operation("receive", moved(item, 1, "supplier", shelf), name=str(n)))
        for n in range(3)
    ]
    before = old.post()

    new = floor.desk.enrol(name, previous=old)
    for operation in kept:
        new.record(operation)
    fresh = new.operation("receive", moved(item, 1, "supplier", shelf), name="fresh")
    new.record(fresh)
    after = new.post()

    assert [(r.known, r.outcome) for r in after] == [(True, "posted")] * 3 + [(False, "posted")]
    assert [r.feed_seq for r in after[:3]] == [r.feed_seq for r in before]
    assert stock(new)[StockKey(shelf, item)] == 4


@promise(office=True)
def the_first_digest_of_a_new_enrolment_cites_the_last_of_the_old(floor: Floor) -> None:
    name = floor.name("PACK")
    old = floor.desk.enrol(name)
    old.do(old.operation("event"))
    forgetful = floor.desk.enrol(name, previous=old)
    forgetful.start = "0" * 64
    forgetful.record(forgetful.operation("event"))

    answer = forgetful.ledger.post(forgetful.batch())

    assert isinstance(answer, NotNow)
    assert answer.problem == "fork"


@promise(office=True)
def orders_of_a_station_follow_it_to_its_new_enrolment(floor: Floor) -> None:
    name = floor.name("PACK")
    old = floor.desk.enrol(name)
    old.pull()
    order = floor.order(1).order
    old.do(old.operation("claim", order=order))

    new = floor.desk.enrol(name, previous=old)
    rows = new.pull()

    claims = [row for row in rows if isinstance(row, ClaimRow) and row.document == order]
    assert (claims[-1].state, claims[-1].enrolment) == ("claimed", new.who.enrolment)


@promise(office=True)
def what_a_revoked_station_recorded_is_held_and_it_reads_nothing(floor: Floor) -> None:
    name = floor.name("PACK")
    station = floor.desk.enrol(name)
    station.pull()
    floor.desk.revoke(name)

    result = station.do(
        station.operation("receive", moved(floor.item(), 1, "supplier", floor.name("DOCK")))
    )

    assert (result.outcome, result.code) == ("held", "revoked")
    assert _refused(station) == "revoked"


@promise(office=True)
def number_blocks_of_two_enrolments_do_not_overlap(floor: Floor) -> None:
    name = floor.name("PACK")
    blocks = [floor.desk.enrol(name).who.sscc for _ in range(3)]

    ranges = sorted((int(block.first), int(block.first) + block.count) for block in blocks)

    assert all(len(block.first) == 17 for block in blocks)
    assert all(ends <= begins for (_, ends), (begins, _) in pairwise(ranges))


@promise(office=True)
def after_a_restore_stations_send_again_and_nothing_is_doubled(floor: Floor) -> None:
    item, shelf = floor.item(), floor.name("A-04")
    station = floor.desk.enrol(floor.name("PACK"))
    station.pull()
    before = station.do(station.operation("receive", moved(item, 6, "supplier", shelf)))

    epoch = floor.desk.new_epoch()
    told = station.ledger.post(station.batch())
    assert isinstance(told, NotNow)
    assert (told.problem, told.epoch) == ("epoch_changed", epoch)
    station.epoch, station.cursor, station.chain = epoch, 0, "0" * 64
    again = station.post()

    assert (again[0].known, again[0].feed_seq) == (True, before.feed_seq)
    assert stock(station)[StockKey(shelf, item)] == 6


def _refused(station: Probe) -> str:
    try:
        station.ledger.changes(station.query())
    except Refusal as refusal:
        return refusal.code
    raise Broken("a revoked station was told the feed")
