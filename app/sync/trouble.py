"""The kinds of trouble on the way to the ledger that the sync answers differently.

Any other `Trouble` means: the ledger was there, and it did not go well.
"""

from app.errors import Trouble


class Busy(Trouble):
    """The ledger cannot answer now.

    Args:
        say: Sentence for the person.
        wait_s: When to ask again, by the ledger; 0 when it did not say.
    """

    def __init__(self, say: str, wait_s: int) -> None:
        super().__init__(say, detail=f"asked to wait {wait_s} s")
        self.wait_s = wait_s


class Unreachable(Trouble):
    """No connection could be made: nothing was sent, and fewer records would not have helped."""


class Unproven(Unreachable):
    """Somebody answered who cannot prove to be the ledger: told above any other trouble."""


class CutOff(Trouble):
    """The connection broke off half-way. Forgiven once: anyone may close an idle connection."""


class BadAnswer(Trouble):
    """The ledger, or something in its place, answered with what cannot be believed."""
