"""A bench without a printer: a label is taken and kept nowhere.

The label names a person and an address. The book has it, encrypted; a file beside the book would
give it to whoever copies the folder. Who wants files asks for a folder (`folder:///…`).
"""

from threading import Event

from typing_extensions import override

from app.devices.printing import Printing, Sent
from app.station.inbox import PrintState

DETAIL = "no printer is set: the label was not kept"


class NoPrinter(Printing):
    """Takes every job, and keeps nothing."""

    @override
    def probe(self) -> None:
        """There is nothing that could be missing."""

    @override
    def send(self, job: str, payload: bytes, stop: Event) -> Sent:
        return Sent(PrintState.PRINTED, DETAIL)
