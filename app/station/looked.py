"""What a flow has read and reads again only where it has changed, from turn to turn."""

from collections.abc import Callable
from typing import Generic, TypeVar

from app.station.turn import Turn

V = TypeVar("V")


class Looked(Generic[V]):
    """One thing of the book as it was seen last.

    Kept from turn to turn is only what is durable: what a turn that failed has seen is forgotten
    with it.
    """

    def __init__(self) -> None:
        self._kept: V | None = None
        self._seen: V | None = None
        self._look: tuple[Turn, str, str] | None = None

    def at(self, turn: Turn, name: str, read: Callable[[V | None], V | None]) -> V | None:
        """It as it is now; read once, and again when this turn has recorded something.

        Args:
            turn: The open turn.
            name: Which one it is.
            read: Reads it, using again what is as it was when it was seen before.
        """
        look = (turn, turn.operation, name)
        if self._look != look:
            mine = self._look is not None and self._look[0] is turn
            self._seen = read(self._seen if mine else self._kept)
            self._look = look
        if turn.durable:
            self._kept = self._seen
        return self._seen
