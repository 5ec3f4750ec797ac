"""People and their credentials: made with the person, kept in every version, told to stations."""

import re

import msgspec
import pytest
import sqlalchemy as sa

from app.conformance.probe import Probe, moved
from app.contract.messages import (
    CredentialRow,
    ExceptionRow,
    MasterBody,
    MasterPage,
    MasterQuery,
    Operation,
    PersonRow,
)
from app.domain.roles import Role, signs_in_by_pin
from app.domain.secrets import is_pin
from app.errors import Refusal
from app.identity.userkey import CHEAP, is_of_ledger, is_signed, unlock
from app.ledger import feed
from app.ledger.credentials import Secrets
from app.ledger.people import EVERY_SITE, Wanted
from app.ledger.pepper import pepper_of
from app.ledger.service import LedgerService
from app.ledger.tables import credential
from tests.fakes.clock import FakeClock
from tests.ledger.conftest import MUG, SITE, enrolled
from tests.ledger.rights import by

NOVAK = Secrets("PHB-9F27C0A41D5E88B37QK2M4XW1A", "274951")
LIND = Secrets("PHB-2M4XW1A9F27C0A41D5E88B37QK", "639158")


def hire(
    ledger: LedgerService, person: str, role: str, secrets: Secrets, **more: str
) -> CredentialRow:
    wanted = Wanted(person, person, role, more.pop("site", SITE), **more)
    (made,) = ledger.people.prepare([(wanted, secrets)])
    ledger.people.store([made], "p-ada")
    assert made.credential is not None
    return current(ledger, person)


def told(ledger: LedgerService) -> list[MasterBody]:
    """Everything stations have been told of people, in order."""
    probe = enrolled(ledger, f"LOOK-{ledger.ids.new_id()[-4:]}")
    page = probe.ledger.master(MasterQuery(protocol=2, epoch="", cursor=0))
    assert isinstance(page, MasterPage)
    rows = [msgspec.json.decode(raw, type=MasterBody) for raw in page.rows]
    return [row for row in rows if isinstance(row, PersonRow | CredentialRow)]


def current(ledger: LedgerService, person: str) -> CredentialRow:
    return [row for row in told(ledger) if isinstance(row, CredentialRow) and row.person == person][
        -1
    ]


def site_pepper(ledger: LedgerService) -> bytes:
    with ledger.database.read() as connection:
        return pepper_of(connection, ledger.site(SITE).n)


def test_a_person_and_their_key_are_told_together_and_the_key_is_the_ledgers(
    either: LedgerService,
) -> None:
    hire(either, "p-novak", "clerk", NOVAK)

    person, key = told(either)

    assert isinstance(person, PersonRow)
    assert isinstance(key, CredentialRow)
    assert (key.person, key.version, key.role, key.site) == ("p-novak", 1, "clerk", SITE)
    assert is_of_ledger(key, either.key.public.hex())
    assert not is_of_ledger(
        msgspec.structs.replace(key, role="supervisor"), either.key.public.hex()
    )
    assert (key.memory_kib, key.passes) == (CHEAP.memory_kib, CHEAP.passes)
    assert person.badge_hash == key.badge_hash


def test_badge_and_pin_open_the_key_and_it_signs(ledger: LedgerService) -> None:
    row = hire(ledger, "p-novak", "clerk", NOVAK)

    by_badge = unlock(row, NOVAK.pin, badge=NOVAK.badge)
    by_pin = unlock(row, NOVAK.pin, pepper=site_pepper(ledger))

    assert by_badge is not None
    assert by_badge == by_pin
    assert is_signed(by_badge.sign("ab" * 32), row.public_key, "ab" * 32)
    assert unlock(row, "274952", badge=NOVAK.badge) is None
    assert unlock(row, NOVAK.pin, badge=LIND.badge) is None
    assert unlock(row, NOVAK.pin, pepper=b"another site's pepper, 32 bytes.") is None


@pytest.mark.parametrize("role", Role)
def test_only_clerks_and_leads_of_one_site_can_sign_in_without_a_badge(
    ledger: LedgerService, role: Role
) -> None:
    here = hire(ledger, "p-novak", role.value, NOVAK)
    everywhere = hire(ledger, "p-lind", role.value, LIND, site=EVERY_SITE)

    assert bool(here.by_pin) is signs_in_by_pin(role.value)
    assert not everywhere.by_pin
    assert everywhere.by_badge


def test_an_employees_number_opens_with_the_pepper_only_and_nothing_is_locked_under_it(
    ledger: LedgerService,
) -> None:
    number = Secrets("PHB-00048213", "274951")

    row = hire(ledger, "p-novak", "clerk", number)

    assert row.by_badge == ""
    assert unlock(row, number.pin, badge=number.badge) is None
    assert unlock(row, number.pin, badge=number.badge, pepper=site_pepper(ledger)) is not None


