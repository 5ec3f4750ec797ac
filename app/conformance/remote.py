"""Anyone's ledger under test, over HTTP: all that is known are its address and enrolment codes."""

from collections.abc import Sequence

from app.clock import SystemClock
from app.conformance.floor import Floor
from app.conformance.probe import Device, Probe
from app.contract.ledger import Ledger
from app.contract.messages import Enrolled
from app.errors import Refusal
from app.sync.http_ledger import HttpGate, HttpLedger
from app.sync.skew import Skew
from app.sync.tls import trust
from app.sync.tokens import TokenSource
from app.sync.wire import Wire

# What is right is asked here, not how fast: a ledger beside other work is waited for.
PATIENCE = 10


class HttpStations:
    """Stations that reach a ledger at an address, each over a connection of its own.

    Args:
        url: Base URL.
        authorities: For https: whom to believe, PEM.
    """

    def __init__(self, url: str, authorities: str = "") -> None:
        self._url = url
        self._tls = trust(authorities) if authorities else None
        self._wires: list[Wire] = []
        self.gate = HttpGate(self._wire())

    def ledger(self, device: Device, who: Enrolled) -> Ledger:
        """The ledger as this device sees it."""
        wire, skew = self._wire(), Skew(SystemClock())
        # Only stations of protocol 2 are told the pepper, and only they name the ledger they mean.
        audience = who.ledger_key if who.pepper else ""
        tokens = TokenSource(HttpGate(wire), who.enrolment, device, skew, audience=audience)
        return HttpLedger(wire, tokens, skew)

    def close(self) -> None:
        """Close every connection."""
        for wire in self._wires:
            wire.close()

    def _wire(self) -> Wire:
        self._wires.append(Wire(self._url, self._tls, PATIENCE))
        return self._wires[-1]


def remote_floor(url: str, codes: Sequence[str], run: str, authorities: str = "") -> Floor:
    """A floor at somebody else's ledger; each station takes one code.

    Args:
        url: Base URL.
        codes: One-time enrolment codes of one site, unused.
        run: Makes names unique from run to run.
        authorities: For https: whom to believe, PEM.
    """
    remote = HttpStations(url, authorities)
    stations: dict[int, Probe] = {}

    def station(number: int) -> Probe:
        if number not in stations:
            if number >= len(codes):
                raise Refusal("no_code", "This needs another station. Give one more --code.")
            device = Device(f"{run} {number}")
            who = remote.gate.enrol(device.enrol_request(codes[number]))
            stations[number] = Probe(device, who, remote.ledger(device, who))
        return stations[number]

    return Floor(
        run=run,
        stations=station,
        url=url,
        tls=trust(authorities) if authorities else True,
        hang_up=remote.close,
        gate=remote.gate,
    )
