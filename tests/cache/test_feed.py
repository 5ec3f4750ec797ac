"""What the ledger says reaches the book whole, once, and never by guessing."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec import Raw

from app.contract.messages import (
    BalanceRow,
    ChangesPage,
    ClaimRow,
    ExceptionRow,
    FeedRow,
    OutcomeRow,
    Posted,
    PostedLine,
    ProgressDelta,
    Result,
)
from app.contract.messages import HighWater as Mark
from app.errors import Fault
from tests.support.bench import EPOCH, MUG, TestBench, order_row

MUG_CODE = "2900000000018"
MARK = Mark(enrolment="enr-1", epoch=EPOCH, seq=3, digest="0" * 64, at="", signature="")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    """A mug was packed: sign-in, claim and pack are waiting."""
    made = TestBench(tmp_path)
    made.sign_in()
    made.scan("ORD-48213")
    made.scan(MUG_CODE)
    yield made
    made.book.close()


def own_ids(bench: TestBench) -> list[str]:
    batch = bench.store.next_batch(100, bench.signer)
    assert batch is not None
    return [sent.id for sent in batch.operations]


def posted(operation: str, place: str = "A-04-2", **changes: object) -> OutcomeRow:
    """The outcome row of a posted pack of one mug."""
    row = OutcomeRow(
        id=operation,
        kind="pack",
        outcome="posted",
        enrolment="enr-1",
        seq=3,
        postings=(
            PostedLine(place, MUG.sku, -1, order_line=1),
            PostedLine("parcel/elsewhere", MUG.sku, 1, order_line=1),
        ),
        progress=(ProgressDelta("ORD-48213", 1, 1),),
    )
    return msgspec.structs.replace(row, **changes)


def acknowledged(bench: TestBench, *, first_feed_seq: int) -> None:
    """The ledger answered a post of everything that waits."""
    results = tuple(
        Result(id=operation, outcome="posted", feed_seq=first_feed_seq + n)
        for n, operation in enumerate(own_ids(bench))
    )
    bench.store.apply_answer(Posted(results=results, high_water=MARK))


def test_an_acknowledged_operation_is_not_yet_confirmed(bench: TestBench) -> None:
    acknowledged(bench, first_feed_seq=11)

    with bench.store.begin() as work:
        assert work.outbox_state().waiting == 3
    assert bench.store.next_batch(100, bench.signer) is None


def test_the_own_feed_row_confirms_and_its_effect_counts_once(bench: TestBench) -> None:
    pack = own_ids(bench)[2]
    acknowledged(bench, first_feed_seq=11)
    rows = [
        OutcomeRow(id=i, kind="x", outcome="posted", enrolment="enr-1", seq=1)
        for i in own_ids_all(bench)[:2]
    ]
    bench.feed(*rows, posted(pack))

    assert bench.stock("A-04-2") == {MUG.sku: 39}
    with bench.store.begin() as work:
        assert work.outbox_state().waiting == 0
        assert work.progress("ORD-48213")[1].packed == 1


def own_ids_all(bench: TestBench) -> list[str]:
    with bench.book.reader.connect() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT id FROM operation ORDER BY n")]


def test_what_the_feed_passed_without_is_sent_again(bench: TestBench) -> None:
    """The ledger acknowledged at 11, 12, 13 and was then restored: 11 to 13 are somebody else's."""
    acknowledged(bench, first_feed_seq=11)
    stranger = ClaimRow(document="ORD-9", state="claimed", enrolment="enr-9")
    bench.feed(stranger, stranger, stranger)

    assert len(own_ids(bench)) == 3


def test_a_page_with_a_hole_changes_nothing(bench: TestBench) -> None:
    before = bench.store.position()
    page = ChangesPage(
        epoch=EPOCH,
        rows=(
            FeedRow(
                seq=before.cursor + 2, body=Raw(b'{"type":"claim","document":"X","state":"free"}')
            ),
        ),
        cursor=before.cursor + 1,
        chain="c9",
        head=99,
        master_head=20,
        at="",
    )
    with pytest.raises(Fault):
        bench.store.apply_changes(page)

    assert bench.store.position() == before


def test_a_refused_operation_loses_its_effect_and_needs_a_person(bench: TestBench) -> None:
    pack = own_ids(bench)[2]
    bench.feed(posted(pack, outcome="refused", code="x", sentence="No.", postings=(), progress=()))

    assert bench.stock("A-04-2") == {MUG.sku: 40}
    with bench.store.begin() as work:
        assert work.outbox_state().need_you == 1
        assert work.attention(5)[0].sentence == "No."


