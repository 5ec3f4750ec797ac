"""The devices a station can have, from a name, an address and a protocol."""

from functools import partial
from urllib.parse import parse_qsl, urlencode

from app.devices.device import Device
from app.devices.protocols.line_scanner import LineScanner
from app.devices.protocols.mt_sics import MtSics
from app.devices.protocols.toledo_8217 import LAYOUTS, STATUS_TABLES, Toledo8217
from app.domain.device import DeviceKind
from app.errors import Trouble

SCALE_PROTOCOLS = ("mt-sics", "toledo-8217")
# Options of the address that are the protocol's, not the port's.
UNIT = "unit"
STATUS = "status"
SUFFIX = "suffix"


def scanner(name: str, url: str) -> Device:
    """A scanner that sends lines: serial, USB CDC, or behind a TCP port.

    Args:
        name: Its name in the settings.
        url: Its address; `suffix=none` for a scanner that ends its codes with nothing.

    Raises:
        Trouble: An option makes no sense.
    """
    port_url, own = _split_options(url, {SUFFIX})
    suffix = _one_of(("yes", "none"), own.get(SUFFIX, "yes")) == "yes"
    decoder = partial(LineScanner, name, suffix=suffix)
    return Device(name, DeviceKind.SCANNER, port_url, listener=decoder)


def scale(name: str, url: str, protocol: str) -> Device:
    """A scale.

    Args:
        name: Its name in the settings.
        url: Its address. For `toledo-8217`, `unit=kg|lb` must say what the scale shows, because
            its frames do not; `status=bits|clone|list` says how its status letter is read.
        protocol: One of `SCALE_PROTOCOLS`.

    Raises:
        Trouble: No such protocol, or an option makes no sense.
    """
    match protocol:
        case "mt-sics":
            return Device(name, DeviceKind.SCALE, url, asker=partial(MtSics, name))
        case "toledo-8217":
            port_url, own = _split_options(url, {UNIT, STATUS})
            unit = _unit_of(own)
            table = STATUS_TABLES[_one_of(tuple(STATUS_TABLES), own.get(STATUS, "bits"))]
            decoder = partial(Toledo8217, unit, name, table)
            return Device(name, DeviceKind.SCALE, port_url, asker=decoder)
        case _:
            raise Trouble(
                f"No scale speaks “{protocol}”. Choose one of {', '.join(SCALE_PROTOCOLS)}."
            )


def _unit_of(own: dict[str, str]) -> str:
    if UNIT not in own:
        raise Trouble(
            "A toledo-8217 scale does not say its unit. Choose what its display shows and add"
            " unit=kg or unit=lb to its address."
        )
    return _one_of(tuple(LAYOUTS), own[UNIT])


def _split_options(url: str, names: set[str]) -> tuple[str, dict[str, str]]:
    address, _, query = url.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    own = {name: value for name, value in pairs if name in names}
    rest = urlencode([pair for pair in pairs if pair[0] not in names])
    return (f"{address}?{rest}" if rest else address), own


def _one_of(allowed: tuple[str, ...], value: str) -> str:
    if value not in allowed:
        raise Trouble(f"“{value}” is not possible here; choose {', '.join(allowed)}.")
    return value
