"""T3: after a power cut a record and what it did are both there, or neither, and the chain holds.

The book's one chain is its audit trail: `operation` is the audit row, `effect` the business row.
"""

from pathlib import Path
from random import Random

import msgspec
import pytest
import sqlalchemy as sa

from app.cache.store import IDENTITY, CacheStore
from app.cache.tables import effect, operation
from app.cache.work import HEAD, Head
from app.contract import chain
from app.contract.messages import AsOf, Line, Operation
from app.domain.operation import postings
from app.station.ports import Identity
from tests.support.power_cut import PowerCut

CUTS = 100
ALL_CUTS = 1_000
# Records between two cuts, and how many of them the cut may come in the middle of.
MOST = 4


def _enrol(store: CacheStore) -> None:
    with store.begin() as work:
        identity = Identity("enr-1", "PACK-01", "HAM", "epoch-1", "00" * 32)
        work.set_note(IDENTITY, msgspec.json.encode(identity).decode())
        work.commit()


def _moved(seq: int) -> Operation:
    return Operation(
        id=f"018f0000-0000-7000-8000-{seq:012d}",
        kind="move",
        contract_version=1,
        site="HAM",
        actor="p-anna",
        role="clerk",
        source_system="packhouse",
        correlation_id=f"018f0000-0000-7000-8000-{seq:012d}",
        recorded_at="2026-11-21T06:00:00.000Z",
        as_of=AsOf(epoch="epoch-1", cursor=0),
        lines=(Line(item="SKU-1001", quantity=1, source="A-04-2", target="B-11-1"),),
    )


def _record(store: CacheStore, bench: PowerCut, seq: int, *, cut_before_commit: bool) -> None:
    body = _moved(seq)
    with store.begin() as work:
        work.append(body, postings(body.lines), body.correlation_id)
        if cut_before_commit:
            bench.disk.die(power=True)
            return
        work.commit()


def _check(store: CacheStore, promised: int) -> int:
    """What is there is whole, and nothing that was promised is missing; how many records."""
    with store.begin() as work:
        rows = work.connection.execute(sa.select(operation).order_by(operation.c.seq)).all()
        counted = work.connection.execute(
            sa.select(effect.c.n, sa.func.count()).group_by(effect.c.n)
        )
        effects: dict[int, int] = {row[0]: row[1] for row in counted}
        value = work.note(HEAD)
    digest = chain.GENESIS
    for seq, row in enumerate(rows, 1):
        digest = chain.next_digest(digest, "enr-1", seq, chain.content_hash(row.body))
        assert (row.seq, row.digest) == (seq, digest)
        assert effects.get(row.n) == 2, f"record {seq} without what it did"
    assert len(effects) == len(rows), "an effect without its record"
    head = msgspec.json.decode(value, type=Head) if value else Head("enr-1", 0, chain.GENESIS)
    assert (head.seq, head.digest) == (len(rows), digest)
    assert len(rows) >= promised
    return len(rows)


def _play(folder: Path, cuts: int) -> int:
    chance = Random(cuts)
    with PowerCut(folder) as bench:
        store: CacheStore = bench.store
        _enrol(store)
        there = 0
        for _ in range(cuts):
            for _ in range(chance.randrange(MOST)):
                _record(store, bench, there + 1, cut_before_commit=False)
                there += 1
            if chance.random() < 0.5:
                _record(store, bench, there + 1, cut_before_commit=True)
                bench.book.close()
                store = bench.open()
            else:
                store = bench.cut()
            there = _check(store, there)
    return there


def test_a_record_and_its_effect_survive_together_or_not_at_all(tmp_path: Path) -> None:
    assert _play(tmp_path, CUTS) > CUTS


@pytest.mark.long
def test_a_thousand_power_cuts_leave_no_record_without_its_effect(tmp_path: Path) -> None:
    assert _play(tmp_path, ALL_CUTS) > ALL_CUTS


def test_the_check_is_awake(tmp_path: Path) -> None:
    """An effect that is taken away is noticed."""
    with PowerCut(tmp_path) as bench:
        store: CacheStore = bench.store
        _enrol(store)
        _record(store, bench, 1, cut_before_commit=False)
        with store.begin() as work:
            work.connection.execute(sa.delete(effect))
            work.commit()

        with pytest.raises(AssertionError, match="without what it did"):
            _check(store, 1)
