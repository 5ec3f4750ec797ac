"""A byte stream to a device, chosen by URL: `serial://`, `tcp://`, `replay://`.

Whatever the world does wrong comes out as `Trouble`. Not for meaning: bytes go to a decoder.
"""

from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from app.errors import Trouble

SCHEMES = "serial:///dev/ttyUSB0?baud=9600, tcp://host:port or replay:///path/to/capture.csv"


class Port(Protocol):
    """An open stream. One thread reads and writes it; none of its methods waits without a limit."""

    def read(self, size: int, timeout_s: float) -> bytes:
        """What has arrived, at most `size` bytes; empty after `timeout_s` of silence.

        Raises:
            Trouble: The device is gone.
        """
        ...

    def write(self, data: bytes) -> None:
        """Send everything.

        Raises:
            Trouble: The device is gone or does not take bytes.
        """
        ...

    def close(self) -> None:
        """Let go; never raises."""
        ...


def open_port(url: str) -> Port:
    """Open the stream `url` names.

    Raises:
        Trouble: It cannot be opened now, or the URL is not understood.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Trouble(f"“{url}” is no device address. Use {SCHEMES}.") from error
    match parts.scheme:
        case "serial":
            from app.devices.serial_port import SerialPort

            return SerialPort(path_of(parts), query_of(parts))
        case "tcp":
            from app.devices.tcp_port import TcpPort

            host, port = address_of(parts)
            return TcpPort(host, port)
        case "replay":
            from app.devices.replay_port import ReplayPort

            return ReplayPort(Path(path_of(parts)))
        case _:
            raise Trouble(f"“{url}” is no device address. Use {SCHEMES}.")


def path_of(parts: SplitResult) -> str:
    """`serial:///dev/ttyS0` and `serial://COM3` both name a path."""
    return unquote(parts.netloc + parts.path)


def query_of(parts: SplitResult) -> dict[str, str]:
    """The options behind `?`."""
    return dict(parse_qsl(parts.query, keep_blank_values=True))


def address_of(parts: SplitResult) -> tuple[str, int]:
    """Host and port of a `tcp://` URL.

    Raises:
        Trouble: One of them is missing or not usable.
    """
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or not port:
        raise Trouble(f"“{parts.geturl()}” needs a host and a port, e.g. tcp://10.0.0.7:9100.")
    return host, port
