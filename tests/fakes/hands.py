"""A ledger that takes any code, and devices that answer at once."""

from dataclasses import dataclass, field
from pathlib import Path

from app.domain.weight import Reading, WeightState
from app.errors import PackhouseError
from app.setup.answers import Answers, forget, keep
from app.setup.hands import Tell
from app.setup.happenings import Known
from app.station.inbox import Printed, PrintState

KNOWN = Known("PACK-03", "BRE1", "kugib-komot-vazos-lumob")
WEIGHT = Reading(WeightState.STABLE, 1_250_000)


@dataclass
class FakeHands:
    """A ledger that takes one code, and devices that are silent."""

    folder: Path
    done: list[str] = field(default_factory=list)
    error: PackhouseError | None = None

    def ports(self) -> tuple[str, ...]:
        return ("/dev/ttyACM0",)

    def reach(self, answers: Answers) -> None:
        self.done.append(f"reach {answers.url}")

    def enrol(self, answers: Answers, code: str, *, again: bool) -> Known:
        if self.error is not None:
            raise self.error
        self.done.append("enrol")
        return KNOWN

    def listen(self, url: str, tell: Tell) -> None:
        self.done.append(f"listen {url}")

    def weigh(self, url: str, protocol: str, tell: Tell) -> None:
        tell(WEIGHT)

    def print(self, url: str, station: str, tell: Tell) -> None:
        tell(Printed("setup", PrintState.PRINTED))

    def let_go(self) -> None:
        pass

    def keep(self, answers: Answers) -> None:
        keep(self.folder, answers)

    def finish(self, answers: Answers) -> None:
        forget(self.folder)
