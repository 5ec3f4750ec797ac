"""Several `packhouse ledger serve` on one PostgreSQL, and stations that go from one to another."""

import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

from app.conformance.probe import Probe
from app.conformance.remote import HttpStations
from app.contract.chain import GENESIS
from app.contract.ledger import Ledger
from app.contract.messages import ChangesPage, Posted, Result
from app.errors import Trouble
from tests.support.processes import PACKHOUSE, STOP_S

# Tries of one batch: many restarts of a server or a database fit in.
TRIES = 400
PAUSE_S = 0.05


class Servers:
    """Server processes over one database, started together; a context manager.

    Args:
        database: URL, as the program may open it.
        count: How many.
    """

    def __init__(self, database: str, count: int) -> None:
        self._processes = [
            subprocess.Popen(
                [*PACKHOUSE, "ledger", "serve", "--database", database, "--port", "0"],
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
            for _ in range(count)
        ]
        self.urls: list[str] = []

    def __enter__(self) -> Self:
        for process in self._processes:
            assert process.stdout is not None
            said = process.stdout.readline()
            assert said.startswith("listening on "), said
            self.urls.append(said.split()[-1])
        return self

    def kill(self, which: int) -> None:
        """As the kernel does when memory runs out."""
        os.kill(self._processes[which].pid, signal.SIGKILL)
        self._processes[which].wait(STOP_S)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(STOP_S)
            if process.stdout is not None:
                process.stdout.close()


class Roaming:
    """One station at several servers: posts until it is answered, elsewhere every time.

    Args:
        probe: Its chain.
        urls: The servers.
    """

    def __init__(self, probe: Probe, urls: Sequence[str]) -> None:
        self.probe = probe
        self._wires = [HttpStations(url) for url in urls]
        self.ledgers: list[Ledger] = [wire.ledger(probe.device, probe.who) for wire in self._wires]
        self._turn = 0
        self._pause = threading.Event()
        self.answered: list[Result] = []
        self.turned_away = 0

    def follower(self) -> Probe:
        """The same station, at the start of the feed."""
        return replace(self.probe, rows=[], sent=[], cursor=0, chain=GENESIS)

    def post(self, first: int) -> None:
        """Post from `first` on, the same bytes again and again, until a server has decided."""
        batch = self.probe.batch(first)
        for _ in range(TRIES):
            self._turn = (self._turn + 1) % len(self.ledgers)
            try:
                answer = self.ledgers[self._turn].post(batch)
            except Trouble:
                self.turned_away += 1
                self._pause.wait(PAUSE_S)
                continue
            if isinstance(answer, Posted):
                self.answered.extend(answer.results)
                return
            assert answer.problem == "retry_later", answer
            self.turned_away += 1
            self._pause.wait(PAUSE_S)
        raise AssertionError(f"no server took {batch.operations[0].id}")

    def close(self) -> None:
        for wire in self._wires:
            wire.close()


def follow(follower: Probe, ledgers: Sequence[Ledger], done: threading.Event) -> Probe:
    """Follow a feed to its end, at whichever server answers, until `done` and nothing is left.

    Every page must lead on from the one before: a row that is left out is found here.
    """
    pause = threading.Event()
    turn = 0
    while True:
        last = done.is_set()
        try:
            page = ledgers[turn].changes(follower.query(wait_s=0 if last else 1))
        except Trouble:
            page = None
        if not isinstance(page, ChangesPage):
            assert page is None or page.problem == "retry_later", page
            turn = (turn + 1) % len(ledgers)
            pause.wait(PAUSE_S)
            continue
        follower.take(page)
        if last and follower.cursor >= page.head:
            return follower
