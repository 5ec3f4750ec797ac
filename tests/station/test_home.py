"""The task board and the sign-in: what may be scanned there, and what is said otherwise."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.scan import Scan
from app.station.events import ScanHeard
from app.station.inbox import OUTSIDE, Do, Intent, LinkChanged, LinkState
from app.station.menu import offered, pages
from app.station.screen import Sound, Tone
from tests.support.bench import MUG, TestBench, order_row
from tests.support.people import BOSS_BADGE, LEAD_BADGE, OTHER_BADGE

MUG_CODE = "2900000000018"


def test_a_scan_is_heard_the_moment_it_is_in_and_decided_later(bench: TestBench) -> None:
    bench.station.put(Scan(b"ORD-1\r", "ORD-1"))

    assert isinstance(bench.events[-1], ScanHeard)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    orders = (
        order_row("ORD-1", priority=5),
        order_row("ORD-2", priority=1),
        order_row("ORD-3", state="cancelled"),
        order_row("ORD-4", state="held"),
    )
    made = TestBench(tmp_path, orders=orders)
    made.sign_in()
    yield made
    made.book.close()


def test_an_item_scanned_while_nothing_is_open_is_told_and_not_counted(bench: TestBench) -> None:
    bench.scan(MUG_CODE)

    assert bench.title == "home.item_first"
    assert bench.screen.prompt.tone is Tone.ERROR
    assert bench.fates[-1] == "refused"
    assert bench.stock("A-04-2") == {MUG.sku: 40}


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("ORD-3", "home.order_cancelled"),
        ("ORD-4", "home.order_held"),
        ("ORD-77", "home.unknown"),
        ("LOC:A-04-2", "home.unknown"),
        ("", "home.unknown"),
        ("\x1d\x1d", "home.unknown"),
        ("9" * 5_000, "home.unknown"),
    ],
)
def test_what_cannot_be_opened_is_told_in_words(bench: TestBench, code: str, title: str) -> None:
    bench.scan(code)

    assert bench.title == title
    assert bench.page == "home"
    assert bench.sounds[-1] is Sound.WRONG


def test_the_next_order_is_the_most_urgent_one(bench: TestBench) -> None:
    bench.do(Intent.NEXT)

    assert bench.screen.document == "ORD-2"


def test_the_queue_shows_only_what_may_be_packed(bench: TestBench) -> None:
    assert [row.order for row in bench.screen.queue] == ["ORD-2", "ORD-1"]
    assert bench.screen.queue_total == 2


def test_a_typed_order_number_opens_it(bench: TestBench) -> None:
    bench.do(Intent.CODE, "ORD-1")

    assert bench.screen.document == "ORD-1"


def test_fifty_scans_at_once_are_all_journaled_and_each_has_its_fate(bench: TestBench) -> None:
    bench.scan("ORD-1")
    at = bench.clock.monotonic_ns()
    burst = [Scan(b"x", f"CODE-{n}", at_ns=at + n * 20_000_000) for n in range(50)]
    before = len(bench.fates)

    bench.station.handle(burst)

    assert len(bench.fates) - before == 50
    with bench.book.reader.connect() as connection:
        undecided = connection.exec_driver_sql("SELECT count(*) FROM scan WHERE fate = ''")
        assert undecided.scalar_one() == 0
    assert bench.screen.done == 0


def test_another_badge_takes_over_the_bench_and_the_order_stays_paused(bench: TestBench) -> None:
    bench.scan("ORD-1")
    bench.scan(MUG_CODE)
    bench.sign_in(OTHER_BADGE)

    assert bench.page == "home"
    assert bench.kinds()[-1] == "event"
    bench.scan("ORD-1")
    assert bench.screen.done == 1


def test_the_own_badge_changes_nothing(bench: TestBench) -> None:
    bench.scan("ORD-1")
    bench.sign_in()

    assert bench.screen.document == "ORD-1"


def test_signing_out_leaves_the_order_to_be_taken_up_again(bench: TestBench) -> None:
    bench.scan("ORD-1")
    bench.scan(MUG_CODE)
    bench.scan("CMD:SIGN-OUT")
    assert bench.page == "sign_in"

    bench.sign_in(LEAD_BADGE)
    bench.scan("ORD-1")

    assert bench.screen.done == 1


def test_an_unknown_badge_signs_nobody_in(bench: TestBench) -> None:
    bench.scan("CMD:SIGN-OUT")
    bench.scan("PHB-somebody-else")

    assert bench.page == "sign_in"
    assert bench.title == "sign_in.refused"


@pytest.mark.parametrize("intent", [intent for intent in Intent if intent not in OUTSIDE])
def test_every_intent_has_a_defined_answer_on_the_board(bench: TestBench, intent: Intent) -> None:
    bench.station.handle([Do(intent, "1", "p-novak")])

    assert bench.page in {"home", "pack", "sign_in", "adjust", "approvals", "lookup", "undo"}


def test_the_footer_tells_the_link_and_the_outbox(bench: TestBench) -> None:
    bench.station.handle([LinkChanged(LinkState.ONLINE, "2026-11-23T07:30:00Z", "", 12)])
    footer = next(e.footer for e in reversed(bench.events) if hasattr(e, "footer"))

    assert footer.link is LinkState.ONLINE
    assert footer.outbox == 1
    assert footer.skew_ms == 12


def test_every_task_of_a_supervisor_has_a_digit_of_its_page_of_the_menu(bench: TestBench) -> None:
    bench.scan("CMD:SIGN-OUT")
    bench.sign_in(BOSS_BADGE)
    reached: list[str] = []

    for page in range(1, pages("supervisor") + 1):
        bench.do(Intent.TASKS)
        tasks = [key for key in bench.screen.actions if key.intent is Intent.TASK]
        assert [key.key for key in tasks] == [str(n) for n in range(1, len(tasks) + 1)]
        assert len(tasks) <= 9
        more = [key for key in bench.screen.actions if key.key == "0"]
        assert bool(more) == (page < pages("supervisor"))
        reached += [key.argument for key in tasks]

    assert reached == [one.page.value for one in offered("supervisor")]
    bench.scan("CMD:TASKS")
    assert bench.title == "home.scan_order"
