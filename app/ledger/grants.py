"""Grants: what somebody may approve at one station while there is no link, signed by the ledger.

Asked for online, once a shift, with a user key and, for the roles the policy names, a code of an
authenticator. How a grant is used and carried on: `app.identity.grants`.
"""

from dataclasses import dataclass
from datetime import timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract import chain
from app.contract.messages import Grant, GrantRequest, Signed
from app.domain.policy import Policy, offline_limit
from app.domain.roles import Permission, may_at
from app.errors import Refusal
from app.ledger.clock import Clock, IdSource, stamp
from app.ledger.credentials import Credentials
from app.ledger.database import Database
from app.ledger.journal import tell
from app.ledger.keys import LedgerKey
from app.ledger.policies import Policies
from app.ledger.proofs import use_nonce
from app.ledger.proven import proven
from app.ledger.sites import Who
from app.ledger.tables import approval_grant, enrolment
from app.ledger.totp import SecondFactors

NO_LIMIT = -1
ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class Bases:
    """What a grant stands on.

    Attributes:
        policies: How much and how long.
        credentials: Who asks.
        factors: Second factors.
    """

    policies: Policies
    credentials: Credentials
    factors: SecondFactors


class Grants:
    """Gives grants.

    Args:
        database: The ledger's.
        clock: When they are given, and when they end.
        ids: Names them.
        key: Signs them.
        bases: What they stand on.
    """

    def __init__(
        self, database: Database, clock: Clock, ids: IdSource, key: LedgerKey, bases: Bases
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._key = key
        self._bases = bases

    def grant(self, who: Who, request: GrantRequest) -> Grant:
        """Give a grant for the station that asks.

        Raises:
            Refusal: `revoked` station, `unknown_person`, `stale_credential`,
                `bad_person_signature`, `not_permitted`, `no_second_factor`, `wrong_code`,
                `too_many_codes`. A wrong code is counted, and that is committed.
        """
        policy = self._bases.policies.current(who.site).policy
        with self._database.write() as connection:
            refuse_revoked_station(connection, who)
            role = self._role(connection, who, request)
            use_nonce(connection, request.nonce, self._clock.now())
            made = self._check_and_give(connection, who, (request, role), policy)
        if isinstance(made, Refusal):
            raise made
        tell(
            object=f"grant {made.id}",
            after={"person": made.person, "enrolment": made.enrolment, "until": made.expires_at},
            site_n=who.site.n,
        )
        return made

    def _role(self, connection: Connection, who: Who, request: GrantRequest) -> str:
        """What somebody is who has signed a request with the credential that holds.

        Raises:
            Refusal: As `grant` does.
        """
        message = chain.grant_request_bytes(
            who.id, request.person, request.version, request.code, request.nonce
        )
        signed = Signed(person=request.person, version=request.version, signature=request.signature)
        now = self._clock.now()
        person = proven(connection, self._bases.credentials, now, signed, message)
        if not may_at(person.role, person.site, Permission.DECIDE, who.site.site):
            raise Refusal(
                "not_permitted",
                f"{request.person} decides nothing at {who.site.site}, so there is nothing to "
                "grant.",
            )
        return person.role

    def _check_and_give(
        self, connection: Connection, who: Who, asked: tuple[GrantRequest, str], policy: Policy
    ) -> Grant | Refusal:
        """A grant, or why not: what a wrong code has cost is committed before it is told."""
        request, role = asked
        if role in policy.second_factor:
            why = self._bases.factors.why_not(connection, request.person, request.code)
            if why is not None:
                return why
        limit = offline_limit(policy, role)
        now = self._clock.now()
        made = Grant(
            id=self._ids.new_id(),
            person=request.person,
            site=who.site.site,
            enrolment=who.id,
            max_quantity=NO_LIMIT if limit.quantity is None else limit.quantity,
            max_value=NO_LIMIT if limit.value is None else limit.value,
            max_count=policy.approve_offline_count,
            issued_at=stamp(now),
            expires_at=stamp(now + timedelta(hours=policy.grant_hours)),
            signature="",
        )
        self._database.insert(
            connection,
            approval_grant,
            [
                (
                    made.id, made.person, who.site.n, who.n, made.max_quantity, made.max_value,
                    made.max_count, made.issued_at, made.expires_at, ACTIVE,
                )
            ],
        )  # fmt: skip
        signature = self._key.sign(chain.grant_bytes(made))
        return msgspec.structs.replace(made, signature=signature)


def refuse_revoked_station(connection: Connection, who: Who) -> None:
    """Refuse a station that was revoked.

    Raises:
        Refusal: `revoked`.
    """
    state = connection.execute(
        sa.select(enrolment.c.state).where(enrolment.c.n == who.n)
    ).scalar_one()
    if state == "revoked":
        raise Refusal(
            "revoked", "This station was revoked. What it recorded is kept; ask a supervisor."
        )
