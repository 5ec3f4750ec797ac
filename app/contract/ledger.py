"""The promise both halves keep: `Ledger`, implemented by the server and by the HTTP client.

Errors: `Trouble` when the ledger cannot be reached or is in distress (try again), `Refusal` when it
will not speak to this caller (codes `not_enrolled`, `revoked`, `bad_code`, `bad_signature`).
"""

from typing import Protocol

from app.contract.messages import (
    ChangesAnswer,
    ChangesQuery,
    DigestAnswer,
    DigestQuery,
    Enrolled,
    EnrolRequest,
    Grant,
    GrantRequest,
    Hello,
    MasterAnswer,
    MasterQuery,
    NewKey,
    NewKeyRequest,
    PostAnswer,
    PostBatch,
    SnapshotAnswer,
    SnapshotQuery,
    Token,
    TokenRequest,
)


class Ledger(Protocol):
    """The ledger as one enrolled station sees it."""

    def post(self, batch: PostBatch) -> PostAnswer:
        """Decide every operation of the batch once and for ever, in one transaction."""
        ...

    def changes(self, query: ChangesQuery) -> ChangesAnswer:
        """The site's feed after a cursor; waits up to `wait_s` when there is nothing new."""
        ...

    def master(self, query: MasterQuery) -> MasterAnswer:
        """Items, locations, people and boxes after a cursor."""
        ...

    def snapshot(self, query: SnapshotQuery) -> SnapshotAnswer:
        """One consistent materialisation of the site, page by page."""
        ...

    def digest(self, query: DigestQuery) -> DigestAnswer:
        """Where the station's confirmed balances differ from the ledger's at its cursor."""
        ...

    def grant(self, request: GrantRequest) -> Grant:
        """Let a person who proves themselves approve at this station while there is no link.

        Beside the codes above: `unknown_person`, `stale_credential`, `bad_person_signature`,
        `not_permitted`, `no_second_factor`, `wrong_code`, `too_many_codes`.
        """
        ...


class Gate(Protocol):
    """What anyone may ask before being known."""

    def hello(self) -> Hello:
        """Versions, epoch and clock."""
        ...

    def enrol(self, request: EnrolRequest) -> Enrolled:
        """Trade a one-time code and a public key for an enrolment."""
        ...

    def token(self, request: TokenRequest) -> Token:
        """Trade a signed request for a bearer token."""
        ...


class KeyGate(Gate, Protocol):
    """The same, for those who also change their device keys."""

    def new_key(self, request: NewKeyRequest) -> NewKey:
        """Let a new device key follow the old one."""
        ...
