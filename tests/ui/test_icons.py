"""Every icon that is asked for exists, and is drawn in the theme's colour."""

import ast
from pathlib import Path

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from app.paths import resources_dir
from tests.support.leaks import ExpectedLogs
from ui import icons

ROOT = Path(__file__).resolve().parents[2]
NAMES = {path.stem for path in (resources_dir() / "icons").glob("*.svg")}


def asked_for_by_the_station() -> set[str]:
    """Second argument of every `Prompt(...)` and `_counted(board, tone, icon, …)`, if literal."""
    found: set[str] = set()
    for path in (ROOT / "app" / "station").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            place = {"Prompt": 1, "_counted": 2}.get(node.func.id)
            if place is None or len(node.args) <= place:
                continue
            argument = node.args[place]
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                found.add(argument.value)
    return found


def test_every_icon_the_station_asks_for_is_there() -> None:
    asked = asked_for_by_the_station()

    assert len(asked) >= 5
    assert asked - NAMES - {""} == set()


def test_every_icon_that_is_shipped_is_used() -> None:
    sources = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("app/station", "ui")
        for path in (ROOT / folder).rglob("*.py")
    )

    unused = {name for name in NAMES if f'"{name}"' not in sources}
    assert unused == set()


def test_icons_are_shipped_with_their_licence() -> None:
    licence = (resources_dir() / "icons" / "LICENSE").read_text(encoding="utf-8")

    assert licence.startswith("ISC License")
    assert "Lucide" in licence


def test_an_icon_is_drawn_in_the_colour_and_size_asked_for(qapp: QApplication) -> None:
    picture = icons.pixmap("octagon-x", QColor("#A61B1B"), 48, 2.0)

    assert (picture.width(), picture.devicePixelRatio()) == (96, 2.0)
    image = picture.toImage()
    drawn = {
        image.pixelColor(x, y).name()
        for x in range(96)
        for y in range(96)
        if image.pixelColor(x, y).alpha() == 255
    }
    assert drawn == {"#a61b1b"}


def test_a_missing_icon_is_a_question_mark_and_one_line_in_the_log(
    qapp: QApplication, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("There is no icon 'turquoise-kettle'")
    black = QColor("black")

    picture = icons.pixmap("turquoise-kettle", black, 24)

    assert picture.toImage() == icons.pixmap(icons.UNKNOWN, black, 24).toImage()
