"""Ports that open and are no use: told once, tried ever less often, and opened anew when silent."""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

import pytest

from app.devices.complaint import SILENT, Complaint
from app.devices.device import MS, Polling
from app.devices.retry import FIRST_RETRY_S, LAST_RETRY_S, PROVEN_NS, Retry
from app.devices.sim.faults import even_parity
from app.domain.device import DeviceChanged, DeviceState
from app.domain.scan import Scan
from app.domain.weight import Reading
from tests.devices.seen import PATIENCE_S, Seen, running, scale_thread, scanner_thread

Serve = Callable[[socket.socket], None]
# 200 ms of every session go by before the first question.
QUICK = Polling(20 * MS, 50 * MS, 10 * MS, 600 * MS, unanswered=4)


@contextmanager
def server(serve: Serve) -> Iterator[tuple[str, list[float]]]:
    """A device behind TCP; `serve` has every connection until it returns."""
    opened: list[float] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def run() -> None:
            while True:
                try:
                    line, _ = listening.accept()
                except OSError:
                    return
                opened.append(time.monotonic())
                with line:
                    serve(line)

        thread = Thread(target=run)
        thread.start()
        try:
            yield f"tcp://127.0.0.1:{listening.getsockname()[1]}", opened
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


def hang_up(line: socket.socket) -> None:
    """A serial server whose device is switched off."""


def until_closed(line: socket.socket) -> None:
    with contextlib.suppress(ConnectionError):
        while line.recv(64):
            pass


def test_an_explanation_is_logged_once_however_often_it_comes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "app.devices")
    complaint = Complaint("scale-1")

    sentences = []
    for _ in range(5):
        complaint.error("The scale is tired.")
        complaint.error("")
        sentences.append(complaint.sentence)
        complaint.sound()

    assert [record.getMessage() for record in caplog.records] == ["scale-1: The scale is tired."]
    assert [*sentences, complaint.sentence] == ["The scale is tired."] * 5 + [SILENT]


def until_opened(opened: list[float], times: int) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while len(opened) < times:
        assert time.monotonic() < deadline, f"opened {len(opened)} times only"
        time.sleep(0.02)


def test_waits_grow_until_a_port_was_of_use() -> None:
    retry = Retry()
    growing = [retry.next_s() for _ in range(5)]

    retry.opened(0)
    soon = retry.proven(PROVEN_NS - 1), retry.next_s()
    kept = retry.proven(PROVEN_NS), retry.next_s()
    retry.opened(0)
    retry.useful()

    assert growing == [FIRST_RETRY_S, 1.0, 2.0, 4.0, LAST_RETRY_S]
    assert soon == (False, LAST_RETRY_S)
    assert kept == (True, FIRST_RETRY_S)
    assert retry.proven(1)


@pytest.mark.system
def test_a_port_that_opens_and_hangs_up_is_lost_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "app.devices")
    seen = Seen()
    with server(hang_up) as (url, opened), running(scanner_thread(url, seen)):
        until_opened(opened, times=3)

    states = [one.state for one in seen.of(DeviceChanged)]
    assert states == [DeviceState.OPENING, DeviceState.READY, DeviceState.LOST]
    assert opened[2] - opened[1] > FIRST_RETRY_S * 1.9
    assert [record.getMessage().split(":")[0] for record in caplog.records] == [
        "scanner-1 is there",
        "scanner-1 is lost",
    ]


@pytest.mark.system
def test_after_flapping_the_first_scan_says_that_the_scanner_is_back() -> None:
    calls: list[int] = []

    def second_time_well(line: socket.socket) -> None:
        calls.append(1)
        if len(calls) > 1:
            line.sendall(b"TOTE:T-017\r")
            until_closed(line)

    seen = Seen()
    with server(second_time_well) as (url, _), running(scanner_thread(url, seen)):
        lost = seen.all.index(seen.until_state(DeviceState.LOST))
        seen.until_state(DeviceState.READY, since=lost)
        seen.until(Scan, lambda one: one.text == "TOTE:T-017")

    kinds = [one for one in seen.all if isinstance(one, Scan | DeviceChanged)]
    assert [getattr(one, "state", "scan") for one in kinds] == [
        DeviceState.OPENING,
        DeviceState.READY,
        DeviceState.LOST,
        DeviceState.READY,
        "scan",
    ]


@pytest.mark.system
def test_the_port_of_a_silent_scale_is_opened_anew() -> None:
    seen = Seen()
    with server(until_closed) as (url, opened), running(scale_thread(url, seen, polling=QUICK)):
        until_opened(opened, times=2)

    assert [one.state for one in seen.of(DeviceChanged)] == [
        DeviceState.OPENING,
        DeviceState.ABSENT,
    ]


@pytest.mark.system
def test_a_scale_read_with_the_wrong_parity_says_so() -> None:
    line_of_scale = bytes(map(even_parity, b"S S      1.250 kg\r\n"))

    def answer(line: socket.socket) -> None:
        with contextlib.suppress(ConnectionError):
            while line.recv(64):
                line.sendall(line_of_scale)

    seen = Seen()
    with server(answer) as (url, _), running(scale_thread(url, seen, polling=QUICK)):
        absent = seen.until_state(DeviceState.ABSENT)

    assert "parity=E" in absent.detail
    assert not [one for one in seen.of(Reading) if one.usable]


@pytest.mark.system
def test_a_scanner_read_with_the_wrong_parity_says_so_until_it_is_right() -> None:
    code = b"4006381333931\r\n"

    def scan_twice(line: socket.socket) -> None:
        line.sendall(bytes(map(even_parity, code)))
        time.sleep(0.2)
        line.sendall(code)
        until_closed(line)

    seen = Seen()
    with server(scan_twice) as (url, _), running(scanner_thread(url, seen)):
        hinted = seen.until(DeviceChanged, lambda one: "parity=E" in one.detail)
        seen.until(Scan, lambda one: one.text == "4006381333931")

    assert hinted.state is DeviceState.READY
    assert seen.of(DeviceChanged)[-1].detail == ""


@pytest.mark.system
def test_an_error_of_the_scale_is_explained_once_in_the_log_and_when_it_is_lost(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "app.devices")

    def answer(line: socket.socket) -> None:
        with contextlib.suppress(ConnectionError):
            while line.recv(64):
                line.sendall(b"ES\r\n")

    seen = Seen()
    with server(answer) as (url, _), running(scale_thread(url, seen, polling=QUICK)):
        absent = seen.until_state(DeviceState.ABSENT)

    assert "ES" in absent.detail
    assert len([one for one in caplog.records if "does not know" in one.getMessage()]) == 2
