"""The certificate files of a ledger: made at first start, renewed by themselves, or given by IT.

    authority.pem   key and certificate of our own authority; absent when IT gave the certificates
    next.pem        the authority that takes its place, announced to stations before it does
    server.pem      key and chain the server shows
    ca.pem          what stations must trust; no secret, for people to copy

`keep` brings the folder to where it should be at a moment and may be cut off anywhere: each file is
whole or absent, and what is missing follows from the others.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import mkstemp

from cryptography import x509

from app.errors import Trouble
from app.ledger import files
from app.ledger.tls import making
from app.ledger.tls.making import Pair

# A third of a server certificate's life is left for a ledger that is seldom started.
RENEW_BEFORE = timedelta(days=30)
# Stations hear of the next authority at their next connection; two months cover the longest
# absence we plan for (credentials last ten days) many times.
OVERLAP = timedelta(days=60)
NEXT_BEFORE = timedelta(days=365)

_AUTHORITY = "authority.pem"
_NEXT = "next.pem"
_SERVER = "server.pem"
_PUBLIC = "ca.pem"


@dataclass(frozen=True, slots=True)
class Kept:
    """What the folder holds now.

    Attributes:
        server: The certificate the server shows.
        chain: File of key and chain, for an SSL context.
        trusted: What stations must trust: the authority in use first, then the next one.
        is_own: Whether the authority is ours; if not, IT renews.
    """

    server: x509.Certificate
    chain: Path
    trusted: tuple[x509.Certificate, ...]
    is_own: bool

    @property
    def names(self) -> list[str]:
        """Host names and addresses the server can prove to be."""
        return making.names_of(self.server)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the authority in use."""
        return making.fingerprint_of(self.trusted[0])

    @property
    def trusted_pem(self) -> bytes:
        """All of `trusted` as text."""
        return b"".join(map(making.pem, self.trusted))


