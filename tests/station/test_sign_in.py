"""Signing in at a station: badge and PIN, or a name of the list and PIN; never by anything else."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import msgspec
import pytest

from app.contract.messages import CredentialRow
from app.domain.gtin import check_digit
from app.station.inbox import OUTSIDE, Do, Intent
from app.station.screen import Page, ProofState
from tests.station.recorded import events_of
from tests.support.bench import MUG, TestBench
from tests.support.people import (
    BADGE,
    BOSS_BADGE,
    LEAD_BADGE,
    OTHER_BADGE,
    PINS,
    credential,
    signed,
)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path)
    yield made
    made.book.close()


def test_badge_and_pin_sign_in_and_the_session_holds_the_persons_key(bench: TestBench) -> None:
    bench.scan(BADGE)
    assert bench.title == "sign_in.enter_pin"
    bench.enter_pin(PINS[BADGE])

    assert bench.page == Page.HOME
    session = bench.station.engine._session
    assert session is not None
    assert session.key is not None
    assert (session.person, session.version, session.key.person) == ("p-novak", 1, "p-novak")
    assert [(e.reason, e.evidence["by"]) for e in events_of(bench)] == [("sign_in", "badge")]


def test_a_badge_alone_signs_nobody_in(bench: TestBench) -> None:
    bench.scan(BADGE)
    bench.scan("ORD-48213")

    assert bench.page == Page.SIGN_IN
    assert bench.fates[-1] == "refused"


def test_a_name_and_a_pin_sign_in_where_no_badge_is_needed(bench: TestBench) -> None:
    assert {one.person for one in bench.screen.people} == {"p-novak", "p-okafor", "p-lind"}

    bench.enter_pin(PINS[OTHER_BADGE], "p-okafor")

    assert bench.page == Page.HOME


def test_whoever_decides_needs_the_badge(bench: TestBench) -> None:
    bench.enter_pin(PINS[BOSS_BADGE], "p-adeyemi")
    assert bench.page == Page.SIGN_IN

    bench.sign_in(BOSS_BADGE)

    assert bench.page == Page.HOME


@pytest.mark.parametrize(("badge", "pin"), [(BADGE, "000000"), (BADGE, PINS[OTHER_BADGE])])
def test_what_is_wrong_is_never_said(bench: TestBench, badge: str, pin: str) -> None:
    bench.scan(badge)
    bench.enter_pin(pin)

    assert bench.page == Page.SIGN_IN
    detail = bench.screen.prompt.detail
    assert detail is not None
    assert (detail.code, detail.value("left")) == ("sign_in.wrong", 9)


def test_every_failure_is_in_the_chain_and_what_was_typed_is_nowhere(bench: TestBench) -> None:
    bench.scan("PHB-nobody-at-all-123")
    bench.scan(BADGE)
    bench.enter_pin("314159")

    found = events_of(bench)

    assert [(e.reason, e.evidence.get("why")) for e in found] == [
        ("sign_in_failed", "unknown_badge"),
        ("sign_in_failed", "wrong"),
    ]
    bench.book.close()
    stored = b"".join(path.read_bytes() for path in bench.folder.iterdir() if path.is_file())
    for secret in (b"314159", BADGE.encode(), b"PHB-nobody-at-all"):
        assert secret not in stored
        assert secret.decode() not in repr(bench.events)


def test_two_hundred_barcodes_sign_nobody_in(bench: TestBench) -> None:
    """A10: product codes, GS1 element strings, noise; before and after a badge was scanned."""
    chance = Random(10)
    for turn in range(200):
        body = "".join(chance.choices("0123456789", k=13))
        product = body + str(check_digit(body))
        noise = "".join(chr(chance.randrange(32, 127)) for _ in range(chance.randrange(1, 40)))
        code = (product, f"]C101{product}10LOT{turn}", noise, PINS[BADGE])[turn % 4]
        if turn == 100:
            bench.scan(BADGE)
        if not code.upper().startswith("PHB-") and not code.upper().startswith("CMD:"):
            bench.scan(code)

    assert bench.page == Page.SIGN_IN
    assert "applied" not in bench.fates
    assert not [event for event in events_of(bench) if event.reason == "sign_in"]


@pytest.mark.parametrize(
    "heard",
    [
        "phb-nOVAK-1234567890",
        "]C1PHB-nOVAK-1234567890",
        " PHB-nOVAK-1234567890",
        "4012345000016PHB-nOVAK-1234567890",
    ],
)
def test_a_badge_that_came_wrong_is_a_secret_all_the_same(bench: TestBench, heard: str) -> None:
    bench.scan(heard)

    with bench.store.begin() as work:
        stored = work.connection.exec_driver_sql("SELECT * FROM scan").all()
    assert len(stored) == 1
    assert "nOVAK" not in repr((stored, bench.events))


def test_digits_typed_into_the_scan_line_are_the_pin_and_in_no_journal(bench: TestBench) -> None:
    bench.scan(BADGE)
    bench.do(Intent.CODE, PINS[BADGE])

    assert bench.page == Page.HOME
    with bench.book.reader.connect() as connection:
        rows = connection.exec_driver_sql("SELECT raw FROM scan").scalars().all()
    assert all(PINS[BADGE].encode() not in bytes(raw) for raw in rows)


def test_a_credential_the_ledger_did_not_sign_is_refused_and_recorded(bench: TestBench) -> None:
    false = msgspec.structs.replace(credential(BADGE, version=2, pin="999999"), role="supervisor")
    bench.master(false)

    assert [(e.reason, e.evidence["person"]) for e in events_of(bench)] == [
        ("credential_refused", "p-novak")
    ]
    bench.sign_in(BADGE)
    assert bench.page == Page.HOME


def test_a_version_never_goes_back_and_what_is_revoked_stays_so(bench: TestBench) -> None:
    bench.master(credential(BADGE, version=3, pin="777777"))
    bench.master(credential(BADGE))
    bench.scan(BADGE)
    bench.enter_pin(PINS[BADGE])
    assert bench.page == Page.SIGN_IN
    bench.enter_pin("777777")
    assert bench.page == Page.HOME

    ended = signed(msgspec.structs.replace(credential(OTHER_BADGE), state="revoked"))
    bench.master(ended)
    bench.master(credential(OTHER_BADGE))

    with bench.store.begin() as work:
        found = work.credential("p-okafor")
    assert found is not None
    assert found.state == "revoked"


def test_a_pin_renewed_while_the_key_is_tried_opens_nothing(bench: TestBench) -> None:
    bench.scan(BADGE)
    bench.station.engine._door.gate.unlocker.ask = lambda unlock: None  # type: ignore[method-assign]
    bench.enter_pin(PINS[BADGE])
    assert bench.title == "sign_in.checking_title"
    proof = bench.screen.proof
    assert proof is not None
    assert proof.state is ProofState.CHECKING

    bench.pass_s(11)

    assert bench.title == "sign_in.refused"


def test_what_costs_too_little_is_not_tried(bench: TestBench) -> None:
    cheap: CredentialRow = msgspec.structs.replace(
        credential(LEAD_BADGE, version=2), memory_kib=8, passes=1
    )
    bench.master(signed(cheap))
    bench.scan(LEAD_BADGE)

    detail = bench.screen.prompt.detail
    assert detail is not None
    assert detail.code == "sign_in.weak"


def test_another_badge_asks_that_persons_pin_and_the_order_stays_the_firsts(
    bench: TestBench,
) -> None:
    """A11: a user switch keeps the draft."""
    bench.sign_in(BADGE)
    bench.scan("ORD-48213")
    bench.scan(MUG.packs[0].gtin[1:])
    bench.scan(OTHER_BADGE)
    assert bench.title == "sign_in.enter_pin"

    bench.enter_pin(PINS[OTHER_BADGE])
    assert bench.page == Page.HOME
    bench.sign_in(BADGE)
    bench.scan("ORD-48213")

    assert bench.screen.done == 1


def test_a_switch_that_was_a_slip_is_taken_back_by_the_first_ones_badge(bench: TestBench) -> None:
    bench.sign_in(BADGE)
    bench.scan("ORD-48213")
    bench.scan(MUG.packs[0].gtin[1:])
    bench.scan(OTHER_BADGE)
    bench.do(Intent.NO)

    bench.scan(BADGE)

    assert (bench.page, bench.screen.done) == (Page.PACK, 1)


def test_a_restart_signs_nobody_in_and_the_order_waits_for_whose_it_is(bench: TestBench) -> None:
    """A11: a restart never restores another's session."""
    bench.sign_in(BADGE)
    bench.scan("ORD-48213")
    bench.scan(MUG.packs[0].gtin[1:])

    other = bench.crash()
    assert other.title == "sign_in.locked"
    other.scan(BADGE)
    assert other.page == Page.SIGN_IN
    other.do(Intent.NO)
    other.sign_in(OTHER_BADGE)
    assert other.page == Page.HOME

    other.sign_in(BADGE)
    other.scan("ORD-48213")
    again = other.crash_and_restart()

    assert (again.page, again.screen.done) == (Page.PACK, 1)
    again.book.close()


@pytest.mark.parametrize("intent", [one for one in Intent if one not in OUTSIDE])
def test_every_key_has_a_defined_answer_at_the_door(bench: TestBench, intent: Intent) -> None:
    bench.scan(BADGE)
    bench.station.handle([Do(intent, "1", "p-novak")])

    assert bench.page == Page.SIGN_IN
