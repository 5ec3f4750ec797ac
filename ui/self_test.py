"""Does the installed program have everything the window needs? Loads every resource once."""

import os

from app.catalogue import Catalogue, languages
from app.errors import PackhouseError
from app.paths import resources_dir
from app.station.screen import Sound, Tone

SMALLEST_ICON = 16


def run() -> list[str]:
    """The sentences of what is missing; empty when the window can be opened."""
    # A self-test runs on build machines and over ssh: no display is not a fault of the program.
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # noqa: TID251 — read by Qt, not by us
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication(["packhouse"])
    problems = [*_languages(), *_themes(), *_icons(), *_sounds()]
    del application
    return problems


def _languages() -> list[str]:
    problems: list[str] = []
    for language in languages():
        try:
            Catalogue.load(language, strict=True)
        except (PackhouseError, ValueError, OSError) as error:
            problems.append(f"The language {language} cannot be read: {error}")
    return problems if languages() else ["There is no language in resources/i18n."]


def _themes() -> list[str]:
    from ui.theme import CODE_FAMILY, TEXT_FAMILY, THEMES, Theme, load_fonts

    missing = {TEXT_FAMILY, CODE_FAMILY} - set(load_fonts())
    problems = [f"The font {family} is not in resources/fonts." for family in sorted(missing)]
    for name in THEMES:
        try:
            Theme(name).qss()
        except (PackhouseError, KeyError, OSError) as error:
            problems.append(f"The theme {name} is not complete: {error}")
    return problems


def _icons() -> list[str]:
    from PySide6.QtGui import QColor

    from ui import icons
    from ui.widgets.scan_prompt import FORMS

    names = {path.stem for path in (resources_dir() / "icons").glob("*.svg")}
    wanted = {FORMS[tone].icon for tone in Tone} | {icons.UNKNOWN}
    problems = [f"The icon {name} is not in resources/icons." for name in sorted(wanted - names)]
    black = QColor("black")
    problems += [
        f"The icon {name} cannot be drawn."
        for name in sorted(names)
        if icons.pixmap(name, black, SMALLEST_ICON).isNull()
    ]
    return problems


def _sounds() -> list[str]:
    from ui.sound import read_tone

    problems: list[str] = []
    for sound in Sound:
        try:
            read_tone(resources_dir() / "sounds" / f"{sound.value}.wav")
        except (OSError, EOFError, ValueError) as error:
            problems.append(f"The tone {sound.value} cannot be read: {error}")
    return problems
