"""What somebody typed for the ledger: an address, or a whole line as IT prints it.

A line may be typed or scanned (a QR code holds it): address, one-time code and fingerprint with
blanks between, in this order; the last two may be missing.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

# Longer ones are no names of machines.
MOST_HOST = 253


@dataclass(frozen=True, slots=True)
class Told:
    """A ledger's address, and what else stood in the line.

    Attributes:
        url: Scheme, host and port, without a path.
        code: One-time code, or empty.
        fingerprint: Of the authority, or empty.
        harmless: Plain http that leaves this machine nowhere.
    """

    url: str
    code: str = ""
    fingerprint: str = ""
    harmless: bool = False

    @property
    def secure(self) -> bool:
        """Whether it is https."""
        return self.url.startswith("https:")


def read(line: str) -> Told | None:
    """The line, or None when it holds no address. Without a scheme it is https."""
    first, *rest = line.split() or [""]
    url = _url(first)
    if url is None:
        return None
    code = rest[0] if rest else ""
    fingerprint = "".join(rest[1:])
    return Told(url, code, fingerprint, url.startswith("http:") and _is_here(url))


def _url(typed: str) -> str | None:
    whole = typed if "://" in typed else f"https://{typed}"
    try:
        parts = urlsplit(whole)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not _is_host(host) or parts.username:
        return None
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")


def _is_host(host: str) -> bool:
    if ":" in host:
        return True  # an address of IPv6; urlsplit has taken it apart
    return 0 < len(host) <= MOST_HOST and all(
        part and all(each.isalnum() or each in "-_" for each in part) for part in host.split(".")
    )


def _is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
