"""What the ledger tells beside orders reaches the book; what a newer ledger tells passes it by."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Raw

from app.cache.stock import confirmed_digest
from app.contract.digest import digest
from app.contract.messages import (
    Answer,
    BalanceRow,
    ClaimRow,
    DocumentLine,
    DocumentRow,
    ExceptionRow,
    LotRow,
    MasterPage,
    OutcomeRow,
    PartyRow,
    PolicyRow,
    SnapshotPage,
    TallyDelta,
    TallyRow,
)
from tests.support.bench import EPOCH, MUG, TestBench

TRANSFER = DocumentRow(
    kind="transfer",
    document="TR-7",
    version=1,
    state="approved",
    origin="HAM",
    destination="BER",
    due="2026-11-24T12:00:00",
    lines=(DocumentLine(1, MUG.sku, 10),),
)
POLICY = PolicyRow(version=3, body=Raw(b'{"over_permille":50}'))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path)
    yield made
    made.book.close()


class Newer(Answer, frozen=True, tag="robot"):
    """A row of a kind this program does not know."""

    arm: int = 4


def rows(bench: TestBench, words: str) -> list[tuple[Any, ...]]:
    with bench.book.reader.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(words)]


def counted(number: int, measure: str, quantity: int) -> OutcomeRow:
    return OutcomeRow(
        id=f"01a1fca9-0000-7000-8000-{number:012}",
        kind="accept",
        outcome="posted",
        enrolment="enr-9",
        seq=number,
        tallies=(TallyDelta("transfer", "TR-7", 1, measure, quantity),),
    )


def taken(bench: TestBench, *told: msgspec.Struct) -> None:
    """The ledger's picture of the site, swapped in."""
    page = SnapshotPage(
        snapshot="s9",
        epoch=EPOCH,
        cursor=70,
        chain="c70",
        master_cursor=20,
        page=0,
        pages=1,
        rows=tuple(Raw(msgspec.json.encode(row)) for row in told),
    )
    bench.store.begin_snapshot(page)
    bench.store.finish_snapshot(page)


def test_the_latest_version_of_a_document_is_kept(bench: TestBench) -> None:
    bench.feed(TRANSFER)
    closed = msgspec.structs.replace(TRANSFER, version=2, state="closed")
    bench.feed(closed)

    kept = rows(bench, "SELECT kind, document, version, state, due, body FROM document")
    assert [row[:5] for row in kept] == [("transfer", "TR-7", 2, "closed", "2026-11-24T12:00:00")]
    assert msgspec.json.decode(kept[0][5], type=DocumentRow) == closed


def test_documents_of_two_kinds_may_share_a_number(bench: TestBench) -> None:
    bench.feed(TRANSFER, DocumentRow(kind="inbound", document="TR-7", version=1, state="expected"))

    assert rows(bench, "SELECT kind FROM document ORDER BY kind") == [("inbound",), ("transfer",)]


def test_tallies_add_up_over_pages(bench: TestBench) -> None:
    bench.feed(counted(1, "accepted", 4), counted(2, "accepted", 3))
    bench.feed(counted(3, "accepted", -2), counted(4, "damaged", 1))

    assert rows(bench, "SELECT measure, quantity FROM tally ORDER BY measure") == [
        ("accepted", 5),
        ("damaged", 1),
    ]


def test_the_policy_that_holds_is_the_last_one_told(bench: TestBench) -> None:
    bench.feed(msgspec.structs.replace(POLICY, version=2), POLICY)
    bench.feed(PolicyRow(version=4, body=Raw(b"{}")))

    assert rows(bench, "SELECT version, body FROM policy") == [(4, b"{}")]


def test_a_claim_on_another_document_is_no_claim_on_the_order_of_that_number(
    bench: TestBench,
) -> None:
    bench.feed(
        ClaimRow(document="ORD-48213", state="claimed", enrolment="enr-9", kind="count"),
        ClaimRow(document="ORD-48213", state="assigned", enrolment="enr-1"),
    )

    with bench.store.begin() as work:
        assert work.claim("ORD-48213") == ("assigned", "enr-1")
        queue, _ = work.queue(10)
    numbers = [row.order for row in queue]
    assert numbers.count("ORD-48213") == 1


def test_an_escalated_exception_still_needs_somebody_until_it_is_closed(bench: TestBench) -> None:
    told = ExceptionRow(
        exception="x-1",
        code="transfer_over",
        severity="medium",
        state="escalated",
        sentence="More arrived with transfer TR-7 than was dispatched.",
        document="TR-7",
        owner="p-sven",
        ways=("record_dispatch", "close_with_note"),
        seen=4,
    )
    bench.feed(told)

    with bench.store.begin() as work:
        assert [row.subject for row in work.attention(10)] == ["TR-7"]
    kept = rows(bench, "SELECT state, owner, ways, seen FROM exception")
    assert kept == [("escalated", "p-sven", '["record_dispatch","close_with_note"]', 4)]
    bench.feed(msgspec.structs.replace(told, state="closed"))
    with bench.store.begin() as work:
        assert work.attention(10) == ()


def test_lots_and_parties_come_with_master_data(bench: TestBench) -> None:
    told = (
        PartyRow("SUP-4", "Töpferei Lang", "supplier"),
        LotRow(MUG.sku, "L-2", expiry="2027-01-31"),
        LotRow(MUG.sku, "L-2", expiry="2027-01-31", state="recalled", version=2),
    )
    page = MasterPage(
        epoch=EPOCH,
        rows=tuple(Raw(msgspec.json.encode(row)) for row in (*told, Newer())),
        cursor=24,
        head=24,
    )
    bench.store.apply_master(page)

    assert rows(bench, "SELECT party, name, kind FROM party") == [
        ("SUP-4", "Töpferei Lang", "supplier")
    ]
    assert rows(bench, "SELECT lot, expiry, state, version FROM lot") == [
        ("L-2", "2027-01-31", "recalled", 2)
    ]
    assert bench.store.position().master_cursor == 24


def test_a_row_of_a_kind_from_the_future_is_passed_over(bench: TestBench) -> None:
    before = bench.store.position().cursor
    bench.feed(TRANSFER, Newer(), counted(1, "dispatched", 2))

    assert bench.store.position().cursor == before + 3
    assert rows(bench, "SELECT quantity FROM tally") == [(2,)]


def test_a_picture_replaces_everything_that_was_told_before(bench: TestBench) -> None:
    bench.feed(TRANSFER, counted(1, "dispatched", 2), POLICY)
    other = msgspec.structs.replace(TRANSFER, document="TR-8")

    taken(
        bench,
        other,
        TallyRow(kind="transfer", document="TR-8", line=1, measure="dispatched", quantity=5),
        PolicyRow(version=9, body=Raw(b"{}")),
        Newer(),
        BalanceRow(location="A-04-2", item=MUG.sku, quantity=12),
    )

    assert rows(bench, "SELECT document FROM document") == [("TR-8",)]
    assert rows(bench, "SELECT document, quantity FROM tally") == [("TR-8", 5)]
    assert rows(bench, "SELECT version FROM policy") == [(9,)]
    assert bench.stock("A-04-2") == {MUG.sku: 12}


def test_the_digest_is_of_what_was_told_not_of_what_is_pending(bench: TestBench) -> None:
    taken(bench, BalanceRow(location="A-04-2", item=MUG.sku, quantity=12))
    bench.sign_in()
    bench.scan("ORD-48213")
    bench.scan("2900000000018")

    with bench.book.reader.connect() as connection:
        told = confirmed_digest(connection)

    assert told == digest([(("A-04-2", MUG.sku, "", "", "good"), 12)])
