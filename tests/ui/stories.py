"""One story of every task, told once; whoever plays it has a keyboard or a scanner (`hands`)."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.contract.messages import ClaimRow
from app.domain.gtin import check_digit
from app.station.inbox import Intent, LinkChanged, LinkState
from tests.station import test_count as counting
from tests.station import test_exceptions as excepted
from tests.station import test_four_eyes as four_eyes
from tests.station import test_move as moving
from tests.station import test_take_back as returning
from tests.station import test_transfer as transferring
from tests.station import undoing
from tests.support import deliveries
from tests.support.bench import TestBench, order_row
from tests.support.people import BADGE, BOSS_BADGE
from tests.ui.hands import Hand

MUG, TRAY, TOWEL = "2900000000018", "2900000000025", "2900000000049"
ORDER, OTHER_ORDER = "ORD-48213", "ORD-48214"
FIRST_SSCC = f"34012345000000000{check_digit('34012345000000000')}"
UNTIL = "2026-11-23T15:00:00Z"


@dataclass(frozen=True, slots=True)
class Story:
    """What is on the bench, what somebody does there, and what must have come of it."""

    bench: Callable[[Path], TestBench]
    play: Callable[[Hand], None]
    kinds: frozenset[str]
    ends: str
    badge: str = BADGE

    @property
    def name(self) -> str:
        """Of the task."""
        return self.play.__name__


def _plain(folder: Path) -> TestBench:
    return TestBench(folder, orders=(order_row(ORDER), order_row(OTHER_ORDER, priority=1)))


# ------------------------------------------------------------------------------------ goods in


def receive(hand: Hand) -> None:
    hand.task("receive")
    hand.open()
    hand.number(2)
    hand.code(MUG, deliveries.TRAY_SIX, deliveries.JAM_CODE, "L-43", "2027-04-30")
    hand.code(deliveries.DRILL_CODE, "SN-77")
    hand.press(Intent.DAMAGED)
    hand.code(MUG)
    hand.code("NOT-KNOWN-HERE")
    hand.press(Intent.YES)
    hand.press(Intent.UNDO)
    hand.press(Intent.MAIN)
    hand.press(Intent.SHORT)


def take_back(hand: Hand) -> None:
    hand.task("return")
    hand.open()
    hand.code(MUG)
    hand.press(Intent.REASON, "damaged")
    hand.press(Intent.REASON, "defective")
    hand.code(deliveries.DRILL_CODE, "SN-9")
    hand.press(Intent.MAIN)
    hand.press(Intent.MAIN)
    hand.press(Intent.UNDO)
    hand.code(MUG)
    hand.press(Intent.NO)
    hand.press(Intent.MAIN)


def _returns(folder: Path) -> TestBench:
    return deliveries.dock_bench(folder, returning.rma())


# -------------------------------------------------------------------------------- in the house


def move(hand: Hand) -> None:
    hand.task("move")
    hand.number(4)
    hand.code(TRAY, "LOC:B-11-1")
    hand.press(Intent.UNDO)
    hand.press(Intent.MAIN)
    hand.code(MUG, "LOC:A-04-2")
    hand.press(Intent.MAIN)
    hand.code("TOTE:T-1", "LOC:C-07-3")
    hand.code(TRAY)
    hand.press(Intent.NO)
    hand.press(Intent.NO)


def _stocked(folder: Path) -> TestBench:
    made = TestBench(folder)
    moving.furnish(made)
    return made


def count(hand: Hand) -> None:
    hand.task("count")
    hand.below()
    hand.open()
    hand.code("LOC:A-04-2")
    hand.number(38)
    hand.code(MUG, MUG)
    hand.press(Intent.DAMAGED)
    hand.code(MUG)
    hand.press(Intent.UNDO)
    hand.press(Intent.DAMAGED)
    hand.code(MUG)
    hand.press(Intent.MAIN)
    hand.code("LOC:B-11-1")
    hand.press(Intent.EMPTY)


def _planned(folder: Path) -> TestBench:
    made = TestBench(folder)
    made.feed(counting.TWO_PLACES)
    return made


def adjust(hand: Hand) -> None:
    hand.press(Intent.ADJUST)
    hand.code(MUG, "LOC:A-04-2")
    hand.number(38)
    hand.press(Intent.REASON, "miscounted")
    hand.press(Intent.MAIN)


def _limited(folder: Path) -> TestBench:
    made = TestBench(folder)
    made.feed(four_eyes.policy_row())
    made.station.handle([LinkChanged(LinkState.ONLINE, "2026-11-23T07:00:00Z")])
    return made


def approve(hand: Hand) -> None:
    hand.press(Intent.APPROVALS)
    hand.press(Intent.REJECT)
    hand.press(Intent.NO)
    hand.press(Intent.MAIN)
    hand.prove(BOSS_BADGE)


def _asked(folder: Path) -> TestBench:
    made = _limited(folder)
    made.sign_in(BADGE)
    four_eyes.adjust(made, "28")
    made.scan("CMD:SIGN-OUT")
    return made


# ------------------------------------------------------------------------------------- going out


def pick(hand: Hand) -> None:
    hand.task("pick")
    hand.code(ORDER, "TOTE:T-1")
    hand.press(Intent.MAIN)
    hand.press(Intent.NEXT)
    hand.code(MUG)
    hand.press(Intent.SHORT)
    hand.press(Intent.REASON, "not_reached")
    hand.number(3)
    hand.code(TRAY, TOWEL)
    hand.press(Intent.MAIN)


def _to_pick(folder: Path) -> TestBench:
    return TestBench(folder, orders=(order_row(ORDER), order_row(OTHER_ORDER)))


def pack(hand: Hand) -> None:
    hand.code(ORDER, MUG, "2900000000056")
    hand.press(Intent.ACKNOWLEDGE)
    hand.press(Intent.UNDO)
    hand.code(MUG, MUG, TRAY, TRAY)
    hand.press(Intent.PAUSE)
    hand.code(ORDER, TRAY)
    hand.press(Intent.SHORT)
    hand.press(Intent.SHORT)
    hand.press(Intent.OVERRIDE)
    hand.bench.printed()
    hand.see()
    hand.press(Intent.MAIN)


def ship(hand: Hand) -> None:
    hand.task("transfer")
    hand.code(transferring.OUT)
    hand.number(4)
    hand.code(MUG, TRAY)
    hand.press(Intent.UNDO)
    hand.press(Intent.MAIN)
    hand.press(Intent.REASON, "not_found")
    hand.press(Intent.MAIN)


def accept(hand: Hand) -> None:
    hand.task("transfer")
    hand.code(transferring.IN, "LOC:C-07-3")
    hand.number(3)
    hand.code(MUG)
    hand.press(Intent.DAMAGED)
    hand.code(TRAY, TOWEL)
    hand.press(Intent.YES)
    hand.press(Intent.MAIN)
    hand.press(Intent.REASON, "lost")


def _on_the_way(folder: Path) -> TestBench:
    made = TestBench(folder)
    made.feed(
        transferring.transfer(transferring.OUT, "approved"),
        transferring.transfer(transferring.IN, "in_transit"),
        transferring.under_way(),
    )
    return made


# ------------------------------------------------------------------------------- what people decide


def solve(hand: Hand) -> None:
    hand.task("exceptions")
    hand.below()
    hand.open()
    hand.press(Intent.MAIN)
    hand.press(Intent.WITHDRAW)
    hand.press(Intent.REASON, "counted")
    hand.press(Intent.REJECT)
    hand.below()
    hand.press(Intent.MAIN)
    hand.press(Intent.TASK, "close_with_note")
    hand.press(Intent.REASON, "counted")


def _troubled(folder: Path) -> TestBench:
    made = _plain(folder)
    made.feed(excepted.row("x-1"), excepted.row("x-3", "packed_twice", deadline=excepted.PAST))
    return made


def claim(hand: Hand) -> None:
    hand.task("claims")
    hand.below()
    hand.press(Intent.MAIN)
    hand.prove(BOSS_BADGE)


def _claimed(folder: Path) -> TestBench:
    made = _plain(folder)
    made.feed(
        ClaimRow(ORDER, "assigned", "enr-1", "PACK-03", UNTIL),
        ClaimRow(OTHER_ORDER, "claimed", "enr-9", "PACK-09", UNTIL),
    )
    return made


def look_up(hand: Hand) -> None:
    hand.code(ORDER, MUG)
    hand.press(Intent.LOOKUP)
    hand.code(TRAY)
    hand.press(Intent.WHY)
    hand.press(Intent.NO)
    hand.press(Intent.LOOKUP)


def undo(hand: Hand) -> None:
    hand.press(Intent.UNDO)
    hand.open()
    hand.press(Intent.MAIN)
    hand.code(ORDER)
    hand.press(Intent.MAIN)
    hand.code(f"00{FIRST_SSCC}")
    hand.press(Intent.MAIN)


def _finished(folder: Path) -> TestBench:
    made = _plain(folder)
    made.sign_in()
    undoing.pack(made)
    undoing.move(made)
    return made


def _kinds(*kinds: str) -> frozenset[str]:
    return frozenset(kinds)


STORIES = (
    Story(
        deliveries.dock_bench, receive, _kinds("receive", "reverse", "short"), "receive.done_short"
    ),
    Story(_returns, take_back, _kinds("return", "reverse"), "take_back.done_open"),
    Story(_stocked, move, _kinds("move", "reverse"), "home.scan_order"),
    Story(_planned, count, _kinds("count"), "count.plan_done"),
    Story(_limited, adjust, _kinds("adjust"), "adjust.recorded"),
    Story(_asked, approve, _kinds("decide"), "approvals.approved", BOSS_BADGE),
    Story(_to_pick, pick, _kinds("pick", "short"), "pick.finished"),
    Story(_plain, pack, _kinds("claim", "pack", "short", "seal", "ship"), "pack.done"),
    Story(_on_the_way, ship, _kinds("dispatch", "reverse"), "transfer.ship_part"),
    Story(_on_the_way, accept, _kinds("accept", "short"), "transfer.lost_told"),
    Story(_troubled, solve, _kinds("resolve"), "exceptions.done_close", BOSS_BADGE),
    Story(_claimed, claim, _kinds("claim"), "claims.asked", BOSS_BADGE),
    Story(_finished, undo, _kinds("reverse"), "undo.done_ship"),
    Story(_plain, look_up, _kinds("pack"), "pack.packed"),
)
