"""What everything in one simulation shares: time, chance, knobs, tally, violations."""

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from app.simulation.agenda import Agenda
from app.simulation.clock import SimClock, SimIds, Time
from app.simulation.edited import Edits
from app.simulation.hands import Hands
from app.simulation.knobs import Knobs
from app.simulation.rare import Rare
from app.simulation.shelves import Shelves


@dataclass(slots=True)
class World:
    """One simulation.

    Attributes:
        seed: Replays it.
        folder: Where its files lie; in memory where the machine has such a folder.
        chance: The one source of chance.
        knobs: How bad it is.
        rare: Tally of rare states.
        calm: No more faults: the floor heals.
        closed: The shift is over; loops do not go on.
        violations: What must not have happened, and did.
        forged: Ids of decisions that nobody made.
        lent: Who was lent the right to decide, at some time.
        rewound: The ledger was put back, and nobody said so at once.
        shelves: What really lies where.
        hands: What was done by hand.
        edits: What was edited, as the ledger said it is.
    """

    seed: int
    folder: Path
    chance: Random
    knobs: Knobs
    time: Time = field(default_factory=Time)
    rare: Rare = field(default_factory=Rare)
    calm: bool = False
    closed: bool = False
    violations: list[str] = field(default_factory=list)
    forged: set[str] = field(default_factory=set)
    lent: set[str] = field(default_factory=set)
    rewound: bool = False
    shelves: Shelves = field(default_factory=Shelves)
    hands: Hands = field(init=False)
    edits: Edits = field(init=False)
    agenda: Agenda = field(init=False)
    clock: SimClock = field(init=False)
    ids: SimIds = field(init=False)

    def __post_init__(self) -> None:
        self.hands = Hands(self)
        self.edits = Edits(self)
        self.agenda = Agenda(self.time)
        self.clock = SimClock(self.time)
        self.ids = SimIds(self.clock, self.chance)

    def happens(self, probability: float) -> bool:
        """Whether something with this chance happens now; never while calm."""
        return not self.calm and probability > 0 and self.chance.random() < probability

    def violated(self, sentence: str) -> None:
        """An invariant does not hold."""
        self.violations.append(sentence)
