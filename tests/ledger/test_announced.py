"""Deliveries and returns from imports and the office: all or nothing, shut, tolerant."""

import msgspec
import pytest

from app.conformance.announced import about, codes, document, receive
from app.conformance.probe import Probe, moved
from app.contract.messages import DocumentRow, ExceptionRow
from app.domain.policy import Policy
from app.errors import Refusal
from app.ledger.service import LedgerService
from tests.ledger.conftest import MUG, SITE, TRAY, Enrol

DOCK = "DOCK-1"


def _asn(number: str, *quantities: int, item: str = MUG.sku) -> DocumentRow:
    return document("inbound", number, item, *quantities)


def _told(station: Probe) -> list[tuple[str, str]]:
    return codes(station.pull())


def test_a_delivery_sent_twice_is_written_once(ledger: LedgerService) -> None:
    rows = [_asn("ASN-7011", 60), _asn("ASN-7012", 12)]

    first = ledger.announcements.put(SITE, rows)
    again = ledger.announcements.put(SITE, [rows[0], _asn("ASN-7012", 24)])

    assert (first.written, first.unchanged) == (2, 0)
    assert (again.written, again.unchanged) == (1, 1)


def test_a_delivery_of_unknown_goods_keeps_the_others_out_unless_wanted(
    ledger: LedgerService, enrol: Enrol
) -> None:
    station = enrol("PACK-01")
    station.pull()
    rows = [_asn("ASN-1", 1), _asn("ASN-2", 1, item="SKU-0"), _asn("ASN-3", 1), _asn("ASN-3", 2)]

    whole = ledger.announcements.put(SITE, rows)
    nothing = station.pull()
    partial = ledger.announcements.put(SITE, rows, partial=True)

    assert (whole.written, nothing) == (0, [])
    assert [(one.index, one.column) for one in partial.problems] == [(1, "sku"), (2, "document")]
    told = [row for row in station.pull() if isinstance(row, DocumentRow)]
    assert [(row.document, row.lines[0].quantity) for row in told] == [("ASN-1", 1), ("ASN-3", 2)]
    assert partial.written == 2


def test_a_closed_delivery_takes_no_new_version(ledger: LedgerService) -> None:
    ledger.announcements.put(SITE, [_asn("ASN-1", 1)])
    closed = ledger.announcements.set_state(SITE, "inbound", "ASN-1", "closed")

    applied = ledger.announcements.put(SITE, [_asn("ASN-1", 5)], partial=True)
    opened = ledger.announcements.set_state(SITE, "inbound", "ASN-1", "open")

    assert (closed.state, closed.version) == ("closed", 2)
    assert (applied.written, [one.column for one in applied.problems]) == (0, ["document"])
    assert (opened.state, opened.lines[0].quantity) == ("expected", 1)


def test_a_delivery_is_shut_only_by_who_knows_its_version_and_how_it_stands(
    ledger: LedgerService, enrol: Enrol
) -> None:
    asn = _asn("ASN-1", 2)
    ledger.announcements.put(SITE, [asn])
    receive(enrol("PACK-01"), asn, 1, DOCK)

    def refused(number: str, state: str, version: int | None = None) -> str:
        with pytest.raises(Refusal) as caught:
            ledger.announcements.set_state(SITE, "inbound", number, state, version)
        return caught.value.code

    assert refused("ASN-9", "closed") == "unknown_document"
    assert refused("ASN-1", "closed", 1) == "stale_version"
    assert refused("ASN-1", "cancelled") == "already_receiving"
    assert ledger.announcements.set_state(SITE, "inbound", "ASN-1", "closed", 2).version == 3
    assert ledger.announcements.set_state(SITE, "inbound", "ASN-1", "closed").version == 3


@pytest.mark.parametrize(
    ("line", "item", "site", "most"),
    [(-1, -1, 0, 10), (-1, -1, 150, 11), (-1, 200, 150, 12), (0, 200, 150, 10), (100, -1, 0, 11)],
)
def test_the_tolerance_is_the_lines_else_the_items_else_the_sites(
    ledger: LedgerService, enrol: Enrol, line: int, item: int, site: int, most: int
) -> None:
    ledger.imports.items([msgspec.structs.replace(TRAY, over_permille=item)])
    _set_site_tolerance(ledger, site)
    asn = document("inbound", "ASN-1", TRAY.sku, 10, over_permille=line)
    ledger.announcements.put(SITE, [asn])
    station = enrol("PACK-01")

    receive(station, asn, most, DOCK)
    within = _told(station)
    receive(station, asn, 1, DOCK)

    assert within == []
    assert _told(station) == [("over_receipt", "open")]


def _set_site_tolerance(ledger: LedgerService, permille: int) -> None:
    if permille:
        policy = Policy(over_permille=permille)
        where = ledger.site(SITE)
        ledger.policies.put(where, policy, actor="p-roth", reason="Agreed with Nord", expected=0)


def test_what_was_counted_without_a_line_stays_asked_about_when_the_delivery_is_known(
    ledger: LedgerService, enrol: Enrol
) -> None:
    station, asn = enrol("PACK-01"), _asn("ASN-1", 5)
    receive(station, asn, 2, DOCK, line=0)
    _told(station)

    ledger.announcements.put(SITE, [asn])

    assert _told(station) == [("unknown_inbound", "closed"), ("not_on_inbound", "open")]


def test_one_delivery_is_one_story_however_many_units_are_too_many(
    ledger: LedgerService, enrol: Enrol
) -> None:
    station, asn = enrol("PACK-01"), _asn("ASN-1", 1)
    ledger.announcements.put(SITE, [asn])

    for _ in range(3):
        receive(station, asn, 1, DOCK)

    told = [row for row in station.pull() if isinstance(row, ExceptionRow)]
    assert [(row.code, row.document) for row in told] == [("over_receipt", "ASN-1")]
    assert "at most 1" in told[0].sentence


def test_a_thousand_lines_are_received_one_by_one_in_one_batch(
    ledger: LedgerService, enrol: Enrol
) -> None:
    station, asn = enrol("PACK-01"), _asn("ASN-1", *[1] * 900)
    ledger.announcements.put(SITE, [asn])
    first = len(station.sent) + 1
    for line in range(1, 901):
        arrived = station.operation("receive", moved(MUG.sku, 1, "supplier", DOCK, order_line=line))
        station.record(about(arrived, "inbound", asn.document))

    outcomes = {result.outcome for result in station.post(first)}

    assert outcomes == {"posted"}
    documents = [row for row in station.pull() if isinstance(row, DocumentRow)]
    assert [row.state for row in documents] == ["expected", "receiving", "received"]
