"""Device threads on real pseudo-terminals: scans, weights, pulled cables, silence and noise."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.devices import devices
from app.devices.device import MS, Polling
from app.devices.runner import DeviceThread
from app.devices.sim.bench import SimBench
from app.devices.sim.faults import Fault
from app.devices.sim.pty_link import PtyLink
from app.domain.device import DeviceChanged, DeviceState
from app.domain.scan import Scan
from app.domain.weight import Reading, WeightState
from tests.devices.seen import Seen, running, scale_thread, scanner_thread
from tests.support.leaks import ExpectedLogs

pytestmark = pytest.mark.system
# Lost after a shorter silence, where its length is not what the test is about.
SOON = Polling(silent_ns=800 * MS)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[SimBench]:
    simulated = SimBench(tmp_path, seed=7)
    yield simulated
    simulated.close()


# ------------------------------------------------------------------------------------- scanners


def test_a_scan_arrives_with_its_identifier_and_its_separators(bench: SimBench) -> None:
    seen = Seen()
    with running(scanner_thread(bench.scanner_url, seen)):
        seen.until_state(DeviceState.READY)
        bench.scan("010950110153000310ABC123\x1d2112345", aim="]d2")

        scan = seen.until(Scan, lambda one: True)

    assert (scan.aim, scan.text) == ("]d2", "010950110153000310ABC123\x1d2112345")
    assert (scan.device, scan.terminated) == ("scanner-1", True)


def test_a_scan_in_single_bytes_is_one_scan(bench: SimBench) -> None:
    seen = Seen()
    bench.scanner.line.faults.on.add(Fault.BYTEWISE)
    with running(scanner_thread(bench.scanner_url, seen)):
        seen.until_state(DeviceState.READY)
        bench.scan("4006381333931")

        seen.until(Scan, lambda one: True)

    assert [scan.text for scan in seen.of(Scan)] == ["4006381333931"]


def test_a_cable_pulled_in_the_middle_of_a_scan_leaves_a_cut_scan(
    bench: SimBench,
) -> None:
    seen = Seen()
    with running(scanner_thread(bench.scanner_url, seen)):
        seen.until_state(DeviceState.READY)
        bench.scan("LOC:A-04-2")
        seen.until(Scan, lambda one: True)
        bench.scanner.line.send(b"40063813")
        time.sleep(0.04)  # a hang-up throws away what nobody has read yet
        bench.unplug_scanner()
        seen.until_state(DeviceState.LOST)
        back = seen.mark()
        bench.plug_scanner()
        seen.until_state(DeviceState.READY, since=back)
        bench.scan("TOTE:T-017")
        seen.until(Scan, lambda one: one.text == "TOTE:T-017")

    assert [(scan.text, scan.terminated) for scan in seen.of(Scan)] == [
        ("LOC:A-04-2", True),
        ("40063813", False),
        ("TOTE:T-017", True),
    ]


def test_a_scan_from_before_the_port_was_opened_is_no_news(bench: SimBench) -> None:
    seen = Seen()
    bench.scan("4006381333931")
    with running(scanner_thread(bench.scanner_url, seen)):
        seen.until_state(DeviceState.READY)
        bench.scan("TOTE:T-017")
        seen.until(Scan, lambda one: True)

    assert [scan.text for scan in seen.of(Scan)] == ["TOTE:T-017"]


def test_badges_are_withheld_from_what_support_may_see(bench: SimBench) -> None:
    seen = Seen()
    thread = scanner_thread(bench.scanner_url, seen)
    with running(thread):
        seen.until_state(DeviceState.READY)
        bench.scan("PHB-7f3a9c")
        bench.scan("4006381333931")
        seen.until(Scan, lambda one: one.text == "4006381333931")
        bench.scanner.line.send(b"phb-7f")
        seen.until(Scan, lambda one: not one.terminated)
        bench.scanner.line.send(b"3a9c\r")
        seen.until(Scan, lambda one: one.text == "3a9c")

    kept = [data for _, data in thread.recent()]
    assert kept == [
        b"<11 bytes withheld>",
        b"4006381333931\r",
        b"<6 bytes withheld>",
        b"<5 bytes withheld>",
    ]


def test_a_scanner_that_was_never_there_is_absent_and_told_once(tmp_path: Path) -> None:
    seen = Seen()
    with running(scanner_thread(f"serial://{tmp_path}/nothing", seen)):
        seen.until_state(DeviceState.ABSENT)
        time.sleep(0.7)  # one more attempt

    states = [one.state for one in seen.of(DeviceChanged)]
    assert states == [DeviceState.OPENING, DeviceState.ABSENT]


def test_a_scanner_behind_a_wrong_address_says_what_is_wrong() -> None:
    seen = Seen()
    with running(scanner_thread("usb:3", seen)):
        change = seen.until_state(DeviceState.ABSENT)

    assert "usb:3" in change.detail
    assert "serial://" in change.detail


def test_a_second_program_cannot_take_the_port(bench: SimBench) -> None:
    first, second = Seen(), Seen()
    with running(scanner_thread(bench.scanner_url, first)):
        first.until_state(DeviceState.READY)
        with running(scanner_thread(bench.scanner_url, second)):
            second.until_state(DeviceState.ABSENT)
        bench.scan("TOTE:T-017")
        first.until(Scan, lambda one: True)

    assert second.of(Scan) == []


# --------------------------------------------------------------------------------------- scales


@pytest.mark.parametrize("protocol", ["mt-sics", "toledo-8217"])
def test_a_box_put_on_the_scale_moves_then_settles(tmp_path: Path, protocol: str) -> None:
    bench, seen = SimBench(tmp_path, seed=3, protocol=protocol), Seen()
    try:
        with running(scale_thread(bench.scale_url, seen, protocol)):
            seen.until_weight(WeightState.ZERO)
            bench.place(200_000)
            seen.until_weight(WeightState.MOVING)
            settled = seen.until_weight(WeightState.STABLE)
            bench.lift()
            seen.until_weight(WeightState.ZERO, since=seen.all.index(settled))
    finally:
        bench.close()

    assert settled.weight_mg is not None
    assert abs(settled.weight_mg - 200_000) <= 5_000


def test_a_pulled_scale_is_lost_at_once_and_back_by_itself(bench: SimBench) -> None:
    seen = Seen()
    with running(scale_thread(bench.scale_url, seen)):
        seen.until_weight(WeightState.ZERO)
        bench.unplug_scale()
        seen.until_state(DeviceState.LOST)
        back = seen.mark()
        bench.plug_scale()
        seen.until_state(DeviceState.READY, since=back)
        seen.until_weight(WeightState.ZERO, since=back)

    after_loss = seen.all[seen.all.index(seen.until_state(DeviceState.LOST)) :]
    first_reading = next(one for one in after_loss if isinstance(one, Reading))
    ready = next(
        one
        for one in after_loss
        if isinstance(one, DeviceChanged) and one.state is DeviceState.READY
    )
    assert after_loss.index(ready) < after_loss.index(first_reading)


def test_a_silent_scale_is_waiting_then_lost_then_back(bench: SimBench) -> None:
    seen = Seen()
    with running(scale_thread(bench.scale_url, seen)):
        seen.until_state(DeviceState.READY)
        quiet = seen.mark()
        bench.silence_scale()
        seen.until_weight(WeightState.WAITING, since=quiet)
        lost = seen.until_state(DeviceState.LOST, since=quiet)
        bench.plug_scale()
        seen.until_state(DeviceState.READY, since=seen.all.index(lost))

    assert "is on" in lost.detail


def test_garbage_is_never_a_weight_and_ends_as_lost(bench: SimBench) -> None:
    seen = Seen()
    with running(scale_thread(bench.scale_url, seen)):
        seen.until_state(DeviceState.READY)
        bench.place(1_250_000)
        seen.until_weight(WeightState.MOVING)
        bench.garbage_scale()
        noise = seen.mark()
        seen.until_state(DeviceState.LOST, since=noise)
        heard = [one for one in seen.all[noise + 2 :] if isinstance(one, Reading)]

    assert heard
    assert not [one for one in heard if one.usable]


def test_overload_is_a_state_and_no_number(bench: SimBench) -> None:
    seen = Seen()
    with running(scale_thread(bench.scale_url, seen)):
        seen.until_state(DeviceState.READY)
        bench.overload()

        over = seen.until_weight(WeightState.OVER)

    assert over.weight_mg is None


@pytest.mark.parametrize("fault", [Fault.TRUNCATED, Fault.NO_END, Fault.ERROR_LINES, Fault.LATE])
def test_under_a_fault_no_weight_is_usable(bench: SimBench, fault: Fault) -> None:
    seen = Seen()
    bench.scale.faults.on.add(fault)
    with running(scale_thread(bench.scale_url, seen)):
        seen.until(Reading, lambda one: one.state in (WeightState.WAITING, WeightState.ERROR))
        time.sleep(0.8)  # three more questions

    assert not [one for one in seen.of(Reading) if one.usable]


@pytest.mark.parametrize("fault", [Fault.BYTEWISE, Fault.DOUBLE, Fault.COMMA])
def test_a_fault_that_leaves_the_frame_whole_changes_nothing(bench: SimBench, fault: Fault) -> None:
    seen = Seen()
    bench.scale.faults.on.add(fault)
    with running(scale_thread(bench.scale_url, seen)):
        zero = seen.until_weight(WeightState.ZERO)

    assert zero.weight_mg == 0


def test_a_port_set_to_the_wrong_parity_still_weighs_and_says_so(tmp_path: Path) -> None:
    bench, seen = SimBench(tmp_path, seed=7, protocol="toledo-8217"), Seen()
    bench.scale.faults.on.add(Fault.PARITY)
    try:
        with running(scale_thread(bench.scale_url, seen, "toledo-8217")):
            ready = seen.until_state(DeviceState.READY)
            zero = seen.until_weight(WeightState.ZERO)
    finally:
        bench.close()

    assert "parity=E" in ready.detail
    assert zero.weight_mg == 0


def test_a_weight_sent_while_the_cable_goes_in_is_not_believed(tmp_path: Path) -> None:
    line, seen = PtyLink(tmp_path / "scale"), Seen()
    try:
        with running(scale_thread(line.url, seen)):
            deadline = time.monotonic() + 0.15
            while time.monotonic() < deadline:
                line.send(b"S S      9.999 kg\r\n")
                time.sleep(0.01)
            seen.until_weight(WeightState.WAITING)
    finally:
        line.close()

    assert not [one for one in seen.of(Reading) if one.weight_mg]


def test_a_scale_with_the_wrong_protocol_is_absent_with_a_hint(bench: SimBench) -> None:
    seen = Seen()
    url = f"{bench.scale_url}?unit=kg"
    with running(scale_thread(url, seen, "toledo-8217", SOON)):
        absent = seen.until_state(DeviceState.ABSENT)

    assert "protocol" in absent.detail


# ------------------------------------------------------------------------------------- the thread


@pytest.mark.parametrize("reachable", [True, False])
def test_stopping_takes_less_than_a_second(bench: SimBench, reachable: bool) -> None:
    seen = Seen()
    thread = scale_thread(bench.scale_url if reachable else "serial:///nowhere/scale", seen)
    thread.start()
    seen.until_state(DeviceState.READY if reachable else DeviceState.ABSENT)

    begun = time.monotonic()
    thread.stop()
    thread.stop()

    assert time.monotonic() - begun < 1.0


def test_a_listener_that_fails_does_not_make_the_bench_deaf(
    bench: SimBench, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("a fault while it was read")
    seen = Seen()

    def listener(said: Scan | Reading | DeviceChanged) -> None:
        seen(said)
        if isinstance(said, Scan) and said.text == "BOOM":
            raise RuntimeError("a listener's own mistake")

    scanner = devices.scanner("scanner-1", bench.scanner_url)
    with running(DeviceThread(scanner, listener, time.monotonic_ns)):
        seen.until_state(DeviceState.READY)
        bench.scan("BOOM")
        lost = seen.all.index(seen.until_state(DeviceState.LOST))
        seen.until_state(DeviceState.READY, since=lost)
        bench.scan("TOTE:T-017")
        seen.until(Scan, lambda one: one.text == "TOTE:T-017")


def test_an_open_port_is_closed_again(bench: SimBench) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        seen = Seen()
        with running(scanner_thread(bench.scanner_url, seen)):
            seen.until_state(DeviceState.READY)

    assert len(list(Path("/proc/self/fd").iterdir())) == before
