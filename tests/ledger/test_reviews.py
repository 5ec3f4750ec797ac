"""Access reviews: complete, adding up, by somebody else, signed; the unattested are suspended."""

import re
from itertools import product

import msgspec
import pytest

from app.contract.codec import canonical
from app.contract.messages import PersonRow
from app.domain.policy import ApproveLimit, Policy
from app.domain.roles import CONFLICTS, ROLES, Role
from app.errors import Refusal
from app.identity.userkey import verified
from app.ledger.credentials import Secrets
from app.ledger.duties import conflicts
from app.ledger.joblist import JOBS
from app.ledger.people import EVERY_SITE, Wanted
from app.ledger.reviewing import Held
from app.ledger.reviews import Decision, Judge, Reviews, review_bytes
from app.ledger.service import LedgerService
from tests.fakes.clock import FakeClock
from tests.ledger.conftest import SITE, enrolled
from tests.ledger.rights import adjust, agree, count_of

DAY_MS = 86_400_000
TEAM = {
    "p-anna": "clerk",
    "p-cora": "controller",
    "p-mia": "site_manager",
    "p-otto": "auditor",
    "p-sven": "supervisor",
}


def secrets(person: str) -> Secrets:
    return Secrets(f"PHB-{person:0<26}", "274951")


@pytest.fixture
def team(either: LedgerService) -> LedgerService:
    for person, role in TEAM.items():
        wanted = Wanted(person, person, role, SITE)
        either.people.store(either.people.prepare([(wanted, secrets(person))]), "p-ada")
    wanted = Wanted("p-ada", "Ada", "admin", EVERY_SITE)
    either.people.store(either.people.prepare([(wanted, secrets("p-ada"))]), "os:root")
    return either


def job(ledger: LedgerService, name: str) -> int:
    (found,) = [one for one in JOBS if one.name == name]
    return found.run(ledger, lambda: False)


def held(ledger: LedgerService, review: str) -> dict[str, Held]:
    return {line.held.account: line.held for line in ledger.reviews.lines(review)}


def test_a_review_shows_of_everybody_what_they_may_where_from_and_when_they_used_it(
    team: LedgerService, clock: FakeClock
) -> None:
    agree(team, Policy(approve={"supervisor": ApproveLimit(quantity=7)}))
    key = team.api_keys.add("shop", ["read"], actor="p-mia", site_name=SITE)
    bench = enrolled(team, "PACK-01")
    bench.do(adjust(bench, -1, actor="p-anna"))
    bench.do(count_of(bench, actor="p-cora"))
    job(team, "note_last_uses")
    clock.pass_ms(DAY_MS)

    lines = held(team, team.reviews.begin("p-ada").id)

    assert sorted(lines) == sorted([*TEAM, "p-ada", f"key:{key.split('_')[1]}"])
    sven, anna = lines["p-sven"], lines["p-anna"]
    assert set(sven.permissions) == {one.value for one in ROLES[Role.SUPERVISOR]}
    assert sven.limits[0].approve == ApproveLimit(quantity=7)
    assert sven.limits[0].approve_offline.quantity == 7
    assert (sven.source.issued_by, sven.source.version) == ("p-ada", 1)
    assert list(anna.last_use) == ["adjust"]
    assert list(lines["p-cora"].last_use) == ["count"]
    # The one who made them all has used that right.
    assert list(lines["p-ada"].last_use) == ["edit_master", "manage_people", "set_policy"]
    assert lines["p-otto"].last_use == {}


def test_uses_are_noted_once_and_go_on_where_they_ended(team: LedgerService) -> None:
    bench = enrolled(team, "PACK-01")
    bench.do(adjust(bench, -1, actor="p-anna"))

    first = job(team, "note_last_uses")
    again = job(team, "note_last_uses")
    bench.do(adjust(bench, -1, actor="p-sven"))
    more = job(team, "note_last_uses")

    # The opening stock was recorded by an enrolment, too.
    assert (first, again, more) == (3, 0, 1)
    with team.database.read() as connection:
        uses = team.last_uses.of(connection)
    assert {"p-anna", "p-sven"} <= uses.keys()


def test_a_body_that_is_no_text_is_nobodys_use(team: LedgerService) -> None:
    bench = enrolled(team, "PACK-01")
    operation = bench.operation("event")
    torn = canonical(operation).replace(b'"actor":"p', b'"actor":"\xe9')
    bench.record_bytes(operation.id, torn)

    (result,) = bench.post()
    noted, again = job(team, "note_last_uses"), job(team, "note_last_uses")

    assert (result.outcome, result.code) == ("held", "unreadable")
    assert noted > again == 0


