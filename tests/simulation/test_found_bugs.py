"""What the simulation found, each in its smallest form."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from msgspec import Raw

from app.cache.enrolling import Taken, take
from app.cache.work import Numbers
from app.clock import SystemClock, UuidSource
from app.contract.messages import (
    ChangesPage,
    FeedRow,
    HighWater,
    Operation,
    OutcomeRow,
    Posted,
    Result,
)
from app.station import unattended
from app.station.inbox import Intent, Tick
from app.station.ports import Position
from tests.support.bench import EPOCH, TestBench

MARK = HighWater(enrolment="enr-1", epoch=EPOCH, seq=1, digest="0" * 64, at="", signature="")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    """Somebody signed in: one record waits."""
    made = TestBench(tmp_path)
    made.sign_in()
    yield made
    made.book.close()


def waiting(bench: TestBench) -> list[str]:
    batch = bench.store.next_batch(100, bench.signer)
    return [] if batch is None else [sent.id for sent in batch.operations]


def transport(bench: TestBench) -> list[tuple[str, str]]:
    with bench.book.reader.connect() as connection:
        rows = connection.exec_driver_sql("SELECT transport, outcome FROM operation ORDER BY n")
        return [(row[0], row[1]) for row in rows]


def acknowledge(bench: TestBench, feed_seq: int) -> None:
    (own,) = waiting(bench)
    told = Result(id=own, outcome="posted", feed_seq=feed_seq)
    bench.store.apply_answer(Posted(results=(told,), high_water=MARK))


def row_about(operation: str, outcome: str, enrolment: str, seq: int) -> OutcomeRow:
    return OutcomeRow(id=operation, kind="event", outcome=outcome, enrolment=enrolment, seq=seq)


def test_another_record_under_the_same_id_does_not_confirm_ours(bench: TestBench) -> None:
    (own,) = waiting(bench)

    bench.feed(row_about(own, "posted", "enr-of-pack-01", 7))

    assert waiting(bench) == [own]


def test_a_conflict_of_another_record_under_our_id_is_not_ours(bench: TestBench) -> None:
    (own,) = waiting(bench)

    bench.feed(
        row_about(own, "posted", "enr-1", 1), row_about(own, "conflict", "enr-of-pack-01", 7)
    )

    assert transport(bench) == [("confirmed", "posted")]


def test_the_place_named_when_acknowledging_confirms_whoever_sent_it_first(
    bench: TestBench,
) -> None:
    (own,) = waiting(bench)
    acknowledge(bench, feed_seq=bench.store.position().cursor + 1)

    bench.feed(row_about(own, "posted", "enr-before-this-one", 40))

    assert transport(bench) == [("confirmed", "posted")]


def test_a_feed_that_ends_before_a_promised_place_has_lost_it(bench: TestBench) -> None:
    (own,) = waiting(bench)
    where = bench.store.position()
    acknowledge(bench, feed_seq=where.cursor + 5)
    assert waiting(bench) == []

    bench.store.apply_changes(
        ChangesPage(
            epoch=EPOCH,
            rows=(),
            cursor=where.cursor,
            chain=where.chain,
            head=where.cursor,
            master_head=20,
            at="2026-11-23T07:31:00Z",
        )
    )

    assert waiting(bench) == [own]


def test_a_feed_that_goes_on_past_a_promised_place_keeps_it(bench: TestBench) -> None:
    where = bench.store.position()
    acknowledge(bench, feed_seq=where.cursor + 5)
    row = row_about("01a20750-0000-7000-8000-000000000001", "posted", "enr-of-pack-01", 7)

    bench.store.apply_changes(
        ChangesPage(
            epoch=EPOCH,
            rows=(FeedRow(seq=where.cursor + 1, body=Raw(msgspec.json.encode(row))),),
            cursor=where.cursor + 1,
            chain="c1",
            head=where.cursor + 9,
            master_head=20,
            at="2026-11-23T07:31:00Z",
        )
    )

    assert transport(bench) == [("acknowledged", "")]


def test_an_answer_from_before_a_decision_does_not_take_the_decision_back(
    bench: TestBench,
) -> None:
    """The answer was on its way while the feed told that the request is decided."""
    (own,) = waiting(bench)
    place = bench.store.position().cursor + 1
    bench.feed(row_about(own, "waiting", "enr-1", 1), row_about(own, "posted", "enr-1", 1))

    late = Result(id=own, outcome="waiting", feed_seq=place, known=True)
    bench.store.apply_answer(Posted(results=(late,), high_water=MARK))

    assert transport(bench) == [("confirmed", "posted")]


def test_what_was_linked_anew_hears_what_is_decided_where_it_stood_before(
    bench: TestBench,
) -> None:
    """Sent, and held, because the station was revoked; enrolled anew it sends it again."""
    (own,) = waiting(bench)
    enrolled_anew(bench, "enr-2")
    held = Result(id=own, outcome="held", feed_seq=bench.store.position().cursor + 1, known=True)
    answer = tuple(held if id_ == own else told(id_) for id_ in waiting(bench))
    bench.store.apply_answer(Posted(results=answer, high_water=MARK))
    bench.feed(row_about(own, "held", "enr-1", 1))
    assert transport(bench)[0] == ("confirmed", "held")

    bench.feed(row_about(own, "posted", "enr-1", 1))

    assert transport(bench)[0] == ("confirmed", "posted")


def told(id_: str) -> Result:
    return Result(id=id_, outcome="posted", feed_seq=0)


def enrolled_anew(bench: TestBench, enrolment: str) -> None:
    identity = replace(bench.store.identity(), enrolment=enrolment)

    def event(_taken: Taken, position: Position) -> Operation:
        whose = (identity, position)
        return unattended.event_of(whose, SystemClock(), UuidSource(), "enrolled_again", {})

    take(bench.store, identity, Numbers(1, 10), event)


def fates(bench: TestBench) -> list[str]:
    with bench.book.reader.connect() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT fate FROM scan ORDER BY id")]


def test_a_scan_whose_answer_met_a_full_disk_has_a_fate_once_there_is_room(
    bench: TestBench,
) -> None:
    bench.scan("ORD-48213")
    _fill(bench, 0)
    for _ in range(100):
        bench.scan("2900000000018")
        if "" in fates(bench):
            break
        bench.do(Intent.UNDO)
    assert "" in fates(bench)
    _fill(bench, None)

    bench.station.handle([Tick()])

    assert "" not in fates(bench)


def _fill(bench: TestBench, pages: int | None) -> None:
    with bench.book.writer.connect() as connection:
        have = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
        most = 1_073_741_823 if pages is None else have + pages
        connection.exec_driver_sql(f"PRAGMA max_page_count={most}")
