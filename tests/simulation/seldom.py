"""Directed schedules for what even a hundred seeds may not reach."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.contract.messages import PostAnswer, PostBatch
from app.domain.order import OrderState
from app.errors import Fault, Trouble
from app.simulation import album, goods, strange
from app.simulation.bench import Bench
from app.simulation.exporting import Exporting
from app.simulation.hand import Hand
from app.simulation.hands import Handful
from app.simulation.wire import Wire
from app.simulation.wishing import Wishing
from app.station.inbox import Do, Intent, PhotoTaken
from tests.simulation.schedules import Stage, healed, stage

ORDER = "ORD-48001"
# Each scan writes a few pages: a disk without a free one is full long before.
MOST_SCANS = 100


def refused_and_free_when_asked_again(folder: Path) -> list[str]:
    """An order is held when a station claims it; its no gets lost, and the order is released.

    What comes again was refused: a retry never turns an answer round.
    """
    with stage(folder) as ready:
        first, _ = ready.benches
        orders = ready.floor.host.service.orders
        ready.sign_in(first)
        orders.set_state(goods.SITE, [ORDER], OrderState.HELD)
        ready.scan(first, ORDER)
        with _deaf(first):
            ready.sync(first, "push")
        orders.set_state(goods.SITE, [ORDER], OrderState.RELEASED)
        ready.sync(first, "push")
        return healed(ready)


@contextmanager
def _deaf(bench: Bench) -> Iterator[None]:
    """The ledger answers this station's batches, and the answers are lost."""
    post = Wire.post

    def lost(self: Wire, batch: PostBatch) -> PostAnswer:
        answer = post(self, batch)
        if self is bench.wire:
            raise Trouble("The ledger did not answer in time.")
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Wire, "post", lost)
        yield


def used_id_seen_before_it_is_sent(folder: Path) -> list[str]:
    """An id is used again, and the feed tells of the first record before ours was ever sent."""
    with stage(folder) as ready:
        first, second = ready.benches
        ready.sign_in(first)
        ready.sync(first)
        (used,) = first.record.operations
        strange.record(ready.floor.world, second, "event", used)
        ready.sync(second, "pull")
        return healed(ready)


def answered_on_a_full_disk(folder: Path) -> list[str]:
    """The last free page takes the scan, and there is none for what was decided about it."""
    with stage(folder) as ready:
        first, _ = ready.benches
        ready.sign_in(first)
        ready.scan(first, ORDER)
        code = _code(first)
        first.fill_disk(0)
        for _ in range(MOST_SCANS):
            ready.scan(first, code)
            if "" in first.record.scans.values():
                return healed(ready)
            first.handle(Do(Intent.UNDO))
        raise Fault("The disk never filled up between a scan and its answer.")


def taken_back_before_the_ledger_made_it_wait(folder: Path) -> list[str]:
    """One person adjusts at two benches, each within the day's limit as it knows it.

    The second bench's adjustment is over it at the ledger, and was taken back before it got there.
    """
    with stage(folder) as ready:
        first, second = ready.benches
        for bench, times in ((first, 3), (second, 1)):
            ready.sign_in(bench)
            for _ in range(times):
                _adjust(ready, bench)
        second.handle(Do(Intent.UNDO))
        for _ in range(2):
            second.handle(Do(Intent.MAIN))
        for bench in (first, second):
            ready.sync(bench)
        said = healed(ready)
        reached = dict(ready.floor.world.rare.table())["taken back while it waited"]
        return said if said or reached == 1 else [f"nothing was withdrawn: {reached}"]


def _adjust(ready: Stage, bench: Bench) -> None:
    """As much as one may do alone at a time, and back to the task board."""
    for code in ("CMD:ADJUST", goods.ITEMS[0].packs[0].gtin, f"LOC:{goods.SHELVES[0]}"):
        ready.scan(bench, code)
    bench.handle(Do(Intent.CODE, f"+{goods.FREE_UNITS}"))
    bench.handle(Do(Intent.REASON, "miscounted"))
    bench.handle(Do(Intent.MAIN))
    bench.handle(Do(Intent.HOME))


def photographed(folder: Path) -> list[str]:
    """An adjustment with a picture: the record tells its digest, and the book keeps it."""
    with stage(folder) as ready:
        first, _ = ready.benches
        ready.sign_in(first)
        first.handle(Do(Intent.ADJUST))
        for code in (goods.CODES["SKU-10221"][0], f"LOC:{goods.SHELVES[0]}"):
            ready.scan(first, code)
        for step in (Do(Intent.CODE, "+1"), Do(Intent.REASON, "miscounted"), Do(Intent.PHOTO)):
            first.handle(step)
        first.handle(PhotoTaken("dent.png", album.picture(b"dent no.1")))
        first.handle(Do(Intent.MAIN))
        told = [album.digests(one.body) for one in first.record.operations.values()]
        said = [] if any(told) else ["no operation tells of a photo"]
        return said + healed(ready)


def exported_by_a_controller(folder: Path) -> list[str]:
    """A stock list leaves the house, before anything of the day is confirmed."""
    with stage(folder) as ready:
        first, _ = ready.benches
        exporting = Exporting(Hand(ready.floor.world, first))
        ready.sign_in(first)
        for code in ("CMD:TASK-MOVE", f"LOC:{goods.SHELVES[0]}", goods.CODES["SKU-10221"][0]):
            ready.scan(first, code)
        ready.scan(first, f"LOC:{goods.SHELVES[1]}")
        ready.sign_out(first)
        ready.sign_in(first, goods.CONTROLLER)
        ready.scan(first, "CMD:TASK-REPORTS")
        first.handle(Do(Intent.REASON, "stock_list"), Do(Intent.MAIN), Do(Intent.REASON, "csv"))
        first.senses.listen()
        ready.sign_in(first, goods.CONTROLLER)
        exporting.settle()
        never = ready.floor.world.rare.missing()
        said = ["no stock list was made"] if "stock list held against the book" in never else []
        return said + healed(ready)


def wished_before_a_stop(folder: Path) -> list[str]:
    """Somebody wishes a dark window, the power goes, and they sign in again."""
    with stage(folder) as ready:
        first, _ = ready.benches
        wishing = Wishing(Hand(ready.floor.world, first))
        ready.sign_in(first)
        wishing.wish("theme", "dark")
        first.guarded(first.die)
        first.boot()
        ready.sign_in(first)
        wishing.settle()
        return healed(ready)


def numbered_after_the_scan(folder: Path) -> list[str]:
    """One mug is scanned, and then somebody says that it was three in all."""
    with stage(folder) as ready:
        first, _ = ready.benches
        hand = Hand(ready.floor.world, first)
        ready.sign_in(first)
        ready.scan(first, "CMD:TASK-RECEIVE")
        first.handle(Do(Intent.BLIND))
        first.senses.listen()
        ready.scan(first, goods.CODES["SKU-10221"][0])
        hand.did("receive", Handful("SKU-10221", 1, "supplier", goods.DOCK), "goods received")
        first.senses.listen()
        first.handle(Do(Intent.QUANTITY, "3"), Do(Intent.MAIN))
        ready.floor.world.hands.settle(first, chosen=False)
        reached = dict(ready.floor.world.rare.table())["number said after its scan"]
        said = healed(ready)
        return said if said or reached == 1 else [f"no number was said: {reached}"]


def _code(bench: Bench) -> str:
    screen = bench.senses.screen
    return goods.CODES[screen.lines[0].sku][0] if screen is not None else ""
