"""The simulated devices themselves: physics on a paper clock, and the process worked by lines."""

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.devices.sim import serve
from app.devices.sim.bench import model_for, side_of
from app.devices.sim.faults import Fault, Faults, even_parity
from app.devices.sim.mt_sics_side import MtSicsSide
from app.devices.sim.scale import SimScale
from app.devices.sim.toledo_side import ToledoSide
from app.errors import Trouble

MS = 1_000_000
S = 1_000 * MS


def settled(scale: SimScale, weight_mg: int) -> SimScale:
    scale.advance(0)
    scale.place(weight_mg)
    scale.advance(10 * S)
    return scale


def test_a_weight_moves_before_it_settles_and_within_three_seconds_it_has() -> None:
    scale = SimScale(seed=1)
    scale.advance(0)
    scale.place(1_250_000)

    moving, weights = [], []
    for step in range(1, 31):
        scale.advance(step * 100 * MS)
        moving.append(not scale.display().stable)
        weights.append(scale.display().net_mg)

    assert moving[0]
    assert not any(moving[-3:])
    assert moving == sorted(moving, reverse=True)
    assert abs(weights[-1] - 1_250_000) <= 5_000


def test_the_same_seed_gives_the_same_noise() -> None:
    def story(seed: int) -> list[int]:
        scale = settled(SimScale(seed), 1_252_400)
        return [scale.display().net_mg for _ in range(50)]

    assert story(3) == story(3)
    assert len(set(story(3))) == 2  # between two steps the last digit flickers
    assert story(3) != story(4)


@pytest.mark.parametrize(
    ("weight_mg", "over", "under", "zero"),
    [
        (0, False, False, True),
        (30_000_000, False, False, False),
        (31_000_000, True, False, False),
        (-500_000, False, True, False),
    ],
)
def test_the_limits_of_the_platform(weight_mg: int, over: bool, under: bool, zero: bool) -> None:
    display = settled(SimScale(), weight_mg).display()

    assert (display.over, display.under, display.zero) == (over, under, zero)


def test_zero_is_refused_with_a_box_on_it_and_while_it_moves() -> None:
    loaded = settled(SimScale(), 1_250_000)
    drifted = settled(SimScale(), 100_000)

    assert not loaded.zero()
    assert drifted.zero()
    assert drifted.display().zero


def test_a_tared_scale_shows_what_is_added() -> None:
    scale = settled(SimScale(), 250_000)
    assert scale.tare()
    scale.place(1_250_000)
    scale.advance(20 * S)

    display = scale.display()

    assert display.net
    assert abs(display.net_mg - 1_000_000) <= 5_000


@pytest.mark.parametrize(
    ("weight_mg", "unit", "shown"),
    [
        (1_235_000, "kg", "1.235"),
        (-680_000, "kg", "-0.680"),
        (0, "kg", "0.000"),
        (4_536, "lb", "0.01"),
    ],
)
def test_a_number_is_written_as_the_display_would(weight_mg: int, unit: str, shown: str) -> None:
    assert SimScale(model=model_for(unit)).number(weight_mg) == shown


def test_mt_sics_s_waits_for_stability_then_answers() -> None:
    scale = SimScale()
    side = MtSicsSide(scale)
    side.tick(0)
    scale.place(1_250_000)
    side.tick(100 * MS)

    at_once = side.feed(b"S\r\n", 100 * MS)
    later = b"".join(side.tick(at_ms * MS) for at_ms in range(100, 4_000, 100))

    assert at_once == b""
    assert re.fullmatch(rb"S S      1\.2(45|50|55) kg\r\n", later)


def test_mt_sics_s_gives_up_after_five_seconds_of_motion() -> None:
    scale = SimScale()
    side = MtSicsSide(scale)
    side.tick(0)
    side.feed(b"", 0)
    answers = b""
    scale.place(9_000_000)
    side.tick(200 * MS)
    answers += side.feed(b"S\r\n", 200 * MS)
    for at_ms in range(200, 5_300, 100):
        scale.place(9_000_000 if at_ms % 400 else 1_000_000)
        answers += side.tick(at_ms * MS)

    assert answers == b"S I\r\n"


def test_mt_sics_sir_repeats_until_the_next_command() -> None:
    side = MtSicsSide(SimScale())
    side.feed(b"SIR\r\n", 0)

    stream = [side.tick(at_ms * MS) for at_ms in range(0, 1_000, 50)]
    side.feed(b"I4\r\n", 1 * S)

    assert len([line for line in stream if line]) == 9
    assert side.tick(2 * S) == b""


