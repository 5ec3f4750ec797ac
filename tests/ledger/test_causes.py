"""Why a count may differ: seeded faults, and the right guess among the first three."""

import msgspec
import pytest

from app.ledger.causes import likely
from app.ledger.why import Step

_STEP = Step(
    feed_seq=1, n=0, quantity=0, balance=0, operation="", kind="", actor="p-anna",
    station="PACK-01", recorded_at="2026-03-02T07:14:05.120Z", document_kind="", document="",
    order_line=0, reason="", reverses="", reversed_by="",
)  # fmt: skip


def _step(operation: str, kind: str, quantity: int, document: str = "", **more: str) -> Step:
    return msgspec.structs.replace(
        _STEP, operation=operation, kind=kind, quantity=quantity, document=document, **more
    )


MORNING = [
    _step("o5", "pick", -3, "ORD-48213"),
    _step("o4", "pick", -1, "ORD-48214"),
    _step("o3", "move", -10),
    _step("o2", "receive", 48, "PO-7"),
    _step("o1", "adjust", 12),
]


@pytest.mark.parametrize(
    ("seeded", "variance", "lots", "cause", "operations"),
    [
        ([_step("o6", "receive", 48, "PO-7")], -48, {}, "double_receipt", ("o6", "o2")),
        ([_step("o6", "pick", -3, "ORD-48213")], 3, {}, "recorded_twice", ("o6", "o5")),
        ([_step("o6", "receive", 4, "PO-8")], 44, {}, "pack_or_unit", ("o6",)),
        ([_step("o6", "receive", 24, "PO-8")], -22, {}, "pack_or_unit", ("o6",)),
        ([], -5, {"L-8": -5}, "wrong_lot", ()),
        ([_step("o7", "reverse", 7, reverses="o6")], -7, {}, "taken_back", ("o6", "o7")),
        ([], -10, {}, "not_recorded", ("o3",)),
    ],
)
def test_the_seeded_fault_is_among_the_first_three(
    seeded: list[Step],
    variance: int,
    lots: dict[str, int],
    cause: str,
    operations: tuple[str, ...],
) -> None:
    told = likely([*seeded, *MORNING], variance, (12,), lots)

    assert (cause, operations) in [(one.cause, one.operations) for one in told[:3]]


def test_what_was_taken_back_already_is_no_suspect() -> None:
    twice = _step("o6", "receive", 48, "PO-7", reversed_by="o7")

    told = likely([twice, *MORNING], -48, (12,), {})

    assert "double_receipt" not in [one.cause for one in told]


def test_a_variance_nothing_explains_has_no_cause() -> None:
    assert likely(MORNING, -1_001, (12,), {"L-8": 4}) == []
