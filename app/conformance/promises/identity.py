"""Who a station is: re-enrolment, revocation, and what a restore of the ledger means to it."""

from collections.abc import Callable
from hashlib import sha256
from itertools import pairwise

from msgspec import structs

from app.conformance.floor import Floor, stock
from app.conformance.probe import Broken, Device, Probe, moved
from app.conformance.registry import promise
from app.contract import chain
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


@promise(office=True)
def a_station_that_proves_its_key_is_told_the_pepper_of_its_site(floor: Floor) -> None:
    one, other = (floor.desk.enrol(floor.name("PACK"), protocol=2).who for _ in range(2))
    old = floor.desk.enrol(floor.name("PACK")).who

    assert len(bytes.fromhex(one.pepper)) == 32
    assert other.pepper == one.pepper
    assert old.pepper == ""


@promise(office=True)
def an_enrolment_without_proof_is_refused_and_its_code_stays_good(floor: Floor) -> None:
    code, device, thief = floor.desk.code(floor.name("PACK")), Device("bench"), Device("thief")
    good = device.enrol_request(code, protocol=2)

    told = [
        _code(lambda: floor.door.enrol(structs.replace(good, proof=proof)))  # noqa: B023
        for proof in ("", thief.sign(chain.enrol_bytes(code, device.public)))
    ]

    assert told == ["bad_signature"] * 2
    assert floor.door.enrol(good).enrolment


@promise(office=True)
def an_enrolment_whose_answer_was_lost_is_told_again_to_the_same_key(floor: Floor) -> None:
    code = floor.desk.code(floor.name("PACK"))
    asked = Device("bench").enrol_request(code, protocol=2)
    first = floor.door.enrol(asked)

    assert floor.door.enrol(asked) == first
    thief = Device("thief").enrol_request(code, protocol=2)
    assert _code(lambda: floor.door.enrol(thief)) == "bad_code"


@promise(office=True)
def a_token_request_is_for_this_ledger_or_worth_nothing(floor: Floor) -> None:
    station = floor.desk.enrol(floor.name("PACK"), protocol=2)
    who, at = station.who, floor.door.hello().at

    def ask(audience: str, number: int) -> str:
        nonce = sha256(f"{who.enrolment} {number}".encode()).hexdigest()
        request = station.device.token_request(who.enrolment, nonce, at, audience)
        return _code(lambda: floor.door.token(request))

    assert ask(who.ledger_key, 1) == ""
    assert ask(who.ledger_key, 1) == "bad_signature"  # the nonce was used
    assert ask("ab" * 32, 2) == "wrong_audience"
    assert ask("", 3) == "wrong_audience"


@promise(office=True)
def a_new_device_key_follows_the_old_one_when_both_sign(floor: Floor) -> None:
    station = floor.desk.enrol(floor.name("PACK"), protocol=2)
    station.do(station.operation("event", name="by the old key"))
    old, new, thief = station.device, Device(floor.name("key")), Device(floor.name("thief"))
    who, at = station.who, floor.door.hello().at
    nonces = [sha256(f"{who.enrolment} key {n}".encode()).hexdigest() for n in range(6)]

    forged = thief.key_request(who.enrolment, new, 1, nonces[0], at)
    assert _code(lambda: floor.door.new_key(forged)) == "bad_signature"
    first = floor.door.new_key(old.key_request(who.enrolment, new, 1, nonces[1], at))
    again = floor.door.new_key(old.key_request(who.enrolment, new, 1, nonces[2], at))

    assert again == first
    stale = old.token_request(who.enrolment, nonces[3], at, who.ledger_key)
    assert _code(lambda: floor.door.token(stale)) == "bad_signature"
    assert floor.door.token(new.token_request(who.enrolment, nonces[4], at, who.ledger_key)).token
    station.device = new
    assert station.do(station.operation("event", name="by the new key")).outcome == "posted"


def _code(ask: Callable[[], object]) -> str:
    """The code of a refusal; empty when there is none."""
    try:
        ask()
    except Refusal as refusal:
        return refusal.code
    return ""


def _refused(station: Probe) -> str:
    try:
        station.ledger.changes(station.query())
    except Refusal as refusal:
        return refusal.code
    raise Broken("a revoked station was told the feed")
