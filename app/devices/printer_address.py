"""Which printer an address names."""

from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

from typing_extensions import override

from app.devices.port import address_of, path_of, query_of
from app.devices.printer_folder import FolderPrinter
from app.devices.printer_none import NoPrinter
from app.devices.printer_tcp import TcpPrinter
from app.devices.printing import Printing, Sent
from app.errors import Trouble
from app.station.inbox import PrintState

SCHEMES = (
    "tcp://host:9100 (with ?status=hs for a ZPL printer that answers ~HS), folder:///path, or none:"
)


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
    try:
        parts = urlsplit(url)
        match parts.scheme:
            case "tcp":
                host, port = address_of(parts)
                return TcpPrinter(host, port, asks=_asks(query_of(parts)))
            case "folder":
                return FolderPrinter(Path(path_of(parts)))
            case "none":
                return NoPrinter()
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
