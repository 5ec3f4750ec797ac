"""Pictures of a site: made, shared, and given up without a fault."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.contract.messages import PROTOCOL_VERSION, NotNow, SnapshotPage, SnapshotQuery
from app.ledger.service import LedgerService
from app.ledger.snapshot import FRESH, MAX_KEPT, Snapshots
from tests.fakes.clock import FakeClock
from tests.ledger.conftest import SITE

ASKED = SnapshotQuery(protocol=PROTOCOL_VERSION)


def test_a_picture_that_others_pushed_out_while_it_was_looked_for_is_asked_for_anew(
    ledger: LedgerService, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found, and gone before its page was read: that is an answer, not a fault of the ledger."""
    where = ledger.site(SITE)
    pictures = Snapshots(ledger.database, clock, ledger.ids)
    first = pictures.page(where, ASKED)
    assert isinstance(first, SnapshotPage)
    find = Snapshots._find

    def found_too_soon(self: Snapshots, *asked: object) -> object:
        head = find(self, *asked)  # type: ignore[arg-type]
        monkeypatch.undo()
        for _ in range(MAX_KEPT):
            clock.pass_ms(int((FRESH + timedelta(seconds=1)).total_seconds() * 1000))
            assert isinstance(self.page(where, ASKED), SnapshotPage)
        return head

    monkeypatch.setattr(Snapshots, "_find", found_too_soon)

    again = pictures.page(where, SnapshotQuery(protocol=PROTOCOL_VERSION, snapshot=first.snapshot))

    assert isinstance(again, NotNow)
    assert again.problem == "retry_later"
    with ledger.database.read() as connection:
        kept = connection.execute(sa.text("SELECT count(*) FROM snapshot")).scalar_one()
    assert kept == MAX_KEPT