def test_the_counts_of_a_review_add_up_at_every_step(team: LedgerService) -> None:
    reviews, review = team.reviews, team.reviews.begin("p-ada").id
    mia, ada = Judge("p-mia", "As agreed"), Judge("p-ada", "As agreed")
    steps = (
        ("p-anna", Decision.KEEP, mia),
        ("p-cora", Decision.REVOKE, mia),
        ("p-otto", Decision.DEFER, mia),
        ("p-mia", Decision.KEEP, ada),
    )

    for account, decision, judge in steps:
        reviews.decide(review, account, decision, judge)
        counts = reviews.find(review).counts
        assert counts["reviewed"] == sum(
            counts[one] for one in ("keep", "change", "revoke", "defer")
        )
        assert counts["all"] == 6 == counts["reviewed"] + counts["open"] + counts["suspended"]
    with pytest.raises(Refusal, match="2 accounts are not decided yet"):
        reviews.close(review, "p-ada")
    team.people.store([team.people.renew("p-sven", secrets("p-sven"), role="clerk")], "p-ada")
    reviews.decide(review, "p-sven", Decision.CHANGE, mia)
    reviews.decide(review, "p-ada", Decision.KEEP, _second_admin(team))
    closed = reviews.close(review, "p-ada")

    assert closed.counts == {
        "keep": 3, "change": 1, "revoke": 1, "defer": 1, "suspended": 0,
        "open": 0, "reviewed": 6, "all": 6,
    }  # fmt: skip
    assert team.people.find("p-cora").state == "revoked"
    with pytest.raises(Refusal, match="closed"):
        reviews.decide(review, "p-anna", Decision.KEEP, mia)


def _second_admin(ledger: LedgerService) -> Judge:
    wanted = Wanted("p-bea", "Bea", "admin", EVERY_SITE)
    ledger.people.store(ledger.people.prepare([(wanted, secrets("p-bea"))]), "p-ada")
    return Judge("p-bea", "As agreed")


def _refused(reviews: Reviews, review: str, account: str, decision: str, judge: Judge) -> str:
    with pytest.raises(Refusal) as refusal:
        reviews.decide(review, account, Decision(decision), judge)
    return refusal.value.code


def test_nobody_attests_themselves_and_only_who_may_attests_others(team: LedgerService) -> None:
    team.add_site("MUC", company_prefix="4099999")
    wanted = Wanted("p-max", "Max", "site_manager", "MUC")
    team.people.store(team.people.prepare([(wanted, secrets("p-max"))]), "p-ada")
    wanted = Wanted("p-mia2", "Mia", "clerk", SITE, "e-mia")
    team.people.store(team.people.prepare([(wanted, secrets("p-mia2"))]), "p-ada")
    team.people.store(
        team.people.prepare(
            [(Wanted("p-mia", "Mia", "site_manager", SITE, "e-mia"), secrets("p-mia"))]
        ),
        "p-ada",
    )
    reviews, review = team.reviews, team.reviews.begin("p-ada").id
    mia = Judge("p-mia", "As agreed")

    assert _refused(reviews, review, "p-mia", "keep", mia) == "own_rights"
    assert _refused(reviews, review, "p-mia2", "keep", mia) == "own_rights"
    assert _refused(reviews, review, "p-anna", "keep", Judge("p-max")) == "not_permitted"
    assert _refused(reviews, review, "p-anna", "keep", Judge("p-sven")) == "not_permitted"
    assert _refused(reviews, review, "p-anna", "keep", Judge("p-nobody")) == "not_permitted"
    # Whoever is everywhere is attested by somebody who is.
    assert _refused(reviews, review, "p-ada", "keep", mia) == "not_permitted"
    assert _refused(reviews, review, "p-anna", "revoke", Judge("p-mia")) == "no_reason"
    assert _refused(reviews, review, "p-anna", "change", mia) == "rights_unchanged"
    assert _refused(reviews, review, "p-anna", "suspended", mia) == "unknown_decision"
    assert _refused(reviews, review, "p-nobody", "keep", mia) == "unknown_account"
    assert _refused(reviews, "r-none", "p-anna", "keep", mia) == "unknown_review"
    assert reviews.find(review).counts["reviewed"] == 0
    with pytest.raises(Refusal, match="still open"):
        reviews.begin("p-ada")


