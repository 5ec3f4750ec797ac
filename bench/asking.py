"""A station of a load as its ledger sees it: one connection, questions, back-off as the program's.

Thousands of them live in one event loop; each reads answers and waits by the program's own rules
(`app.sync.answers`, `app.sync.backoff`).
"""

import asyncio
import gzip
import time
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

import msgspec

from app.contract.messages import NotNow
from app.errors import Trouble
from app.sync import answers
from app.sync.backoff import Backoff
from app.sync.wire import Reply

A = TypeVar("A")

# The loop's clock has milliseconds, and wakes up to one too early.
TICK_S = 0.002


@dataclass(slots=True)
class Turned:
    """How often stations were told "not now", and what they did about it.

    Attributes:
        told: How often, by status (429, 503).
        cut: Connections that broke, or could not be made.
        given_up: Questions that were not answered within the program's own patience.
        faults: Answers that are neither an answer nor "not now"; there must be none.
        hasty: Times a station asked again before the time it was told; there must be none.
        least: The shortest of what was waited for each second it was told to wait.
    """

    told: dict[int, int] = field(default_factory=dict)
    cut: int = 0
    given_up: int = 0
    faults: list[str] = field(default_factory=list)
    hasty: int = 0
    least: float = float("inf")


class Station:
    """One station of the load.

    Args:
        where: Host and port of the ledger.
        token: Its bearer token.
        chance: For the jitter of its waits.
        turned: Where it is noted how often it was turned away.
    """

    def __init__(self, where: tuple[str, int], token: str, chance: Random, turned: Turned) -> None:
        self._where, self._token, self._turned = where, token, turned
        self._backoff = Backoff(chance)
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._not_before = self._told_at = 0.0

    async def ask(
        self, path: str, body: bytes, decoder: msgspec.json.Decoder[A], patience_s: float
    ) -> A:
        """Put a question again and again until it is answered; waits as it is told to."""
        while True:
            answer = await self._once(path, body, decoder, patience_s)
            if answer is not None and not isinstance(answer, NotNow):
                self._backoff.reset()
                return answer
            wait_s = self._backoff.next_wait_s()
            if answer is not None:
                if answer.problem != "retry_later":
                    raise RuntimeError(f"{path}: {answer}")
                wait_s = max(wait_s, answer.retry_after_s)
            await asyncio.sleep(wait_s + TICK_S)

    async def _once(
        self, path: str, body: bytes, decoder: msgspec.json.Decoder[A], patience_s: float
    ) -> A | NotNow | None:
        """One try; None when there was no whole answer in time."""
        self._look_at_the_clock()
        try:
            async with asyncio.timeout(patience_s):
                reply = await self._exchange(path, body)
        except TimeoutError:
            self._turned.given_up += 1
            self.close()
            return None
        except (OSError, asyncio.IncompleteReadError):
            self._turned.cut += 1
            self.close()
            return None
        if reply.status in {429, 503}:
            self._turned.told[reply.status] = self._turned.told.get(reply.status, 0) + 1
        try:
            answer = answers.read(reply, decoder)
        except Trouble as trouble:
            self._turned.faults.append(trouble.detail)
            return None
        if isinstance(answer, NotNow) and answer.problem == "retry_later":
            self._told_at = time.monotonic()
            self._not_before = self._told_at + answer.retry_after_s
        return answer

    def _look_at_the_clock(self) -> None:
        """What the last "not now" asked for, against when it is asked again."""
        if not self._not_before:
            return
        now = time.monotonic()
        self._turned.hasty += now < self._not_before
        told_s = self._not_before - self._told_at
        if told_s:
            self._turned.least = min(self._turned.least, (now - self._told_at) / told_s)
        self._not_before = 0.0

    async def _exchange(self, path: str, body: bytes) -> Reply:
        if self._writer is None or self._reader is None:
            self._reader, self._writer = await asyncio.open_connection(*self._where)
        self._writer.write(
            f"POST {path} HTTP/1.1\r\nHost: ledger\r\nContent-Type: application/json\r\n"
            f"Accept-Encoding: gzip\r\nAuthorization: Bearer {self._token}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = await self._reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        told = {name.lower(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
        answer = await self._reader.readexactly(int(told["content-length"]))
        if told.get("content-encoding") == "gzip":
            answer = gzip.decompress(answer)
        if told.get("connection") == "close":
            self.close()
        kind = told.get("content-type", "").partition(";")[0]
        return Reply(int(first.split()[1]), kind, told.get("retry-after", ""), answer)

    def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None
