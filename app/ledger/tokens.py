"""Bearer tokens: a station's signed request for one, good for an hour, kept by hash.

A token is bound to one enrolment and so to one site. From protocol 2 on the request names the
ledger it is meant for; an enrolment that has done so once is never given a token without it.
"""

from datetime import datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract import chain
from app.contract.messages import Token, TokenRequest
from app.errors import Refusal
from app.ledger.clock import Clock, IdSource, stamp
from app.ledger.database import Database
from app.ledger.keys import LedgerKey
from app.ledger.proofs import bad_signature, is_signed, refuse_stale, use_nonce
from app.ledger.sites import not_enrolled
from app.ledger.tables import enrolment, token

LIFE = timedelta(hours=1)
# The first protocol whose token requests name their audience.
_AUDIENCE_FROM = 2
# A point of the curve; who holds its private key gains nothing.
_NOBODYS_KEY = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"


class Tokens:
    """Gives tokens and recognises them.

    Args:
        database: The ledger's.
        clock: Decides what has expired.
        ids: Makes tokens.
        key: Its public half is the audience of this ledger.
    """

    def __init__(self, database: Database, clock: Clock, ids: IdSource, key: LedgerKey) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._audience = key.public.hex()

    def token(self, request: TokenRequest) -> Token:
        """Trade a signed request for a bearer token.

        Raises:
            Refusal: `not_enrolled`, `clock_wrong`, `wrong_audience`, or `bad_signature` for
                anything else that is wrong with it.
        """
        now = self._clock.now()
        with self._database.write() as connection:
            row = connection.execute(
                sa.select(enrolment.c.n, enrolment.c.public_key, enrolment.c.protocol).where(
                    enrolment.c.id == request.enrolment
                )
            ).first()
            if row is None:
                # As much work as for one that is known, so that the time taken tells nothing.
                is_signed(_NOBODYS_KEY, _signed_bytes(request), request.signature)
                raise not_enrolled()
            self._check(request, row.public_key, row.protocol, now)
            if request.audience and row.protocol < _AUDIENCE_FROM:
                _raise_protocol(connection, row.n)
            use_nonce(connection, request.nonce, now)
            bearer = self._ids.random(32).hex()
            connection.execute(sa.delete(token).where(token.c.expires_at <= stamp(now)))
            connection.execute(
                sa.insert(token).values(
                    hash=_hash(bearer), enrolment_n=row.n, expires_at=stamp(now + LIFE)
                )
            )
        return Token(token=bearer, expires_in_s=int(LIFE.total_seconds()))

    def bearer(self, presented: str) -> str:
        """The enrolment behind a token.

        Raises:
            Refusal: `bad_token`: unknown or expired; ask for a new one.
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

    def _check(self, request: TokenRequest, public_key: str, protocol: int, now: datetime) -> None:
        refuse_stale(request.at, now)
        audience = request.audience
        if not is_signed(public_key, _signed_bytes(request), request.signature):
            raise bad_signature(request.enrolment)
        # A station of protocol 1 signs no audience; one that ever signed one is not asked without.
        if audience != self._audience and (audience or protocol >= _AUDIENCE_FROM):
            raise Refusal(
                "wrong_audience",
                "This request was not made for this ledger. Check the ledger's address; a station "
                "that shall speak to this ledger is enrolled here with a code.",
                detail=audience or "none",
            )


def _signed_bytes(request: TokenRequest) -> bytes:
    return chain.token_bytes(request.enrolment, request.nonce, request.at, request.audience)


def _raise_protocol(connection: Connection, n: int) -> None:
    """The station's program was updated; there is no way back to the weaker request."""
    connection.execute(
        sa.update(enrolment)
        .where(enrolment.c.n == n, enrolment.c.protocol < _AUDIENCE_FROM)
        .values(protocol=_AUDIENCE_FROM)
    )


def _hash(bearer: str) -> str:
    return sha256(b"packhouse bearer 1\n" + bearer.encode()).hexdigest()
