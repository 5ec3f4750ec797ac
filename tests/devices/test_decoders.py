"""Decoders under any bytes in any pieces, and the quirks of real devices."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.devices.device import Decoder
from app.devices.parity import looks_like_7e1
from app.devices.protocols.line_scanner import LIMIT, LineScanner
from app.devices.protocols.mt_sics import MtSics
from app.devices.protocols.toledo_8217 import REPEAT_NS, STATUS_TABLES, Toledo8217
from app.devices.sim.faults import even_parity
from app.domain.scan import Scan
from app.domain.weight import Reading, WeightState
from tests.devices.frames import LATER_NS, OWN, read_frames, shown

MS = 1_000_000
kilograms, pounds = partial(Toledo8217, unit="kg"), partial(Toledo8217, unit="lb")
DECODERS: list[Callable[[], Decoder]] = [LineScanner, MtSics, kilograms, pounds]
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
    assert not [value for value in values if isinstance(value, Reading) or value.terminated]
    assert len(values) <= 1
    assert framer.dropped > 0
    assert len(framer._pending or b"") <= LIMIT


def test_a_frame_that_is_too_long_is_handed_over_as_cut_and_the_scan_after_it_is_read() -> None:
    decoder = LineScanner()

    scans = decoder.feed(b"x" * (LIMIT + 5) + b"\rTOTE:T-017\r", 0)

    assert [(scan.text, scan.terminated) for scan in scans] == [
        ("x" * LIMIT, False),
        ("TOTE:T-017", True),
    ]


@pytest.mark.parametrize("suffix", [True, False])
def test_what_has_begun_when_the_port_goes_is_handed_over_as_cut(suffix: bool) -> None:
    decoder = LineScanner(suffix=suffix)
    decoder.feed(b"40063813", 0)

    (scan,) = decoder.end(1)

    assert (scan.text, scan.raw, scan.terminated) == ("40063813", b"40063813", False)
    assert decoder.end(2) == []


def test_two_codes_without_suffix_are_two_although_nobody_looked_in_between() -> None:
    decoder = LineScanner(suffix=False)
    decoder.feed(b"LOC:A-04-2", 0)

    (first,) = decoder.feed(b"TOTE:T-017", 61 * MS)
    (second,) = decoder.idle(200 * MS)

    assert [first.text, second.text] == ["LOC:A-04-2", "TOTE:T-017"]


@pytest.mark.parametrize(
    ("make", "half", "rest"),
    [(kilograms, b"\x0201.", b"500\r"), (MtSics, b"S S     1", b"2.000 kg\r\n")],
)
def test_halves_of_a_weight_far_apart_are_no_weight(
    make: Callable[[], Decoder], half: bytes, rest: bytes
) -> None:
    decoder = make()
    decoder.feed(half, 0)

    readings = decoder.feed(rest, 300 * MS)

    assert not [one for one in readings if isinstance(one, Reading) and one.usable]


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


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (b"\x00\xff\x93A\r", "A"),
        ("Äpfel\r".encode(), "Äpfel"),
        (b"\x00\xff" + "Äpfel\r".encode(), "Äpfel"),
        (b"\xe3\x804006381333931\r", "4006381333931"),
        ("€ 5\r".encode(), "€ 5"),
    ],
)
def test_before_the_first_scan_only_what_is_no_text_is_noise(sent: bytes, text: str) -> None:
    (scan,) = LineScanner().feed(sent, 0)

    assert (scan.text, scan.raw) == (text, sent)


def test_noise_alone_is_no_scan_and_what_follows_is_still_the_first() -> None:
    decoder = LineScanner()

    noise = decoder.feed(b"\x00\xff\x93\r", 0) + decoder.feed(b"\xff", 0) + decoder.idle(LATER_NS)
    scans = decoder.feed(b"\x93A\r\x93B\r", LATER_NS)

    assert noise == []
    assert [scan.text for scan in scans] == ["A", "\x93B"]


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


def test_a_scale_that_repeats_no_news_keeps_the_last_weight_and_its_age() -> None:
    decoder = kilograms()
    decoder.feed(b"\x0201.234\r", 1)

    (again,) = decoder.feed(b"\x02?@\r", 900 * MS)

    assert (again.state, again.weight_mg, again.at_ns) == (WeightState.STABLE, 1_234_000, 1)


def test_no_news_for_too_long_is_no_weight_any_more() -> None:
    decoder = kilograms()
    decoder.feed(b"\x0201.234\r", 0)

    last = decoder.feed(b"\x02?@\r", REPEAT_NS)
    after = decoder.feed(b"\x02?@\r", REPEAT_NS + 1) + decoder.feed(b"\x02?@\r", REPEAT_NS + 2)

    assert [one.weight_mg for one in last + after] == [1_234_000, None, None]
    assert {one.state for one in after} == {WeightState.WAITING}


@pytest.mark.parametrize("between", [b"\x02?A\r", b"\x02?B\r", b"\x0212345\r"])
def test_no_news_after_anything_else_is_no_weight(between: bytes) -> None:
    decoder = kilograms()
    decoder.feed(b"\x0201.234\r" + between, 1)

    (again,) = decoder.feed(b"\x02?@\r", 2)

    assert (again.state, again.weight_mg) == (WeightState.WAITING, None)


def test_no_news_after_an_unanswered_question_is_no_weight() -> None:
    decoder = kilograms()
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
    decoder = kilograms(table=STATUS_TABLES[table])

    (reading,) = decoder.feed(b"\x02?" + letter + b"\r", 0)

    assert reading.state is state


@pytest.mark.parametrize(
    ("make", "number", "weight_mg"),
    [
        (kilograms, "01.234", 1_234_000),
        (kilograms, " 1.234", 1_234_000),
        (kilograms, "  01,234 kg  ", 1_234_000),
        (kilograms, "01.234KG", 1_234_000),
        (pounds, "12.34", 5_597_330),
        (pounds, "012.34", 5_597_330),
        (pounds, "  2.34lb   ", 1_061_406),
    ],
)
def test_a_number_as_the_unit_lays_it_out_is_a_weight(
    make: Callable[[], Toledo8217], number: str, weight_mg: int
) -> None:
    (reading,) = make().feed(b"\x02" + number.encode() + b"\r", 0)

    assert (reading.state, reading.weight_mg) == (WeightState.STABLE, weight_mg)


@pytest.mark.parametrize(
    ("make", "number"),
    [
        (kilograms, "11.34"),  # 11.234 with a digit lost
        (kilograms, "1.234"),  # 11.234 with its first digit lost
        (kilograms, "11.2345"),
        (kilograms, "111.234"),
        (kilograms, ".234"),
        (kilograms, "11.234lb"),
        (kilograms, "11.234 g"),
        (pounds, "01.234"),
        (pounds, "2.34"),
        (pounds, "112.34"),
        (pounds, "12.34kg"),
    ],
)
def test_a_number_the_unit_does_not_lay_out_so_is_an_error(
    make: Callable[[], Toledo8217], number: str
) -> None:
    (reading,) = make().feed(b"\x02" + number.encode() + b"\r", 0)

    assert (reading.state, reading.weight_mg) == (WeightState.ERROR, None)


def test_a_frame_with_parity_bits_is_a_weight_only_while_every_byte_agrees() -> None:
    whole = bytes(map(even_parity, b"\x0201.234\r"))

    states = set()
    for place in range(len(whole)):
        for bit in range(8):
            flipped = bytearray(whole)
            flipped[place] ^= 1 << bit
            states |= {(one.state, one.usable) for one in kilograms().feed(bytes(flipped), 0)}

    assert [one.weight_mg for one in kilograms().feed(whole, 0)] == [1_234_000]
    assert states == {(WeightState.ERROR, False)}


@pytest.mark.parametrize("place", range(8))
def test_a_byte_the_line_found_wrong_leaves_no_weight(place: int) -> None:
    frame = bytearray(b"\x0201.234\r")
    frame[place] = 0  # what a line that checks parity hands over instead

    assert not [one for one in kilograms().feed(bytes(frame), 0) if one.usable]


def test_half_a_frame_is_forgotten_after_silence() -> None:
    decoder = kilograms()
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


def test_the_resolution_is_never_finer_than_the_display() -> None:
    readings = MtSics().feed(b"S S 12:07.50 lb:oz\r\nS S 2.50 lb\r\nS S 8.0 oz\r\n", 0)

    assert [reading.resolution_mg for reading in readings] == [284, 4_536, 2_835]


@pytest.mark.parametrize(("line", "says"), [("ES", "scale_protocol"), ("ET", "parity"), ("EL", "")])
def test_an_error_of_the_scale_is_explained(line: str, says: str) -> None:
    sentence = MtSics().why(line.encode() + b"\r\n")

    assert line in sentence
    assert says in sentence


def test_what_nobody_knows_is_not_explained() -> None:
    assert MtSics().why(b"hello\r\n") == kilograms().why(b"\x02?H\r") == ""


@pytest.mark.parametrize(
    ("frame", "says"), [(b"\x0211.34\r", "unit=kg"), (b"\x820\xb1.\xb2\xb3\xb4\x8d", "parity=E")]
)
def test_a_frame_that_is_no_weight_is_explained(frame: bytes, says: str) -> None:
    assert says in kilograms().why(frame)


@pytest.mark.parametrize("line", [b"S S      1.250 kg\r\n", b"4006381333931\r"])
def test_seven_bits_with_parity_are_recognised(line: bytes) -> None:
    assert looks_like_7e1(bytes(map(even_parity, line)))


@pytest.mark.parametrize(
    "data",
    [
        b"4006381333931\r",
        b"S S      1.250 kg\r\n",
        "LOC:Käse-1\r".encode("latin-1"),
        bytes(range(0x80, 0xA0)),
        b"\xb4\x30",
        b"",
    ],
)
def test_other_bytes_are_not_taken_for_parity(data: bytes) -> None:
    assert not looks_like_7e1(data)