def test_mt_sics_what_it_does_not_know_it_calls_a_syntax_error() -> None:
    side = MtSicsSide(SimScale())

    assert side.feed(b"HELLO\r\nD no quotes\r\n", 0) == b"ES\r\nD L\r\n"


@pytest.mark.parametrize(
    ("tare", "answer"),
    [
        (b"TA 12.5 g", b"TA A      0.010 kg\r\n"),
        (b"TA much", b"TA L\r\n"),
        (b"TA 99 kg", b"TA L\r\n"),
    ],
)
def test_mt_sics_a_preset_tare_is_rounded_or_refused(tare: bytes, answer: bytes) -> None:
    assert MtSicsSide(SimScale()).feed(tare + b"\r\n", 0) == answer


def test_8217_a_digital_tare_is_five_digits() -> None:
    scale = settled(SimScale(), 1_250_000)
    side = ToledoSide(scale)

    side.feed(b"T00250\r", 10 * S)
    side.tick(11 * S)

    assert re.fullmatch(rb"\x020(1\.000|0\.995|1\.005)N\r", side.feed(b"W", 11 * S))


def test_8217_echo_mode_answers_as_a_probe_expects() -> None:
    side = ToledoSide(SimScale())

    assert side.feed(b"Ehello", 0) == b"\x02E\rhello"
    assert side.feed(b"F", 0) == b"\x02F\r"


def test_8217_in_pounds_shows_two_decimals() -> None:
    scale = settled(SimScale(model=model_for("lb")), 4_535_924)

    assert ToledoSide(scale).feed(b"W", 10 * S) in (b"\x0210.00\r", b"\x0209.99\r", b"\x0210.01\r")


@pytest.mark.parametrize(
    ("fault", "sent"),
    [
        (Fault.SILENT, []),
        (Fault.TRUNCATED, [(0, b"S S   ")]),
        (Fault.NO_END, [(0, b"S S   1.0 g")]),
        (Fault.COMMA, [(0, b"S S   1,0 g\r\n")]),
        (Fault.DOUBLE, [(0, b"S S   1.0 g\r\n" * 2)]),
        (Fault.LATE, [(700, b"S S   1.0 g\r\n")]),
    ],
)
def test_a_fault_does_what_its_name_says(fault: Fault, sent: list[tuple[int, bytes]]) -> None:
    assert Faults(on={fault}).apply(b"S S   1.0 g\r\n") == sent


def test_seven_bits_with_even_parity_look_as_the_manual_shows_them() -> None:
    assert bytes(map(even_parity, b"\x0201.234\r")) == bytes.fromhex("82 30 B1 2E B2 33 B4 8D")


def test_a_protocol_or_unit_nobody_simulates_is_trouble() -> None:
    with pytest.raises(Trouble, match="mt-sics or toledo-8217"):
        side_of("sma", SimScale())
    with pytest.raises(Trouble, match="kg or lb"):
        model_for("stone")
    with pytest.raises(Trouble, match="scanner, printer or bench"):
        serve.run("mouse", lines=[], out=io.StringIO())


def test_a_bench_of_lines_is_worked_by_lines(tmp_path: Path) -> None:
    out = io.StringIO()
    lines = [
        "scale place 1250000\n",
        "scale overload\n",
        "scale unplug\n",
        "scale plug\n",
        "scanner scan-as ]C1 0109<GS>10\n",
        "printer paper_out\n",
        "printer fault cut\n",
        "\n",
        "scale place heavy\n",
        "printer fly\n",
        "quit\n",
        "scale place 1\n",
    ]

    code = serve.run("bench", link=str(tmp_path), lines=lines, out=out)

    heard = out.getvalue().splitlines()
    assert code == 0
    assert [line.partition(" ")[0] for line in heard[:3]] == ["scanner", "scale", "printer"]
    assert heard[3:] == [
        "not understood: invalid literal for int() with base 10: 'heavy'",
        "not understood: printer fly",
    ]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.system
def test_a_scale_as_a_process_says_where_it_is_and_ends_with_its_input(tmp_path: Path) -> None:
    link = tmp_path / "scale0"
    command = (
        "import sys; from app.devices.sim import serve;"
        f"sys.exit(serve.run_scale(['--protocol', 'toledo-8217', '--link', {str(link)!r}]))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", command],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        address = process.stdout.readline()
        there = link.is_symlink()
        process.stdin.close()
        code = process.wait(10)

    assert address == f"serial://{link}?unit=kg\n"
    assert there
    assert code == 0
    assert not link.exists()