def test_who_is_not_attested_is_suspended_at_day_fourteen_and_not_before(
    team: LedgerService, clock: FakeClock
) -> None:
    key = team.api_keys.add("shop", ["read"], actor="p-mia", site_name=SITE)
    review = team.reviews.begin("p-ada").id
    team.reviews.decide(review, "p-anna", Decision.KEEP, Judge("p-mia"))

    clock.pass_ms(14 * DAY_MS - 1_000)
    early = job(team, "suspend_unattested")
    clock.pass_ms(1_000)
    due = job(team, "suspend_unattested")
    again = job(team, "suspend_unattested")

    assert (early, due, again) == (0, 6, 0)
    states = {seen.row.person: seen.state for seen in team.people.all()}
    assert states.pop("p-anna") == "active"
    assert set(states.values()) == {"revoked"}
    with pytest.raises(Refusal):
        team.api_keys.find(key)
    counts = team.reviews.find(review).counts
    assert (counts["suspended"], counts["keep"], counts["open"], counts["all"]) == (6, 1, 0, 7)
    assert team.reviews.close(review, "p-ada").state == "closed"


def test_fifteen_seeded_conflicts_are_found_all_of_them_and_nothing_else(
    either: LedgerService,
) -> None:
    stock = ("clerk", "packer_lead", "controller", "supervisor", "site_manager", "integration")
    seeded = [("admin", role) for role in stock]
    seeded += [("auditor", role) for role in (*stock, "admin")]
    rows = []
    for number, (one, other) in enumerate(seeded):
        # Two accounts of an employee, at one site; then some at every site, some by one badge.
        rows.append(PersonRow(f"p-{number}a", "", one, SITE, employee=f"e-{number}"))
        rows.append(PersonRow(f"p-{number}b", "", other, SITE, employee=f"e-{number}"))
    rows.append(PersonRow("p-13a", "", "admin", "", badge_hash="b1"))
    rows.append(PersonRow("p-13b", "", "clerk", SITE, badge_hash="b1"))
    rows.append(PersonRow("p-14a", "", "auditor", SITE, "b2", employee="e-14"))
    rows.append(PersonRow("p-14x", "", "auditor", SITE, "b2"))
    rows.append(PersonRow("p-14b", "", "supervisor", "", employee="e-14"))
    # What looks like one and is none: other sites, revoked, two people, roles that go together.
    rows += [
        PersonRow("p-20a", "", "admin", SITE, employee="e-20"),
        PersonRow("p-20b", "", "clerk", "MUC", employee="e-20"),
        PersonRow("p-21a", "", "admin", SITE, employee="e-21"),
        PersonRow("p-21b", "", "clerk", SITE, active=False, employee="e-21"),
        PersonRow("p-22a", "", "clerk", SITE, employee="e-22"),
        PersonRow("p-22b", "", "supervisor", SITE, employee="e-22"),
        PersonRow("p-23", "", "admin", SITE),
        PersonRow("p-24", "", "clerk", SITE),
    ]
    either.imports.people(rows)

    lines = held(either, either.reviews.begin("p-ada").id)

    found = {account for account, one in lines.items() if one.conflicts}
    expected = {f"p-{number}{letter}" for number, letter in product(range(15), "ab")} | {"p-14x"}
    assert found == expected
    persons = {re.sub(r"\D", "", account) for account in found}
    assert len(persons) == 15
    # Every pair that is static is among them.
    told = {(one, other) for line in lines.values() for _, one, other in line.conflicts}
    assert told == {(one.value, other.value) for one, other in CONFLICTS}


def test_a_role_that_conflicts_with_another_of_the_same_person_is_not_given(
    team: LedgerService,
) -> None:
    wanted = Wanted("p-otto2", "Otto", "clerk", SITE, "e-otto")
    team.people.store(team.people.prepare([(wanted, secrets("p-otto2"))]), "p-ada")
    auditor = Wanted("p-otto", "Otto", "auditor", SITE, "e-otto")

    with pytest.raises(Refusal) as refused:
        team.people.store(team.people.prepare([(auditor, secrets("p-otto"))]), "p-ada")

    assert refused.value.code == "duties_conflict"
    assert "p-otto2" in str(refused.value)
    assert team.people.find("p-otto").row.employee == ""
    assert conflicts(seen.row for seen in team.people.all()) == []


def test_an_exported_review_is_signed_and_a_changed_one_does_not_verify(
    team: LedgerService,
) -> None:
    review = team.reviews.begin("p-ada").id
    team.reviews.decide(review, "p-anna", Decision.KEEP, Judge("p-mia"))

    told = msgspec.json.decode(team.reviews.export(review))

    key = team.key.public.hex()
    assert told["ledger_key"] == key
    assert verified(key, told["signature"], review_bytes(told["body"]))
    changed = told["body"].replace('"decision":"keep"', '"decision":"defer"')
    assert changed != told["body"]
    assert not verified(key, told["signature"], review_bytes(changed))
    body = msgspec.json.decode(told["body"])
    assert body["review"]["counts"]["all"] == len(body["lines"]) == 6
