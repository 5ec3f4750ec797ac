"""Bundles of a station whose device key has changed: each key for what it may have signed."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.commands.audit import verifier
from app.conformance.probe import Device, Probe
from app.contract import chain
from app.ledger.bundle import Bundles
from app.ledger.clock import stamp
from app.ledger.service import LedgerService
from tests.ledger.conftest import Enrol


def is_whole(service: LedgerService, path: Path) -> bool:
    made = Bundles(service.database, service.clock, service.key).write(path)
    verifier().verify(made.path, service.key.public.hex())
    return True


def changed(service: LedgerService, station: Probe, seq: int) -> Probe:
    """The same station with its next key, from behind `seq` on."""
    new, at = Device("the next key"), stamp(service.clock.now())
    service.new_key(station.device.key_request(station.who.enrolment, new, seq, "1" * 64, at))
    return replace(station, device=new)


def test_whichever_key_signed_what_was_on_its_way_the_bundle_is_whole(
    ledger: LedgerService, enrol: Enrol, tmp_path: Path
) -> None:
    station = enrol("PACK-01")
    for number in range(6):
        station.record(station.operation("event", name=str(number)))
    station.post(1, 2)

    renewed = changed(ledger, station, seq=4)

    assert is_whole(ledger, tmp_path / "before.zip")
    station.post(3, 3)  # was on its way, signed by the old key
    assert is_whole(ledger, tmp_path / "old.zip")
    renewed.post(4, 4)
    assert is_whole(ledger, tmp_path / "new.zip")
    renewed.post(5, 6)
    assert is_whole(ledger, tmp_path / "after.zip")


def test_what_came_while_the_next_key_was_asked_for_was_signed_by_the_key_of_then(
    ledger: LedgerService, enrol: Enrol, tmp_path: Path
) -> None:
    """The request says 1, and was long on its way: the ledger has 2 by the former key already."""
    station = enrol("PACK-01")
    for number in range(3):
        station.record(station.operation("event", name=str(number)))
    station.post(1, 2)

    renewed = changed(ledger, station, seq=1)

    assert is_whole(ledger, tmp_path / "then.zip")
    renewed.post(3, 3)
    assert is_whole(ledger, tmp_path / "after.zip")


@pytest.mark.parametrize(("signer", "seq"), [(0, 4), (1, 4), (1, 5)])
def test_a_key_answers_for_what_it_may_have_signed(signer: int, seq: int) -> None:
    keys, signature, message = head(signer, seq)

    verifier().check(keys, seq, signature, message, "false")


def test_the_old_key_does_not_answer_beyond_its_successor() -> None:
    keys, signature, message = head(0, 5)

    with pytest.raises(ValueError, match="false"):
        verifier().check(keys, 5, signature, message, "false")


def head(signer: int, seq: int) -> tuple[list[tuple[int, str]], str, bytes]:
    """Two keys, the second from behind 4 on; a head signed by one of them."""
    devices = [Device("old"), Device("new")]
    message = chain.head_bytes("enr-1", seq, "ab" * 32)
    keys = [(0, devices[0].public), (4, devices[1].public)]
    return keys, devices[signer].sign(message), message
