"""The certificate of a shift: every operation accounted for, signed, and checked by anybody."""

import msgspec
import pytest

from app.conformance.probe import Probe, moved
from app.contract.certificate import ShiftCertificate, certificate_bytes, is_genuine
from app.errors import Refusal
from app.ledger.service import LedgerService
from app.ledger.sites import SiteRef
from tests.ledger.conftest import MUG, SITE, enrolled
from tests.ledger.damage import Damage, damage
from tests.ledger.engines import both

__all__ = ["both", "damage"]


@pytest.fixture
def site(both: LedgerService) -> SiteRef:
    return both.site(SITE)


@pytest.fixture
def bench(both: LedgerService) -> Probe:
    """One of each: posted twice, waiting, refused, held, in conflict, and sent again."""
    station = enrolled(both, "PACK-01")
    pick = station.operation("pick", moved(MUG.sku, 1, "A-04-2", "tote/T-1"))
    station.record(pick)
    station.record(station.operation("receive", moved(MUG.sku, 1, "supplier", "DOCK-1")))
    station.record(station.operation("adjust", moved(MUG.sku, 1, "adjustment", "A-04-2")))
    station.record(station.operation("claim", order="ORD-0"))
    station.record(station.operation("teleport"))
    station.record(msgspec.structs.replace(pick, reason="another"))
    station.record(pick)
    station.post()
    return station


def _made(both: LedgerService, bench: Probe, first: int = 1, last: int = 0) -> ShiftCertificate:
    return both.certificates.make(both.site(SITE), bench.who.enrolment, first, last)


def test_every_operation_is_accounted_for(both: LedgerService, bench: Probe) -> None:
    told = _made(both, bench)

    assert told.captured == 7
    assert (told.posted, told.waiting, told.refused) == (3, 1, 1)
    assert (told.held, told.conflict, told.unsent, told.missing) == (1, 1, 0, 0)
    assert told.is_whole
    assert told.digest == bench.digest


def test_what_the_station_still_has_is_unsent(both: LedgerService, bench: Probe) -> None:
    told = _made(both, bench, last=9)

    assert (told.captured, told.unsent, told.is_whole) == (9, 2, True)


def test_a_part_of_a_shift_can_be_certified(both: LedgerService, bench: Probe) -> None:
    told = _made(both, bench, first=2, last=4)

    assert (told.captured, told.posted, told.waiting, told.refused) == (3, 1, 1, 1)
    assert told.is_whole
    assert told.digest == bench.sent[3].digest


def test_anybody_can_check_the_signature(both: LedgerService, bench: Probe) -> None:
    told = _made(both, bench)

    assert is_genuine(told, bench.who.ledger_key)
    assert not is_genuine(msgspec.structs.replace(told, posted=4, held=0), bench.who.ledger_key)
    assert not is_genuine(told, "ab" * 32)
    assert not is_genuine(msgspec.structs.replace(told, signature="no"), bench.who.ledger_key)


def test_what_is_signed_stays_the_same_for_ever() -> None:
    told = ShiftCertificate(
        site="BER1", station="PACK-01", enrolment="e", epoch="p", first=1, last=2, posted=2,
        waiting=0, refused=0, held=0, conflict=0, unsent=0, missing=0, digest="d", feed_seq=9,
        at="2026-03-02T14:00:00.000Z", signature="ignored",
    )  # fmt: skip

    assert certificate_bytes(told) == (
        b"packhouse certificate 1\n"
        b'{"at":"2026-03-02T14:00:00.000Z","conflict":0,"digest":"d","enrolment":"e","epoch":"p",'
        b'"feed_seq":9,"first":1,"held":0,"last":2,"missing":0,"posted":2,"refused":0,'
        b'"site":"BER1","station":"PACK-01","unsent":0,"waiting":0}'
    )


def test_an_operation_that_was_deleted_is_missing(
    both: LedgerService, bench: Probe, damage: Damage
) -> None:
    damage("DELETE FROM operation WHERE kind = 'teleport'")

    told = _made(both, bench)

    assert (told.missing, told.is_whole) == (1, False)


@pytest.mark.parametrize(("first", "last", "code"), [(0, 0, "bad_range"), (9, 4, "bad_range")])
def test_an_impossible_range_is_refused(
    both: LedgerService, bench: Probe, first: int, last: int, code: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        _made(both, bench, first, last)

    assert refusal.value.code == code


def test_a_station_of_another_site_is_unknown_here(both: LedgerService, bench: Probe) -> None:
    elsewhere = both.add_site("KIE", title="Kiel", company_prefix="4012345")

    with pytest.raises(Refusal) as refusal:
        both.certificates.make(elsewhere, bench.who.enrolment, 1, 0)

    assert refusal.value.code == "unknown_enrolment"
