"""Tiles and bars: read by eye, by ear, without colour, and opened without a mouse."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QImage
from pytestqt.qtbot import QtBot

from app.domain.text import text
from app.station.charts import Bar, Chart, Look
from app.station.dashboards_screen import board
from app.station.inbox import Do, Intent
from app.station.screen import Page
from tests.ui.conftest import Bench
from ui.gallery.boards import BAD, FRESH, ORDERS
from ui.pages.dashboards import DashboardsPage
from ui.theme import Theme
from ui.widgets.bar_chart import INKS, MOST, PATTERNS, BarChart
from ui.widgets.kit import Kit
from ui.widgets.tile_board import ICONS


def page(bench: Bench) -> DashboardsPage:
    found = bench.window.pages[Page.DASHBOARDS]
    assert isinstance(found, DashboardsPage)
    return found


def chart(*values: int, look: Look = Look.PLAIN) -> Chart:
    bars = tuple(
        Bar(text("case.plain", said=f"{n:02d}:00"), value, text("boards.units", n=value), look)
        for n, value in enumerate(values)
    )
    return Chart(text("boards.chart_packed"), bars, text("boards.chart_packed_none"))


def painted(qtbot: QtBot, kit: Kit, shown: Chart) -> QImage:
    widget = BarChart(kit)
    qtbot.addWidget(widget)
    widget.resize(500, 200)
    widget.show_chart(shown)
    return widget.grab().toImage()


def test_a_digit_opens_the_list_behind_a_number(bench: Bench) -> None:
    bench.show(board(BAD, FRESH))

    assert bench.window.press("7")
    page(bench).tiles.buttons[1].click()

    assert bench.station.asked == [Do(Intent.CHOOSE, "7"), Do(Intent.CHOOSE, "2")]


def test_every_number_says_its_digit_its_state_and_what_it_is_made_of(bench: Bench) -> None:
    bench.show(board(BAD, FRESH))

    names = [button.accessibleName() for button in page(bench).tiles.buttons]
    assert [name.split(",")[0] for name in names] == list("123456789")
    assert "too much" in names[0]
    assert "95" in names[0]
    roles = {
        QAccessible.queryAccessibleInterface(button).role() for button in page(bench).tiles.buttons
    }
    assert roles <= {QAccessible.Role.Button, QAccessible.Role.PushButton}


def test_every_bar_is_said_in_words(kit: Kit, qtbot: QtBot) -> None:
    widget = BarChart(kit)
    qtbot.addWidget(widget)
    widget.show_chart(chart(5, 12, look=Look.BAD))

    said = widget.accessibleDescription()
    assert said == "00:00: 5 units, too much; 01:00: 12 units, too much"
    widget.show_chart(chart())
    assert widget.accessibleDescription() == "Nothing was packed here yet"


def test_a_longer_bar_is_longer_and_the_smallest_can_be_seen(kit: Kit, qtbot: QtBot) -> None:
    picture = painted(qtbot, kit, chart(1_000, 500, 1, 0))
    accent = kit.theme.colour("accent").rgb()
    height = BarChart(kit)._line()

    lengths = []
    for bar in range(4):
        y = height * (bar + 1) + height // 2
        lengths.append(sum(picture.pixel(x, y) == accent for x in range(picture.width())))

    assert lengths[0] > lengths[1] > lengths[2] > lengths[3] == 0
    assert abs(lengths[0] - 2 * lengths[1]) <= 4


def test_too_many_bars_show_the_latest(kit: Kit, qtbot: QtBot) -> None:
    widget = BarChart(kit)
    qtbot.addWidget(widget)
    widget.show_chart(chart(*range(40)))

    assert [bar.value for bar in widget.bars] == list(range(40 - MOST, 40))


def test_what_is_wrong_is_told_without_colour(kit: Kit, qtbot: QtBot) -> None:
    assert PATTERNS[Look.BAD] != PATTERNS[Look.GOOD] != PATTERNS[Look.WATCH]
    assert Qt.BrushStyle.SolidPattern not in (PATTERNS[Look.BAD], PATTERNS[Look.WATCH])
    assert len({icon for icon, _ in ICONS.values()}) == len(ICONS)
    grey = [
        painted(qtbot, kit, chart(9, look=look)).convertToFormat(QImage.Format.Format_Grayscale8)
        for look in (Look.GOOD, Look.BAD)
    ]
    assert grey[0] != grey[1]


@pytest.mark.parametrize("name", ["light", "dark", "contrast"])
def test_bars_and_marks_stand_out_from_their_ground(name: str) -> None:
    from tests.ui.test_theme import PART_RATIO, contrast

    theme = Theme(name)
    for ink in {*INKS.values(), *(ink for _, ink in ICONS.values())}:
        for ground in ("bg", "surface"):
            assert contrast(theme.colour(ink), theme.colour(ground)) >= PART_RATIO, (ink, ground)


def test_a_list_has_its_bars_beside_it_and_keys_of_every_list(bench: Bench) -> None:
    bench.show(ORDERS)
    shown = page(bench)

    assert shown.side.isVisible()
    assert not shown.area.isVisible()
    bench.window.press("Down")
    bench.window.press("Enter")

    assert bench.station.asked[0] == Do(Intent.CHOOSE, "ORD-48190")
    assert bench.station.asked[1].action is Intent.OPEN
    bench.show(board(BAD, FRESH))
    assert shown.area.isVisible()
    assert not shown.side.isVisible()
