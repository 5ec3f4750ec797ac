"""What the printer thread needs of a printer, whatever it is connected by."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

from typing_extensions import override

from app.devices.port import address_of, path_of, query_of
from app.errors import Trouble
from app.station.inbox import PrintState

SCHEMES = "tcp://host:9100 (with ?status=hs for a ZPL printer that answers ~HS) or folder:///path"


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


class Unusable(Printing):
    """A printer whose address makes no sense: says so to every job instead of stopping the start.

    Args:
        trouble: What is wrong with it.
    """

    def __init__(self, trouble: Trouble) -> None:
        self._trouble = trouble

    @override
    def probe(self) -> None:
        raise self._trouble

    @override
    def send(self, job: str, payload: bytes, stop: Event) -> Sent:
        return Sent(PrintState.FAILED, self._trouble.say)


def printer_at(url: str) -> Printing:
    """The printer `url` names; one that says what is wrong when it names none."""
    from app.devices.printer_folder import FolderPrinter
    from app.devices.printer_tcp import TcpPrinter

    try:
        parts = urlsplit(url)
        match parts.scheme:
            case "tcp":
                host, port = address_of(parts)
                return TcpPrinter(host, port, asks=_asks(query_of(parts)))
            case "folder":
                return FolderPrinter(Path(path_of(parts)))
            case "" if url:
                return FolderPrinter(Path(url))
            case _:
                return Unusable(Trouble(f"“{url}” is no printer address. Use {SCHEMES}."))
    except Trouble as trouble:
        return Unusable(trouble)
    except ValueError as error:
        return Unusable(Trouble(f"“{url}” is no address. Use {SCHEMES}.", detail=str(error)))


def _asks(options: dict[str, str]) -> bool:
    strange = options.keys() - {"status"}
    if strange or options.get("status", "hs") != "hs":
        raise Trouble(f"A printer's address knows only the option status=hs. Use {SCHEMES}.")
    return "status" in options
