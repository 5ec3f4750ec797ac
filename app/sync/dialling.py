"""How a station reaches its ledger: https with what it has pinned, http only where it is harmless.

There is no way back from https: whoever could make a station fall back to http would not need to
break TLS.
"""

import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import httpx
from typing_extensions import override

from app.contract.messages import Token, TokenRequest
from app.errors import Trouble
from app.sync import tls
from app.sync.http_ledger import HttpGate
from app.sync.pins import Pins
from app.sync.wire import Wire


@dataclass(frozen=True, slots=True)
class Address:
    """What a station was told about its ledger's address.

    Attributes:
        url: `https://…`, or `http://…` on this machine.
        folder: The station's data folder, where the pins lie.
        plain_http: Whether a person accepted http to another machine.
        client_cert: This station's own certificate and key, where the ledger asks for one.
    """

    url: str
    folder: Path
    plain_http: bool = False
    client_cert: Path | None = None


class Dialled:
    """A connection to the ledger, and the questions anyone may ask over it.

    Args:
        address: Where to, and whom to believe.

    Raises:
        Trouble: Nobody said whom to believe, or the address is plain http.
    """

    def __init__(self, address: Address) -> None:
        context = _context(address)
        self.wire = Wire(address.url, context)
        self.gate = (
            HttpGate(self.wire) if context is None else _PinningGate(self.wire, address, context)
        )


class _PinningGate(HttpGate):
    """Asks for the ledger's authorities with every new token: once an hour."""

    def __init__(self, wire: Wire, address: Address, context: ssl.SSLContext) -> None:
        super().__init__(wire)
        self.wire = wire
        self._address = address
        self._context = context

    @override
    def token(self, request: TokenRequest) -> Token:
        token = super().token(request)
        address = self._address
        added = Pins(address.folder).refresh(self.wire, address.url, address.client_cert)
        if added:
            # An authority that is no longer announced stays believed until the next start.
            self._context.load_verify_locations(cadata=added)
        return token


def _context(address: Address) -> ssl.SSLContext | None:
    url = _parsed(address.url)
    pins = Pins(address.folder).pem
    if url.scheme == "https":
        if not pins:
            raise Trouble(
                "This station does not know its ledger's certificate yet, so nothing was sent. "
                "Start it once with the fingerprint that `packhouse ledger station add` printed "
                "beside the code (--ca-fingerprint …), or with the ledger's ca.pem (--ca FILE)."
            )
        return tls.trust(pins, address.client_cert)
    if address.plain_http or (_is_here(url.host) and not pins):
        return None
    if pins:
        raise Trouble(
            "This station knows its ledger by its certificate and does not go back to plain http. "
            "Correct the address to https://…, or accept http with --plain-http."
        )
    raise Trouble(
        f"Plain http to {url.host} would let anybody between read and change what is sent. Let the "
        "ledger serve https and write --ledger https://…, or accept the risk with --plain-http."
    )


def _parsed(url: str) -> httpx.URL:
    try:
        return httpx.URL(url)
    except httpx.InvalidURL as error:
        raise Trouble(
            "The ledger's address is not usable. Correct it with --ledger https://HOST:PORT.",
            detail=repr(error),
        ) from error


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
