"""The printer's thread against a real socket: printed, failed or unknown, never the wrong one."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.devices.printer import QUEUE_LIMIT, PrinterThread
from app.devices.printer_folder import file_name
from app.devices.printer_none import DETAIL
from app.devices.sim.printer import PrinterFault, SimPrinter
from app.domain.device import DeviceState
from app.station.inbox import Printed, PrintState
from tests.devices.seen import Seen, running

pytestmark = pytest.mark.system

LABEL = b"^XA^FO50,50^FDORD-48213^FS^XZ"
# Larger than what two sockets buffer: the printer must read for it to be sent.
LARGE = b"^XA" + b"^FO1,1^GB9,9,9^FS" * 600_000 + b"^XZ"


@pytest.fixture
def printer() -> Iterator[SimPrinter]:
    simulated = SimPrinter()
    yield simulated
    simulated.close()


def printed_at(url: str, payload: bytes = LABEL) -> tuple[Printed, Seen]:
    seen = Seen()
    thread = PrinterThread("printer-1", url, seen)
    with running(thread):
        thread.print("job-1", payload)
        return seen.until(Printed, lambda one: one.job == "job-1"), seen


def plain(printer: SimPrinter) -> str:
    return f"tcp://127.0.0.1:{printer.port}"


@pytest.mark.parametrize("asks", [True, False])
def test_a_label_comes_out_once_and_is_printed(printer: SimPrinter, asks: bool) -> None:
    answer, seen = printed_at(printer.url if asks else plain(printer))

    assert answer == Printed("job-1", PrintState.PRINTED)
    assert printer.labels == [LABEL]
    seen.until_state(DeviceState.READY)


def test_labels_come_out_in_the_order_they_were_asked_for(printer: SimPrinter) -> None:
    seen = Seen()
    thread = PrinterThread("printer-1", printer.url, seen)
    jobs = [f"job-{number}" for number in range(5)]
    with running(thread):
        for job in jobs:
            thread.print(job, f"^XA^FD{job}^FS^XZ".encode())
        seen.until(Printed, lambda one: one.job == jobs[-1])

    assert [label.decode() for label in printer.labels] == [f"^XA^FD{job}^FS^XZ" for job in jobs]
    assert {one.state for one in seen.of(Printed)} == {PrintState.PRINTED}


def test_a_printer_that_refuses_is_failed_because_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    answer, seen = printed_at(f"tcp://127.0.0.1:{port}")

    assert answer.state is PrintState.FAILED
    assert "does not answer" in answer.detail
    seen.until_state(DeviceState.ABSENT)


def test_a_connection_cut_in_the_middle_of_a_label_is_unknown(printer: SimPrinter) -> None:
    printer.on.add(PrinterFault.CUT)

    answer, _ = printed_at(plain(printer), LARGE)

    assert answer.state is PrintState.UNKNOWN


@pytest.mark.parametrize("payload", [LABEL, LARGE], ids=["small", "large"])
def test_accepted_then_closed_is_never_printed(printer: SimPrinter, payload: bytes) -> None:
    printer.on.add(PrinterFault.HANG_UP)

    answer, _ = printed_at(plain(printer), payload)

    assert answer.state in (PrintState.UNKNOWN, PrintState.FAILED)
    assert printer.labels == []


def test_a_cut_while_the_printer_is_asked_about_the_label_is_unknown(printer: SimPrinter) -> None:
    printer.on.add(PrinterFault.CUT)

    answer, _ = printed_at(printer.url)

    assert answer.state is PrintState.UNKNOWN


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        (PrinterFault.PAPER_OUT, "out of labels"),
        (PrinterFault.RIBBON_OUT, "ribbon"),
        (PrinterFault.MUTE, "does not answer"),
    ],
)
def test_a_blocked_printer_gets_no_label_and_says_why(
    printer: SimPrinter, fault: PrinterFault, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.devices.printer_tcp.STATUS_S", 0.3)
    printer.on.add(fault)

    answer, seen = printed_at(printer.url)

    assert (answer.state, printer.labels) == (PrintState.FAILED, [])
    assert word in answer.detail
    seen.until_state(DeviceState.ABSENT)


def test_a_label_after_the_roll_was_changed_is_printed(printer: SimPrinter) -> None:
    seen = Seen()
    thread = PrinterThread("printer-1", printer.url, seen)
    printer.on.add(PrinterFault.PAPER_OUT)
    with running(thread):
        thread.print("job-1", LABEL)
        seen.until(Printed, lambda one: one.state is PrintState.FAILED)
        printer.on.clear()
        thread.print("job-2", LABEL)
        seen.until(Printed, lambda one: one == Printed("job-2", PrintState.PRINTED))

    assert printer.labels == [LABEL]


def test_an_idle_printer_that_is_switched_off_shows_and_comes_back(
    printer: SimPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.devices.printer.PROBE_EVERY_S", 0.2)
    seen = Seen()
    with running(PrinterThread("printer-1", printer.url, seen)):
        seen.until_state(DeviceState.READY)
        printer.on.add(PrinterFault.REFUSE)
        lost = seen.until_state(DeviceState.LOST)
        printer.on.clear()
        back = seen.until_state(DeviceState.READY, since=seen.all.index(lost))

    assert seen.all.index(lost) < seen.all.index(back, seen.all.index(lost))


def test_a_stop_in_the_middle_of_a_label_leaves_it_unknown() -> None:
    seen = Seen()
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        thread = PrinterThread("printer-1", f"tcp://127.0.0.1:{deaf.getsockname()[1]}", seen)
        thread.print("job-1", LARGE)
        thread.start()
        line, _ = deaf.accept()  # taken, never read
        with line:
            while not line.recv(1, socket.MSG_PEEK):
                pass
            begun = time.monotonic()
            thread.stop()

    assert time.monotonic() - begun < 1.0
    assert [one.state for one in seen.of(Printed)] == [PrintState.UNKNOWN]


def test_more_jobs_than_anyone_waits_for_are_refused_at_once() -> None:
    seen = Seen()
    thread = PrinterThread("printer-1", "folder:///nowhere", seen)  # never started

    for number in range(QUEUE_LIMIT + 1):
        thread.print(f"job-{number}", LABEL)

    (refused,) = seen.of(Printed)
    assert (refused.job, refused.state) == (f"job-{QUEUE_LIMIT}", PrintState.FAILED)


def test_a_folder_takes_labels_as_files(tmp_path: Path) -> None:
    answer, seen = printed_at(f"folder://{tmp_path}/labels")

    assert answer.state is PrintState.PRINTED
    assert (tmp_path / "labels" / "job-1.zpl").read_bytes() == LABEL
    assert [path.name for path in (tmp_path / "labels").iterdir()] == ["job-1.zpl"]
    seen.until_state(DeviceState.READY)


def test_a_folder_that_cannot_be_written_is_failed(tmp_path: Path) -> None:
    (tmp_path / "labels").write_text("a file, not a folder")

    answer, seen = printed_at(f"folder://{tmp_path}/labels")

    assert answer.state is PrintState.FAILED
    seen.until_state(DeviceState.ABSENT)


@pytest.mark.parametrize(
    ("job", "name"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        (".hidden", "hidden"),
        ("", "label"),
        ("0198f2a0-box-1", "0198f2a0-box-1"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_job_cannot_name_a_file_outside_its_folder(job: str, name: str) -> None:
    assert file_name(job) == name


@pytest.mark.parametrize("url", ["", "lpt1:", "tcp://printer", "tcp://h:9100?status=maybe"])
def test_an_address_that_makes_no_sense_fails_every_job_with_a_sentence(url: str) -> None:
    answer, _ = printed_at(url)

    assert answer.state is PrintState.FAILED
    assert "tcp://" in answer.detail


def test_without_a_printer_a_label_is_taken_and_kept_nowhere(tmp_path: Path) -> None:
    answer, seen = printed_at("none:")

    assert (answer.state, answer.detail) == (PrintState.PRINTED, DETAIL)
    seen.until_state(DeviceState.READY)
    assert list(tmp_path.iterdir()) == []
