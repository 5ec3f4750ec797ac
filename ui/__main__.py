"""`packhouse`: the command line; Qt is imported only where a window is wanted."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.main import Windows
from app.commands.main import main as commands

if TYPE_CHECKING:
    from app.errors import PackhouseError
    from app.keys.unlocking import Unlock
    from app.labels.label import Label
    from app.settings import StationSettings
    from app.setup.station import FirstRun
    from app.station.events import Event
    from app.station.inbox import Message
    from app.station.ports import Identity


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    windows = Windows(
        station=_station,
        demo=_demo,
        screenshots=_screenshots,
        self_test=_self_test,
        cards=_cards,
        paper=_paper,
    )
    return commands(sys.argv[1:] if argv is None else argv, windows)


def _station(settings: "StationSettings", code: str, chosen: argparse.Namespace) -> int:
    _need_display()
    from ui.application import Extras, Passphrase, run
    from ui.dressing import Look

    begin = _Start(settings, code, chosen)
    extras = Extras(
        decoder=partial(wedge_decoder, settings.wedge_gs),
        restore=begin.put_back,
        listener=_teller(settings.language) if chosen.events else None,
        painted=_tell_painted if chosen.events else None,
        pictures=chosen.screenshots,
        crash_folder=settings.data_dir / "log",
        passphrase=Passphrase(
            partial(_wants_passphrase, settings), lambda: not _has_keys(settings), begin.typed
        ),
        demo=begin.demo,
        enrol_again=begin.again,
    )
    return run(begin.plain, Look(settings.theme, settings.language, settings.text_percent), extras)


class _Start:
    """How the window's station is started: enrolled, or with the first run in front.

    Args:
        settings: What the station was told.
        code: One-time enrolment code, or empty.
        chosen: Flags of this start.
    """

    def __init__(self, settings: "StationSettings", code: str, chosen: argparse.Namespace) -> None:
        self._settings, self._code, self._chosen = settings, code, chosen
        # Remembered while the window is open: a restore opens the same keys again.
        self._typed: str | None = None
        self._first: FirstRun | None = None
        self._known: Identity | None = None

    def plain(self) -> "Workstation":
        """Start with what unlocks the keys by itself."""
        from app.setup.answers import begun, forget

        folder = self._settings.data_dir
        if not self._code and (begun(folder) or not _has_keys(self._settings)):
            return self._first_run()
        from app.bootstrap import NotEnrolledError, build
        from app.settings import load
        from ui.paper import WindowPaper

        # Read anew: a first run may have found out more since.
        settings = load(folder, {})
        try:
            workstation = build(settings, self._code, self._unlock(settings))
        except NotEnrolledError:
            return self._first_run()
        workstation.paper = WindowPaper()
        if self._code:
            forget(folder)
            sys.stderr.write(workstation.introduced)
        self._known = workstation.identity
        workstation.start()
        if self._chosen.events:
            workstation.beside(partial(_follow_keys, workstation.put), "keys")
        return workstation

    def typed(self, passphrase: str) -> "Workstation":
        """Start with a passphrase that was typed; a first run goes on with it."""
        self._typed = passphrase
        if self._first is None:
            return self.plain()
        self._first.unlocked()
        return self._first

    def put_back(self) -> None:
        """Put the newest backup in the place of a damaged book."""
        from app.opened import restore

        restore(self._settings, unlock=self._unlock(self._settings))

    def demo(self) -> "Demo":
        """The demo, in a folder of its own that goes with it."""
        from app.demo.interactive import DemoBench
        from ui.paper import WindowPaper

        self._folder = tempfile.TemporaryDirectory(prefix="packhouse-demo-")
        look = (self._settings.language, self._settings.theme)
        bench = DemoBench(Path(self._folder.name), 7, *look)
        bench.draws = WindowPaper()
        return bench

    def again(self) -> "Workstation":
        """The first run at its code: the station keeps its book and gets another enrolment."""
        from app.settings import load
        from app.setup.doing import enrol_again

        if self._known is not None:
            enrol_again(load(self._settings.data_dir, {}), self._known)
        return self._first_run()

    def _unlock(self, settings: "StationSettings") -> "Unlock":
        from app.opened import unlock_of

        return unlock_of(settings, self._typed)

    def _first_run(self) -> "Workstation":
        from app.catalogue import languages
        from app.setup.doing import RealHands, begin
        from app.setup.station import FirstRun

        hands = RealHands(self._settings.data_dir, self._unlock)
        wants = partial(_wants_passphrase, self._settings)
        self._first = FirstRun(begin(self._settings), languages(), hands, wants)
        self._first.start()
        return self._first


def _follow_keys(put: "Callable[[Message], None]") -> None:
    """Keys a script presses: the lines of `--headless`, on stdin; what is none is passed over."""
    from contextlib import suppress

    from app.commands.headless import message_of, understood

    for raw in sys.stdin:
        with suppress(ValueError):
            message = message_of(understood(raw))
            if message is not None:
                put(message)


def _has_keys(settings: "StationSettings") -> bool:
    """Whether this station has keys already: a passphrase opens them, or none does."""
    return (settings.data_dir / "keys.json").exists()


def _wants_passphrase(settings: "StationSettings", error: "PackhouseError") -> bool:
    """Whether a person can help by typing a passphrase; not when a file was named for it."""
    from app.keys.troubles import KeyState, KeyTrouble

    asked = {KeyState.PASSPHRASE_NEEDED, KeyState.PASSPHRASE_WRONG, KeyState.PASSPHRASE_WEAK}
    if not _has_keys(settings):
        asked |= {KeyState.ABSENT, KeyState.FORGETS}
    return not settings.passphrase_file and isinstance(error, KeyTrouble) and error.state in asked


def _demo(chosen: argparse.Namespace) -> int:
    if chosen.script:
        from app.demo import script

        flags = ["--language", chosen.language, "--theme", chosen.theme]
        return script.run(chosen.seed, chosen.data_dir, chosen.screenshots, flags)
    if chosen.data_dir is not None:
        return _demo_window(chosen, chosen.data_dir)
    with tempfile.TemporaryDirectory(prefix="packhouse-demo-") as folder:
        return _demo_window(chosen, Path(folder))


def _demo_window(chosen: argparse.Namespace, folder: Path) -> int:
    _need_display()
    from app.demo.interactive import DemoBench
    from ui.application import Extras, run
    from ui.dressing import Look
    from ui.paper import WindowPaper

    bench = DemoBench(folder, chosen.seed, chosen.language, chosen.theme)
    bench.draws = WindowPaper()
    extras = Extras(
        decoder=wedge_decoder,
        controls=bench,
        pictures=chosen.screenshots,
        crash_folder=folder / "log",
    )
    try:
        return run(bench.start, Look(chosen.theme, chosen.language), extras)
    finally:
        bench.close()


def _screenshots(chosen: argparse.Namespace) -> int:
    from app.settings import paint_offscreen

    # Always offscreen: the same pictures on every machine, and no window flickers past.
    paint_offscreen()
    from PySide6.QtWidgets import QApplication

    from ui import contact_sheet
    from ui.screenshots import take

    application = QApplication.instance() or QApplication(["packhouse"])
    for theme in [chosen.theme] if chosen.theme else ["light", "dark"]:
        for language in [chosen.lang] if chosen.lang else ["en", "de"]:
            folder = chosen.folder / f"{theme}-{language}-{chosen.scale}"
            taken = take(folder, theme=theme, language=language, scale_percent=chosen.scale)
            sheets = contact_sheet.write(taken, folder) if chosen.sheets else []
            sys.stdout.write(f"{len(taken)} pictures, {len(sheets)} sheets in {folder}\n")
    del application
    return 0


def _cards(chosen: argparse.Namespace) -> int:
    from app.settings import paint_offscreen

    paint_offscreen()
    from PySide6.QtWidgets import QApplication

    from ui.card_sheet import write

    application = QApplication.instance() or QApplication(["packhouse"])
    count = write(chosen.to, chosen.language)
    sys.stdout.write(f"{count} cards in {chosen.to}\n")
    del application
    return 0


def _paper(pages: "Iterator[Label]", path: Path) -> None:
    from app.settings import paint_offscreen

    paint_offscreen()
    from PySide6.QtGui import QGuiApplication

    from ui.label_picture import pages_to_pdf
    from ui.theme import load_fonts

    application = QGuiApplication.instance() or QGuiApplication(["packhouse"])
    load_fonts()
    pages_to_pdf(pages, path)
    del application


def _need_display() -> None:
    from app.errors import Trouble
    from app.settings import has_display

    if not has_display():
        raise Trouble(
            "There is no display to open the window on. Use `packhouse station --headless`, or "
            "`packhouse demo --script`, which paints offscreen."
        )


def _self_test() -> list[str]:
    """Load every resource of the window; the sentences of what is missing."""
    from ui.self_test import run

    return run()


def wedge_decoder(separators: str = "") -> "KeyDecoder":
    """The decoder of keyboard-wedge scanners, with what they type for GS, blanks between."""
    from app.devices.wedge import WedgeDecoder

    return WedgeDecoder(separators=tuple(separators.split()))


def _teller(language: str) -> "Callable[[Event], None]":
    """Announce every event on stdout as a JSON line, for whoever started the window."""
    import msgspec

    from app.catalogue import Catalogue
    from app.commands.headless import described

    catalogue = Catalogue.load(language)

    def tell(event: "Event") -> None:
        sys.stdout.write(msgspec.json.encode(described(event, catalogue)).decode() + "\n")
        sys.stdout.flush()

    return tell


def _tell_painted() -> None:
    """Announce the first paint; the station is opened after it."""
    sys.stdout.write('{"event":"Painted"}\n')
    sys.stdout.flush()


if TYPE_CHECKING:
    from ui.wedge_filter import KeyDecoder
    from ui.workstation import Demo, Workstation

if __name__ == "__main__":
    sys.exit(main())
