"""How long the sync waits before it tries again."""

from random import Random

import pytest

from app.sync.backoff import CAP_S, Backoff


def test_waits_lie_anywhere_below_a_bound_that_doubles_to_half_a_minute() -> None:
    backoff = Backoff(Random(4))
    bounds = []

    for _ in range(12):
        bounds.append(backoff.bound_s)
        assert 0 <= backoff.next_wait_s() <= bounds[-1]

    assert bounds[:8] == pytest.approx([0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6])
    assert bounds[8:] == [CAP_S] * 4


def test_a_year_of_failures_still_waits_half_a_minute_at_most() -> None:
    backoff = Backoff(Random(4))

    waits = [backoff.next_wait_s() for _ in range(100_000)]

    assert max(waits) <= CAP_S


def test_after_success_waits_begin_short_again() -> None:
    backoff = Backoff(Random(4))
    for _ in range(20):
        backoff.next_wait_s()

    backoff.reset()

    assert backoff.next_wait_s() <= 0.2


def test_a_hall_of_stations_does_not_return_at_once() -> None:
    hall = [Backoff(Random(seed)) for seed in range(100)]
    for station in hall:
        for _ in range(8):
            station.next_wait_s()

    returns = sorted(station.next_wait_s() for station in hall)

    # No second of the half minute sees more than a tenth of them.
    assert max(sum(1 for r in returns if s <= r < s + 1) for s in range(30)) <= 10
