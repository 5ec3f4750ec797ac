"""Badges and PINs: what can be one, and that fresh ones are good."""

from random import Random

import pytest

from app.domain.badges import (
    COMMON_PINS,
    badge_flaw,
    is_secret,
    new_badge,
    new_pin,
    pin_flaw,
)
from app.domain.barcode import Badge, own_code


def test_a_fresh_badge_is_read_as_a_badge_and_carries_128_bits() -> None:
    chance = Random(7).randbytes

    badges = {new_badge(chance) for _ in range(500)}

    assert len(badges) == 500
    assert all(own_code(badge) == Badge(badge) for badge in badges)
    assert all(not badge_flaw(badge) and is_secret(badge) for badge in badges)
    assert new_badge(lambda count: b"\xff" * count) == "PHB-" + "7" + "Z" * 25


@pytest.mark.parametrize(
    "badge",
    [
        "",
        "PHB-",
        "PHB-1234567",
        "phb-kX9w2Lq7TzRm",
        "kX9w2Lq7TzRm9Q4B",
        "PHB-" + "k" * 77,
        "PHB-kX9w2Lq7\n",
        "PHB-kX9w2Lq7ä",
        "PHB- kX9w2Lq7",
    ],
)
def test_what_no_scanner_reads_as_a_badge_is_none(badge: str) -> None:
    assert badge_flaw(badge)
    assert len(badge) < 5 or badge not in badge_flaw(badge)


def test_an_employees_number_is_a_badge_but_no_secret() -> None:
    assert not badge_flaw("PHB-00048213")
    assert not is_secret("PHB-00048213")


@pytest.mark.parametrize(
    "pin",
    [
        "123456",
        "654321",
        "000000",
        "111111",
        "121212",
        "123123",
        "345678",
        "98765432",
        "777777777",
        *sorted(COMMON_PINS),
    ],
)
def test_pins_that_are_tried_first_are_refused(pin: str) -> None:
    assert "tried first" in pin_flaw(pin)


@pytest.mark.parametrize("pin", ["", "12345", "1234567890123", "48213a", "４８２１３６", " 482136"])
def test_a_pin_has_six_to_twelve_digits(pin: str) -> None:
    assert pin_flaw(pin) == "A PIN has 6 to 12 digits."


def test_a_fresh_pin_is_never_a_common_one() -> None:
    draws = iter([b"\x00" * 8, (123456).to_bytes(8, "big"), (482136).to_bytes(8, "big")])

    assert new_pin(lambda _count: next(draws)) == "482136"
