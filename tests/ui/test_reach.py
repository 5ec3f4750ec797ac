"""Nothing needs a mouse, a certain eye or a certain language: every page of the gallery, walked."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import SIGNAL, QCoreApplication, Qt
from PySide6.QtGui import QAccessible, QFontInfo
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QLineEdit,
    QWidget,
)

from app.domain.text import text
from app.station.screen import Action
from tests.support import reach
from tests.ui.conftest import Bench
from ui.gallery.packing import NEXT
from ui.gallery.scenes import scenes
from ui.main_window import MainWindow

ROLES: dict[type[QWidget], set[QAccessible.Role]] = {
    QAbstractButton: {QAccessible.Role.Button},
    QAbstractItemView: {QAccessible.Role.Table, QAccessible.Role.List, QAccessible.Role.Tree},
    QLineEdit: {QAccessible.Role.EditableText},
}
# At 100 %: what a gloved finger hits, and what is read from 60 cm (ux.md 1.1).
TARGET_PX, TEXT_PX = 48, 18
OVERLAYS = ("help", "health", "quantity")


def parts(window: MainWindow) -> Iterator[tuple[QWidget, set[QAccessible.Role]]]:
    """Everything on the window that can be pressed, chosen in or typed into."""
    for kind, roles in ROLES.items():
        for part in window.findChildren(kind):
            if part.isVisible() and not isinstance(part, QHeaderView):
                yield part, roles


def nameless(window: MainWindow) -> list[str]:
    """Parts a screen reader cannot tell."""
    found = []
    for part, roles in parts(window):
        told = QAccessible.queryAccessibleInterface(part)
        name = told.text(QAccessible.Text.Name)
        if not name.strip() or told.role() not in roles:
            found.append(f"{type(part).__name__} {name!r}")
    return found


def only_by_mouse(window: MainWindow) -> list[str]:
    """What can be pressed and prints no key, and lists whose rows no key chooses."""
    found = []
    for part, _ in parts(window):
        match part:
            case QAbstractButton() if not _has_key(part):
                found.append(part.text() or part.accessibleName())
            case QAbstractItemView() if part.receivers(SIGNAL("clicked(QModelIndex)")):
                rows = part.model().rowCount()
                if rows and not (window.overlay or window.page).key("Down"):
                    found.append(part.accessibleName())
            case _:
                pass
    return found


def _has_key(button: QAbstractButton) -> bool:
    action = getattr(button, "action", None)
    if isinstance(action, Action):
        return f"[{action.key}]" in button.text() and action.key in button.accessibleName()
    named = button.accessibleName().partition(",")[0]
    drawn = button.property("part") in ("pad", "box", "simulator") or "[" in button.text()
    return drawn or named in reach.KEYS


def small(window: MainWindow) -> list[str]:
    """Targets a finger misses, and text nobody reads from where they stand."""
    found = []
    for part, _ in parts(window):
        match part:
            case QAbstractButton() | QLineEdit() if part.sizeHint().height() < TARGET_PX:
                found.append(f"{part.accessibleName()}: {part.sizeHint().height()} px high")
            case QAbstractItemView() if part.receivers(SIGNAL("clicked(QModelIndex)")):
                rows = part.model().rowCount()
                high = part.visualRect(part.model().index(0, 0)).height() if rows else TARGET_PX
                if high < TARGET_PX:
                    found.append(f"{part.accessibleName()}: rows of {high} px")
            case _:
                pass
    said = [one for one in window.findChildren(QLabel) if one.isVisible() and one.text()]
    fonts = [(one.text(), QFontInfo(one.font()).pixelSize()) for one in said]
    return found + [f"“{words}”: {pixels} px" for words, pixels in fonts if pixels < TEXT_PX]


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_page_can_be_used_without_a_mouse_and_told_by_a_screen_reader(
    make_bench: Callable[..., Bench], language: str
) -> None:
    bench = make_bench(language=language)
    wrong: dict[str, list[str]] = {}

    for one in scenes():
        if one.screen is None or one.demo:
            continue
        bench.show(one.screen)
        if one.overlay:
            bench.window.open_overlay(getattr(bench.window, one.overlay))
        QCoreApplication.processEvents()
        window = bench.window
        found = [*nameless(window), *only_by_mouse(window), *small(window)]
        if language == "en":
            found += reach.unreachable(one.screen)
        if found:
            wrong[one.name] = found
        bench.window.close_overlay()

    assert wrong == {}


def test_tab_never_leaves_the_line_that_everything_typed_goes_to(bench: Bench) -> None:
    for one in scenes():
        if one.screen is None or one.overlay:
            continue
        bench.show(one.screen)
        for modifier in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier):
            QTest.keyClick(bench.window.scan_line, Qt.Key.Key_Tab, modifier)
            assert bench.window.focusWidget() is bench.window.scan_line, one.name


def test_paging_an_empty_list_is_harmless(make_bench: Callable[..., Bench]) -> None:
    lists = [one.screen for one in scenes() if one.screen is not None and one.screen.choices]
    empty = [screen for screen in lists if screen.choices and not screen.choices.rows]
    assert empty
    for screen in empty:
        # A window of its own: a list that was never shown has no table yet.
        bench = make_bench()
        bench.show(screen)
        for key in ("PgUp", "PgDn", "Up", "Down", "Enter"):
            bench.window.press(key)


def test_what_is_out_of_reach_is_told() -> None:
    keys = (
        Action("10", "undo", text("key.undo")),
        Action("F1", "undo", text("key.undo")),
        Action("F4", "search", text("key.undo")),
        Action("F4", "undo", text("key.undo"), enabled=False),
    )

    told = " / ".join(reach.unreachable(replace(NEXT, actions=keys)))

    for said in ("no key 10", "window's own", "two actions on F4", "no card", "nobody says why"):
        assert said in told
