"""Dashboards: numbers a supervisor trusts, with and without a link, and the list behind each."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.contract.messages import ClaimRow, ExceptionRow
from app.station.boards import DoneHour, OrderGroup, Places, Stand
from app.station.charts import Look, Tile
from app.station.counted import Counted, count
from app.station.dashboards import BEHIND, DashboardsFlow
from app.station.flow import Happening, Trigger
from app.station.inbox import Intent, LinkChanged, LinkState
from app.station.lists import Mark
from app.station.screen import Page, Tone
from app.station.turn import Turn
from tests.station.table_walk import ASKED_FOR, happen
from tests.support.bench import MUG, PLACES, TestBench, order_row
from tests.support.people import BOSS_BADGE

MUG_CODE, TOWEL_CODE = "2900000000018", "2900000000049"
LATE, LATER, HELD, AWAY = "ORD-1", "ORD-48213", "ORD-2", "ORD-3"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(
        tmp_path,
        orders=(
            order_row(LATER),
            order_row(LATE, ship_before="2026-11-20T10:00:00"),
            order_row(HELD, state="held", ship_before=""),
            order_row(AWAY),
        ),
    )
    made.feed(ClaimRow(AWAY, "claimed", "enr-9", "PACK-09", "2026-11-23T15:00:00Z"))
    made.sign_in(BOSS_BADGE)
    yield made
    made.book.close()


def begin(bench: TestBench) -> None:
    bench.do(Intent.TASK, "dashboards")


def tile(bench: TestBench, key: str) -> Tile:
    board = bench.screen.board
    assert board is not None
    return next(one for one in board.tiles if one.key == key)


def number(bench: TestBench, key: str) -> int:
    return int(dict(tile(bench, key).value.params)["n"])


def said(bench: TestBench, key: str) -> dict[str, object]:
    return dict(tile(bench, key).detail.params)


def rows(bench: TestBench) -> list[str]:
    assert bench.screen.choices is not None
    return [row.key for row in bench.screen.choices.rows]


# ---------------------------------------------------------------------------------- what is counted


def test_the_board_counts_orders_of_the_site_by_where_they_stand(bench: TestBench) -> None:
    begin(bench)

    assert number(bench, "1") == 4
    assert said(bench, "1") == {"open": 2, "in_work": 1, "packed": 0, "held": 1}
    assert tile(bench, "1").look is Look.BAD
    assert (bench.title, bench.screen.prompt.tone) == ("boards.late", Tone.WARN)


def test_what_is_done_here_is_on_the_board_at_once_and_what_is_taken_back_is_off(
    bench: TestBench,
) -> None:
    bench.scan(LATER)
    bench.scan(MUG_CODE)
    bench.scan(TOWEL_CODE)
    bench.do(Intent.UNDO)
    bench.do(Intent.PAUSE)

    begin(bench)

    assert number(bench, "3") == 1
    assert said(bench, "1")["in_work"] == 2
    assert number(bench, "5") == bench.screen.subtitle.params[-1][1]  # type: ignore[union-attr]


def test_wrong_scans_are_told_for_a_thousand(bench: TestBench) -> None:
    bench.scan(LATER)
    bench.scan("2900000000056")
    bench.scan("CMD:ACK")
    bench.scan(MUG_CODE)
    bench.do(Intent.PAUSE)

    begin(bench)

    wrong = said(bench, "4")
    assert wrong["wrong"] == 1
    assert number(bench, "4") == round(1_000 / int(str(wrong["n"])))
    assert tile(bench, "4").look is Look.WATCH


def test_exceptions_and_places_are_counted(bench: TestBench) -> None:
    bench.feed(
        ExceptionRow("x-1", "short", "medium", "open", "Short.", deadline="2020-01-01T00:00:00Z")
    )

    begin(bench)

    assert (number(bench, "7"), tile(bench, "7").look) == (1, Look.BAD)
    assert said(bench, "9") == {"filled": 4, "n": len(PLACES)}


def test_numbers_go_on_by_themselves_but_not_at_every_scan(bench: TestBench) -> None:
    begin(bench)
    bench.feed(order_row("ORD-9"))
    assert number(bench, "1") == 4

    bench.pass_s(11)

    assert number(bench, "1") == 5


def test_count_anew_counts_anew(bench: TestBench) -> None:
    begin(bench)
    bench.feed(order_row("ORD-9"))

    bench.do(Intent.MAIN)

    assert number(bench, "1") == 5


def test_an_empty_book_says_so_everywhere(tmp_path: Path) -> None:
    bench = TestBench(tmp_path, orders=(order_row("ORD-1", state="cancelled"),))
    bench.sign_in(BOSS_BADGE)

    begin(bench)

    assert (bench.title, number(bench, "1")) == ("boards.nothing_open", 0)
    board = bench.screen.board
    assert board is not None
    assert [chart.bars for chart in board.charts] == [(), (), ()]
    for key, view in BEHIND.items():
        if not isinstance(view, Page) and view.value not in ("wrong", "outbox", "places"):
            bench.do(Intent.CHOOSE, key)
            assert bench.title == f"boards.{view.value}_none"
            bench.do(Intent.NO)
    bench.book.close()


def test_without_a_link_the_board_says_whose_work_is_missing(bench: TestBench) -> None:
    bench.station.handle([LinkChanged(LinkState.OFFLINE, "2026-11-23T07:30:00Z", "", None)])

    begin(bench)

    note = bench.screen.prompt.note
    assert note is not None
    assert note.code == "boards.offline"


def test_a_clerk_has_no_board(tmp_path: Path) -> None:
    bench = TestBench(tmp_path)
    bench.sign_in()
    begin(bench)

    assert bench.title == "home.no_task"
    bench.book.close()


# ----------------------------------------------------------------------------------------- the risk


def counted(
    bench: TestBench, groups: tuple[OrderGroup, ...], done: tuple[DoneHour, ...]
) -> Counted:
    """What follows from these orders and this work at half past seven."""

    class Told:
        def __getattr__(self, name: str) -> object:
            answers = {"order_groups": groups, "done_hours": done, "storage": Places(0, 0)}
            return lambda *_: answers.get(name, ())

    with bench.store.begin() as work:
        turn = Turn(work, bench.station.engine._around())
    turn.work = Told()  # type: ignore[assignment]
    return count(turn)


def test_what_cannot_be_packed_before_its_cut_off_at_this_rate_is_at_risk(bench: TestBench) -> None:
    now = bench.clock.now()
    hours = [f"{now.astimezone() + timedelta(hours=ahead):%Y-%m-%dT%H}" for ahead in (2, 5)]
    groups = tuple(OrderGroup(Stand.OPEN, hour, False, 3, 100) for hour in hours)
    began = now.replace(minute=0) - timedelta(hours=1)
    minutes = (now - began) // timedelta(minutes=1)
    # Sixty an hour: a hundred until the first cut-off take longer than there is.
    done = (DoneHour(f"{began:%Y-%m-%dT%H}", minutes, 9),)

    found = counted(bench, groups, done)

    wall = now.astimezone().replace(tzinfo=None)
    left = [datetime.fromisoformat(f"{hour}:00:00") - wall for hour in hours]
    assert found.rate == 60
    assert [one.risk for one in found.due] == [
        left[0] < timedelta(minutes=100),
        left[1] < timedelta(minutes=200),
    ]
    assert found.at_risk == 3 * sum(bool(one.risk) for one in found.due)


def test_without_work_there_is_no_rate_and_no_risk_is_guessed(bench: TestBench) -> None:
    hour = f"{bench.clock.now().astimezone() + timedelta(hours=1):%Y-%m-%dT%H}"

    found = counted(bench, (OrderGroup(Stand.OPEN, hour, False, 1, 9),), ())

    assert (found.rate, [one.risk for one in found.due]) == (None, [None])


# -------------------------------------------------------------------------------- what is behind it


@pytest.mark.parametrize("by_card", [False, True], ids=["digit", "card"])
def test_each_number_opens_its_list(bench: TestBench, by_card: bool) -> None:
    for key, behind in BEHIND.items():
        begin(bench)
        if by_card:
            bench.scan(f"CMD:QTY-{key}")
        else:
            bench.do(Intent.CHOOSE, key)

        if isinstance(behind, Page):
            assert bench.page == behind.value
        else:
            assert bench.screen.choices is not None
            assert bench.screen.title.code == f"boards.{behind.value}"
            bench.do(Intent.NO)
            assert bench.screen.title.code == "boards.title"
        bench.do(Intent.HOME)
        assert bench.page == "home"


def test_a_page_opened_from_the_board_is_left_to_the_board(bench: TestBench) -> None:
    for key, behind in BEHIND.items():
        if isinstance(behind, Page):
            begin(bench)
            bench.do(Intent.CHOOSE, key)
            bench.do(Intent.NO)
            assert bench.page == "dashboards"


def test_a_page_opened_from_the_tasks_is_left_to_the_tasks(bench: TestBench) -> None:
    begin(bench)
    bench.do(Intent.CHOOSE, "6")
    bench.do(Intent.HOME)
    for page in ("approvals", "exceptions", "return"):
        bench.do(Intent.TASK, page)
        assert bench.page == page
        bench.do(Intent.NO)
        assert bench.page == "home"


def test_orders_stand_by_cut_off_and_only_what_may_be_packed_here_opens(bench: TestBench) -> None:
    begin(bench)
    bench.do(Intent.CHOOSE, "1")
    assert rows(bench) == [LATE, AWAY, LATER, HELD]
    assert bench.screen.choices.rows[0].mark is Mark.URGENT  # type: ignore[union-attr]

    bench.do(Intent.OPEN, AWAY)
    assert bench.title == "boards.elsewhere"
    bench.do(Intent.OPEN, HELD)
    assert bench.title == "boards.is_held"
    bench.do(Intent.OPEN, "ORD-77")
    assert bench.title == "boards.gone"
    bench.do(Intent.NO)
    bench.do(Intent.MAIN)

    assert (bench.page, bench.screen.document) == ("pack", LATE)


def test_a_scanned_order_shows_where_it_stands(bench: TestBench) -> None:
    begin(bench)
    bench.scan(AWAY)

    shown = bench.screen.choices
    assert shown is not None
    assert shown.chosen == AWAY
    bench.scan("ORD-77")
    assert bench.title in {"boards.gone", "boards.not_here"}


def test_a_long_list_is_read_page_by_page(tmp_path: Path) -> None:
    orders = tuple(order_row(f"ORD-{n:03d}") for n in range(120))
    bench = TestBench(tmp_path, orders=orders)
    bench.sign_in(BOSS_BADGE)
    begin(bench)
    bench.do(Intent.CHOOSE, "1")
    found = rows(bench)
    assert dict(bench.screen.prompt.detail.params) == {"n": 50, "total": 120}  # type: ignore[union-attr]

    while bench.screen.choices is not None and bench.screen.choices.more:
        bench.do(Intent.NEXT)
        found += rows(bench)

    assert found == [one.order for one in orders]
    bench.do(Intent.NO)
    assert rows(bench)[0] == "ORD-000"
    bench.book.close()


def test_wrong_scans_are_listed_as_they_were_scanned(bench: TestBench) -> None:
    bench.scan("2900000000056")
    bench.scan("CMD:ACK")
    begin(bench)
    bench.do(Intent.CHOOSE, "4")

    assert bench.screen.choices is not None
    assert "2900000000056" in [row.cells[1] for row in bench.screen.choices.rows]


# ------------------------------------------------------------------------------------ every trigger


@pytest.mark.parametrize("view", ["", "1", "3", "5"], ids=["board", "orders", "packed", "outbox"])
def test_every_trigger_has_a_defined_answer_and_nothing_is_recorded(
    bench: TestBench, view: str
) -> None:
    for trigger in [one for one in Trigger if one not in ASKED_FOR | {Trigger.BADGE}]:
        bench.station.engine._flow = bench.station.engine._flows[Page.HOME]
        begin(bench)
        if view:
            bench.do(Intent.CHOOSE, view)
        kinds = bench.kinds()

        happen(bench, trigger, MUG_CODE, "RMA-7")

        assert bench.page in set(Page)
        outside = {Trigger.SIGN_OUT, Trigger.GRANT}
        assert trigger in outside or bench.kinds() == kinds, trigger
        if trigger in outside:
            bench.do(Intent.NO)
            bench.sign_in(BOSS_BADGE)
    assert not [event for event in bench.events if type(event).__name__ == "Broken"]


def test_what_the_table_does_not_name_is_refused(bench: TestBench) -> None:
    begin(bench)
    bench.scan(MUG_CODE)

    assert (bench.title, bench.fates[-1]) == ("boards.not_here", "refused")
    assert bench.stock("A-04-2") == {MUG.sku: 40}
    bench.do(Intent.ACKNOWLEDGE)
    assert bench.title == "boards.late"


def test_a_flow_of_its_own_waits_for_nothing(bench: TestBench) -> None:
    flow = bench.station.engine._flows[Page.DASHBOARDS]
    assert isinstance(flow, DashboardsFlow)
    begin(bench)

    bench.station.engine._turn(Happening(Trigger.STEP_UP_LEFT))

    assert bench.screen.board is not None
