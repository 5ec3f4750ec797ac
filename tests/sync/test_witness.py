"""T4: a ledger that rewinds or rewrites what it signed is followed by no station any further."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.cache.tables import operation
from app.contract.messages import ChangesPage, ChangesQuery, Checkpoint, FeedRow, NotNow
from app.errors import Refusal
from app.ledger.database import FILE_NAME
from app.ledger.service import LedgerService
from app.station import witness as recorder
from app.station.inbox import LinkState
from app.sync import witness
from app.sync.exchange import Exchange
from app.sync.outcomes import Again, Idle, Stopped
from tests.fakes.clock import CountingIds, FakeClock
from tests.fakes.desk import FakeDesk
from tests.ledger.conftest import SITE, enrolled, stocked
from tests.ledger.damage import on_sqlite
from tests.simulation.test_power_cut_audit import _enrol
from tests.support import prepared
from tests.support.power_cut import PowerCut

PLACE = Checkpoint(
    site="HAM", epoch="e-1", seq=7, chain="c" * 64, master=3, at="2026-11-21T06:00:00.000Z",
    signature="ab" * 64,
)  # fmt: skip


@dataclass
class Bench:
    """A station that has followed a real ledger's feed, and the ledger behind it."""

    service: LedgerService
    folder: Path
    desk: FakeDesk
    exchange: Exchange

    def damaged(self, *statements: str) -> Exchange:
        """The ledger's owner edits its file; the same station asks again."""
        self.service.close()
        for statement in statements:
            on_sqlite(self.folder / FILE_NAME, statement)
        self.service = LedgerService(prepared.ledger(self.folder))
        return Exchange(self.desk, self.service.as_seen_by(self.desk.enrolment))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    service = stocked(LedgerService(prepared.ledger(tmp_path)))
    probe = enrolled(service, "PACK-01")
    for _ in range(5):
        probe.do(probe.operation("event"))
    desk = FakeDesk(service.key.public.hex(), enrolment=probe.who.enrolment, site=SITE)
    desk.key = Ed25519PrivateKey.from_private_bytes(sha256(b"PACK-01").digest())  # as the probe's
    made = Bench(service, tmp_path, desk, Exchange(desk, probe.ledger))
    _follow(made)
    yield made
    made.service.close()


def _follow(bench: Bench) -> None:
    """The feed up to its end, page by page, as the desk's book would take it."""
    probe_page = bench.service.as_seen_by(bench.desk.enrolment).changes(
        ChangesQuery(protocol=2, epoch=bench.service.hello().epoch, cursor=0, chain="", limit=500)
    )
    assert isinstance(probe_page, ChangesPage)
    assert probe_page.checkpoint is not None
    bench.desk.held = probe_page.checkpoint
    position = bench.desk.where
    bench.desk.where = replace(
        position, epoch=probe_page.epoch, cursor=probe_page.cursor, chain=probe_page.chain,
        master_cursor=probe_page.master_head,
    )  # fmt: skip


def test_a_ledger_that_says_what_it_signed_is_followed(bench: Bench) -> None:
    outcome = bench.exchange.pull(0)

    assert not isinstance(outcome, Stopped | Again)
    assert bench.desk.contradictions == []


REWOUND = (
    "DELETE FROM feed WHERE seq > 3",
    "UPDATE site_feed SET seq = 3, chain = (SELECT chain FROM feed WHERE seq = 3)",
)
REWRITTEN = ("UPDATE feed SET chain = replace(chain, 'a', 'b') WHERE seq > 3",)


@pytest.mark.parametrize("edits", [REWOUND, REWRITTEN], ids=["rewound", "rewritten"])
def test_a_history_that_was_taken_back_is_refused_and_recorded(
    bench: Bench, edits: tuple[str, ...]
) -> None:
    exchange = bench.damaged(*edits)

    outcome = exchange.pull(0)

    assert isinstance(outcome, Stopped)
    assert (outcome.state, outcome.code) == (LinkState.REFUSED, "history_rewritten")
    assert "packhouse ledger restored" in outcome.sentence
    assert len(bench.desk.contradictions) == 1
    assert bench.desk.epochs == []  # the book is not begun anew


