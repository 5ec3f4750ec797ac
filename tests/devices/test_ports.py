"""Ports by URL: options, TCP, recorded conversations; and what happens when an address is wrong."""

import socket
import sys
import time
from pathlib import Path
from threading import Thread

import pytest

from app.devices import devices
from app.devices.port import open_port
from app.devices.serial_port import configured
from app.devices.sim.pty_link import PtyLink
from app.domain.device import DeviceKind, DeviceState
from app.domain.scan import Scan
from app.domain.weight import WeightState
from app.errors import Trouble
from tests.devices.seen import Seen, running, scale_thread, scanner_thread


def test_every_option_of_a_serial_line_is_set_before_it_is_opened() -> None:
    line = configured(
        {"baud": "4800", "bits": "7", "parity": "e", "stop": "2", "dtr": "0", "rts": "0"}
    )

    assert (line.baudrate, line.bytesize, line.parity, line.stopbits) == (4800, 7, "E", 2)
    assert (line.dtr, line.rts, line.exclusive, line.is_open) == (False, False, True, False)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows checks parity by itself")
@pytest.mark.parametrize(("options", "checked"), [("?bits=7&parity=E", True), ("", False)])
def test_a_line_with_parity_checks_it_whatever_is_configured_later(
    tmp_path: Path, options: str, checked: bool
) -> None:
    import termios

    line = PtyLink(tmp_path / "scale")
    port = open_port(line.url + options)
    try:
        fd = port._line.fileno()  # type: ignore[attr-defined]
        flags = [termios.tcgetattr(fd)[0]]
        port.read(1, 0.01)
        port.read(1, 0.02)
        flags.append(termios.tcgetattr(fd)[0])
    finally:
        port.close()
        line.close()

    assert [bool(flag & termios.INPCK) for flag in flags] == [checked, checked]
    assert not [flag for flag in flags if flag & (termios.IGNPAR | termios.PARMRK)]


@pytest.mark.parametrize(
    "url",
    [
        "serial:///dev/null?baud=fast",
        "serial:///dev/null?parity=Q",
        "serial:///dev/null?speed=9600",
        "serial:///does/not/exist",
        "serial:///dev/null",
        "tcp://10.0.0.5",
        "tcp://10.0.0.5:port",
        "tcp://[::1",
        "replay:///does/not/exist.csv",
        "hid://0922:8003",
        "",
    ],
)
def test_an_address_that_does_not_work_is_trouble_with_a_sentence(url: str) -> None:
    with pytest.raises(Trouble) as caught:
        open_port(url)

    assert caught.value.say.endswith(".")


def test_what_is_written_to_a_pulled_port_is_trouble(tmp_path: Path) -> None:
    line = PtyLink(tmp_path / "scale")
    port = open_port(line.url)
    line.close()

    with pytest.raises(Trouble):
        port.write(b"SI\r\n")
    with pytest.raises(Trouble):
        port.read(10, 0.01)
    port.close()
    port.close()


class PulledAfterOneByte:
    """Stands in for the line: a terminal cannot be pulled between two calls on demand."""

    timeout = 0.0

    def __init__(self) -> None:
        self.left = b"4"

    def read(self, _size: int) -> bytes:
        if not self.left:
            raise OSError("Input/output error")
        byte, self.left = self.left, b""
        return byte

    @property
    def in_waiting(self) -> int:
        raise OSError("Input/output error")


def test_a_byte_that_came_before_the_cable_was_pulled_counts(tmp_path: Path) -> None:
    line = PtyLink(tmp_path / "scanner")
    port = open_port(line.url)
    port.close()
    line.close()
    port._line = PulledAfterOneByte()  # type: ignore[attr-defined]

    assert port.read(10, 0.01) == b"4"
    with pytest.raises(Trouble):
        port.read(10, 0.01)


def test_a_scale_behind_tcp_is_lost_when_it_hangs_up() -> None:
    seen = Seen()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer_once() -> None:
            line, _ = server.accept()
            with line:
                line.recv(16)
                line.sendall(b"S S      1.250 kg\r\n")

        scale = Thread(target=answer_once)
        scale.start()
        with running(scale_thread(f"tcp://127.0.0.1:{server.getsockname()[1]}", seen)):
            weight = seen.until_weight(WeightState.STABLE)
            seen.until_state(DeviceState.LOST)
        scale.join()

    assert weight.weight_mg == 1_250_000


def test_a_recorded_conversation_is_heard_in_its_own_time(tmp_path: Path) -> None:
    capture = tmp_path / "capture.csv"
    capture.write_text(
        "t_ms,dir,hex\n"
        "0,<,34 30 30 36 33 38 31 33\n"
        "30,<,33 33 39 33 31 0D\n"
        "40,>,16 54 0D\n"
        "200,<,54 4F 54 45 3A 54 0D\n"
    )
    seen = Seen()
    begun = time.monotonic()
    with running(scanner_thread(f"replay://{capture}", seen)):
        seen.until(Scan, lambda one: one.text == "TOTE:T")

    assert [scan.text for scan in seen.of(Scan)] == ["4006381333931", "TOTE:T"]
    assert time.monotonic() - begun >= 0.19


@pytest.mark.parametrize(
    "text", ["t_ms,dir\n0,<\n", "t_ms,dir,hex\nx,<,00\n", "t_ms,dir,hex\n0,<,zz\n"]
)
def test_a_file_that_is_no_capture_is_trouble(tmp_path: Path, text: str) -> None:
    capture = tmp_path / "capture.csv"
    capture.write_text(text)

    with pytest.raises(Trouble, match="t_ms, dir"):
        open_port(f"replay://{capture}")


def test_options_of_the_protocol_are_kept_from_the_port() -> None:
    scale = devices.scale(
        "scale-1", "serial:///dev/ttyUSB0?baud=9600&unit=lb&status=list", "toledo-8217"
    )
    scanner = devices.scanner("scanner-1", "serial:///dev/ttyACM0?suffix=none&baud=115200")

    assert (scale.url, scale.kind) == ("serial:///dev/ttyUSB0?baud=9600", DeviceKind.SCALE)
    assert scanner.url == "serial:///dev/ttyACM0?baud=115200"


@pytest.mark.parametrize(
    ("url", "protocol"),
    [
        ("serial:///dev/ttyUSB0", "sma"),
        ("serial:///dev/ttyUSB0?bits=7", "toledo-8217"),
        ("serial:///dev/ttyUSB0?unit=stone", "toledo-8217"),
        ("serial:///dev/ttyUSB0?unit=kg&status=maybe", "toledo-8217"),
    ],
)
def test_a_scale_nobody_knows_is_trouble_that_names_the_choices(url: str, protocol: str) -> None:
    with pytest.raises(Trouble, match=r"choose|Choose"):
        devices.scale("scale-1", url, protocol)
