"""No operation ever has two outcomes: every decision the ledger tells anyone is held against the rest."""

from app.contract.messages import PostAnswer, PostBatch, Posted
from app.simulation.world import World


class Outcomes:
    """What the ledger has said of each operation, by the history in which it said it.

    Args:
        world: Told of contradictions.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._said: dict[tuple[int, str, int, bytes], str] = {}

    def heard(self, generation: int, batch: PostBatch, answer: PostAnswer) -> None:
        """The ledger answered a batch."""
        if not isinstance(answer, Posted):
            return
        for sent, result in zip(batch.operations, answer.results, strict=True):
            key = (generation, batch.enrolment, sent.seq, bytes(sent.body))
            if result.id != sent.id:
                self._world.violated(f"asked about {sent.id}, answered about {result.id}")
            before = self._said.setdefault(key, result.outcome)
            if before != result.outcome:
                self._world.violated(f"{sent.id} was {before} and is {result.outcome} now")
            if result.known:
                self._world.rare.saw("operation known already")