class TlsFolder:
    """A folder of certificate files.

    Args:
        path: Created when missing, for its owner alone.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def exists(self) -> bool:
        """Whether certificates were made or given."""
        return (self.path / _SERVER).exists()

    def keep(self, now: datetime, names: Sequence[str] = ()) -> Kept:
        """Make or renew what has to be.

        Args:
            now: Decides what has to be renewed.
            names: What the server is called; those it had, when empty.

        Raises:
            Trouble: A file is damaged or cannot be written, or IT's certificate is for others.
        """
        try:
            self._prepare()
            if self.is_given:
                return self._given(names)
            authority = self._authority(now)
            server = self._server(authority, now, names)
            return self._public(authority, server)
        except (OSError, ValueError) as error:
            raise Trouble(
                f"The certificates in {self.path} cannot be used. Restore the folder from a backup;"
                " or move it away, start again, and give every station the new fingerprint.",
                detail=repr(error),
            ) from error

    def look(self) -> Kept:
        """What is there, changing nothing.

        Raises:
            Trouble: Nothing usable is.
        """
        if not self.exists:
            raise Trouble(
                "This ledger has no certificates yet; they are made when it first serves https: "
                "packhouse ledger serve --host ADDRESS"
            )
        try:
            server, *_ = self._certificates(_SERVER)
            own = not self.is_given
            trusted = self._certificates(_PUBLIC)
        except (OSError, ValueError) as error:
            raise Trouble(
                f"The certificates in {self.path} cannot be read. Restore it from a backup.",
                detail=repr(error),
            ) from error
        return Kept(server, self.path / _SERVER, tuple(trusted), own)

    def renew_server(self, now: datetime, names: Sequence[str] = ()) -> Kept:
        """A new key and certificate for the server, at once.

        Raises:
            Trouble: The certificates are IT's.
        """
        before = self.look()
        self._refuse_given()
        names = names or before.names
        (self.path / _SERVER).unlink()
        return self.keep(now, names)

    def begin_next(self, now: datetime) -> Kept:
        """Make the next authority and announce it; it takes over after `OVERLAP`.

        Raises:
            Trouble: The certificates are IT's.
        """
        kept = self.keep(now)
        self._refuse_given()
        if not (self.path / _NEXT).exists():
            self._create(_NEXT, making.new_authority(now).secret_pem)
        return self.keep(now, kept.names)

    def switch(self, now: datetime) -> Kept:
        """Let the next authority take over now; stations that never heard of it are shut out.

        Raises:
            Trouble: There is none, or the certificates are IT's.
        """
        self._refuse_given()
        if not (self.path / _NEXT).exists():
            raise Trouble(
                "There is no next authority. Announce one first: packhouse ledger tls renew --ca"
            )
        self._take_over()
        return self.keep(now, self.look().names)

    def use(self, chain: bytes, authority: bytes) -> Kept:
        """Use IT's certificates from now on; whether they fit is `proof`'s business."""
        self._prepare()
        # Our own authority goes first: without it, whatever lies here is IT's to renew.
        for name in (_AUTHORITY, _NEXT):
            (self.path / name).unlink(missing_ok=True)
        self._write(_PUBLIC, authority, 0o644)
        self._write(_SERVER, chain, 0o600)
        return self.look()

    # ------------------------------------------------------------------ what is there

    @property
    def is_given(self) -> bool:
        """Whether IT gave the certificates, and renews them."""
        return self.exists and not (self.path / _AUTHORITY).exists()

    def _refuse_given(self) -> None:
        if self.is_given:
            raise Trouble(
                "These certificates were given by IT. Give renewed ones the same way: "
                "packhouse ledger tls use --cert FILE --key FILE --ca FILE"
            )

    def _prepare(self) -> None:
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path.chmod(0o700)

    def _given(self, names: Sequence[str]) -> Kept:
        kept = self.look()
        missing = set(names) - set(kept.names)
        if missing:
            raise Trouble(
                f"The certificate that was given is not for {', '.join(sorted(missing))}. Give one "
                "that is (packhouse ledger tls use), or leave that name out."
            )
        return kept

    def _authority(self, now: datetime) -> Pair:
        following = self._next(now)
        if following is not None and following.certificate.not_valid_before_utc <= (
            now - OVERLAP - making.BACKDATED
        ):
            self._take_over()
        if not (self.path / _AUTHORITY).exists():
            self._create(_AUTHORITY, making.new_authority(now).secret_pem)
        return self._pair(_AUTHORITY)

    def _next(self, now: datetime) -> Pair | None:
        """The announced authority; announced by itself in the last year of the one in use."""
        if not (self.path / _NEXT).exists():
            if not (self.path / _AUTHORITY).exists():
                return None
            ends = self._pair(_AUTHORITY).certificate.not_valid_after_utc
            if ends - now > NEXT_BEFORE:
                return None
            self._create(_NEXT, making.new_authority(now).secret_pem)
        return self._pair(_NEXT)

    def _take_over(self) -> None:
        (self.path / _NEXT).replace(self.path / _AUTHORITY)
        files.sync(self.path)

    def _server(self, authority: Pair, now: datetime, names: Sequence[str]) -> x509.Certificate:
        wanted = list(dict.fromkeys(names))
        if self.exists:
            server, *_ = self._certificates(_SERVER)
            has = making.names_of(server)
            fits = making.is_signed_by(server, authority.certificate)
            if fits and server.not_valid_after_utc - now > RENEW_BEFORE and set(wanted) <= set(has):
                return server
            wanted = list(dict.fromkeys([*has, *wanted]))
        made = making.new_server(authority, wanted or ["localhost"], now)
        # The authority comes along, so that a station that knows its fingerprint can pin it.
        self._write(_SERVER, made.secret_pem + making.pem(authority.certificate), 0o600)
        return made.certificate

    def _public(self, authority: Pair, server: x509.Certificate) -> Kept:
        trusted = [authority.certificate]
        if (self.path / _NEXT).exists():
            trusted.append(self._pair(_NEXT).certificate)
        kept = Kept(server, self.path / _SERVER, tuple(trusted), is_own=True)
        public = self.path / _PUBLIC
        if not public.exists() or public.read_bytes() != kept.trusted_pem:
            self._write(_PUBLIC, kept.trusted_pem, 0o644)
        return kept

    # ------------------------------------------------------------------ files

    def _pair(self, name: str) -> Pair:
        return making.read_pair((self.path / name).read_bytes())

    def _certificates(self, name: str) -> list[x509.Certificate]:
        return x509.load_pem_x509_certificates((self.path / name).read_bytes())

    def _create(self, name: str, content: bytes) -> None:
        """Write a file unless another process made one meanwhile: then that one holds."""
        part = self._part(name, content, 0o600)
        with suppress(FileExistsError):
            os.link(part, self.path / name)
        part.unlink()
        files.sync(self.path)

    def _write(self, name: str, content: bytes, mode: int) -> None:
        files.put_in_place(self._part(name, content, mode), self.path / name)

    def _part(self, name: str, content: bytes, mode: int) -> Path:
        # A name of its own for each writer; readable by its owner alone from the beginning.
        handle, path = mkstemp(prefix=f".{name}.", suffix=".part", dir=self.path)
        with os.fdopen(handle, "wb") as out:
            out.write(content)
        part = Path(path)
        part.chmod(mode)
        files.sync(part)
        return part
