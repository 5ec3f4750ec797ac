"""People in the book: their credentials, wrong PINs and grants; only what the ledger signed.

A credential is stored when the ledger's signature holds, and a version never goes back. What is
refused is told to the station, which records it; nothing here decides who may sign in.
"""

from collections.abc import Iterable

import msgspec
from sqlalchemy import ColumnElement, bindparam, delete, insert, select, update

from app.cache.confirmed import put
from app.cache.lookups import Lookups
from app.cache.tables import attempt, credential, policy, standing_grant
from app.contract.messages import CredentialRow, Grant
from app.domain.policy import DEFAULT, Policy
from app.identity.userkey import is_of_ledger
from app.station.people import Attempt, HeldGrant


class PeopleRows(Lookups):
    """Implements `app.station.people.PeopleWork`."""

    def credential(self, person: str) -> CredentialRow | None:
        """How a person proves who they are here."""
        return self._credential(credential.c.person == person)

    def credential_by_badge(self, badge_hash: str) -> CredentialRow | None:
        """The credential behind a scanned badge."""
        return self._credential(credential.c.badge_hash == badge_hash)

    def credentials(self) -> tuple[CredentialRow, ...]:
        """Everybody's, the revoked ones too."""
        rows = self.connection.execute(select(credential.c.body).order_by(credential.c.person))
        return tuple(_credential.decode(raw) for raw in rows.scalars())

    def attempt(self, person: str) -> Attempt:
        """Wrong PINs in a row."""
        row = self.connection.execute(_ATTEMPT, {"b_person": person}).one_or_none()
        return Attempt() if row is None else Attempt(row.failures, row.last_at)

    def set_attempt(self, person: str, made: Attempt | None) -> None:
        """Raise the counter, or forget it."""
        if made is None:
            self.connection.execute(delete(attempt).where(attempt.c.person == person))
            return
        row = {"person": person, "failures": made.failures, "last_at": made.last_at}
        put(self.connection, attempt, [row])

    def add_grant(self, grant: Grant) -> None:
        """Keep a grant whose signature was checked; told again, its uses stay counted."""
        row = {
            "id": grant.id, "person": grant.person, "expires_at": grant.expires_at, "used": 0,
            "body": msgspec.json.encode(grant),
        }  # fmt: skip
        self.connection.execute(insert(standing_grant).prefix_with("OR IGNORE"), [row])

    def grants(self, person: str) -> tuple[HeldGrant, ...]:
        """A person's grants, the one that lasts longest first."""
        rows = self.connection.execute(
            select(standing_grant.c.body, standing_grant.c.used)
            .where(standing_grant.c.person == person)
            .order_by(standing_grant.c.expires_at.desc(), standing_grant.c.id.desc())
        )
        return tuple(HeldGrant(msgspec.json.decode(raw, type=Grant), used) for raw, used in rows)

    def use_grant(self, grant: str) -> None:
        """Count one use."""
        self.connection.execute(
            update(standing_grant)
            .where(standing_grant.c.id == grant)
            .values(used=standing_grant.c.used + 1)
        )

    def policy(self) -> Policy:
        """What the site has decided beforehand; words newer than this program are passed over."""
        raw = self.connection.execute(
            select(policy.c.body).order_by(policy.c.version.desc()).limit(1)
        ).scalar_one_or_none()
        return DEFAULT if raw is None else msgspec.json.decode(raw, type=Policy)

    def believe(self, rows: Iterable[CredentialRow], ledger_key: str) -> tuple[str, ...]:
        """Store what the ledger signed; the people whose credential it did not sign.

        What is told later starts with no wrong PINs: so the ledger lets somebody in again.
        """
        refused: list[str] = []
        for row in rows:
            if not is_of_ledger(row, ledger_key):
                refused.append(row.person)
                continue
            known = self.credential(row.person)
            if known is not None and not _follows(known, row):
                continue
            if known is not None and row.issued_at > known.issued_at:
                self.set_attempt(row.person, None)
            put(self.connection, credential, [_stored(row)])
        return tuple(refused)

    def _credential(self, where: ColumnElement[bool]) -> CredentialRow | None:
        found = self.connection.execute(select(credential.c.body).where(where)).scalars().all()
        return _credential.decode(found[0]) if len(found) == 1 else None


_credential = msgspec.json.Decoder(CredentialRow)
_ATTEMPT = select(attempt.c.failures, attempt.c.last_at).where(
    attempt.c.person == bindparam("b_person")
)


def _follows(known: CredentialRow, row: CredentialRow) -> bool:
    """Whether a row may take the place of the one that is known; what is revoked stays so."""
    if row.version != known.version:
        return row.version > known.version
    return row.issued_at >= known.issued_at and (known.state == "active" or row.state != "active")


def _stored(row: CredentialRow) -> dict[str, object]:
    return {
        "person": row.person,
        "version": row.version,
        "state": row.state,
        "badge_hash": row.badge_hash,
        "body": msgspec.json.encode(row),
    }
