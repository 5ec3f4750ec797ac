"""What the printer thread needs of a printer, whatever it is connected by."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from threading import Event

from app.station.inbox import PrintState


@dataclass(frozen=True, slots=True)
class Sent:
    """How a job ended."""

    state: PrintState
    detail: str = ""


class Printing(ABC):
    """One printer. Only the printer thread calls it."""

    @abstractmethod
    def probe(self) -> None:
        """Look whether it could print now; prints nothing.

        Raises:
            Trouble: It could not; the sentence says why.
        """

    @abstractmethod
    def send(self, job: str, payload: bytes, stop: Event) -> Sent:
        """Print one job, or say how far it came; never raises for what the world does."""
