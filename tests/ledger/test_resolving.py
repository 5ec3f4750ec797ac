"""What people do about exceptions: who may, what is told, and that stock is never touched by it."""

import msgspec
import pytest

from app.conformance.floor import order_row
from app.conformance.probe import Probe, moved
from app.contract.messages import ExceptionRow, Operation, Reference, Result
from app.domain.operation import StockKey
from app.ledger.service import LedgerService
from app.ledger.sites import SiteRef, find_site
from tests.fakes.clock import FakeClock
from tests.ledger.conftest import MUG, SITE, enrolled
from tests.ledger.engines import both

__all__ = ["both"]

PEOPLE = {"p-anna": "clerk", "p-marek": "supervisor", "p-lena": "clerk"}
HOUR_MS = 3_600_000


@pytest.fixture
def site(both: LedgerService) -> SiteRef:
    for person, role in PEOPLE.items():
        both.people.add(
            SITE, person, person[2:].title(), role, (f"PHB-{person}-01234567", "274951")
        )
    with both.database.read() as connection:
        return find_site(connection, SITE)


@pytest.fixture
def bench(both: LedgerService, site: SiteRef) -> Probe:
    return enrolled(both, "PACK-01")


def _opened(bench: Probe) -> str:
    """Fifty mugs are taken where forty are."""
    bench.do(bench.operation("pick", moved(MUG.sku, 50, "A-04-2", "tote/T-1")))
    return _told(bench)[-1].exception


def _told(bench: Probe) -> list[ExceptionRow]:
    return [row for row in bench.pull() if isinstance(row, ExceptionRow)]


def _step(bench: Probe, id_: str, step: str, actor: str = "p-marek", **evidence: str) -> Operation:
    return msgspec.structs.replace(
        bench.operation("resolve"),
        actor=actor,
        reason=step,
        reference=Reference(document_kind="exception", document=id_),
        evidence=dict(evidence),
    )


def _do(bench: Probe, id_: str, step: str, actor: str = "p-marek", **evidence: str) -> Result:
    return bench.do(_step(bench, id_, step, actor, **evidence))


def test_a_clerk_takes_an_exception_and_everybody_sees_whose_it_is(bench: Probe) -> None:
    id_ = _opened(bench)

    result = _do(bench, id_, "take", "p-anna")

    assert result.outcome == "posted"
    (row,) = _told(bench)
    assert (row.exception, row.owner, row.state) == (id_, "p-anna", "open")


def test_a_supervisor_hands_it_over(bench: Probe) -> None:
    id_ = _opened(bench)

    assert _do(bench, id_, "assign", to="p-lena").outcome == "posted"
    assert _do(bench, id_, "assign", to="role:site_manager").outcome == "posted"

    assert [row.owner for row in _told(bench)] == ["p-lena", "role:site_manager"]


def test_closing_needs_a_note_and_is_told(bench: Probe, both: LedgerService, site: SiteRef) -> None:
    id_ = _opened(bench)

    silent = _do(bench, id_, "close")
    closed = _do(bench, id_, "close", note="The mugs stood on A-04-3.")

    assert (silent.outcome, silent.code) == ("refused", "note_missing")
    assert closed.outcome == "posted"
    assert [row.state for row in _told(bench)] == ["closed"]
    shown = both.exception_queue.find(site, id_)
    assert (shown.state, shown.closed_by) == ("closed", "p-marek")
    assert shown.closed_at


def test_a_closed_exception_takes_no_step(bench: Probe) -> None:
    id_ = _opened(bench)
    _do(bench, id_, "close", note="Counted.")

    late = _do(bench, id_, "take")

    assert (late.outcome, late.code) == ("refused", "already_closed")


def test_the_same_cause_after_closing_is_a_new_story(bench: Probe) -> None:
    first = _opened(bench)
    _do(bench, first, "close", note="Counted.")

    bench.do(bench.operation("pick", moved(MUG.sku, 1, "A-04-2", "tote/T-1")))

    opened = [row for row in _told(bench) if row.state == "open"]
    assert len(opened) == 1
    assert opened[0].exception != first


