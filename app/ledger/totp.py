"""Second factors: codes of an authenticator app, each good once, seeds sealed under the secret.

A seed is shown once, as an otpauth URI, and never again. The library keeps no state, so the last
counter that was used stands in the table: the same code twice is refused, however soon. Wrong codes
are counted before anybody is told; the sixth in a row waits.
"""

from dataclasses import dataclass
from datetime import timedelta

import pyotp
import sqlalchemy as sa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection

from app.errors import Refusal
from app.identity.envelope import KEY_BYTES, NONCE_BYTES, seal, unseal
from app.ledger.clock import Clock, IdSource, moment, stamp
from app.ledger.database import Database
from app.ledger.journal import tell
from app.ledger.tables import thing, totp

ISSUER = "Packhouse"
# RFC 4226 asks for 160 bits.
_SEED_CHARACTERS = 32
_STEP_S = 30
# One step to either side: a telephone may be half a minute off.
_STEPS = 1
# Wrong codes in a row before one has to wait, and how long.
TRIES = 5
WAIT = timedelta(minutes=15)
ACTIVE, REMOVED = "active", "removed"
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator is set up with; shown once."""

    person: str
    uri: str


class SecondFactors:
    """Sets up authenticators and verifies their codes.

    Args:
        database: The ledger's.
        clock: What codes are of.
        ids: Chance for seeds.
        secret: The ledger's; seeds are sealed under a key derived from it.
    """

    def __init__(self, database: Database, clock: Clock, ids: IdSource, secret: bytes) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._key = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"packhouse totp 1").derive(secret)

    def add(self, person: str) -> Enrolment:
        """Set up an authenticator, in place of one there may be.

        Raises:
            Refusal: `unknown_person`.
        """
        chance = self._ids.random(_SEED_CHARACTERS)
        seed = "".join(_BASE32[byte % 32] for byte in chance)
        nonce = self._ids.random(NONCE_BYTES)
        sealed = seal(self._key, seed.encode(), _purpose(person), nonce).hex()
        now = stamp(self._clock.now())
        with self._database.write() as connection:
            known = sa.select(thing.c.name).where(thing.c.kind == "person", thing.c.name == person)
            if connection.execute(known).first() is None:
                raise Refusal(
                    "unknown_person",
                    f"There is nobody called {person} here. See: packhouse ledger user list",
                )
            row = (person, sealed, 0, 0, "", now, ACTIVE)
            self._database.upsert(connection, totp, [row])
        tell(after={"person": person, "second_factor": "set up"})
        uri = pyotp.TOTP(seed).provisioning_uri(name=person, issuer_name=ISSUER)
        return Enrolment(person, uri)

    def remove(self, person: str) -> bool:
        """Let no code of this person count any more; whether there was an authenticator."""
        t = totp.c
        with self._database.write() as connection:
            gone = connection.execute(
                sa.update(totp)
                .where(t.person == person, t.state == ACTIVE)
                .values(state=REMOVED, sealed="")
            )
        tell(after={"person": person, "second_factor": "removed"})
        return bool(gone.rowcount)

    def people(self) -> frozenset[str]:
        """Who has an authenticator."""
        with self._database.read() as connection:
            rows = connection.execute(sa.select(totp.c.person).where(totp.c.state == ACTIVE))
            return frozenset(rows.scalars())

    def why_not(self, connection: Connection, person: str, code: str) -> Refusal | None:
        """Use a code up; why it does not count, or None. A failure is counted in this transaction.

        The caller commits before it tells: what a wrong code has cost must not be rolled back.
        """
        t = totp.c
        row = connection.execute(
            sa.select(t.sealed, t.last_counter, t.failures, t.tried_at)
            .where(t.person == person, t.state == ACTIVE)
            .with_for_update()
        ).first()
        if row is None:
            return Refusal(
                "no_second_factor",
                "This needs a code of an authenticator, and none is set up. Ask an administrator: "
                f"packhouse ledger user totp add {person}",
            )
        now = self._clock.now()
        if row.failures >= TRIES and now < moment(row.tried_at) + WAIT:
            return Refusal(
                "too_many_codes",
                f"{TRIES} wrong codes in a row. Wait {WAIT.seconds // 60} minutes, then try again.",
            )
        seed = unseal(self._key, bytes.fromhex(row.sealed), _purpose(person)).decode()
        counter = _counter_of(seed, code, int(now.timestamp()))
        counts = counter is not None and counter > row.last_counter
        failures = 0 if counts else row.failures % TRIES + 1
        connection.execute(
            sa.update(totp)
            .where(t.person == person)
            .values(
                last_counter=counter if counts else row.last_counter,
                failures=failures,
                tried_at=stamp(now),
            )
        )
        if counts:
            return None
        return Refusal(
            "wrong_code",
            "This code does not count: wrong, too old, or used before. Wait for the next one.",
        )


def _counter_of(seed: str, code: str, at: int) -> int | None:
    """The step a code is of, if it is one of now or a neighbour."""
    authenticator = pyotp.TOTP(seed)
    here = at // _STEP_S
    steps = range(here - _STEPS, here + _STEPS + 1)
    fits = [
        step for step in steps
        if pyotp.utils.strings_equal(authenticator.generate_otp(step), code)
    ]  # fmt: skip
    return max(fits, default=None)


def _purpose(person: str) -> bytes:
    return f"packhouse second factor 1\n{person}".encode()
