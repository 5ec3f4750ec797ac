"""What the device thread is told about a device: its address, its decoder, its timing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.domain.device import DeviceKind
from app.domain.scan import Scan
from app.domain.weight import Reading

MS = 1_000_000


class Decoder(Protocol):
    """Bytes in, values out. Pure; never raises, whatever the bytes are."""

    def feed(self, data: bytes, at_ns: int) -> Sequence[Scan | Reading]:
        """Values that `data` completes."""
        ...

    def idle(self, at_ns: int) -> Sequence[Scan | Reading]:
        """Nothing has come for a moment; an unfinished frame may be over."""
        ...


class ListeningDecoder(Decoder, Protocol):
    """A device that speaks by itself."""

    def end(self, at_ns: int) -> Sequence[Scan | Reading]:
        """The port is gone: what has begun is all there will be."""
        ...


class PolledDecoder(Decoder, Protocol):
    """A device that speaks when spoken to."""

    def poll(self) -> bytes:
        """The question for the present value; harmless, never a zero or a tare."""
        ...

    def reset(self) -> None:
        """Forget what was begun and what was last said: a question went unanswered."""
        ...

    def why(self, raw: bytes) -> str:
        """What is known about a frame that was an error, as a sentence; else nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Polling:
    """The pace of questions.

    Attributes:
        every_ns: From one question to the next; five a second follow a hand on the platform.
        answer_ns: A scale answers within 50 ms at 9600 baud; ten times that is no answer.
        quiet_ns: After no answer, what still comes belongs to the old question and is dropped.
        silent_ns: Without a value for this long the device counts as lost; a weight is stale then.
        unanswered: After so many questions without any answer the port is opened anew: an adapter
            that hangs comes back by that (ten questions take eight seconds).
    """

    every_ns: int = 200 * MS
    answer_ns: int = 500 * MS
    quiet_ns: int = 300 * MS
    silent_ns: int = 2_000 * MS
    unanswered: int = 10


@dataclass(frozen=True, slots=True)
class Device:
    """One device of a station.

    Attributes:
        name: Its name in the settings, e.g. `scale-1`.
        kind: What it is for.
        url: Address of its port.
        listener: Makes the decoder of a device that speaks by itself.
        asker: Makes the decoder of a device that is polled; exactly one of the two is set.
        polling: The pace, for a polled device.
    """

    name: str
    kind: DeviceKind
    url: str
    listener: Callable[[], ListeningDecoder] | None = None
    asker: Callable[[], PolledDecoder] | None = None
    polling: Polling = Polling()