@pytest.mark.parametrize(
    ("role", "secrets", "code"),
    [
        ("supervisor", Secrets("PHB-00048213", "274951"), "weak_badge"),
        ("clerk", Secrets("PHB-1", "274951"), "bad_badge"),
        ("clerk", Secrets(NOVAK.badge, "123456"), "bad_pin"),
        ("clerk", Secrets(NOVAK.badge, "2749"), "bad_pin"),
        ("boss", NOVAK, "unknown_role"),
    ],
)
def test_what_is_too_weak_is_refused_before_anything_is_written(
    ledger: LedgerService, role: str, secrets: Secrets, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        hire(ledger, "p-novak", role, secrets)

    assert refused.value.code == code
    assert secrets.pin not in str(refused.value)
    assert told(ledger) == []


def test_a_badge_is_one_persons(ledger: LedgerService) -> None:
    hire(ledger, "p-novak", "clerk", NOVAK)

    with pytest.raises(Refusal, match="already p-novak's"):
        hire(ledger, "p-lind", "clerk", Secrets(NOVAK.badge, "639158"))


def test_the_same_person_sent_twice_keeps_their_key(either: LedgerService) -> None:
    hire(either, "p-novak", "clerk", NOVAK)
    wanted = Wanted("p-novak", "p-novak", "clerk", SITE)

    again = either.people.prepare([(wanted, NOVAK)])
    applied = either.people.store(again, "import")

    assert (applied.written, applied.unchanged) == (0, 1)
    assert [row.version for row in told(either) if isinstance(row, CredentialRow)] == [1]


def test_another_badge_pin_or_role_is_another_version_and_the_old_one_is_kept_as_ended(
    either: LedgerService,
) -> None:
    first = hire(either, "p-novak", "clerk", NOVAK)
    made = either.people.renew("p-novak", Secrets(LIND.badge, NOVAK.pin), role="supervisor")

    either.people.store([made], "p-ada")

    second = current(either, "p-novak")
    assert (second.version, second.role) == (2, "supervisor")
    assert unlock(second, NOVAK.pin, badge=NOVAK.badge) is None
    assert unlock(second, NOVAK.pin, badge=LIND.badge) is not None
    # An old copy with the new version's number on it opens nothing.
    assert unlock(msgspec.structs.replace(first, version=2), NOVAK.pin, badge=NOVAK.badge) is None
    with either.database.read() as connection:
        old, new = connection.execute(
            sa.select(credential.c.state, credential.c.ended_by, credential.c.ended_master)
            .where(credential.c.person == "p-novak")
            .order_by(credential.c.version)
        ).all()
        head = feed.master_head(connection)
    assert tuple(old) == ("replaced", "p-ada", head)
    assert tuple(new) == ("active", "", 0)


def test_two_who_change_one_person_at_once_do_not_overwrite_each_other(
    ledger: LedgerService,
) -> None:
    hire(ledger, "p-novak", "clerk", NOVAK)
    one = ledger.people.renew("p-novak", Secrets(NOVAK.badge, "639158"))
    two = ledger.people.renew("p-novak", Secrets(NOVAK.badge, "482136"))
    ledger.people.store([one], "p-ada")

    with pytest.raises(Refusal) as refused:
        ledger.people.store([two], "p-bea")

    assert refused.value.code == "stale_version"
    assert unlock(current(ledger, "p-novak"), "639158", badge=NOVAK.badge) is not None


def test_a_revoked_person_is_told_inactive_with_a_credential_that_opens_nothing(
    either: LedgerService,
) -> None:
    hire(either, "p-novak", "clerk", NOVAK)

    either.people.revoke("p-novak", "p-ada", "left on Friday")

    *_, person, key = told(either)
    assert isinstance(person, PersonRow)
    assert isinstance(key, CredentialRow)
    assert not person.active
    assert (key.state, key.version, key.by_badge, key.by_pin) == ("revoked", 2, "", "")
    assert is_of_ledger(key, either.key.public.hex())
    assert unlock(key, NOVAK.pin, badge=NOVAK.badge) is None
    assert [seen.state for seen in either.people.all()] == ["revoked"]


def test_somebody_who_comes_back_gets_a_new_key(ledger: LedgerService) -> None:
    first = hire(ledger, "p-novak", "clerk", NOVAK)
    ledger.people.revoke("p-novak")

    back = hire(ledger, "p-novak", "clerk", NOVAK)

    assert (back.version, back.state) == (3, "active")
    assert back.public_key != first.public_key


def test_unlocking_tells_the_same_key_anew(ledger: LedgerService, clock: FakeClock) -> None:
    before = hire(ledger, "p-novak", "clerk", NOVAK)
    clock.pass_ms(60_000)

    ledger.people.unlock("p-novak", "p-ada")

    after = current(ledger, "p-novak")
    assert after.issued_at > before.issued_at
    assert is_of_ledger(after, ledger.key.public.hex())
    assert msgspec.structs.replace(after, issued_at="", signature="") == msgspec.structs.replace(
        before, issued_at="", signature=""
    )


def test_an_id_that_is_not_given_says_nothing_about_who_it_is(ledger: LedgerService) -> None:
    wanted = Wanted("", "Aneta Novak", "clerk", SITE)
    (made,) = ledger.people.prepare([(wanted, NOVAK)])

    assert re.fullmatch(r"p-[0-9a-z]{6}", made.row.person)
    assert "novak" not in made.row.person


def test_people_of_before_are_said_to_need_a_badge_and_a_pin(ledger: LedgerService) -> None:
    ledger.imports.people([PersonRow("p-okafor", "B. Okafor", "clerk", SITE)])

    (seen,) = ledger.people.all()

    assert seen.credential is None
    assert seen.state == "needs badge and PIN"


def test_hashes_of_pins_are_made_only_while_a_station_of_before_needs_them(
    either: LedgerService,
) -> None:
    def row_of(protocol: int) -> PersonRow:
        probe = enrolled(either, "LOOK-1")
        page = probe.ledger.master(MasterQuery(protocol=protocol, epoch="", cursor=0))
        assert isinstance(page, MasterPage)
        rows = [msgspec.json.decode(raw, type=MasterBody) for raw in page.rows]
        return [row for row in rows if isinstance(row, PersonRow)][-1]

    hire(either, "p-novak", "clerk", NOVAK)
    without = row_of(protocol=1)
    enrolled(either, "OLD-01")
    either.people.store([either.people.renew("p-novak", Secrets(NOVAK.badge, LIND.pin))], "p-ada")

    assert (without.pin_salt, without.pin_hash) == ("", "")
    old = row_of(protocol=1)
    assert is_pin(LIND.pin, old.pin_salt, old.pin_hash)
    new = row_of(protocol=2)
    assert (new.pin_salt, new.pin_hash) == ("", "")
    assert msgspec.structs.replace(old, pin_salt="", pin_hash="") == new


def test_facts_in_a_revoked_name_are_flagged_and_a_station_that_had_heard_is_named(
    either: LedgerService,
) -> None:
    """Not knowing and back again: none; knowing: named; gone now: all, whoever knew."""
    here, offline = enrolled(either, "PACK-01"), enrolled(either, "PACK-02")
    third = enrolled(either, "PACK-03")
    hire(either, "p-novak", "clerk", NOVAK)
    # Rows of the feed say how much of the master feed goes with them.
    third.do(move(third, "p-okafor"))
    for probe in (here, offline):
        probe.pull()
    unaware = [offline.record(move(offline, "p-novak")) for _ in range(5)]
    either.people.revoke("p-novak")
    third.do(move(third, "p-okafor"))
    here.pull()
    knowing = here.record(move(here, "p-novak"))
    hire(either, "p-novak", "clerk", NOVAK)

    assert [result.outcome for result in offline.post()] == ["posted"] * len(unaware)
    assert flags(third) == []
    here.post()
    (flag,) = flags(third)
    assert flag.operation == knowing.id
    assert "PACK-01 recorded this in the name of p-novak after it had heard" in flag.sentence
    either.people.revoke("p-novak")
    late = offline.do(move(offline, "p-novak"))
    assert late.outcome == "posted"
    assert [row.operation for row in flags(third)] == [knowing.id, late.id]
    assert "p-novak may not sign in any more, and PACK-02 sent" in flags(third)[1].sentence


def move(probe: Probe, actor: str) -> Operation:
    return by(probe.operation("move", moved(MUG.sku, 1, "A-04-2", "B-11-1")), actor)


def flags(probe: Probe) -> list[ExceptionRow]:
    probe.pull()
    rows = [row for row in probe.rows if isinstance(row, ExceptionRow)]
    return [row for row in rows if row.code == "signed_while_revoked" and row.seen == 1]


def test_no_secret_lies_in_the_database(ledger: LedgerService) -> None:
    hire(ledger, "p-novak", "clerk", NOVAK)

    with ledger.database.read() as connection:
        texts = [
            repr(tuple(row))
            for name in connection.execute(
                sa.text("SELECT name FROM sqlite_master WHERE type='table'")
            ).scalars()
            for row in connection.execute(sa.text(f'SELECT * FROM "{name}"'))
        ]

    assert not [text for text in texts if NOVAK.pin in text or NOVAK.badge in text]
