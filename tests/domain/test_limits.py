"""A limit is one of the whole change: whoever writes it in two lines may do no more."""

from collections.abc import Mapping

import pytest

from app.domain.limits import Asker, change_of, why_waiting
from app.domain.operation import StockKey
from app.domain.policy import AdjustLimit, Policy

BIN = StockKey("A-04-2", "SKU-1001")
LOST = StockKey("adjustment", "SKU-1001")
ANNA = Asker("p-anna", "clerk", "damaged")


class Book:
    """A hundred units in the bin."""

    def __init__(self, there: Mapping[StockKey, int]) -> None:
        self._there = there

    def there(self, key: StockKey) -> int:
        return self._there.get(key, 0)

    def cost(self, sku: str) -> int:
        return 100 if sku else 0

    def today(self, person: str, sku: str) -> tuple[int, int]:
        return (0, 0) if person and sku else (1, 1)


@pytest.mark.parametrize(
    ("lines", "code"),
    [((10,), ""), ((11,), "over_share_limit"), ((5, 5), ""), ((6, 5), "over_share_limit")],
)
def test_a_share_of_a_bin_is_counted_over_all_lines(lines: tuple[int, ...], code: str) -> None:
    policy = Policy(adjust={"clerk": AdjustLimit(None, None, 100, None, None)})
    change = change_of(
        (key, sign * units) for units in lines for key, sign in ((BIN, -1), (LOST, 1))
    )

    why = why_waiting(change, ANNA, policy, Book({BIN: 100}))

    assert (why[0] if why else "") == code
