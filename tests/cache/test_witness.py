"""What a station can say against a ledger, in the shape the verifier takes."""

from pathlib import Path

import sqlalchemy as sa

from app.cache.tables import operation
from app.cache.witness import checkpoints
from app.conformance.probe import Device
from app.contract.chain import head_bytes
from app.contract.messages import ChangesPage, Checkpoint
from tests.simulation.test_power_cut_audit import _enrol, _record
from tests.support.power_cut import PowerCut

POINT = Checkpoint(
    site="HAM", epoch="epoch-1", seq=0, chain="0" * 64, master=0, at="2026-11-21T06:00:00.000Z",
    signature="ab" * 64,
)  # fmt: skip


def test_a_station_that_has_seen_nothing_says_nothing(tmp_path: Path) -> None:
    with PowerCut(tmp_path) as book:
        _enrol(book.store)

        assert checkpoints(book.store, Device("PACK-01")) == []
        assert book.store.checkpoint() is None


def test_what_is_confirmed_is_said_and_signed_and_what_is_not_is_left_out(tmp_path: Path) -> None:
    device = Device("PACK-01")
    with PowerCut(tmp_path) as book:
        _enrol(book.store)
        for seq in (1, 2, 3):
            _record(book.store, book, seq, cut_before_commit=False)
        with book.store.begin() as work:
            work.connection.execute(
                sa.update(operation).where(operation.c.seq < 3).values(transport="confirmed")
            )
            digest = work.connection.execute(
                sa.select(operation.c.digest).where(operation.c.seq == 2)
            ).scalar_one()
            work.commit()

        (own,) = checkpoints(book.store, device)

    assert (own["file"], own["chain"], own["seq"], own["digest"]) == ("events", "enr-1", 2, digest)
    assert own["signature"] == device.sign(head_bytes("enr-1", 2, digest))


def test_the_newest_checkpoint_is_kept_with_the_page_it_came_with(tmp_path: Path) -> None:
    with PowerCut(tmp_path) as book:
        _enrol(book.store)
        page = ChangesPage(
            epoch="", rows=(), cursor=0, chain="", head=0, master_head=0, at=POINT.at,
            checkpoint=POINT,
        )  # fmt: skip
        book.store.apply_changes(page)

        assert book.cut().checkpoint() == POINT
