"""The list of promises: each a plain function of a floor, with what it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from app.conformance.floor import Floor

_MODULES = (
    "outcomes",
    "identity",
    "chains",
    "held",
    "reversals",
    "approvals",
    "withdrawing",
    "four_eyes",
    "counts",
    "planning",
    "orders",
    "claims",
    "parcels",
    "reservations",
    "replenishment",
    "exceptions",
    "receiving",
    "returns",
    "transfers",
    "lots",
    "feed",
    "checkpoints",
    "snapshots",
    "digests",
    "crowds",
    "wire",
)


@dataclass(frozen=True, slots=True)
class Promise:
    """Something every ledger keeps.

    Attributes:
        name: The promise as a sentence with underscores.
        keep: Raises `Broken` or another `AssertionError` when it is not kept.
        stations: How many stations it takes.
        office: Whether it needs the administrator's side.
        served: Whether it is about HTTP itself.
    """

    name: str
    keep: Callable[[Floor], None]
    stations: int = 1
    office: bool = False
    served: bool = False

    @property
    def sentence(self) -> str:
        """The promise for a person."""
        return self.name.replace("_", " ")


_promises: list[Promise] = []


def promise(
    *, stations: int = 1, office: bool = False, served: bool = False
) -> Callable[[Callable[[Floor], None]], Callable[[Floor], None]]:
    """Register a function as a promise."""

    def register(keep: Callable[[Floor], None]) -> Callable[[Floor], None]:
        _promises.append(Promise(keep.__name__, keep, stations, office, served))
        return keep

    return register


def promises() -> tuple[Promise, ...]:
    """All promises, in the order of their modules."""
    for name in _MODULES:
        import_module(f"app.conformance.promises.{name}")
    return tuple(_promises)
