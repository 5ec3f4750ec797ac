"""The proxy that breaks connections ends with its test, whatever it was in the middle of."""

import socket
import threading
from collections.abc import Iterator

import pytest

from tests.support.leaks import left_running
from tests.support.proxy import Fault, FaultProxy, How, Way

pytestmark = pytest.mark.system


@pytest.fixture
def silent() -> Iterator[int]:
    """A port that accepts and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield int(listener.getsockname()[1])


def _asks(proxy: FaultProxy, request: bytes) -> socket.socket:
    port = int(proxy.url.rpartition(":")[2])
    client = socket.create_connection(("127.0.0.1", port), 5)
    client.sendall(request)
    return client


@pytest.mark.parametrize(
    "begun", [b"POST / HTTP/1.1\r\nContent-Le", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n1234"]
)
def test_who_leaves_in_the_middle_of_a_request_to_be_doubled_holds_up_nobody(
    silent: int, begun: bytes
) -> None:
    before = threading.enumerate()
    with FaultProxy(silent) as proxy:
        proxy.arm(Fault(Way.REQUEST, 0, How.DOUBLE))
        client = _asks(proxy, begun)
        while not proxy.fired:
            proxy.rest(0.01)
        client.close()

    assert left_running(before) == []


def test_a_doubled_request_nobody_answers_ends_with_the_proxy(silent: int) -> None:
    before = threading.enumerate()
    with FaultProxy(silent) as proxy:
        proxy.arm(Fault(Way.REQUEST, 0, How.DOUBLE))
        client = _asks(proxy, b"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\n1234")
        while not proxy.fired:
            proxy.rest(0.01)
    client.close()

    assert left_running(before) == []