def test_a_station_that_only_sends_refuses_it_too(bench: Bench) -> None:
    exchange = bench.damaged(*REWOUND)
    bench.desk.record()

    outcome = exchange.push()

    assert isinstance(outcome, Stopped)
    assert outcome.code == "history_rewritten"


def test_a_restore_that_is_said_is_followed(bench: Bench) -> None:
    exchange = bench.damaged(*REWOUND)
    bench.service.begin_epoch()

    outcome = exchange.pull(0)

    assert isinstance(outcome, Again)
    assert bench.desk.contradictions == []
    assert len(bench.desk.epochs) == 1


# ------------------------------------------------------------------ page by page


def _page(cursor: int, head: int, rows: tuple[FeedRow, ...] = ()) -> ChangesPage:
    return ChangesPage(
        epoch="e-1", rows=rows, cursor=cursor, chain="d" * 64, head=head, master_head=3,
        at="2026-11-21T06:00:00.000Z",
    )  # fmt: skip


def _query(cursor: int, chain: str) -> ChangesQuery:
    return ChangesQuery(protocol=2, epoch="e-1", cursor=cursor, chain=chain)


def test_a_feed_that_ends_before_the_place_held_is_refused() -> None:
    refusal = witness.against_page(PLACE, _query(3, "a" * 64), _page(3, 6))

    assert refusal is not None
    assert refusal.code == "history_rewritten"


def test_the_place_held_is_compared_when_it_is_passed_again() -> None:
    assert witness.against_page(PLACE, _query(7, "c" * 64), _page(7, 9)) is None
    assert witness.against_page(PLACE, _query(7, "b" * 64), _page(7, 9)) is not None
    assert witness.against_page(PLACE, _query(8, "b" * 64), _page(8, 9)) is None


def test_another_epoch_contradicts_nothing() -> None:
    held = Checkpoint(
        site="HAM", epoch="e-0", seq=7, chain="c" * 64, master=3, at="", signature="ab" * 64
    )

    assert witness.against_page(held, _query(3, "a" * 64), _page(3, 3)) is None
    assert witness.against_denial(held, "e-1", ("e-0", 7, "c" * 64)) is None


def test_nothing_is_believed_that_is_not_of_the_page_or_not_of_this_ledger(bench: Bench) -> None:
    identity = bench.desk.identity()
    query = _query(0, "")
    page = bench.service.as_seen_by(bench.desk.enrolment).changes(
        ChangesQuery(protocol=2, epoch=bench.service.hello().epoch, cursor=0, chain="", limit=5)
    )
    assert not isinstance(page, NotNow)
    witness.believe(query, page, identity.site, identity.ledger_key)
    for site, key, code in (
        ("MUC", identity.ledger_key, "bad_checkpoint"),
        (identity.site, "00" * 32, "bad_signature"),
    ):
        with pytest.raises(Refusal) as refused:
            witness.believe(query, page, site, key)
        assert refused.value.code == code


def test_protocol_1_is_given_no_checkpoints(bench: Bench) -> None:
    page = bench.service.as_seen_by(bench.desk.enrolment).changes(
        ChangesQuery(protocol=1, epoch=bench.service.hello().epoch, cursor=0, chain="", limit=5)
    )

    assert not isinstance(page, NotNow)
    assert page.checkpoint is None


def test_a_contradiction_is_in_the_stations_own_chain_once(tmp_path: Path) -> None:
    with PowerCut(tmp_path) as book:
        _enrol(book.store)
        for _ in range(2):
            recorder.record(book.store, FakeClock(), CountingIds(), PLACE, "place 7 is denied")
        with book.store.begin() as work:
            rows = work.connection.execute(sa.select(operation.c.kind, operation.c.body)).all()

    assert [row.kind for row in rows] == ["event"]
    assert b"history_rewritten" in rows[0].body
    assert PLACE.signature.encode() in rows[0].body


def test_idle_is_idle(bench: Bench) -> None:
    bench.exchange.pull(0)

    assert bench.exchange.pull(0) == Idle()