def test_a_held_fact_keeps_its_effect_because_it_happened(bench: TestBench) -> None:
    pack = own_ids(bench)[2]
    bench.feed(posted(pack, outcome="held", code="x", sentence="Held.", postings=(), progress=()))

    assert bench.stock("A-04-2") == {MUG.sku: 39}


def test_another_station_s_work_on_the_open_order_is_seen_at_once(bench: TestBench) -> None:
    bench.feed(posted("f" * 36, enrolment="enr-2"))

    assert bench.screen.done == 2
    assert bench.stock("A-04-2") == {MUG.sku: 38}


def test_a_kind_from_the_future_still_counts_by_its_postings(bench: TestBench) -> None:
    bench.feed(posted("e" * 36, kind="teleport", enrolment="enr-2"))

    assert bench.stock("A-04-2") == {MUG.sku: 38}


def test_exceptions_open_and_close(bench: TestBench) -> None:
    opened = ExceptionRow(
        exception="x-1",
        code="negative_balance",
        severity="high",
        state="open",
        sentence="Count it.",
        document="ORD-48213",
        deadline="2026-11-23T08:30:00Z",
    )
    bench.feed(opened)
    with bench.store.begin() as work:
        assert [found.sentence for found in work.attention(5)] == ["Count it."]

    bench.feed(msgspec.structs.replace(opened, state="closed"))

    with bench.store.begin() as work:
        assert work.attention(5) == ()


def test_a_new_epoch_sends_everything_again_and_rebuilds_the_effects(bench: TestBench) -> None:
    pack = own_ids(bench)[2]
    acknowledged(bench, first_feed_seq=11)
    ids = own_ids_all(bench)
    bench.feed(
        *[OutcomeRow(id=i, kind="x", outcome="posted", enrolment="enr-1", seq=1) for i in ids[:2]],
        posted(pack),
    )
    assert bench.stock("A-04-2") == {MUG.sku: 39}

    bench.store.begin_epoch("epoch-two")

    assert own_ids(bench) == ids
    assert bench.stock("A-04-2") == {MUG.sku: -1}
    assert bench.store.position().cursor == 0


def test_an_operation_the_snapshot_contains_is_confirmed_by_the_answer(bench: TestBench) -> None:
    """The picture at cursor 10 holds what the ledger knows since 9: no row will come again."""
    pack = own_ids(bench)[2]
    result = Result(id=pack, outcome="posted", feed_seq=9, known=True)
    bench.store.apply_answer(Posted(results=(result,), high_water=MARK))

    with bench.store.begin() as work:
        assert work.outbox_state().waiting == 2
    assert bench.stock("A-04-2") == {MUG.sku: 40}


def test_effects_are_an_index_that_can_be_rebuilt(bench: TestBench) -> None:
    from app.station.inbox import Intent

    bench.scan(MUG_CODE)
    bench.do(Intent.UNDO)
    before = (bench.stock("A-04-2"), bench.screen.done)
    with bench.store.begin() as work:
        work.rebuild_effects()
        progress = work.progress("ORD-48213")
        work.commit()

    assert (bench.stock("A-04-2"), progress[1].packed) == before


def test_batches_are_runs_without_a_hole_and_signed_at_their_head(bench: TestBench) -> None:
    batch = bench.store.next_batch(2, bench.signer)

    assert batch is not None
    assert [sent.seq for sent in batch.operations] == [1, 2]
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from app.contract.chain import head_bytes

    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(bench.signer.public_key))
    last = batch.operations[-1]
    key.verify(bytes.fromhex(batch.head_signature), head_bytes("enr-1", last.seq, last.digest))


def test_confirmed_balances_come_from_a_picture_as_a_whole(bench: TestBench) -> None:
    from app.contract.messages import SnapshotPage
    from tests.support.bench import raws

    pages = [
        SnapshotPage(
            snapshot="s2",
            epoch=EPOCH,
            cursor=50,
            chain="c50",
            master_cursor=20,
            page=n,
            pages=2,
            rows=raws(BalanceRow(f"B-1{n}-1", MUG.sku, 7 + n), order_row(f"ORD-{n}")),
        )
        for n in range(2)
    ]
    bench.store.begin_snapshot(pages[0])
    bench.store.add_snapshot_page(pages[1])
    with bench.store.begin() as work:
        assert work.order("ORD-0") is None
    bench.store.finish_snapshot(pages[1])

    assert bench.stock("B-11-1") == {MUG.sku: 8}
    assert bench.store.position().cursor == 50
