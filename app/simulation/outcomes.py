"""No operation has two outcomes: whatever the ledger tells is held against what it told."""

from app.contract.messages import PostBatch, Posted
from app.simulation.world import World

# What waits, or came before what it is about, is decided later, once.
_UNDECIDED, _DECIDED = frozenset({"waiting", "held"}), frozenset({"posted", "refused"})


class Outcomes:
    """What the ledger has said of each operation, by the history in which it said it.

    Args:
        world: Told of contradictions.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._said: dict[tuple[int, str, int, bytes], tuple[str, int]] = {}

    def heard(self, generation: int, batch: PostBatch, answer: object) -> None:
        """The ledger answered a batch."""
        if not isinstance(answer, Posted):
            return
        for sent, result in zip(batch.operations, answer.results, strict=True):
            key = (generation, batch.enrolment, sent.seq, bytes(sent.body))
            if result.id != sent.id:
                self._world.violated(f"asked about {sent.id}, answered about {result.id}")
            now = (result.outcome, result.feed_seq)
            before = self._said.setdefault(key, now)
            if before[0] in _UNDECIDED and now[0] in _DECIDED:
                self._said[key] = now
            elif before != now:
                self._world.violated(f"{sent.id} was {before} and is {now} now")
            if result.known:
                self._world.rare.saw("operation known already")
