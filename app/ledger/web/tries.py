"""Brute force at the gate: wrong tries are counted by address, and racing ones wait their turn.

Counting answers alone is not enough: a thousand guesses sent at once would all be let in before the
first is known to be wrong. So only as many of an address are under way as it may still fail; honest
stations behind one address wait milliseconds for each other. On the loop's thread, without a lock.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from time import monotonic

# Wrong codes and signatures an address may try (security.md §2.8); a code dies at five on its own.
FAILURES = 10
FAILURES_S = 60.0
# Addresses remembered; one that has nothing under way is forgotten first.
MAX_ADDRESSES = 10_000
# One subscriber is given this much of IPv6; its single addresses cost nothing.
_PREFIX = 64


@dataclass(slots=True)
class _Caller:
    under_way: int = 0
    failed: deque[float] = field(default_factory=lambda: deque(maxlen=FAILURES))
    done: asyncio.Event = field(default_factory=asyncio.Event)


class Tries:
    """Who may try once more."""

    def __init__(self) -> None:
        self._callers: dict[str, _Caller] = {}

    def is_barred(self, address: str) -> bool:
        """Whether an address has failed too often within the minute."""
        caller = self._callers.get(_whose(address))
        return caller is not None and _failures(caller) >= FAILURES

    async def begin(self, address: str) -> bool:
        """Wait until the address may try; False when it is barred. Every True needs one `end`."""
        caller = self._caller(_whose(address))
        while (failures := _failures(caller)) + caller.under_way >= FAILURES:
            if failures >= FAILURES:
                return False
            caller.done.clear()
            await caller.done.wait()
        caller.under_way += 1
        return True

    def end(self, address: str, *, failed: bool) -> None:
        """A try is over; whoever waits looks again."""
        caller = self._caller(_whose(address))
        caller.under_way -= 1
        if failed:
            caller.failed.append(monotonic())
        caller.done.set()

    def _caller(self, whose: str) -> _Caller:
        known = self._callers.get(whose)
        if known is None:
            if len(self._callers) >= MAX_ADDRESSES:
                self._forget_one()
            known = self._callers[whose] = _Caller()
        return known

    def _forget_one(self) -> None:
        """The oldest that has nothing under way; connections are fewer than addresses kept."""
        idle = next((who for who, one in self._callers.items() if not one.under_way), None)
        if idle is not None:
            del self._callers[idle]


def _failures(caller: _Caller) -> int:
    since = monotonic() - FAILURES_S
    while caller.failed and caller.failed[0] < since:
        caller.failed.popleft()
    return len(caller.failed)


def _whose(address: str) -> str:
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(int(parsed) >> (128 - _PREFIX))
