"""A link that can be cut: forwards one TCP port to the ledger, until someone pulls the plug."""

import contextlib
import socket
import threading
from collections.abc import Callable
from functools import partial
from types import TracebackType

# The station opens a few connections; a hundred waiting means that nobody accepts any more.
BACKLOG = 100
CHUNK = 64 << 10
ACCEPT_WAIT_S = 0.2


class Link:
    """Forwards to `target` while it is up; when cut, connections break and new ones are refused.

    Args:
        target: Port of the ledger on this machine.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._lock = threading.Lock()
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()
        self._listener: socket.socket | None = None
        self._listen(0)

    @property
    def url(self) -> str:
        """Where the station finds the ledger."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def up(self) -> bool:
        """Whether the link carries anything."""
        return self._listener is not None

    def cut(self) -> None:
        """Pull the plug: what is under way breaks, new connections are refused."""
        with self._lock:
            listener, self._listener = self._listener, None
            pairs, self._pairs = self._pairs, set()
        if listener is not None:
            # Closing alone would leave it listening until the thread in accept() looks up.
            _break(listener)
        for pair in pairs:
            for end in pair:
                _break(end)

    def restore(self) -> None:
        """Plug it in again, on the same port."""
        if not self.up:
            self._listen(self._port)

    def close(self) -> None:
        """End for good."""
        self._stopping.set()
        self.cut()
        for thread in list(self._threads):
            thread.join(2.0)

    def __enter__(self) -> "Link":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _listen(self, port: int) -> None:
        listener = socket.create_server(("127.0.0.1", port), backlog=BACKLOG)
        listener.settimeout(ACCEPT_WAIT_S)
        self._port: int = listener.getsockname()[1]
        with self._lock:
            self._listener = listener
        self._run(lambda: self._accept(listener))

    def _accept(self, listener: socket.socket) -> None:
        while self._listener is listener and not self._stopping.is_set():
            try:
                near, _ = listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target), 2.0)
            except OSError:
                near.close()
                continue
            near.settimeout(None)
            far.settimeout(None)
            with self._lock:
                pair = (near, far)
                self._pairs.add(pair)
            self._run(partial(self._pump, near, far, pair))
            self._run(partial(self._pump, far, near, pair))

    def _pump(
        self, source: socket.socket, sink: socket.socket, pair: tuple[socket.socket, socket.socket]
    ) -> None:
        try:
            while data := source.recv(CHUNK):
                sink.sendall(data)
        except OSError:
            pass  # cut, or one end went away: both ends are closed below
        finally:
            with self._lock:
                self._pairs.discard(pair)
            for end in pair:
                _break(end)

    def _run(self, target: Callable[[], None]) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=target, name="demo-link", daemon=True)
        self._threads.append(thread)
        thread.start()


def _break(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
