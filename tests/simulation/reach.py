"""What a simulation touches of everything there is: counted where it happens, with who did it.

Names are `<what> <name>`; who did it is the module of `app.simulation` nearest to the call. Nothing
of the simulation tells it so: what is counted is what the product was made to do.
"""

import inspect
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType
from typing import Any, Protocol
from unittest.mock import patch

from app.cache.work import CacheWork
from app.contract.messages import Operation
from app.ledger.database import Database
from app.ledger.service import LedgerService
from app.simulation.senses import Senses
from app.simulation.wire import Wire
from app.station import cards, engine
from app.station.door import Door
from app.station.engine import Engine
from app.station.flows import flows
from app.station.scale_watch import ScaleWatch
from app.station.screen import Page
from app.station.sign_in import SignInFlow
from app.station.wishes import WishBook

Touched = Counter[tuple[str, str]]

# They carry what others do.
_HANDS = frozenset({"agenda", "bench", "hand", "host", "senses", "watch"})
# What the parts of the ledger are made of.
_MACHINERY = frozenset({"database", "clock", "ids", "key", "journal", "bell"})


@contextmanager
def watched() -> Iterator[Touched]:
    """Count while this lasts."""
    touched: Touched = Counter()

    def saw(what: str, name: str) -> None:
        touched[f"{what} {name}", _who()] += 1

    with ExitStack() as stack:
        for owner, name, told in (*_of_stations(saw), *_of_the_ledger(saw)):
            before = getattr(owner, name)
            stack.enter_context(patch.object(owner, name, _told_first(before, told)))
        yield touched


def _told_first(call: Callable[..., Any], told: Callable[..., None]) -> Callable[..., Any]:
    @wraps(call)
    def both(*args: Any, **named: Any) -> Any:
        told(*args, **named)
        return call(*args, **named)

    return both


def _who() -> str:
    """The module of whoever made it happen."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        package, _, own = module.rpartition(".")
        if package in {"app.simulation", "tests.simulation"} and own not in {*_HANDS, "reach"}:
            return own
        frame = frame.f_back
    return ""


Saw = Callable[[str, str], None]
Place = tuple[object, str, Callable[..., None]]


def _of_stations(saw: Saw) -> Iterator[Place]:
    def happened(flow: Any, _turn: object, happening: Any) -> None:
        saw("trigger", f"{flow.page.value}.{happening.trigger.value}")

    def handled(_engine: Engine, messages: Any) -> None:
        for message in messages:
            saw("message", type(message).__name__)

    def heard(_senses: Senses, event: Any) -> None:
        saw("event", type(event).__name__)
        if hasattr(event, "screen"):
            saw("page", event.screen.page.value)

    def carded(command: Any, *_args: Any) -> None:
        saw("card", card_name(command.name))

    def recorded(_work: object, body: Operation, *_args: Any, **_named: Any) -> None:
        saw("kind", body.kind)

    for flow in flow_types():
        yield flow, "happen", happened
    yield Engine, "handle", handled
    yield Senses, "hear", heard
    yield engine, "card", carded
    yield CacheWork, "append", recorded
    for name in calls_of(Wire):
        yield Wire, name, lambda *_args, n=name: saw("call", n)


def _of_the_ledger(saw: Saw) -> Iterator[Place]:
    def own(_service: object, _where: object, arrived: Any) -> None:
        for one in arrived.arrivals:
            saw("kind", one.operation.kind)

    yield LedgerService, "_post_own", own
    for name in calls_of(LedgerService):
        yield LedgerService, name, lambda *_args, n=name, **_named: saw("ledger", n)
    for part, owner in parts().items():
        for name in calls_of(owner):
            told = f"{part}.{name}"
            yield owner, name, lambda *_args, n=told, **_named: saw("ledger", n)


def card_name(name: str) -> str:
    """A card, or the beginning of those that say what they are about."""
    return next((prefix for prefix in cards.CARRYING if name.startswith(prefix)), name)


def calls_of(owner: type) -> tuple[str, ...]:
    """Public methods."""
    found = inspect.getmembers(owner, inspect.isfunction)
    return tuple(name for name, _ in found if not name.startswith("_"))


class Paged(Protocol):
    """A flow knows its page."""

    page: Page


@cache
def flow_types() -> tuple[type[Paged], ...]:
    """The flow of every page."""
    door = Door.__new__(Door)
    door.sign_in, door.wishes = SignInFlow(), WishBook()
    return tuple(type(flow) for flow in flows(door, ScaleWatch()).values())


@cache
def parts() -> dict[str, type]:
    """The parts of the ledger that others reach, by name; not what all of them are made of."""
    with TemporaryDirectory() as folder:
        service = LedgerService(Database.in_folder(Path(folder)))
        service.close()
    return {
        name: type(part)
        for name, part in vars(service).items()
        if not name.startswith("_") and name not in _MACHINERY and _is_ledgers(part)
    }


def _is_ledgers(part: object) -> bool:
    return type(part).__module__.startswith("app.ledger.")
