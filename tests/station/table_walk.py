"""Makes any trigger happen at a bench the way it does there, for walks over a task's table."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.station.door import ANSWERS
from app.station.events import Broken
from app.station.flow import INTENT_TRIGGERS, Trigger
from app.station.inbox import Do, Printed, PrintState
from tests.support.bench import TestBench, order_row
from tests.support.people import OTHER_BADGE

# Answers to what a task of the floor never asks, and what the door of the station keeps to itself.
ASKED_FOR = ANSWERS | {Trigger.UNLOCKED, Trigger.TIME_UP, Trigger.DISTRUSTED, Trigger.GRANTED}
ASKED_FOR |= {Trigger.EDITED, Trigger.PHOTO_TAKEN}
_SCANS = {
    Trigger.PLACE: "LOC:C-07-3",
    Trigger.ORDER: "ORD-48213",
    Trigger.LABEL: "00340123450000000006",
    Trigger.BADGE: OTHER_BADGE,
    Trigger.NOTHING: "(01)",
    Trigger.QUANTITY: "CMD:QTY-2",
}


def happen(bench: TestBench, trigger: Trigger, item: str, document: str) -> None:
    """Make one trigger happen.

    Args:
        bench: Where.
        trigger: What.
        item: Code of an item that is known.
        document: Number of a document that is known and not open.
    """
    scans = {**_SCANS, Trigger.ITEM: item, Trigger.DOCUMENT: document}
    if trigger in scans:
        bench.scan(scans[trigger])
        return
    match trigger:
        case Trigger.READING:
            bench.weigh(1_000_000)
        case Trigger.PRINTED:
            bench.station.handle([Printed("no-such-job", PrintState.PRINTED)])
        case Trigger.CHANGED | Trigger.CLAIMED:
            bench.feed(order_row(version=3))
        case _:
            intents = {found: intent for intent, found in INTENT_TRIGGERS.items()}
            bench.station.handle([Do(intents[trigger], "1", "p-novak")])


@contextmanager
def answered(bench: TestBench, about: object, most: int | None = None) -> Iterator[None]:
    """What holds whatever happens: history stays, a scan has a fate, nothing breaks, sums are 0.

    Args:
        bench: Where.
        about: What happened, for the report.
        most: So many operations at most follow from it; not looked at without.
    """
    scans, kinds = len(bench.fates), bench.kinds()
    yield
    now = bench.kinds()
    assert now[: len(kinds)] == kinds, about
    assert most is None or len(now) - len(kinds) <= most, about
    assert len(bench.fates) - scans in (0, 1), about
    assert not [event for event in bench.events if isinstance(event, Broken)], about
    assert undecided(bench) == (0, 0), about


def undecided(bench: TestBench) -> tuple[int, int]:
    """Sum of all effects, and scans without a fate: both are 0."""
    with bench.book.reader.connect() as connection:
        ask = connection.exec_driver_sql
        effects = ask("SELECT coalesce(sum(quantity), 0) FROM effect").scalar_one()
        return effects, ask("SELECT count(*) FROM scan WHERE fate = ''").scalar_one()
