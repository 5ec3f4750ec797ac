"""What cannot be understood is kept whole and blocks nobody: the sequence always advances."""

import msgspec

from app.conformance.floor import Floor
from app.conformance.probe import Probe, moved
from app.conformance.registry import promise
from app.contract.codec import canonical
from app.contract.messages import Line, Operation


def _held(floor: Floor, station: Probe, raw: bytes, id_: str = "") -> str:
    """Send bytes as an operation with a good one behind; returns the code they are held with."""
    first = len(station.sent) + 1
    station.record_bytes(id_ or station.new_id(floor.name("odd")), raw)
    station.record(station.operation("event", name=floor.name("after")))

    odd, after = station.post(first)

    assert odd.outcome == "held", odd
    assert after.outcome == "posted"
    station.pull()
    assert station.outcome(odd.id).code == odd.code
    again = station.post(first, first)[0]
    assert (again.outcome, again.code, again.known) == ("held", odd.code, True)
    return odd.code


def _good(floor: Floor, station: Probe) -> Operation:
    line = moved(floor.item(), 1, floor.name("DOCK"), floor.name("A-04"))
    return station.operation("move", line, name=floor.name("move"))


@promise()
def json_that_is_no_operation_is_held(floor: Floor) -> None:
    assert _held(floor, floor.station(), b'["not","an","operation"]') == "unreadable"


@promise()
def a_quantity_with_a_decimal_point_is_held(floor: Floor) -> None:
    station = floor.station()
    operation = _good(floor, station)
    raw = canonical(operation).replace(b'"quantity":1', b'"quantity":1.0')

    assert _held(floor, station, raw, operation.id) == "unreadable"


@promise()
def a_field_nobody_knows_is_held(floor: Floor) -> None:
    station = floor.station()
    operation = _good(floor, station)
    raw = canonical(operation).replace(b'{"actor"', b'{"aaa":1,"actor"')

    assert _held(floor, station, raw, operation.id) == "unreadable"


@promise()
def a_body_in_another_order_is_held(floor: Floor) -> None:
    station = floor.station()
    operation = _good(floor, station)
    fields = msgspec.json.decode(canonical(operation))
    raw = msgspec.json.encode(dict(sorted(fields.items(), reverse=True)))

    assert _held(floor, station, raw, operation.id) == "not_canonical"


@promise()
def a_key_written_twice_is_held(floor: Floor) -> None:
    station = floor.station()
    operation = _good(floor, station)
    raw = canonical(operation).replace(b'"role":"clerk"', b'"role":"admin","role":"clerk"')

    assert _held(floor, station, raw, operation.id) == "not_canonical"


@promise()
def a_nul_character_is_held(floor: Floor) -> None:
    station = floor.station()
    operation = station.operation("event", name=floor.name("event"))
    odd = msgspec.structs.replace(operation, reason="before\0after")

    assert _held(floor, station, canonical(odd), odd.id) == "unreadable"


@promise()
def a_kind_of_the_future_is_held(floor: Floor) -> None:
    station = floor.station()
    operation = station.operation("teleport", name=floor.name("teleport"))

    assert _held(floor, station, canonical(operation), operation.id) == "unknown_kind"


@promise()
def a_version_of_the_future_is_held(floor: Floor) -> None:
    station = floor.station()
    operation = msgspec.structs.replace(_good(floor, station), contract_version=99)

    assert _held(floor, station, canonical(operation), operation.id) == "unknown_version"


@promise()
def a_record_of_another_site_is_held(floor: Floor) -> None:
    station = floor.station()
    operation = msgspec.structs.replace(_good(floor, station), site="ELSEWHERE")

    assert _held(floor, station, canonical(operation), operation.id) == "wrong_site"


@promise()
def a_record_under_a_strange_id_is_held(floor: Floor) -> None:
    station = floor.station()
    operation = _good(floor, station)

    assert _held(floor, station, canonical(operation)) == "id_mismatch"


@promise()
def a_move_from_nowhere_is_held(floor: Floor) -> None:
    station = floor.station()
    nowhere = Line(item=floor.item(), quantity=1, target=floor.name("A-04"))
    operation = station.operation("move", nowhere, name=floor.name("move"))

    assert _held(floor, station, canonical(operation), operation.id) == "incomplete_line"
