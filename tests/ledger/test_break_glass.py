"""Rights lent for an hour in an emergency: by two persons, told to all, reported, taken back."""

import msgspec
import pytest

from app.conformance.probe import Probe
from app.contract.chain import content_hash
from app.contract.codec import canonical
from app.contract.messages import (
    CredentialRow,
    ExceptionRow,
    MasterBody,
    MasterPage,
    MasterQuery,
    PersonRow,
)
from app.errors import Refusal
from app.identity.userkey import is_of_ledger, unlock
from app.ledger.breakglass import Lent
from app.ledger.credentials import Secrets
from app.ledger.joblist import JOBS
from app.ledger.people import EVERY_SITE, Wanted
from app.ledger.service import LedgerService
from app.ledger.sites import SiteRef
from tests.fakes.clock import FakeClock
from tests.ledger.conftest import SITE, enrolled
from tests.ledger.rights import about, adjust

PIN = "274951"
TEAM = {"p-anna": "clerk", "p-ben": "clerk", "p-sven": "supervisor", "p-otto": "auditor"}


def badge(person: str) -> str:
    return f"PHB-{person:0<26}"


def hire(ledger: LedgerService, person: str, role: str, employee: str = "") -> None:
    where = EVERY_SITE if role == "admin" else SITE
    wanted = Wanted(person, person, role, where, employee)
    secrets = Secrets(badge(person), PIN)
    ledger.people.store(ledger.people.prepare([(wanted, secrets)]), "p-ada")


@pytest.fixture
def where(either: LedgerService) -> SiteRef:
    for person, role in TEAM.items():
        hire(either, person, role)
    hire(either, "p-ada", "admin")
    return either.site(SITE)


def told(station: Probe, person: str) -> tuple[PersonRow, CredentialRow]:
    """What stations were told of somebody last."""
    page = station.ledger.master(MasterQuery(protocol=2, epoch="", cursor=0))
    assert isinstance(page, MasterPage)
    rows = [msgspec.json.decode(raw, type=MasterBody) for raw in page.rows]
    people = [row for row in rows if isinstance(row, PersonRow) and row.person == person]
    keys = [row for row in rows if isinstance(row, CredentialRow) and row.person == person]
    return people[-1], keys[-1]


def lend(ledger: LedgerService, where: SiteRef) -> Lent:
    asked = ledger.break_glass.ask(
        where, "p-anna", "supervisor", by="p-ben", reason="Supervisor ill, carrier waits"
    )
    return ledger.break_glass.approve(where, asked.id, by="p-ada")


def run_job(ledger: LedgerService) -> int:
    (job,) = [job for job in JOBS if job.name == "end_lent_roles"]
    return job.run(ledger, lambda: False)


def decided(station: Probe, by: str) -> str:
    """What becomes of this person's approval of somebody else's adjustment."""
    asked = adjust(station, -1, actor="p-ben")
    assert station.do(asked).outcome == "waiting"
    evidence: dict[str, str | int | bool] = {"content_hash": content_hash(canonical(asked))}
    return station.do(
        about(station, "decide", asked.id, by, reason="approve", evidence=evidence)
    ).outcome


def test_a_role_is_lent_by_two_persons_for_an_hour_and_reported(
    either: LedgerService, where: SiteRef, clock: FakeClock
) -> None:
    station = enrolled(either, "PACK-01")
    before = told(station, "p-anna")[1]

    lent = lend(either, where)

    person, key = told(station, "p-anna")
    assert (person.role, key.role, key.version) == ("supervisor", "supervisor", before.version)
    assert is_of_ledger(key, either.key.public.hex())
    assert unlock(key, PIN, badge=badge("p-anna")) is not None
    # A role that decides needs the badge, also when it is lent.
    assert (bool(before.by_pin), key.by_pin) == (True, "")
    station.pull()
    reports = [row for row in station.rows if isinstance(row, ExceptionRow)]
    assert [row.code for row in reports] == ["glass_broken"]
    assert "close_with_note" in reports[0].ways
    clock.pass_ms(3_599_000)
    assert run_job(either) == 0
    clock.pass_ms(2_000)
    assert run_job(either) == 1
    person, key = told(station, "p-anna")
    assert (person.role, key.role, bool(key.by_pin)) == ("clerk", "clerk", True)
    assert [one.state for one in either.break_glass.list(where)] == ["ended"]
    assert (lent.asked_by, lent.approved_by) == ("p-ben", "p-ada")


