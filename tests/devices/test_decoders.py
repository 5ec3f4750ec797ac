"""Decoders under any bytes in any pieces, and the quirks of real devices."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.devices.device import Decoder
from app.devices.protocols.line_scanner import LIMIT, LineScanner
from app.devices.protocols.mt_sics import MtSics
from app.devices.protocols.toledo_8217 import STATUS_TABLES, Toledo8217
from app.domain.scan import Scan
from app.domain.weight import Reading, WeightState
from tests.devices.frames import LATER_NS, OWN, read_frames, shown

MS = 1_000_000
DECODERS: list[Callable[[], Decoder]] = [LineScanner, MtSics, Toledo8217]
# Real frames and pieces of them between noise reach deeper than noise alone.
REAL = st.sampled_from([vector.data for vector in read_frames(OWN)])
BYTES = st.lists(REAL | st.binary(max_size=80), max_size=8).map(b"".join)


def heard(decoder: Decoder, pieces: Sequence[bytes]) -> list[str]:
    values = [value for piece in pieces for value in decoder.feed(piece, 0)]
    return [shown(value) for value in [*values, *decoder.idle(LATER_NS)]]


@pytest.mark.parametrize("make", DECODERS)
@given(data=BYTES, cuts=st.lists(st.integers(0, 600), max_size=10))
def test_values_do_not_depend_on_how_the_bytes_were_cut(
    make: Callable[[], Decoder], data: bytes, cuts: list[int]
) -> None:
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[start:end] for start, end in pairwise(edges)]

    assert heard(make(), pieces) == heard(make(), [data])


@pytest.mark.parametrize("make", DECODERS)
@given(data=st.binary(max_size=2_000))
def test_noise_never_becomes_a_usable_weight(make: Callable[[], Decoder], data: bytes) -> None:
    noise = bytes(byte for byte in data if byte & 0x7F not in b"0123456789")

    values = [*make().feed(noise, 0), *make().idle(LATER_NS)]

    assert not [value for value in values if isinstance(value, Reading) and value.weight_mg]


@pytest.mark.parametrize("make", DECODERS)
def test_ten_megabytes_without_an_end_leave_no_more_than_one_frame_behind(
    make: Callable[[], Decoder],
) -> None:
    decoder = make()
    chunk = b"\x02" + b"8" * 65_535

    values = [value for _ in range(16) for value in decoder.feed(chunk, 0)]

    framer = decoder._framer  # type: ignore[attr-defined]
    assert values == []
    assert framer.dropped > 0
    assert len(framer._pending or b"") <= LIMIT


def test_a_scan_right_after_noise_that_was_too_long_is_read() -> None:
    decoder = LineScanner()

    scans = decoder.feed(b"x" * (LIMIT + 5) + b"\rTOTE:T-017\r", 0)

    assert [scan.text for scan in scans] == ["TOTE:T-017"]


def test_the_largest_symbol_passes() -> None:
    code = "A" * 4_000

    (scan,) = LineScanner().feed(f"]d1{code}\r\n".encode(), 0)

    assert scan.text == code


def test_a_code_without_its_end_waits_sixty_milliseconds_and_says_so() -> None:
    decoder = LineScanner()
    decoder.feed(b"LOC:A-04-2", 100 * MS)

    early, late = decoder.idle(150 * MS), decoder.idle(160 * MS)

    assert early == []
    assert [(scan.text, scan.terminated) for scan in late] == [("LOC:A-04-2", False)]


def test_a_scanner_without_suffix_ends_its_codes_by_silence() -> None:
    decoder = LineScanner(suffix=False)
    decoder.feed(b"LOC:A-04-2", 0)

    (scan,) = decoder.idle(60 * MS)

    assert scan.terminated


def test_letters_beyond_ascii_are_noise_only_until_the_first_readable_one() -> None:
    decoder = LineScanner()

    scans = decoder.feed(b"\x00\xff\x93", 0) + decoder.feed(b"A\r\n\xc3\x84B\r", 0)

    assert [scan.text for scan in scans] == ["A", "ÄB"]


def test_a_scan_keeps_every_byte_it_was_made_of() -> None:
    (scan,) = LineScanner("scanner-2").feed(b"]C1010950110153000310AB\x1d37\x0912\r", 7)[:1]

    assert scan == Scan(
        raw=b"]C1010950110153000310AB\x1d37\t",
        text="010950110153000310AB\x1d37",
        aim="]C1",
        device="scanner-2",
        terminated=True,
        at_ns=7,
    )


def test_a_scale_that_repeats_no_news_keeps_the_last_weight_fresh() -> None:
    decoder = Toledo8217()
    decoder.feed(b"\x0201.234\r", 1)

    (again,) = decoder.feed(b"\x02?@\r", 2)

    assert (again.state, again.weight_mg, again.at_ns) == (WeightState.STABLE, 1_234_000, 2)


@pytest.mark.parametrize("between", [b"\x02?A\r", b"\x02?B\r", b"\x0212345\r"])
def test_no_news_after_anything_else_is_no_weight(between: bytes) -> None:
    decoder = Toledo8217()
    decoder.feed(b"\x0201.234\r" + between, 1)

    (again,) = decoder.feed(b"\x02?@\r", 2)

    assert (again.state, again.weight_mg) == (WeightState.WAITING, None)


def test_no_news_after_an_unanswered_question_is_no_weight() -> None:
    decoder = Toledo8217()
    decoder.feed(b"\x0201.234\r", 1)
    decoder.reset()

    (again,) = decoder.feed(b"\x02?@\r", 2)

    assert again.weight_mg is None


@pytest.mark.parametrize(
    ("table", "letter", "state"),
    [
        ("bits", b"C", WeightState.OVER),
        ("list", b"C", WeightState.UNDER),
        ("bits", b"D", WeightState.UNDER),
        ("list", b"D", WeightState.ERROR),
        ("list", b"Z", WeightState.ERROR),
        ("clone", b"a", WeightState.MOVING),
        ("clone", b"`", WeightState.WAITING),
    ],
)
def test_the_status_letter_is_read_by_the_table_of_the_profile(
    table: str, letter: bytes, state: WeightState
) -> None:
    decoder = Toledo8217(table=STATUS_TABLES[table])

    (reading,) = decoder.feed(b"\x02?" + letter + b"\r", 0)

    assert reading.state is state


def test_the_configured_unit_beats_the_decimals() -> None:
    (reading,) = Toledo8217(unit="lb").feed(b"\x0201.234\r", 0)

    assert (reading.weight_mg, reading.unit_text) == (559_733, "lb")


def test_half_a_frame_is_forgotten_after_silence() -> None:
    decoder = Toledo8217()
    decoder.feed(b"\x0201.", 0)
    decoder.idle(300 * MS)

    assert decoder.feed(b"500\r", 301 * MS) == []


def test_half_a_line_is_forgotten_after_silence() -> None:
    decoder = MtSics()
    decoder.feed(b"S S     1", 0)
    decoder.idle(300 * MS)

    readings = decoder.feed(b"S S      2.000 kg\r\n", 301 * MS)

    assert [reading.weight_mg for reading in readings] == [2_000_000]


def test_the_resolution_is_the_step_of_the_last_digit() -> None:
    grams = MtSics().feed(b"S S     100.00 g\r\nS S     1.235 kg\r\nS S  0.0001 g\r\n", 0)

    assert [reading.resolution_mg for reading in grams] == [10, 1_000, 1]
