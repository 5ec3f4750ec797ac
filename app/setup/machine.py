"""The first run as a table: what may happen on each step, what it changes, what it wants done.

No Qt, no files, no threads: happenings in, orders out. What does not succeed is said with what to
do next, and leaves the step as it was; nothing is passed without its check or a word that it is
left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from app.domain.device import DeviceChanged
from app.domain.text import Text, text
from app.domain.weight import Reading
from app.setup.answers import Answers, Step
from app.setup.happenings import (
    Failed,
    Finish,
    Found,
    Happening,
    Known,
    Look,
    OpenScale,
    OpenScanner,
    Order,
    Play,
    Reached,
    TryPrinter,
)
from app.setup.scanner_check import Finding
from app.station.inbox import Printed
from app.station.screen import Sound

# Answers to what was ordered; they are taken while it is waited for.
ANSWERS = (Found, Reached, Known, Printed, Failed)
# Refusals that are mended in the line of the fingerprint.
FINGERPRINTS = frozenset({"bad_fingerprint", "other_fingerprint", "no_fingerprint"})


@dataclass(frozen=True, slots=True)
class State:
    """Where the first run is.

    Attributes:
        answers: What is kept.
        busy: What is being done; until its answer nothing else is taken.
        wrong: What did not succeed, and what to do next.
        code: One-time code that stood in the line of the address; tried when the ledger answered.
        ports: Serial ports of this machine.
        finding: What the last scan said about the scanner.
        device: How the scale or the printer is.
        reading: What the scale says.
        passed: Whether the check of this step came out well.
    """

    answers: Answers
    busy: Text | None = None
    wrong: Text | None = None
    code: str = ""
    ports: tuple[str, ...] = ()
    finding: Finding | None = None
    device: DeviceChanged | None = None
    reading: Reading | None = None
    passed: bool = False

    @property
    def step(self) -> Step:
        """The step."""
        return self.answers.step


class Machine:
    """Takes one happening after the other.

    Args:
        answers: Where to begin.
        languages: Codes of the catalogues there are.
        table: What each step does about what happens.
    """

    def __init__(
        self, answers: Answers, languages: tuple[str, ...], table: "Mapping[Row, Handler]"
    ) -> None:
        self.state = State(answers)
        self._table = table
        self.languages = languages

    def begin(self) -> tuple[Order, ...]:
        """What the first step wants done, also when it is taken up again."""
        return self._entered()

    def happen(self, happening: Happening) -> tuple[Order, ...]:
        """One happening; what is to be done about it."""
        if isinstance(happening, Failed):
            return self._failed(happening)
        if self.state.busy is not None and not isinstance(happening, ANSWERS):
            return (Play(Sound.ATTENTION),)
        handler = self._table.get((self.state.step, type(happening)))
        if handler is not None:
            return handler(self, happening)
        quiet = isinstance(happening, (Reading, DeviceChanged, *ANSWERS))
        return () if quiet else self.wrong(text("setup.not_here"))

    # ------------------------------------------------------------------------------- moving on

    def go(self, step: Step, **answers: str | int | bool) -> tuple[Order, ...]:
        """To another step, with what was found out; what it wants done."""
        changed = replace(self.state.answers, step=step, **answers)  # type: ignore[arg-type]
        self.state = State(changed, ports=self.state.ports, code=self.state.code)
        return self._entered()

    def _entered(self) -> tuple[Order, ...]:
        answers = self.state.answers
        match self.state.step:
            case Step.SCANNER | Step.SCALE:
                return (Look(),)
            case Step.SCAN:
                return (OpenScanner(answers.scanner),)
            case Step.WEIGH:
                return (OpenScale(answers.scale, answers.scale_protocol),)
            case Step.LABEL:
                self.busy(text("setup.printing"))
                return (TryPrinter(answers.printer, answers.station),)
            case Step.SOUND:
                return tuple(Play(sound) for sound in Sound)
            case Step.DONE:
                return (Finish(demo=False),)
            case _:
                return ()

    def busy(self, what: Text) -> None:
        """Something is being done: nothing else is taken until its answer is there."""
        self.state = replace(self.state, busy=what, wrong=None)

    def wrong(self, why: Text) -> tuple[Order, ...]:
        """It did not succeed: the step stays, and says what to do."""
        self.state = replace(self.state, wrong=why, busy=None)
        return (Play(Sound.WRONG),)

    def _failed(self, failed: Failed) -> tuple[Order, ...]:
        """Back to the line where it can be mended, with what happened."""
        state = self.state
        if state.step is Step.TRUST and failed.code not in FINGERPRINTS:
            self.state = replace(state, answers=replace(state.answers, step=Step.SERVER))
        return self.wrong(failed.why)


Row = tuple[Step, type]
# Each handler takes the very kind its row names.
Handler = Callable[..., tuple[Order, ...]]
