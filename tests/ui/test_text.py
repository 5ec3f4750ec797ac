"""Weights, times and ages as people here read them; whole numbers only."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue import Catalogue, Message
from app.domain.text import text
from ui.text import Words

ENGLISH = Words(Catalogue.load("en", strict=True), UTC)
GERMAN = Words(Catalogue.load("de", strict=True), timezone(timedelta(hours=1)))
NOW = datetime(2026, 11, 20, 9, 52, tzinfo=UTC)


@pytest.mark.parametrize(
    ("milligrams", "english", "german"),
    [
        (0, "0 g", "0 g"),
        (445_000, "445 g", "445 g"),
        (9_500, "9.5 g", "9,5 g"),
        (999_950, "1,000.0 g", "1.000,0 g"),
        (1_000_000, "1.000 kg", "1,000 kg"),
        (2_413_000, "2.413 kg", "2,413 kg"),
        (2_413_500, "2.414 kg", "2,414 kg"),
        (1_234_567_000, "1,234.567 kg", "1.234,567 kg"),
        (-1_500_000, "−1.500 kg", "−1,500 kg"),
        (None, "—", "—"),
    ],
)
def test_a_weight_is_written_in_the_unit_a_packer_thinks_in(
    milligrams: int | None, english: str, german: str
) -> None:
    assert (ENGLISH.weight(milligrams), GERMAN.weight(milligrams)) == (english, german)


@given(st.integers(-50_000_000_000, 50_000_000_000))
def test_a_shown_weight_is_never_further_off_than_half_its_last_digit(milligrams: int) -> None:
    shown = ENGLISH.weight(milligrams)
    number, unit = shown.replace("−", "-").replace(",", "").split()
    factor = {"g": 1_000, "kg": 1_000_000}[unit]
    whole, _, decimals = number.lstrip("-").partition(".")
    value = int(whole) * factor + int(decimals or 0) * factor // 10 ** len(decimals)

    assert abs(value - abs(milligrams)) <= factor // 10 ** len(decimals) // 2


@pytest.mark.parametrize(
    ("iso", "english", "german"),
    [
        ("2026-11-20T09:41:03Z", "09:41", "10:41"),
        ("2026-11-20T09:41:03", "09:41", "10:41"),
        ("2026-11-18T23:30:00Z", "2026-11-18 23:30", "19.11.2026 00:30"),
        ("", "", ""),
        ("yesterday", "", ""),
    ],
)
def test_a_moment_is_local_and_dated_when_it_is_not_today(
    iso: str, english: str, german: str
) -> None:
    assert (ENGLISH.moment(iso, NOW), GERMAN.moment(iso, NOW)) == (english, german)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-3, "0 s"), (59, "59 s"), (60, "1 min"), (3_599, "59 min"), (7_200, "2 h"), (172_800, "2 d")],
)
def test_an_age_is_said_in_its_largest_unit(seconds: int, said: str) -> None:
    assert ENGLISH.age(seconds) == said


def test_an_age_since_nothing_is_nothing() -> None:
    assert ENGLISH.since("", NOW) == ""
    assert ENGLISH.since("2026-11-20T09:51:48Z", NOW) == "12 s"


def test_a_moment_in_a_sentence_is_said_as_the_clock_on_the_wall_says_it() -> None:
    messages = {"said.so": Message({"other": "As of {at}, asked {asked_at} by {data}"})}
    when = {"at": "2026-11-20T09:40:00Z", "asked_at": "2026-11-19T23:30:00.250Z"}
    said = text("said.so", **when, data="2026-11-20T09:40:00Z")
    summer, berlin = Catalogue("de", {**GERMAN.catalogue.messages, **messages}), timedelta(hours=1)

    here = Words(summer, timezone(berlin), lambda: NOW).say(said)

    assert here == "As of 10:40, asked 00:30 by 2026-11-20T09:40:00Z"
    assert summer.say(said).startswith("As of 2026-11-20T09:40:00Z")
