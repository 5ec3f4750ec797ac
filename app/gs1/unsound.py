"""The one way a message is refused inside this package; the gate turns it into a `Damaged`."""

from app.domain.barcode import Damage


class Unsound(ValueError):
    """A text that claims to be a GS1 message and is not sound.

    Args:
        code: Kind of damage.
        why: Which element and value.
    """

    def __init__(self, code: Damage, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why
