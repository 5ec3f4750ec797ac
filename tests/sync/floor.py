"""One station and one ledger in memory, and a few words for what goes wrong between them."""

from collections.abc import Callable
from dataclasses import dataclass

from app.contract.messages import PostBatch
from app.errors import Trouble
from app.sync.exchange import Exchange
from app.sync.outcomes import Idle
from tests.fakes.desk import FakeDesk
from tests.fakes.ledger import FakeLedger

# More steps than any schedule here needs; reaching it means the sync goes round in circles.
STEPS = 200


@dataclass
class Floor:
    """A bench and the ledger it belongs to."""

    ledger: FakeLedger
    desk: FakeDesk
    exchange: Exchange

    def settle(self) -> None:
        """Step until both directions are idle."""
        steps: list[object] = []
        while len(steps) < STEPS:
            steps += [self.exchange.push(), self.exchange.pull(0)]
            if steps[-2:] == [Idle(), Idle()]:
                return
        raise AssertionError(f"still {steps[-4:]} after {STEPS} steps")

    def another_bench(self, enrolment: str) -> "Floor":
        """A second station at the same ledger."""
        desk = FakeDesk(self.ledger.public_key, enrolment=enrolment)
        self.ledger.enrol(enrolment, desk.public_key)
        return Floor(self.ledger, desk, Exchange(desk, self.ledger))


def floor() -> Floor:
    """An enrolled, empty station at an empty ledger."""
    ledger = FakeLedger()
    desk = FakeDesk(ledger.public_key)
    ledger.enrol(desk.enrolment, desk.public_key)
    return Floor(ledger, desk, Exchange(desk, ledger))


def times(count: int, kind: type, trouble: Trouble) -> Callable[[object], None]:
    """A hook that raises `trouble` for the first `count` messages of a kind."""
    left = [count]

    def hook(message: object) -> None:
        if isinstance(message, kind) and left[0]:
            left[0] -= 1
            raise trouble

    return hook


def poison(operation: str) -> Callable[[object], None]:
    """A hook that fails every batch with this operation in it."""

    def hook(message: object) -> None:
        if isinstance(message, PostBatch) and any(o.id == operation for o in message.operations):
            raise Trouble("The ledger broke on this batch.")

    return hook
