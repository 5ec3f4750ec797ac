"""Device keys of a simulated station: they lie beside its book, and outlive its process."""

from collections.abc import Callable

from app.keys.signing import DeviceSigner

_SEED = 32


class SimKeys:
    """Implements `app.sync.newkey.Keys`; the vault is this object.

    Args:
        first: The present key.
        random: Where the next ones come from.
    """

    def __init__(self, first: DeviceSigner, random: Callable[[int], bytes]) -> None:
        self._present = first
        self._random = random
        self.pending: DeviceSigner | None = None
        self.former: DeviceSigner | None = None
        self.is_due = False
        # Whether it was ever another one: then a copy from before signs with a former key.
        self.changed = False

    @property
    def public_key(self) -> str:
        """The present public key."""
        return self._present.public_key

    def sign(self, message: bytes) -> str:
        """Signature of the present key."""
        return self._present.sign(message)

    def begin(self) -> DeviceSigner:
        """The next key, made when there is none yet."""
        self.pending = self.pending or DeviceSigner(self._random(_SEED))
        return self.pending

    def promote(self) -> None:
        """The next key is the present one."""
        if self.pending is not None:
            self.former, self._present, self.pending = self._present, self.pending, None
            self.is_due, self.changed = False, True

    def settle(self, enrolled_with: str) -> None:
        """The key of the book's identity is the present one."""
        if self.pending is not None and self.pending.public_key == enrolled_with:
            self.promote()

    def copy(self) -> "SimKeys":
        """What a copy of the folder holds."""
        other = SimKeys(self._present, self._random)
        other.pending, other.former = self.pending, self.former
        other.is_due, other.changed = self.is_due, self.changed
        return other
