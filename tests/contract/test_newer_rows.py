"""Rows of a newer ledger are passed over; rows that are known and wrong are not."""

from collections.abc import Callable

import msgspec
import pytest

from app.contract.messages import (
    BalanceRow,
    ItemRow,
    OutcomeRow,
    read_feed_row,
    read_master_row,
    read_snapshot_row,
)

Read = Callable[[bytes], object]

READERS: list[tuple[Read, msgspec.Struct]] = [
    (
        read_feed_row,
        OutcomeRow(id="op-1", kind="move", outcome="posted", enrolment="e-1", seq=1),
    ),
    (read_master_row, ItemRow("SKU-1001", "Enamel mug")),
    (read_snapshot_row, BalanceRow(location="A-04", item="SKU-1001", quantity=7)),
]


@pytest.mark.parametrize(("read", "row"), READERS)
def test_a_known_row_is_read(read: Read, row: msgspec.Struct) -> None:
    assert read(msgspec.json.encode(row)) == row


@pytest.mark.parametrize(("read", "row"), READERS)
def test_a_field_a_newer_ledger_added_is_passed_over(read: Read, row: msgspec.Struct) -> None:
    grown = {**msgspec.json.decode(msgspec.json.encode(row)), "carbon_g": 12}

    assert read(msgspec.json.encode(grown)) == row


@pytest.mark.parametrize(("read", "_row"), READERS)
def test_a_kind_a_newer_ledger_added_is_passed_over(read: Read, _row: msgspec.Struct) -> None:
    assert read(b'{"type":"robot","arm":4}') is None


@pytest.mark.parametrize(("read", "row"), READERS)
def test_a_known_kind_that_is_not_as_promised_is_an_error(read: Read, row: msgspec.Struct) -> None:
    tag = row.__struct_config__.tag
    with pytest.raises(msgspec.ValidationError):
        read(b'{"type":"%s","quantity":"seven"}' % str(tag).encode())
