"""A device behind a TCP port: network scales, serial servers (ser2net), scanners with a base."""

import contextlib
import socket

from app.errors import Trouble

# A device on the hall's own network answers in milliseconds; longer would hold up stopping.
CONNECT_TIMEOUT_S = 0.8
# As for a serial line: a few bytes that nobody takes for this long mean a dead peer.
WRITE_TIMEOUT_S = 1.0


class TcpPort:
    """An open connection.

    Args:
        host: Name or address.
        port: Port number.

    Raises:
        Trouble: It does not answer.
    """

    def __init__(self, host: str, port: int) -> None:
        self._where = f"{host}:{port}"
        try:
            self._socket = socket.create_connection((host, port), CONNECT_TIMEOUT_S)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # A device that loses power says nothing; the kernel asks after it.
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        except OSError as error:
            raise Trouble(
                f"{self._where} does not answer. Check that the device is on and connected; "
                "it is tried again by itself.",
                detail=str(error),
            ) from error

    def read(self, size: int, timeout_s: float) -> bytes:
        # 0 would mean "do not block" to a socket and raise something else.
        self._socket.settimeout(max(timeout_s, 0.001))
        try:
            data = self._socket.recv(size)
        except TimeoutError:
            return b""
        except OSError as error:
            raise self._lost(str(error)) from error
        if not data:
            raise self._lost("closed by the device")
        return data

    def write(self, data: bytes) -> None:
        self._socket.settimeout(WRITE_TIMEOUT_S)
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise self._lost(str(error)) from error

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.close()

    def _lost(self, detail: str) -> Trouble:
        return Trouble(
            f"The connection to {self._where} was lost; it is tried again by itself.", detail=detail
        )
