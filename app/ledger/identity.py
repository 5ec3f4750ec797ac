"""Who may speak to the ledger: one-time codes, enrolments, bearer tokens.

A station proves itself with its device key. A token is bound to one enrolment and so to one site;
the site of a request always comes from there, never from what the request says.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from app.contract import chain
from app.contract.messages import Enrolled, EnrolRequest, NumberBlock, Token, TokenRequest
from app.errors import Refusal
from app.ledger import claims, codes, feed
from app.ledger.clock import Clock, IdSource, moment, stamp
from app.ledger.database import Database
from app.ledger.keys import LedgerKey
from app.ledger.sites import SiteRef, find_site
from app.ledger.tables import enrolment, enrolment_code, nonce, site, token

TOKEN_LIFE = timedelta(hours=1)
# How far the clocks of station and ledger may differ when a token is asked for.
TOKEN_SKEW = timedelta(seconds=60)
# A shift packs hundreds of parcels; ten thousand last a station for weeks.
SSCC_BLOCK = 10_000
_SSCC_BODY = 17


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """What an administrator reads to the person at the station."""

    code: str
    station: str
    site: str
    expires_at: str


class Identity:
    """Codes, enrolments and tokens.

    Args:
        database: The ledger's.
        clock: Decides what has expired.
        ids: Names enrolments, makes codes and tokens.
        key: Keys the hashes of codes; stations learn its public half.
        secret: Keys the stored hashes.
    """

    def __init__(
        self, database: Database, clock: Clock, ids: IdSource, key: LedgerKey, secret: bytes
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._key = key
        self._secret = secret

    # ------------------------------------------------------------------ stations

    def add_station(self, site_name: str, station: str) -> OneTimeCode:
        """Make a one-time code for a station; a station enrolled before is enrolled anew by it."""
        code = codes.new_code(self._ids.random(codes.LENGTH))
        ends = stamp(self._clock.now() + codes.LIFE)
        with self._database.write() as connection:
            where = find_site(connection, site_name)
            connection.execute(
                sa.insert(enrolment_code).values(
                    selector=codes.selector(code),
                    code_hash=codes.keyed_hash(code, self._secret),
                    site_n=where.n,
                    station=station,
                    expires_at=ends,
                    tries_left=codes.TRIES,
                )
            )
        return OneTimeCode(code, station, where.site, ends)

    def enrol(self, request: EnrolRequest) -> Enrolled:
        """Trade a code and a public key for an enrolment.

        Raises:
            Refusal: `bad_code`; a wrong guess is counted, and that is committed.
        """
        code = codes.normal(request.code)
        now = self._clock.now()
        with self._database.write() as connection:
            found = self._spend(connection, code, stamp(now))
            answer = self._enrol(connection, found, request, now) if found else None
        if answer is None:
            raise Refusal(
                "bad_code",
                "This code is wrong, used or older than ten minutes. Ask for a new one: packhouse "
                "ledger station add SITE STATION",
            )
        return answer

    def _spend(self, connection: Connection, code: str, now: str) -> tuple[int, str] | None:
        """Use a code up; a wrong one costs every code it could have been meant for one try."""
        c = enrolment_code.c
        rows = connection.execute(
            sa.select(c.n, c.code_hash, c.site_n, c.station)
            .where(
                c.selector == codes.selector(code),
                c.used_at == "",
                c.tries_left > 0,
                c.expires_at > now,
            )
            .order_by(c.n)
            .with_for_update()
        ).all()
        for row in rows:
            if codes.is_code(code, self._secret, row.code_hash):
                connection.execute(
                    sa.update(enrolment_code).where(c.n == row.n).values(used_at=now)
                )
                return row.site_n, row.station
        connection.execute(
            sa.update(enrolment_code)
            .where(c.n.in_([row.n for row in rows]))
            .values(tries_left=c.tries_left - 1)
        )
        return None

    def _enrol(
        self,
        connection: Connection,
        place: tuple[int, str],
        request: EnrolRequest,
        now: datetime,
    ) -> Enrolled:
        site_n, station = place
        row = connection.execute(
            sa.select(site.c.site, site.c.company_prefix, site.c.next_serial)
            .where(site.c.n == site_n)
            .with_for_update()
        ).one()
        block = _block(row.company_prefix, row.next_serial)
        connection.execute(
            sa.update(site)
            .where(site.c.n == site_n)
            .values(next_serial=row.next_serial + SSCC_BLOCK)
        )
        id_ = self._ids.new_id()
        replaced = self._replace(connection, site_n, station)
        n = connection.execute(
            sa.insert(enrolment)
            .values(
                id=id_,
                site_n=site_n,
                station=station,
                kind="station",
                public_key=request.public_key,
                state="active",
                seq=0,
                digest=request.previous_digest or chain.GENESIS,
                previous=request.previous,
                sscc_first=block.first,
                sscc_count=block.count,
                program_version=request.program_version,
                enrolled_at=stamp(now),
                seen_at=stamp(now),
            )
            .returning(enrolment.c.n)
        ).scalar_one()
        where = SiteRef(site_n, row.site)
        claims.hand_over(self._database, connection, where, replaced, n)
        return Enrolled(
            enrolment=id_,
            station=station,
            site=row.site,
            epoch=feed.epoch(connection),
            ledger_key=self._key.public.hex(),
            sscc=block,
        )

    def _replace(self, connection: Connection, site_n: int, station: str) -> list[int]:
        """Earlier enrolments of this station: what they send is taken, but they get no work."""
        e = enrolment.c
        which = sa.and_(e.site_n == site_n, e.station == station, e.kind == "station")
        earlier = list(connection.execute(sa.select(e.n).where(which).order_by(e.n)).scalars())
        connection.execute(
            sa.update(enrolment).where(which, e.state == "active").values(state="replaced")
        )
        return earlier

    def revoke(self, site_name: str, station: str) -> int:
        """Revoke every enrolment of a station: no tokens to read with; its records are held.

        Returns:
            How many enrolments were revoked.
        """
        e = enrolment.c
        with self._database.write() as connection:
            where = find_site(connection, site_name)
            which = sa.and_(
                e.site_n == where.n,
                e.station == station,
                e.kind == "station",
                e.state != "revoked",
            )
            revoked = list(connection.execute(sa.select(e.n).where(which).order_by(e.n)).scalars())
            connection.execute(sa.update(enrolment).where(which).values(state="revoked"))
            if revoked:
                claims.hand_over(self._database, connection, where, revoked, None)
        return len(revoked)

    # ------------------------------------------------------------------ tokens

    def token(self, request: TokenRequest) -> Token:
        """Trade a signed request for a bearer token.

        Raises:
            Refusal: `not_enrolled`, or `bad_signature` for anything else that is wrong with it.
        """
        now = self._clock.now()
        with self._database.write() as connection:
            row = connection.execute(
                sa.select(enrolment.c.n, enrolment.c.public_key).where(
                    enrolment.c.id == request.enrolment
                )
            ).first()
            if row is None:
                raise Refusal(
                    "not_enrolled",
                    "The ledger does not know this station. Enrol it with a new code.",
                )
            _check(request, row.public_key, now)
            self._use_nonce(connection, request.nonce, now)
            bearer = self._ids.random(32).hex()
            connection.execute(
                sa.insert(token).values(
                    hash=_hash(bearer), enrolment_n=row.n, expires_at=stamp(now + TOKEN_LIFE)
                )
            )
        return Token(token=bearer, expires_in_s=int(TOKEN_LIFE.total_seconds()))

    def bearer(self, presented: str) -> str:
        """The enrolment behind a token.

        Raises:
            Refusal: `not_enrolled`: unknown or expired; ask for a new one.
        """
        now = stamp(self._clock.now())
        with self._database.read() as connection:
            found = connection.execute(
                sa.select(enrolment.c.id)
                .join(token, token.c.enrolment_n == enrolment.c.n)
                .where(token.c.hash == _hash(presented), token.c.expires_at > now)
            ).scalar_one_or_none()
        if found is None:
            raise Refusal(
                "bad_token", "The sign-in of this station has expired. It signs in again by itself."
            )
        return str(found)

    def _use_nonce(self, connection: Connection, value: str, now: datetime) -> None:
        connection.execute(sa.delete(nonce).where(nonce.c.expires_at <= stamp(now)))
        connection.execute(sa.delete(token).where(token.c.expires_at <= stamp(now)))
        if connection.execute(sa.select(nonce.c.nonce).where(nonce.c.nonce == value)).first():
            raise _bad("nonce used before")
        connection.execute(
            sa.insert(nonce).values(nonce=value, expires_at=stamp(now + 2 * TOKEN_SKEW))
        )


def _block(company_prefix: str, serial: int) -> NumberBlock:
    """Number block of an enrolment: extension digit 0, company prefix, serial."""
    width = _SSCC_BODY - 1 - len(company_prefix)
    return NumberBlock(first=f"0{company_prefix}{serial:0{width}d}", count=SSCC_BLOCK)


def _check(request: TokenRequest, public_key: str, now: datetime) -> None:
    try:
        at = moment(request.at)
    except ValueError as error:
        raise _bad("time unreadable") from error
    if abs(at - now) > TOKEN_SKEW:
        raise Refusal(
            "clock_wrong",
            "This station's clock differs from the ledger's by more than a minute. Set it right.",
            detail=f"{request.at} at {stamp(now)}",
        )
    message = chain.token_bytes(request.enrolment, request.nonce, request.at)
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(
            bytes.fromhex(request.signature), message
        )
    except (InvalidSignature, ValueError) as error:
        raise _bad(repr(error)) from error


def _bad(detail: str) -> Refusal:
    return Refusal(
        "bad_signature",
        "This request is not signed with the station's own key. Enrol the station anew.",
        detail=detail,
    )


def _hash(bearer: str) -> str:
    return sha256(b"packhouse bearer 1\n" + bearer.encode()).hexdigest()
