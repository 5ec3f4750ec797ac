"""The prompt panel: five forms, one height, and a voice."""

from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.domain.text import text
from app.station.screen import Prompt, Tone
from tests.ui.conftest import dressed
from ui.gallery.packing import NEXT, WRONG
from ui.gallery.scenes import scenes
from ui.widgets.kit import Kit
from ui.widgets.scan_prompt import ScanPrompt

GS1 = "(01)04006381333931(10)LOT-2291-B(21)SERIAL-000000000000001234567890"


class Voice:
    """Hears what a screen reader would be told."""

    def __init__(self) -> None:
        self.said: list[tuple[str, bool]] = []

    def __call__(self, widget: QWidget, sentence: str, *, assertive: bool = False) -> None:
        self.said.append((sentence, assertive))


def panel(qtbot: QtBot, kit: Kit, voice: Any = None, width: int = 1232) -> ScanPrompt:
    prompt = ScanPrompt(kit, voice or Voice())
    qtbot.addWidget(prompt)
    prompt.resize(width, kit.theme.px("prompt"))
    prompt.show()
    return prompt


def shown_labels(prompt: ScanPrompt) -> list[QLabel]:
    return [label for label in prompt.findChildren(QLabel) if label.isVisible() and label.text()]


@pytest.mark.parametrize("tone", Tone)
def test_every_tone_is_drawn_differently(qtbot: QtBot, kit: Kit, tone: Tone) -> None:
    pictures = {}
    for one in Tone:
        prompt = panel(qtbot, kit)
        prompt.show_prompt(Prompt(one, "", text("pack.title")))
        pictures[one] = prompt.grab().toImage()

    assert [other for other in Tone if pictures[other] == pictures[tone]] == [tone]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("scale", [100, 150])
def test_every_believable_prompt_fits_without_being_elided(
    qtbot: QtBot, language: str, scale: int
) -> None:
    kit = dressed("light", scale, language)
    prompt, words = panel(qtbot, kit), kit.words
    prompt.resize(1232, 216)

    for scene in scenes():
        if scene.screen is None:
            continue
        prompt.show_prompt(scene.screen.prompt)
        value = scene.screen.prompt
        whole = tuple(words.say(part) for part in (value.title, value.detail, value.note) if part)
        assert prompt.shown == whole, scene.name
        for label in shown_labels(prompt):
            assert prompt.rect().contains(label.geometry()), (scene.name, label.text())


def test_no_text_of_the_prompt_goes_below_what_is_legible(qtbot: QtBot, kit: Kit) -> None:
    prompt = panel(qtbot, kit, width=700)
    prompt.resize(700, 120)

    prompt.show_prompt(WRONG.prompt)

    sizes = [int(label.styleSheet().split("px")[0].split()[-1]) for label in shown_labels(prompt)]
    assert min(sizes) >= 18


def test_a_quoted_code_without_blanks_is_broken_and_read_whole(qtbot: QtBot, kit: Kit) -> None:
    voice = Voice()
    prompt = panel(qtbot, kit, voice, width=900)

    prompt.show_prompt(Prompt(Tone.ERROR, "", text("ui.sentence", sentence=GS1)))

    assert GS1 in prompt.shown[0]
    assert GS1 in voice.said[0][0]


def test_a_screen_reader_hears_each_change_once_and_errors_at_once(qtbot: QtBot, kit: Kit) -> None:
    voice = Voice()
    prompt = panel(qtbot, kit, voice)

    for value in (NEXT.prompt, NEXT.prompt, WRONG.prompt):
        prompt.show_prompt(value)

    assert [assertive for _, assertive in voice.said] == [False, True]
    assert voice.said[1][0] == prompt.accessibleName()
    assert "SKU-20444" in voice.said[1][0]


def test_a_counter_alone_is_painted_again_without_being_spoken(qtbot: QtBot, kit: Kit) -> None:
    from dataclasses import replace

    voice = Voice()
    prompt = panel(qtbot, kit, voice)

    prompt.show_prompt(NEXT.prompt)
    prompt.show_prompt(replace(NEXT.prompt, done=4))

    assert len(voice.said) == 1
    assert "4 / 10" in [label.text() for label in shown_labels(prompt)]


def test_markup_in_a_scanned_code_is_shown_and_never_obeyed(qtbot: QtBot, kit: Kit) -> None:
    prompt = panel(qtbot, kit)

    prompt.show_prompt(Prompt(Tone.WARN, "", text("ui.sentence", sentence="<h1>SKU</h1>")))

    assert prompt.shown == ("<h1>SKU</h1>",)
    from PySide6.QtCore import Qt

    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in shown_labels(prompt))


def test_with_a_screen_reader_running_the_announcement_is_sent(qtbot: QtBot, kit: Kit) -> None:
    from PySide6.QtGui import QAccessible

    from ui.announce import announce

    prompt = panel(qtbot, kit, announce)
    QAccessible.setActive(True)
    try:
        prompt.show_prompt(WRONG.prompt)
        interface = QAccessible.queryAccessibleInterface(prompt)
        assert "SKU-20444" in interface.text(QAccessible.Text.Name)
    finally:
        QAccessible.setActive(False)
