"""The ledger as one enrolled station sees it, in process."""

from time import monotonic
from typing import TYPE_CHECKING

from app.contract.messages import (
    MAX_WAIT_S,
    ChangesAnswer,
    ChangesPage,
    ChangesQuery,
    DigestAnswer,
    DigestQuery,
    Edited,
    EditPut,
    Grant,
    GrantRequest,
    MasterAnswer,
    MasterQuery,
    NotNow,
    PostAnswer,
    PostBatch,
    SnapshotAnswer,
    SnapshotQuery,
)
from app.ledger import changes
from app.ledger.sites import Who

if TYPE_CHECKING:
    from app.ledger.service import LedgerService


class StationLedger:
    """`Ledger` of one enrolment, in process."""

    def __init__(self, service: "LedgerService", who: Who) -> None:
        self._service = service
        self._who = who

    def post(self, batch: PostBatch) -> PostAnswer:
        """Decide every operation of the batch once and for ever, in one transaction."""
        prepared = self._service.prepare(self._who, batch)
        if isinstance(prepared, NotNow):
            return prepared
        return self._service.post_group([prepared])[0]

    def changes(self, query: ChangesQuery) -> ChangesAnswer:
        """The site's feed after a cursor; waits up to `wait_s` when there is nothing new."""
        bell = self._service.bell
        ends = monotonic() + min(query.wait_s, MAX_WAIT_S)
        begun: ChangesPage | None = None
        while True:
            rung = bell.count
            page = self._service.changes_now(self._who, query)
            left = ends - monotonic()
            if not isinstance(page, ChangesPage) or changes.is_news(page, begun) or left <= 0:
                return page
            begun = begun or page
            bell.wait(rung, min(left, changes.RECHECK_S))

    def master(self, query: MasterQuery) -> MasterAnswer:
        """Items, locations, people and boxes after a cursor."""
        return self._service.master(self._who, query)

    def snapshot(self, query: SnapshotQuery) -> SnapshotAnswer:
        """One consistent materialisation of the site, page by page."""
        return self._service.snapshot(self._who, query)

    def digest(self, query: DigestQuery) -> DigestAnswer:
        """Where the station's confirmed balances differ from the ledger's at its cursor."""
        return self._service.digest(self._who, query)

    def grant(self, request: GrantRequest) -> Grant:
        """Let a person who proves themselves approve at this station while there is no link."""
        return self._service.grants.grant(self._who, request)

    def edit(self, put: EditPut) -> Edited:
        """Change one thing of master data in a person's name, or tell what it is now."""
        return self._service.editing.edit(self._who, put)
