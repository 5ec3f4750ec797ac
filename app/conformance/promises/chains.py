"""A station's chain: gaps, forks, signatures, and answers that remember nothing."""

import msgspec

from app.conformance.floor import Floor
from app.conformance.probe import Broken, Device, Probe, moved
from app.conformance.registry import promise
from app.contract import chain
from app.contract.messages import (
    MAX_OPERATIONS,
    ExceptionRow,
    NotNow,
    PostBatch,
    Posted,
    Sent,
)
from app.errors import Refusal


def _problem(station: Probe, batch: PostBatch) -> NotNow:
    answer = station.ledger.post(batch)
    if not isinstance(answer, NotNow):
        raise Broken("a batch was posted that should not have been")
    return answer


def _moves(floor: Floor, station: Probe, count: int) -> int:
    """Record moves; returns the number of the first."""
    first, item = len(station.sent) + 1, floor.item()
    for _ in range(count):
        line = moved(item, 1, floor.name("DOCK"), floor.name("A-04"))
        station.record(station.operation("move", line, name=floor.name("move")))
    return first


def _no_trace(station: Probe, cursor: int) -> None:
    """Nothing was written to the feed since `cursor`, and the chain goes on as if nothing was."""
    station.pull()
    assert station.cursor == cursor


@promise()
def a_gap_is_answered_with_the_number_expected(floor: Floor) -> None:
    station = floor.station()
    first = _moves(floor, station, 3)

    problem = _problem(station, station.batch(first + 1))

    assert (problem.problem, problem.expected) == ("gap", first)
    _no_trace(station, station.cursor)
    assert [result.outcome for result in station.post(first)] == ["posted"] * 3


@promise()
def a_hole_inside_a_batch_is_a_gap(floor: Floor) -> None:
    station = floor.station()
    first = _moves(floor, station, 3)

    problem = _problem(station, station.sign([station.sent[first - 1], station.sent[first + 1]]))

    assert (problem.problem, problem.expected) == ("gap", first + 1)
    assert len(station.post(first)) == 3


@promise()
def another_operation_at_a_used_number_is_a_fork(floor: Floor) -> None:
    station = floor.station()
    first = _moves(floor, station, 1)
    station.post(first)
    clone = _clone(station, first - 1)
    _moves(floor, clone, 1)

    problem = _problem(clone, clone.batch(first))

    assert problem.problem == "fork"
    station.pull()
    assert not any(getattr(row, "id", "") == clone.sent[-1].id for row in station.rows)


@promise(office=True)
def a_fork_is_told_to_everybody_at_the_site(floor: Floor) -> None:
    station, other = floor.desk.enrol(floor.name("PACK")), floor.station()
    station.pull()
    first = _moves(floor, station, 1)
    station.post(first)
    other.pull()
    clone = _clone(station, first - 1)
    _moves(floor, clone, 1)

    for _ in range(3):
        assert _problem(clone, clone.batch(first)).problem == "fork"

    told = [row for row in other.pull() if isinstance(row, ExceptionRow)]
    assert [row.code for row in told] == ["station_forked"]
    assert station.who.station in told[0].sentence


@promise()
def a_clone_that_went_further_is_a_fork_too(floor: Floor) -> None:
    station = floor.station()
    first = _moves(floor, station, 1)
    clone = _clone(station, first - 1)
    station.post(first)
    _moves(floor, clone, 2)

    assert _problem(clone, clone.batch(first + 1)).problem == "fork"


@promise()
def a_digest_that_does_not_follow_from_its_content_is_a_fork(floor: Floor) -> None:
    station = floor.station()
    first = _moves(floor, station, 2)
    true = station.sent[first:]
    lie = msgspec.structs.replace(true[0], body=station.sent[first - 1].body)

    problem = _problem(station, station.sign([station.sent[first - 1], lie]))

    assert problem.problem == "fork"
    assert len(station.post(first)) == 2


@promise()
def a_batch_signed_with_another_key_is_refused_whole(floor: Floor) -> None:
    station = floor.station()
    first = _moves(floor, station, 1)
    cursor = station.cursor
    honest = station.batch(first)
    message = chain.head_bytes(station.who.enrolment, first, station.digest)
    forged = msgspec.structs.replace(honest, head_signature=Device("thief").sign(message))

    code = _refused(station, forged)

    assert code == "bad_signature"
    _no_trace(station, cursor)
    assert len(station.post(first)) == 1


@promise(stations=2)
def a_batch_of_another_station_is_refused(floor: Floor) -> None:
    mine, other = floor.station(0), floor.station(1)
    first = _moves(floor, other, 1)

    assert _refused(mine, other.batch(first)) == "not_enrolled"
    assert len(other.post(first)) == 1


@promise()
def the_answer_carries_the_signed_end_of_the_chain(floor: Floor) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    station = floor.station()
    first = _moves(floor, station, 3)

    answer = station.ledger.post(station.batch(first))

    assert isinstance(answer, Posted)
    mark = answer.high_water
    assert (mark.seq, mark.digest) == (len(station.sent), station.digest)
    message = chain.mark_bytes(mark.enrolment, mark.epoch, mark.seq, mark.digest, mark.at)
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(station.who.ledger_key))
    key.verify(bytes.fromhex(mark.signature), message)


@promise()
def too_many_operations_are_answered_with_the_limit(floor: Floor) -> None:
    station = floor.station()
    start = len(station.sent)
    first = _moves(floor, station, MAX_OPERATIONS + 1)

    problem = _problem(station, station.batch(first))

    assert (problem.problem, problem.limit) == ("too_large", MAX_OPERATIONS)
    assert len(station.post(first, first + MAX_OPERATIONS - 1)) == MAX_OPERATIONS
    assert len(station.post(start + MAX_OPERATIONS + 1)) == 1


@promise()
def a_protocol_from_before_our_time_is_told_so(floor: Floor) -> None:
    station = floor.station()
    first = _moves(floor, station, 1)
    old = msgspec.structs.replace(station.batch(first), protocol=0)

    assert _problem(station, old).problem == "too_old"
    assert len(station.post(first)) == 1


@promise()
def a_batch_of_another_epoch_is_told_the_current_one(floor: Floor) -> None:
    station = floor.station()
    first = _moves(floor, station, 1)
    lost = msgspec.structs.replace(station.batch(first), epoch="epoch-of-last-year")

    problem = _problem(station, lost)

    assert (problem.problem, problem.epoch) == ("epoch_changed", station.epoch)
    assert len(station.post(first)) == 1


@promise()
def a_batch_that_followed_another_history_is_noticed_without_an_epoch(floor: Floor) -> None:
    station = floor.station()
    first = _moves(floor, station, 1)
    station.post(first)
    station.pull()
    second = _moves(floor, station, 1)
    honest = station.batch(second)

    for strange in (
        msgspec.structs.replace(honest, chain="f" * 64),
        msgspec.structs.replace(honest, cursor=honest.cursor + 1_000_000),
    ):
        assert _problem(station, strange).problem == "epoch_changed"
    assert len(station.post(second)) == 1


def _clone(station: Probe, length: int) -> Probe:
    """The same station as it was `length` operations into its life."""
    sent: list[Sent] = station.sent[:length]
    return Probe(
        station.device,
        station.who,
        station.ledger,
        sent=sent,
        start=station.start,
        epoch=station.epoch,
        cursor=station.cursor,
        chain=station.chain,
    )


def _refused(station: Probe, batch: PostBatch) -> str:
    try:
        station.ledger.post(batch)
    except Refusal as refusal:
        return refusal.code
    raise Broken("a batch was taken that should have been refused")
