"""When to ask a polled device again: one question at a time, and no late answer to an old one.

Pure: times in, decisions out.
"""

from dataclasses import dataclass
from enum import Enum, auto

from app.devices.device import Polling


class Next(Enum):
    """What the device thread should do now."""

    LISTEN = auto()
    ASK = auto()
    GIVE_UP = auto()


@dataclass(slots=True)
class Asking:
    """The conversation with one device.

    Args:
        pace: Its times.
        opened_ns: When the port was opened.
    """

    pace: Polling
    opened_ns: int
    _asked_ns: int | None = None
    _next_ns: int = 0
    _deaf_until_ns: int = 0
    _value_ns: int | None = None
    _unanswered: int = 0

    def next(self, now_ns: int) -> Next:
        """What to do now; after `ASK` the question counts as asked."""
        if self._asked_ns is not None:
            if now_ns - self._asked_ns < self.pace.answer_ns:
                return Next.LISTEN
            self._asked_ns = None
            self._unanswered += 1
            self._deaf_until_ns = self._next_ns = now_ns + self.pace.quiet_ns
            return Next.GIVE_UP
        if now_ns < max(self._next_ns, self._deaf_until_ns):
            return Next.LISTEN
        self._asked_ns = now_ns
        self._next_ns = now_ns + self.pace.every_ns
        return Next.ASK

    def deaf(self, now_ns: int) -> bool:
        """Whether what comes now belongs to a question that was given up."""
        return now_ns < self._deaf_until_ns

    def answered(self, now_ns: int, *, sound: bool) -> None:
        """Something came; `sound` when it made sense."""
        self._asked_ns = None
        self._unanswered = 0
        if sound:
            self._value_ns = now_ns

    @property
    def hopeless(self) -> bool:
        """Whether so many questions went unanswered that the port should be opened anew."""
        return self._unanswered >= self.pace.unanswered

    def silent(self, now_ns: int) -> bool:
        """Whether nothing that made sense has come for too long."""
        since = self.opened_ns if self._value_ns is None else self._value_ns
        return now_ns - since >= self.pace.silent_ns
