"""People who may sign in at the stations of a site; of badges and PINs only hashes are kept."""

import msgspec

from app.contract.messages import PersonRow
from app.domain.secrets import SALT_BYTES, badge_hash, pin_hash
from app.errors import Refusal
from app.ledger.clock import IdSource
from app.ledger.database import Database
from app.ledger.imports import Imports
from app.ledger.overview import Overview
from app.ledger.sites import find_site


class People:
    """Adds and revokes people.

    Args:
        database: The ledger's.
        ids: Makes salts.
        imports: Writes master rows.
        overview: Reads them.
    """

    def __init__(
        self, database: Database, ids: IdSource, imports: Imports, overview: Overview
    ) -> None:
        self._database = database
        self._ids = ids
        self._imports = imports
        self._overview = overview

    def row(
        self, site: str, person: str, name: str, role: str, secrets: tuple[str, str]
    ) -> PersonRow:
        """The row of a person; `secrets` are badge and PIN, hashed here."""
        badge, pin = secrets
        salt = self._ids.random(SALT_BYTES).hex()
        return PersonRow(
            person=person,
            name=name,
            role=role,
            site=site,
            badge_hash=badge_hash(badge),
            pin_salt=salt,
            pin_hash=pin_hash(pin, salt),
        )

    def add(self, site: str, person: str, name: str, role: str, secrets: tuple[str, str]) -> None:
        """Add somebody, or change who it is.

        Raises:
            Refusal: `unknown_site`.
        """
        with self._database.read() as connection:
            where = find_site(connection, site)
        self._imports.people([self.row(where.site, person, name, role, secrets)])

    def revoke(self, person: str) -> None:
        """Let nobody sign in as this person any more.

        Raises:
            Refusal: `unknown_person`.
        """
        known = next((row for row in self._overview.people() if row.person == person), None)
        if known is None:
            raise Refusal("unknown_person", f"There is nobody called {person} here.")
        self._imports.people([msgspec.structs.replace(known, active=False)])
