"""How many records go at once: halved on trouble down to one, then grown back."""


class Portion:
    """A size between one and its full size.

    Args:
        full: What is asked for when all is well.
    """

    def __init__(self, full: int) -> None:
        self._full = full
        self.size = full

    def shrink(self, tried: int) -> None:
        """`tried` records did not get through: try half as many."""
        self.size = max(1, min(self.size, tried) // 2)

    def limit(self, most: int, tried: int) -> None:
        """The ledger said how many it takes; half of what was tried when it did not say fewer."""
        if 0 < most < tried:
            self.size = most
        else:
            self.shrink(tried)

    def grow(self) -> None:
        """It went well: twice as many, up to the full size."""
        self.size = min(self._full, self.size * 2)
