"""Ready for another language: a longer one, read from the right, turns the window round."""

from collections.abc import Iterator
from datetime import UTC

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QLabel, QPushButton, QWidget

from app.catalogue import Catalogue
from tests.support.pseudo import pseudo
from ui.dressing import direction
from ui.gallery.bench import NOW
from ui.gallery.scene import Scene
from ui.gallery.scenes import scenes
from ui.main_window import MainWindow
from ui.screenshots import SIZE, make_window
from ui.text import Words
from ui.theme import Theme
from ui.widgets.elided_label import ElidedLabel
from ui.widgets.kit import Kit

# One of each kind of page: lists, lines, weights, a pad, tiles, an error, the overlays.
NAMES = (
    "sign_in_pin", "home", "pack_wrong", "pack_weigh", "approvals", "settings", "setup_4_scan",
    "health",
)  # fmt: skip


@pytest.fixture(scope="module")
def turned(qapp: QApplication) -> Iterator[Kit]:
    """The pseudo-language, its theme worn and its direction taken."""
    words = Words(pseudo(Catalogue.load("en")), UTC, lambda: NOW)
    theme = Theme("light", 100)
    theme.apply(qapp)
    qapp.setLayoutDirection(direction(words.catalogue))
    yield Kit(theme, words)
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def chosen() -> list[Scene]:
    return [scene for scene in scenes() if scene.name in NAMES]


def place(part: QWidget, window: QWidget) -> QRect:
    return QRect(part.mapTo(window, QPoint(0, 0)), part.size())


def clipped(window: MainWindow) -> list[str]:
    """Texts that are wider or higher than the place they have, and say so by nothing."""
    found = []
    for label in window.findChildren(QLabel):
        if not label.isVisible() or not label.text() or isinstance(label, ElidedLabel):
            continue
        if label.text().endswith("…"):
            continue  # shortened in the open, the whole of it is in its tool tip
        room, metrics = label.contentsRect(), QFontMetrics(label.font())
        if label.wordWrap():
            wide = max(metrics.horizontalAdvance(word) for word in label.text().split())
            scrolls = _in_scroll_area(label)
            if not scrolls and label.heightForWidth(label.width()) > label.height() + 2:
                found.append(f"{label.text()[:40]}: too high")
        else:
            wide = metrics.horizontalAdvance(label.text())
        if wide > room.width() + 2:
            found.append(f"{label.text()[:40]}: {wide} px in {room.width()}")
    keys = (key for key in window.findChildren(QPushButton) if key.isVisible())
    narrow = (key for key in keys if key.sizeHint().width() > key.width() + 2)
    return [*found, *(f"{key.text()[:40]}: key" for key in narrow)]


def _in_scroll_area(part: QWidget) -> bool:
    parent = part.parentWidget()
    while parent is not None:
        if isinstance(parent, QAbstractScrollArea):
            return True
        parent = parent.parentWidget()
    return False


def test_the_pseudo_language_has_every_sentence_and_its_places() -> None:
    english = Catalogue.load("en")
    turned = pseudo(english)

    assert set(turned.messages) >= set(english.messages) - {"language.direction"}
    for code, message in english.messages.items():
        if not code.startswith("language."):
            assert turned.messages[code].places == message.places, code
    assert turned.right_to_left
    assert not english.right_to_left


def test_the_window_turns_round_and_nothing_is_clipped(turned: Kit) -> None:
    wrong: dict[str, list[str]] = {}
    for scene in chosen():
        window = make_window(turned, scene)
        try:
            assert (window.width(), window.height()) == SIZE, f"{scene.name} made the window grow"
            middle = window.width() // 2
            if window.prompt.isVisible():
                icon = place(window.prompt._icon, window)
                assert icon.left() > middle, f"{scene.name}: the picture of the prompt"
            title = window.header.findChildren(QLabel)[0]
            assert place(title, window).right() > middle, f"{scene.name}: the title"
            for button in window.action_bar.buttons:
                if button.action is not None and button.action.main and button.action.key[0] == "F":
                    assert place(button, window).left() < middle, f"{scene.name}: the main key"
            found = clipped(window)
            if found:
                wrong[scene.name] = found
        finally:
            window.close()
            window.deleteLater()

    assert wrong == {}


def test_a_number_pad_lies_as_everywhere(turned: Kit) -> None:
    scene = next(scene for scene in scenes() if scene.name == "sign_in_pin")
    window = make_window(turned, scene)
    keys = {
        button.text(): place(button, window).left()
        for button in window.findChildren(QPushButton)
        if button.isVisible() and button.text() in ("1", "2", "3")
    }
    window.close()
    window.deleteLater()

    assert keys["1"] < keys["2"] < keys["3"]


def test_there_is_a_picture_for_each_kind_of_page() -> None:
    assert {scene.name for scene in chosen()} == set(NAMES)
