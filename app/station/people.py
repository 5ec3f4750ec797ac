"""What a station asks its book about people: credentials, wrong PINs, grants.

Part of `ports.Work`; implemented by `app.cache.people`.
"""

from dataclasses import dataclass
from typing import Protocol

from app.contract.messages import CredentialRow, Grant, PersonRow
from app.domain.policy import Policy


@dataclass(frozen=True, slots=True)
class Attempt:
    """Tries of a PIN in a row that have not succeeded.

    Attributes:
        failures: How many, the one in hand among them.
        last_at: Wall time of the latest, for people to read; no wait is measured by it.
    """

    failures: int = 0
    last_at: str = ""


@dataclass(frozen=True, slots=True)
class HeldGrant:
    """A grant of the ledger that this station keeps, and how often it was used here."""

    grant: Grant
    used: int


class PeopleWork(Protocol):
    """The part of a transaction that is about people."""

    def people(self) -> tuple[PersonRow, ...]: ...
    def person(self, person: str) -> PersonRow | None: ...
    def person_by_badge(self, badge_hash: str) -> PersonRow | None: ...
    def credential(self, person: str) -> CredentialRow | None: ...
    def credential_by_badge(self, badge_hash: str) -> CredentialRow | None: ...
    def credentials(self) -> tuple[CredentialRow, ...]: ...
    def attempt(self, person: str) -> Attempt: ...
    def set_attempt(self, person: str, attempt: Attempt | None) -> None: ...
    def add_grant(self, grant: Grant) -> None: ...
    def grants(self, person: str) -> tuple[HeldGrant, ...]: ...
    def use_grant(self, grant: str) -> None: ...
    def policy(self) -> Policy: ...
