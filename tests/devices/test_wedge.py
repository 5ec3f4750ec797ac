"""Scans told from typing, by the gaps between keys."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.devices.wedge import Decision, WedgeDecoder

MS = 1_000_000
CODE = "4006381333931"


def burst(decoder: WedgeDecoder, keys: str, start_ms: int = 0, gap_ms: int = 5) -> list[Decision]:
    return [decoder.key(key, (start_ms + index * gap_ms) * MS) for index, key in enumerate(keys)]


def texts(decisions: list[Decision]) -> list[str]:
    return [one.scan.text for one in decisions if one.scan is not None]


@pytest.mark.parametrize("suffix", ["\r", "\n", "\t", "\r\n"])
def test_a_burst_with_its_suffix_is_a_scan_and_reaches_nobody(suffix: str) -> None:
    decisions = burst(WedgeDecoder(), CODE + suffix)

    assert texts(decisions) == [CODE]
    assert sum(one.taken for one in decisions) == len(CODE + suffix)
    assert sum(one.typed for one in decisions) == 0


def test_a_burst_without_suffix_ends_after_sixty_milliseconds() -> None:
    decoder = WedgeDecoder()
    last = burst(decoder, CODE)[-1]

    decision = decoder.silence((60 + last.wait_ms) * MS)

    assert last.wait_ms == 60
    assert decision.scan is not None
    assert (decision.scan.text, decision.scan.terminated) == (CODE, False)
    assert decision.taken == len(CODE)


def test_typing_is_given_back_key_by_key() -> None:
    decoder = WedgeDecoder()

    decisions = burst(decoder, "12345\r", gap_ms=90)

    assert texts(decisions) == []
    assert [one.typed for one in decisions] == [0, 1, 1, 1, 1, 2]


def test_three_fast_keys_are_no_scan() -> None:
    decisions = burst(WedgeDecoder(), "123\r")

    assert texts(decisions) == []
    assert decisions[-1].typed == 4


def test_the_enter_of_a_person_is_theirs() -> None:
    assert WedgeDecoder().key("\r", 5) == Decision(typed=1)


def test_an_enter_a_second_after_a_scan_is_a_persons() -> None:
    decoder = WedgeDecoder()
    burst(decoder, CODE + "\r")

    assert decoder.key("\n", 1_000 * MS).typed == 1


@pytest.mark.parametrize("late_ms", [1, 40, 149])
@pytest.mark.parametrize("suffix", ["\r", "\t", "\r\n"])
def test_a_suffix_that_comes_after_the_silence_presses_no_button(late_ms: int, suffix: str) -> None:
    decoder = WedgeDecoder()
    burst(decoder, CODE)
    decoder.silence(120 * MS)

    decisions = burst(decoder, suffix, start_ms=120 + late_ms)

    assert [(one.taken, one.typed) for one in decisions] == [(1, 0)] * len(suffix)


def test_a_late_suffix_reaches_nobody_although_no_timer_saw_the_silence() -> None:
    decoder = WedgeDecoder()
    burst(decoder, CODE)

    decision = decoder.key("\r", (60 + 100) * MS)

    assert texts([decision]) == [CODE]
    assert (decision.taken, decision.typed) == (len(CODE) + 1, 0)


def test_an_enter_well_after_a_scan_without_suffix_is_a_persons() -> None:
    decoder = WedgeDecoder()
    burst(decoder, CODE)
    decoder.silence(120 * MS)

    assert decoder.key("\r", (120 + 151) * MS) == Decision(typed=1)


def test_an_enter_after_a_typed_letter_is_a_persons_although_a_scan_came_just_before() -> None:
    decoder = WedgeDecoder()
    burst(decoder, CODE)
    decoder.silence(120 * MS)
    decoder.key("7", 130 * MS)

    assert decoder.key("\r", 140 * MS).typed == 2


@pytest.mark.parametrize("substitute", ["^]", "|"])
def test_what_a_scanner_types_for_a_group_separator_becomes_one(substitute: str) -> None:
    decoder = WedgeDecoder(separators=("^]", "|"))

    (decision,) = burst(decoder, f"010950110153000310ABC{substitute}2112\r")[-1:]

    assert decision.scan is not None
    assert decision.scan.text == "010950110153000310ABC\x1d2112"
    assert decision.scan.raw == f"010950110153000310ABC{substitute}2112\r".encode()


def test_without_being_told_a_bar_is_a_bar() -> None:
    assert texts(burst(WedgeDecoder(), "A|B^]C\r")) == ["A|B^]C"]


def test_a_hiccup_of_the_bus_does_not_cut_a_scan() -> None:
    decoder = WedgeDecoder()
    burst(decoder, CODE[:8])

    decisions = burst(decoder, CODE[8:] + "\r", start_ms=35 + 55)

    assert texts(decisions) == [CODE]


def test_a_gap_of_120_ms_cuts_a_scan_and_the_first_part_says_it_has_no_end() -> None:
    decoder = WedgeDecoder()
    burst(decoder, CODE[:8])

    decisions = burst(decoder, CODE[8:] + "\r", start_ms=35 + 120)

    scans = [one.scan for one in decisions if one.scan is not None]
    assert [(scan.text, scan.terminated) for scan in scans] == [
        (CODE[:8], False),
        (CODE[8:], True),
    ]


def test_typing_before_a_scan_stays_typing() -> None:
    decoder = WedgeDecoder()
    typed = decoder.key("7", 0)

    decisions = burst(decoder, CODE + "\r", start_ms=80)

    assert typed.taken == typed.typed == 0
    assert decisions[0].typed == 1
    assert texts(decisions) == [CODE]


def test_group_separators_and_the_aim_identifier_survive() -> None:
    (decision,) = burst(WedgeDecoder(), "]d2010950110153000310ABC\x1d2112\r")[-1:]

    assert decision.scan is not None
    assert (decision.scan.aim, decision.scan.text) == ("]d2", "010950110153000310ABC\x1d2112")


def test_with_a_prefix_even_a_short_code_is_a_scan() -> None:
    assert texts(burst(WedgeDecoder(prefix="~"), "~A1\r")) == ["A1"]


def test_a_key_that_is_stuck_is_let_go() -> None:
    decisions = burst(WedgeDecoder(), "a" * 4_200, gap_ms=1)

    assert sum(one.typed for one in decisions) == 4_097


@given(
    st.lists(
        st.tuples(st.characters(codec="utf-8") | st.sampled_from("\r\n\t"), st.integers(0, 150)),
        max_size=60,
    )
)
def test_every_key_is_accounted_for_exactly_once(keys: list[tuple[str, int]]) -> None:
    decoder, at_ns, settled = WedgeDecoder(), 0, 0

    for count, (key, gap_ms) in enumerate(keys, start=1):
        at_ns += gap_ms * MS
        decision = decoder.key(key, at_ns)
        settled += decision.taken + decision.typed
        assert settled <= count
        assert (decision.wait_ms > 0) == (settled < count)
    last = decoder.silence(at_ns + 1)

    assert settled + last.taken + last.typed == len(keys)
