"""Serving the ledger: uvicorn on uvloop and httptools, in the foreground or on its own thread."""

import asyncio
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self, cast

import uvicorn
from typing_extensions import override

from app.errors import Trouble
from app.ledger.service import LedgerService
from app.ledger.tls.serving import Serving
from app.ledger.web import loops
from app.ledger.web.authority_page import AuthorityPage
from app.ledger.web.connection import Connection
from app.ledger.web.desk import Desk
from app.ledger.web.guard import App, Guard
from app.ledger.web.journal import Journal
from app.ledger.web.news import News
from app.ledger.web.routes import application
from app.ledger.web.stations import follow

# Requests under way may finish; a long-poll is let go at once, a batch is seconds at most.
GRACE_S = 15
# Longer than stations keep an idle connection, so that they never meet one that is closed.
KEEP_ALIVE_S = 75
START_WAIT_S = 30.0
# Ten times the stations of a large company, so that a thousand slow strangers shut nobody out; an
# idle connection costs some 20 KB.
MAX_CONNECTIONS = 4_096
# Beside connections: database, log, the program itself.
OTHER_FILES = 256
# Certificates are looked after this often; uvicorn ticks ten times a second.
LOOK_TICKS = 600

Ready = Callable[[str], None]


class _Server(uvicorn.Server):
    """uvicorn that lets long-polls go when it is asked to stop, and says when it listens."""

    def __init__(
        self, config: uvicorn.Config, desk: Desk, ready: Ready, tls: Serving | None
    ) -> None:
        super().__init__(config)
        self._desk = desk
        self._ready = ready
        self._tls = tls

    @override
    async def startup(self, sockets: object = None) -> None:
        await super().startup()
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            scheme = "https" if self._tls else "http"
            self._ready(f"{scheme}://{shown}:{port}")

    @override
    async def on_tick(self, counter: int) -> bool:
        if self._tls is not None and counter % LOOK_TICKS == 0:
            await asyncio.to_thread(self._tls.look)
        return await super().on_tick(counter)

    @override
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Not uvicorn's own: it raises the signal again at the end, and nothing after it would run.
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True
        self._desk.watch.close()

    def leave(self) -> None:
        """Stop from another thread."""
        self.should_exit = True
        if self.started:
            self._desk.watch.close()


def serve(
    service: LedgerService, host: str, port: int, ready: Ready, tls: Serving | None = None
) -> None:
    """Serve until SIGTERM or SIGINT; finishes what is under way.

    Args:
        service: The ledger; stays open afterwards.
        host: Address to listen on.
        port: 0 chooses one.
        ready: Told the base URL.
        tls: For https; plain http without.

    Raises:
        Trouble: The address is in use or not ours.
    """
    _allow_connections()
    server = _server(service, (host, port), ready, tls)
    try:
        server.run()
    except SystemExit as error:
        raise _no_address(host, port) from error
    if not server.started:
        raise _no_address(host, port)


class ServerThread:
    """A server on a thread of its own, for the demo and for tests; a context manager.

    Args:
        service: The ledger; stays open afterwards.
        host: Address to listen on.
        port: 0 chooses one.
        tls: For https; plain http without.
    """

    def __init__(
        self,
        service: LedgerService,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: Serving | None = None,
    ) -> None:
        self.url = ""
        self._where = (host, port)
        self._up = threading.Event()
        self._server = _server(service, self._where, self._listening, tls)
        self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)  # noqa: TID251

    def start(self) -> str:
        """Start and wait until it listens.

        Returns:
            Its base URL.

        Raises:
            Trouble: It did not come up.
        """
        self._thread.start()
        self._up.wait(START_WAIT_S)
        if not self.url:
            raise _no_address(*self._where)
        return self.url

    def stop(self) -> None:
        """Finish what is under way, then end."""
        self._server.leave()
        self._thread.join(GRACE_S * 2)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _listening(self, url: str) -> None:
        self.url = url
        self._up.set()

    def _run(self) -> None:
        try:
            self._server.run()
        except SystemExit:
            pass
        finally:
            self._up.set()


def _server(
    service: LedgerService, where: tuple[str, int], ready: Ready, tls: Serving | None
) -> _Server:
    app, desk = application(service)
    guarded: App = Guard(News(cast("App", app), desk, follow), desk.lateness)
    secure: dict[str, Any] = {}
    if tls is not None:
        guarded = AuthorityPage(guarded, lambda: tls.kept.trusted_pem)
        secure = {"ssl_context_factory": lambda *_: tls.context, "loop": loops.NAME}
    config = uvicorn.Config(
        Journal(guarded, desk.meters, service.ids),
        host=where[0],
        port=where[1],
        http=Connection,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
        limit_concurrency=MAX_CONNECTIONS,
        **secure,
    )
    return _Server(config, desk, ready, tls)


def _allow_connections() -> None:
    """As many open files as connections may be open; many systems begin with 1,024."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(MAX_CONNECTIONS + OTHER_FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _no_address(host: str, port: int) -> Trouble:
    return Trouble(
        f"The ledger cannot listen on {host}, port {port}: it is in use, or not an address of this "
        "machine. Choose another with --host and --port."
    )
