"""What runs out next is said days ahead, in the footer, in words that count right."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from app.catalogue import Catalogue
from app.contract.messages import Grant
from app.station.events import FooterChanged
from app.station.inbox import LinkChanged, LinkState
from tests.support.bench import TestBench
from tests.support.people import BADGE, BOSS_BADGE, credential, signed

ISSUED = datetime(2026, 11, 20, 6, tzinfo=UTC)
ENDS = ISSUED + timedelta(days=10)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path)
    yield made
    made.book.close()


def said(bench: TestBench, language: str = "en") -> str:
    bench.pass_s(31)
    footer = next(e.footer for e in reversed(bench.events) if isinstance(e, FooterChanged))
    return Catalogue.load(language).say(footer.runs_out) if footer.runs_out is not None else ""


def at(bench: TestBench, moment: datetime) -> None:
    bench.clock.pass_ms(int((moment - bench.clock.now()).total_seconds() * 1_000))


@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        (timedelta(days=6), ""),
        (timedelta(days=4, hours=1), "Without a link nobody can sign in here in 4 days"),
        (timedelta(days=1, hours=1), "Without a link nobody can sign in here in 1 day"),
        (timedelta(hours=5), "Without a link nobody can sign in here within 5 hours"),
        (timedelta(minutes=30), "Without a link nobody can sign in here within 1 hour"),
        (-timedelta(hours=1), "Nobody can sign in here before there is a link; who is in works on"),
    ],
)
def test_the_end_of_signing_in_is_said_days_ahead(
    bench: TestBench, before: timedelta, sentence: str
) -> None:
    at(bench, ENDS - before)

    assert said(bench) == sentence


def test_it_counts_right_in_german(bench: TestBench) -> None:
    at(bench, ENDS - timedelta(days=1, hours=1))

    assert said(bench, "de") == "Ohne Verbindung meldet sich hier in 1 Tag niemand mehr an"


def test_with_a_link_only_the_own_end_is_said(bench: TestBench) -> None:
    bench.station.handle([LinkChanged(LinkState.ONLINE, "2026-11-23T07:30:00Z")])
    at(bench, ENDS - timedelta(days=2))
    assert said(bench) == ""

    own = msgspec.structs.replace(
        credential(BADGE), not_after="2026-12-01T06:00:00Z", issued_at="2026-11-28T06:00:00Z"
    )
    bench.master(signed(own))
    bench.sign_in(BADGE)

    assert said(bench) == "Your access ends in 2 days: ask the office"


def test_a_supervisor_sees_until_when_their_grant_goes_on(bench: TestBench) -> None:
    bench.sign_in(BOSS_BADGE)
    grant = Grant(
        "g-1", "p-adeyemi", "HAM", "enr-1", 100, -1, 50,
        "2026-11-15T06:00:00Z", "2026-11-16T06:00:00Z", "00" * 64,
    )  # fmt: skip
    with bench.store.begin() as work:
        work.add_grant(grant)
        work.commit()

    assert said(bench) == "Approving here without a link ends within 23 hours"
