"""The certificate authorities a station believes, kept in its data folder.

Pinned once, by a person: from a file, or by a fingerprint that is compared before anything is sent.
Afterwards the ledger itself announces its next authority over a connection that is believed
already, and the new set is kept only once a connection under it has succeeded.
"""

import logging
import os
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from app.contract import fingerprint
from app.errors import PackhouseError, Refusal, Trouble
from app.sync import tls
from app.sync.wire import Patience, Wire

log = logging.getLogger(__name__)

FILE_NAME = "ledger-ca.pem"
PATH = "/ca.pem"
# A ledger has one authority, and a second one while it hands over.
MAX_AUTHORITIES = 4
# What a certificate that is damaged, or made to harm, is met with; not all of it is a ValueError.
_UNREADABLE = (
    ValueError,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
# Four certificates have some 3 KB.
_FETCH = Patience(silence_s=5.0, total_s=10.0, most_bytes=64 << 10)


class Pins:
    """What is pinned in a folder.

    Args:
        folder: The station's data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME

    @property
    def pem(self) -> str:
        """The pinned authorities; empty when there are none.

        Raises:
            Trouble: The file cannot be read.
        """
        try:
            return self._path.read_text(encoding="ascii") if self._path.exists() else ""
        except (OSError, ValueError) as error:
            raise Trouble(
                f"The ledger's pinned certificate {self._path} cannot be read. Pin it again: start "
                "with --ca-fingerprint, as `packhouse ledger tls show` tells it.",
                detail=repr(error),
            ) from error

    def pin_file(self, path: Path) -> None:
        """Believe the authorities in a file from now on, and no others.

        Raises:
            Refusal: `no_certificate`.
        """
        try:
            found = _read(path.read_bytes())
        except OSError as error:
            raise Refusal(
                "no_certificate", f"{path} cannot be read. Check its name and its rights."
            ) from error
        if not found:
            raise Refusal(
                "no_certificate",
                f"{path} holds no certificate. Give the ca.pem of the ledger's tls folder.",
            )
        self._keep(found)

    def pin_fingerprint(self, url: str, typed: str) -> None:
        """Fetch the ledger's authority, and believe it if it is the one a person named.

        Args:
            url: Of the ledger, https.
            typed: At least 128 bits of the certificate's SHA-256, in hex.

        Raises:
            Refusal: `bad_fingerprint`, or `other_fingerprint`: it is not the one.
            Trouble: The ledger could not be asked.
        """
        if not fingerprint.tidy(typed):
            raise Refusal(
                "bad_fingerprint",
                f"A fingerprint has at least {fingerprint.MIN_DIGITS} digits of 0-9 and a-f. The "
                "four words are for reading out; copy the digits beside them.",
            )
        if not url.startswith("https:"):
            raise Refusal(
                "bad_fingerprint", "A fingerprint is for https. Start with --ledger https://…"
            )
        if any(fingerprint.is_of(typed, _der(one)) for one in _read(self.pem.encode())):
            return
        answered = fetch(url, tls.blind())
        for one in answered:
            if fingerprint.is_of(typed, _der(one)):
                self._keep([one])
                log.info("pinned the ledger's authority %s", fingerprint.of(_der(one)))
                return
        seen = ", ".join(fingerprint.words(fingerprint.of(_der(one))) for one in answered)
        raise Refusal(
            "other_fingerprint",
            f"What answers at {url} shows another authority ({seen or 'none'}). Compare with "
            "`packhouse ledger tls show`; if that differs, somebody stands between: ask IT.",
        )

    def refresh(self, wire: Wire, url: str, own: Path | None = None) -> str:
        """Learn of the ledger's next authority over a connection that is believed.

        Args:
            wire: To the ledger; proven by what is pinned now.
            url: Of the ledger, to try the new set.
            own: This station's certificate, where the ledger asks for one.

        Returns:
            The authorities now; empty when nothing changed.
        """
        try:
            announced = _announced(wire)
            now = _pem(announced)
            if not announced or now == _pem(_read(self.pem.encode())):
                return ""
            # Only what proves itself at once is kept: a proxy may show another authority.
            fetch(url, tls.trust(now, own))
            self._keep(announced)
        except (PackhouseError, OSError) as error:
            log.info("authorities stay as they are: %s", error)
            return ""
        names = [fingerprint.words(fingerprint.of(_der(one))) for one in announced]
        log.info("the ledger's authorities are now %s", names)
        return now

    def _keep(self, authorities: list[x509.Certificate]) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self._path.with_suffix(".new")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(_pem(authorities))
            out.flush()
            os.fsync(out.fileno())
        part.replace(self._path)


def fetch(url: str, context: ssl.SSLContext) -> list[x509.Certificate]:
    """The authorities a ledger announces; none when it announces nothing.

    Raises:
        Trouble: It could not be asked.
    """
    wire = Wire(url, context)
    try:
        return _announced(wire)
    finally:
        wire.close()


def _announced(wire: Wire) -> list[x509.Certificate]:
    reply = wire.ask(PATH, None, "", _FETCH)
    return _read(reply.body) if reply.status == 200 else []


def _read(content: bytes) -> list[x509.Certificate]:
    """Certificates of authorities in a text; none when it is something else."""
    try:
        found = x509.load_pem_x509_certificates(content)
        return found if len(found) <= MAX_AUTHORITIES and all(map(_signs, found)) else []
    except _UNREADABLE:
        return []


def _signs(certificate: x509.Certificate) -> bool:
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except x509.ExtensionNotFound:
        return False
    return constraints.value.ca


def _pem(certificates: list[x509.Certificate]) -> str:
    return "".join(one.public_bytes(Encoding.PEM).decode("ascii") for one in certificates)


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)