def test_what_is_lent_counts_at_the_ledger_while_it_lasts(
    either: LedgerService, where: SiteRef, clock: FakeClock
) -> None:
    station = enrolled(either, "PACK-01")

    refused = decided(station, "p-anna")
    lend(either, where)
    counted = decided(station, "p-anna")
    clock.pass_ms(3_601_000)
    run_job(either)
    over = decided(station, "p-anna")

    assert (refused, counted, over) == ("refused", "posted", "refused")


def test_neither_who_asked_nor_who_gets_it_nor_another_account_of_theirs_approves(
    either: LedgerService, where: SiteRef
) -> None:
    hire(either, "p-sina", "supervisor", employee="e-7")
    hire(either, "p-sina2", "clerk", employee="e-7")
    glass = either.break_glass
    by_sina2 = glass.ask(where, "p-anna", "supervisor", by="p-sina2", reason="Nobody here")
    by_sven = glass.ask(where, "p-anna", "supervisor", by="p-sven", reason="Nobody here")
    for_sina2 = glass.ask(where, "p-sina2", "supervisor", by="p-ben", reason="Nobody here")

    def code(asked: Lent, by: str) -> str:
        with pytest.raises(Refusal) as refused:
            glass.approve(where, asked.id, by=by)
        return refused.value.code

    assert code(by_sina2, "p-sina") == "two_persons_needed"
    assert code(for_sina2, "p-sina") == "two_persons_needed"
    assert code(by_sven, "p-sven") == "two_persons_needed"
    assert code(by_sven, "p-ben") == "not_permitted"
    assert code(by_sven, "p-otto") == "not_permitted"
    assert code(by_sven, "p-nobody") == "unknown_person"
    assert glass.approve(where, by_sven.id, by="p-ada").state == "lent"
    assert code(by_sven, "p-sina") == "not_open"
    assert code(by_sina2, "p-sven") == "already_lent"


def test_a_request_nobody_answered_lapses(
    either: LedgerService, where: SiteRef, clock: FakeClock
) -> None:
    asked = either.break_glass.ask(where, "p-anna", "supervisor", by="p-ben", reason="Ill")
    clock.pass_ms(3_601_000)

    with pytest.raises(Refusal, match="too old"):
        either.break_glass.approve(where, asked.id, by="p-ada")
    assert run_job(either) == 1

    assert [one.state for one in either.break_glass.list()] == ["lapsed"]
    assert told(enrolled(either, "PACK-01"), "p-anna")[0].role == "clerk"


@pytest.mark.parametrize(
    ("person", "role", "reason", "code"),
    [
        ("p-anna", "admin", "Ill", "not_lendable"),
        ("p-anna", "clerk", "Ill", "not_lendable"),
        ("p-anna", "supervisor", " ", "no_reason"),
        ("p-nobody", "supervisor", "Ill", "unknown_person"),
    ],
)
def test_what_cannot_be_lent_is_refused(
    ledger: LedgerService, person: str, role: str, reason: str, code: str
) -> None:
    hire(ledger, "p-anna", "clerk")
    hire(ledger, "p-ben", "clerk")

    with pytest.raises(Refusal) as refused:
        ledger.break_glass.ask(ledger.site(SITE), person, role, by="p-ben", reason=reason)

    assert refused.value.code == code
    assert ledger.break_glass.list() == []


def test_who_gets_a_new_pin_or_is_revoked_meanwhile_keeps_nothing_that_was_lent(
    either: LedgerService, where: SiteRef
) -> None:
    station = enrolled(either, "PACK-01")
    lent = lend(either, where)

    made = either.people.renew("p-anna", Secrets(badge("p-anna"), "639158"))
    either.people.store([made], "p-ada")
    assert told(station, "p-anna")[1].role == "clerk"
    either.people.revoke("p-anna", "p-ada")
    either.break_glass.end(where, lent.id, by="p-ada")

    person, key = told(station, "p-anna")
    assert (person.active, person.role, key.state) == (False, "clerk", "revoked")
