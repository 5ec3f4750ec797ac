"""Everything a station, a person and the ledger can do, as the code itself says it.

`everything.toml` says which module of `app.simulation` plays each, as it was counted by
`python -m tests.simulation.counted`; what is left is in `not_played.py`, with the reason.
"""

import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

from app.contract.ledger import KeyGate, Ledger
from app.domain.operation import Kind
from app.ledger.service import LedgerService
from app.station import cards
from app.station.events import Event
from app.station.flow import CARDS
from app.station.inbox import Message
from app.station.screen import Page
from app.sync.asking import Asked
from tests.simulation import reach

TABLE = Path(__file__).with_name("everything.toml")

# Faults of the line, of machines and of time: the knob, and a state that shows it was met.
FAULTS = {
    "drop": "request dropped",
    "drop_answer": "answer dropped after the ledger committed",
    "double": "request doubled",
    "slow": "message delayed",
    "truncate": "request truncated",
    "outage": "link down",
    "crash": "station killed",
    "power": "station power cut",
    "ledger_crash": "ledger crash before_commit",
    "clumsy": "scan refused",
    "backups": "ledger backed up",
    "restore": "ledger restored, unannounced",
    "announced": "ledger restored, announced",
    "twin": "station cloned",
    "disk_full": "disk full",
    "strange": "operation held",
    "hostile": "decision forged",
    "skews_ms": "clock days ahead",
    "identity": "station enrolled anew",
    "fumble": "slip of the hand",
}
# How large and how long a floor is; nothing goes wrong by them.
SIZES = frozenset(
    {"stations", "days", "shift_ms", "pace_ms", "think_ms", "settled", "tasks", "far", "cards"}
)


@cache
def there_is() -> frozenset[str]:
    """Every name, as `reach` counts it."""
    return frozenset(_names())


def _names() -> Iterator[str]:
    yield from (f"kind {kind.value}" for kind in Kind)
    yield from (f"page {page.value}" for page in Page)
    yield from (f"card {card}" for card in (*CARDS, *cards.CARRYING, *cards.ROWS))
    yield from (f"message {one.__name__}" for one in get_args(Message))
    yield from (f"event {one.__name__}" for one in get_args(Event))
    for protocol in (Ledger, KeyGate, Asked):
        yield from (f"call {name}" for name in reach.calls_of(protocol))
    yield from (f"ledger {name}" for name in reach.calls_of(LedgerService))
    for part, owner in reach.parts().items():
        yield from (f"ledger {part}.{name}" for name in reach.calls_of(owner))
    for flow in reach.flow_types():
        yield from (f"trigger {flow.page.value}.{name}" for name in _triggers(flow))


def _triggers(flow: type[reach.Paged]) -> Iterator[str]:
    """What a flow's table answers; one without a table answers in code."""
    table = getattr(flow, "table", None) or getattr(sys.modules[flow.__module__], "TABLE", {})
    yield from sorted({(key[1] if isinstance(key, tuple) else key).value for key in table})


@cache
def played() -> dict[str, str]:
    """Which module plays what, as it was counted."""
    told = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {f"{what} {name}": who for what, names in told.items() for name, who in names.items()}