@pytest.mark.parametrize(
    ("step", "actor", "evidence", "code"),
    [
        ("close", "p-anna", {"note": "Counted."}, "not_allowed"),
        ("assign", "p-anna", {"to": "p-lena"}, "not_allowed"),
        ("take", "p-nobody", {}, "not_allowed"),
        ("note", "p-nobody", {"note": "I was here."}, "not_allowed"),
        ("escalate", "p-marek", {}, "not_allowed"),
        ("assign", "p-marek", {"to": "p-nobody"}, "unknown_person"),
        ("assign", "p-marek", {"to": "role:king"}, "unknown_person"),
        ("note", "p-anna", {}, "note_missing"),
        ("note", "p-anna", {"note": "x" * 501}, "bad_note"),
        ("solve", "p-marek", {}, "no_such_step"),
    ],
)
def test_what_is_not_allowed_or_not_understood_changes_nothing(
    bench: Probe, step: str, actor: str, evidence: dict[str, str], code: str
) -> None:
    id_ = _opened(bench)

    result = _do(bench, id_, step, actor, **evidence)

    assert (result.outcome, result.code) == ("refused", code)
    assert _told(bench) == []


def test_a_revoked_supervisor_may_not_close(bench: Probe, both: LedgerService) -> None:
    id_ = _opened(bench)
    both.people.revoke("p-marek")

    assert _do(bench, id_, "close", note="Counted.").code == "not_allowed"


def test_an_exception_of_another_site_is_unknown_here(bench: Probe, both: LedgerService) -> None:
    id_ = _opened(bench)
    both.add_site("KIE", title="Kiel", company_prefix="4012345")
    code = both.identity.add_station("KIE", "PACK-09").code
    who = both.enrol(bench.device.enrol_request(code))
    there = Probe(bench.device, who, both.as_seen_by(who.enrolment))

    assert _do(there, id_, "take").code == "unknown_exception"


def test_no_step_changes_stock(bench: Probe, both: LedgerService, site: SiteRef) -> None:
    id_ = _opened(bench)
    key = StockKey("A-04-2", MUG.sku)
    before = both.explainer.why(site, key, 0, None, 10).quantity

    line = moved(MUG.sku, 10, "adjustment", "A-04-2")
    with_lines = msgspec.structs.replace(
        _step(bench, id_, "close", note="Ten came back."), lines=(line,)
    )

    assert bench.do(with_lines).outcome == "posted"
    assert both.explainer.why(site, key, 0, None, 10).quantity == before


def test_what_nobody_solved_in_nine_tenths_of_its_time_goes_up(
    bench: Probe, both: LedgerService, site: SiteRef, clock: FakeClock
) -> None:
    id_ = _opened(bench)
    clock.pass_ms(3 * HOUR_MS)
    early = both.escalation.run(site)
    clock.pass_ms(HOUR_MS * 7 // 10)

    first = both.escalation.run(site)
    again = both.escalation.run(site)

    assert (early, first, again) == (0, 1, 0)
    (row,) = _told(bench)
    assert (row.exception, row.state, row.owner) == (id_, "escalated", "role:supervisor")


def test_what_is_urgent_goes_to_the_site_manager_if_there_is_one(
    bench: Probe, both: LedgerService, site: SiteRef, clock: FakeClock
) -> None:
    both.people.add(SITE, "p-ines", "Ines", "site_manager", ("PHB-ines-0123456789012", "274951"))
    both.people.revoke("p-lena")
    both.imports.orders(SITE, [order_row("ORD-48213", MUG.sku, (1,))])
    pack = bench.operation(
        "pack", moved(MUG.sku, 2, "A-04-2", "parcel/P-1", order_line=1), order="ORD-48213"
    )
    bench.do(pack)
    bench.pull()
    clock.pass_ms(HOUR_MS)

    both.escalation.run(site)

    assert [row.owner for row in _told(bench)] == ["role:site_manager"]


def test_an_escalated_exception_still_closes_by_itself(
    bench: Probe, both: LedgerService, site: SiteRef, clock: FakeClock
) -> None:
    _opened(bench)
    clock.pass_ms(4 * HOUR_MS)
    both.escalation.run(site)

    bench.do(bench.operation("receive", moved(MUG.sku, 10, "supplier", "A-04-2")))

    assert [row.state for row in _told(bench)] == ["escalated", "closed"]


def test_an_outage_is_one_story(bench: Probe, both: LedgerService, site: SiteRef) -> None:
    other = enrolled(both, "PACK-02")
    for place in ("X-1", "X-2", "X-3", "X-3"):
        bench.do(bench.operation("pick", moved(MUG.sku, 1, place, "tote/T-1")))
    other.do(other.operation("pick", moved(MUG.sku, 1, "X-9", "tote/T-2")))

    told = both.exception_queue.stories(site)

    assert [(one.code, one.station, one.count, one.seen) for one in told] == [
        ("negative_balance", "PACK-01", 3, 4),
        ("negative_balance", "PACK-02", 1, 1),
    ]
    assert len(told[0].exceptions) == 3
