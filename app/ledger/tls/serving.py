"""The SSL context of a server: TLS 1.3 and nothing older, renewed while it serves.

Connections that are open keep the certificate they began with; new ones get the new one.
"""

import logging
import ssl
from collections.abc import Sequence
from pathlib import Path

from app.errors import Trouble
from app.ledger.clock import Clock
from app.ledger.tls.folder import RENEW_BEFORE, Kept, TlsFolder

log = logging.getLogger(__name__)


class Serving:
    """What a server shows, and whom it lets in.

    Args:
        folder: The certificates; made when missing.
        names: What the server is called.
        clock: Decides what has to be renewed.
        client_ca: Authority of the stations' certificates, to let nobody else in; optional.

    Raises:
        Trouble: The certificates cannot be used.
    """

    def __init__(
        self,
        folder: TlsFolder,
        names: Sequence[str],
        clock: Clock,
        client_ca: Path | None = None,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._kept = folder.keep(clock.now(), names)
        self._shown = b""
        self.context = context(client_ca)
        self._load()

    @property
    def kept(self) -> Kept:
        """What is served now."""
        return self._kept

    def look(self) -> None:
        """Renew what has to be renewed, or take what a command has renewed; never fails."""
        try:
            self._kept = self._folder.keep(self._clock.now())
            self._load()
        except Trouble as trouble:
            log.warning("certificates not renewed: %s", trouble)

    def _load(self) -> None:
        content = self._kept.chain.read_bytes()
        if content == self._shown:
            return
        load(self.context, self._kept.chain)
        self._shown = content
        ends = self._kept.server.not_valid_after_utc
        log.info("serving %s until %s", ", ".join(self._kept.names), ends.isoformat())
        if not self._kept.is_own and ends - self._clock.now() < RENEW_BEFORE:
            log.warning(
                "the certificate that IT gave ends on %s; give a new one: packhouse ledger tls use",
                ends.date().isoformat(),
            )


def context(client_ca: Path | None = None) -> ssl.SSLContext:
    """A server's context without a certificate yet.

    Raises:
        Trouble: The authority of the stations cannot be read.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_3
    if client_ca is not None:
        try:
            made.load_verify_locations(cafile=str(client_ca))
        except (OSError, ssl.SSLError) as error:
            raise Trouble(
                f"{client_ca} holds no certificate that stations could be checked with. Name the "
                "PEM file of the authority that signed the stations' certificates.",
                detail=repr(error),
            ) from error
        made.verify_mode = ssl.CERT_REQUIRED
    return made


def load(into: ssl.SSLContext, chain: Path, key: Path | None = None) -> None:
    """Show this certificate from the next connection on.

    Raises:
        Trouble: The files do not hold a certificate and its key.
    """
    try:
        into.load_cert_chain(chain, key)
    except (OSError, ssl.SSLError) as error:
        raise Trouble(
            f"{chain} and its key do not belong together, or are no PEM files. Give both anew: "
            "packhouse ledger tls use --cert FILE --key FILE --ca FILE",
            detail=repr(error),
        ) from error
