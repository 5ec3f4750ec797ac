"""A supervisor asks for what they may approve here without a link: badge, PIN and a code."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from app.contract import chain
from app.contract.messages import Grant, GrantRequest
from app.domain.text import text
from app.identity.userkey import verified
from app.station.events import GrantAsked
from app.station.inbox import Granted, Intent, LinkChanged, LinkState
from app.station.screen import Page, ProofState
from tests.station.recorded import events_of
from tests.support.bench import TestBench
from tests.support.people import BADGE, BOSS_BADGE, LEDGER, PINS, credential

GRANT = Grant(
    "g-1", "p-adeyemi", "HAM", "enr-1", 100, 50_000, 50,
    "2026-11-23T07:31:00Z", "2026-11-24T07:31:00Z", "",
)  # fmt: skip


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path)
    made.station.handle([LinkChanged(LinkState.ONLINE, "2026-11-23T07:30:00Z")])
    made.sign_in(BOSS_BADGE)
    yield made
    made.book.close()


def given(**changes: object) -> Grant:
    plain = msgspec.structs.replace(GRANT, **changes)
    return msgspec.structs.replace(plain, signature=LEDGER.sign(chain.grant_bytes(plain)).hex())


def ask(bench: TestBench, code: str = "123456") -> None:
    bench.do(Intent.GRANT)
    bench.scan(BOSS_BADGE)
    bench.enter_pin(PINS[BOSS_BADGE])
    bench.enter_pin(code)


def asked(bench: TestBench) -> list[GrantRequest]:
    return [event.request for event in bench.events if isinstance(event, GrantAsked)]


def held(bench: TestBench) -> list[str]:
    with bench.store.begin() as work:
        return [one.grant.id for one in work.grants("p-adeyemi")]


def test_badge_pin_and_code_make_a_request_signed_by_the_person(bench: TestBench) -> None:
    ask(bench)

    (request,) = asked(bench)
    row = credential(BOSS_BADGE)
    message = chain.grant_request_bytes("enr-1", "p-adeyemi", 1, "123456", request.nonce)
    assert verified(row.public_key, request.signature, message)
    assert bench.screen.proof is not None
    assert bench.screen.proof.state is ProofState.CHECKING
    assert "123456" not in repr([e for e in bench.events if not isinstance(e, GrantAsked)])


def test_what_the_ledger_signed_is_kept_and_recorded(bench: TestBench) -> None:
    ask(bench)
    bench.station.handle([Granted(given())])

    assert held(bench) == ["g-1"]
    assert bench.screen.proof is None
    assert bench.page == Page.HOME
    assert events_of(bench)[-1].evidence["grant"] == "g-1"


@pytest.mark.parametrize(
    "grant",
    [
        GRANT,
        msgspec.structs.replace(given(), max_quantity=100_000),
        given(person="p-novak"),
        given(enrolment="enr-2"),
        given(site="BRE"),
    ],
)
def test_a_grant_that_is_not_ours_is_not_kept(bench: TestBench, grant: Grant) -> None:
    ask(bench)
    bench.station.handle([Granted(grant)])

    assert held(bench) == []
    assert bench.screen.proof is not None


def test_a_wrong_code_is_said_and_another_may_be_entered(bench: TestBench) -> None:
    ask(bench)
    bench.station.handle([Granted(None, "This code is not right. Wait for the next one.")])
    assert bench.screen.prompt.detail is not None
    assert "not right" in str(bench.screen.prompt.detail.value("sentence"))

    bench.enter_pin("654321")

    assert [one.code for one in asked(bench)] == ["123456", "654321"]
    assert len({one.nonce for one in asked(bench)}) == 2


def test_an_answer_nobody_waits_for_is_not_kept(bench: TestBench) -> None:
    ask(bench)
    bench.do(Intent.NO)
    bench.station.handle([Granted(given())])

    assert held(bench) == []


def test_without_a_link_nobody_is_asked_and_the_key_says_so_before(bench: TestBench) -> None:
    bench.station.handle([LinkChanged(LinkState.OFFLINE, "2026-11-23T07:30:00Z")])
    key = next(one for one in bench.screen.actions if one.intent == Intent.GRANT)
    bench.scan("CMD:GRANT")
    said = bench.screen.prompt

    assert (key.enabled, key.why_not) == (False, text("grant.offline"))
    assert (bench.screen.proof, bench.screen.locked) == (None, True)
    assert (said.title, said.detail) == (text("grant.title"), text("grant.offline"))


def test_that_there_is_no_link_is_said_until_it_is_acknowledged(bench: TestBench) -> None:
    bench.station.handle([LinkChanged(LinkState.OFFLINE, "2026-11-23T07:30:00Z")])
    bench.scan("CMD:GRANT")
    bench.scan("ORD-48213")
    still = (bench.page, bench.title)

    bench.do(Intent.ACKNOWLEDGE)
    bench.scan("ORD-48213")

    assert still == (Page.HOME, "grant.title")
    assert bench.page == Page.PACK


def test_a_station_that_locks_says_nothing_of_it_any_more(bench: TestBench) -> None:
    bench.station.handle([LinkChanged(LinkState.OFFLINE, "2026-11-23T07:30:00Z")])
    bench.scan("CMD:GRANT")
    bench.pass_s(16 * 60)
    locked = bench.page

    bench.sign_in(BOSS_BADGE)

    assert (locked, bench.page) == (Page.SIGN_IN, Page.HOME)
    assert not bench.screen.locked


def test_a_clerk_is_not_offered_it_and_does_not_get_it(bench: TestBench) -> None:
    bench.scan("CMD:SIGN-OUT")
    bench.sign_in(BADGE)
    assert Intent.GRANT not in [action.intent for action in bench.screen.actions]
    bench.do(Intent.GRANT)
    bench.scan(BADGE)

    assert bench.screen.prompt.detail is not None
    assert bench.screen.prompt.detail.code == "step_up.no_right"


def test_a_code_nobody_enters_is_not_waited_for(bench: TestBench) -> None:
    bench.do(Intent.GRANT)
    bench.scan(BOSS_BADGE)
    bench.enter_pin(PINS[BOSS_BADGE])
    bench.pass_s(61)

    assert bench.screen.proof is None
    bench.enter_pin("123456")
    assert asked(bench) == []
