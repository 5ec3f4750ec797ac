"""`packhouse …`: one parser, one exit code, one sentence for every error.

Commands that need a window are handed in by `ui.__main__`, so that nothing here knows Qt. Every
command's module is imported when it is chosen: `--version` answers in a few milliseconds.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app import __version__
from app.errors import PackhouseError
from app.storage.place import private

if TYPE_CHECKING:
    from app.reports.making import Paper
    from app.settings import StationSettings

FAILED = 1
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Windows:
    """What only the window can do.

    Attributes:
        station: Run a station's window; settings, enrolment code, options; exit code.
        demo: Run the demo's window.
        screenshots: Draw every page.
        self_test: Load every resource the window needs.
        cards: Print the sheet of command cards.
        paper: Draw pages into a PDF, in a program without a window too.
    """

    station: "Callable[[StationSettings, str, argparse.Namespace], int]"
    demo: Callable[[argparse.Namespace], int]
    screenshots: Callable[[argparse.Namespace], int]
    self_test: Callable[[], list[str]]
    cards: Callable[[argparse.Namespace], int]
    paper: "Paper"


def main(argv: Sequence[str], windows: Windows) -> int:
    """Run one command; its exit code is 0 only on success."""
    private()
    parser = _parser()
    chosen = parser.parse_args(argv or ["station"])
    try:
        if chosen.self_test:
            return _self_test(windows)
        if chosen.command is None:
            chosen = parser.parse_args([*argv, "station"])
        return _run(chosen, windows)
    except PackhouseError as error:
        sys.stderr.write(f"packhouse: {error.say}\n")
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(chosen: argparse.Namespace, windows: Windows) -> int:
    match chosen.command:
        case "station":
            return _station(chosen, windows)
        case "demo" if chosen.check_books:
            from app.demo import checker

            return checker.main(chosen.check_books)
        case "demo":
            return windows.demo(chosen)
        case "screenshots":
            return windows.screenshots(chosen)
        case "cards":
            return windows.cards(chosen)
        case "report":
            from app.commands import report

            return report.run(chosen, windows.paper)
        case _:
            handler: Callable[[argparse.Namespace], int] = chosen.handler
            return handler(chosen)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="packhouse",
        description="The program on a packing bench. Without a command: the station's window.",
        epilog="Try it: packhouse demo",
    )
    parser.add_argument("--version", action="version", version=f"packhouse {__version__}")
    parser.add_argument(
        "--self-test", action="store_true", help="does the installed program stand? exit code 0"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_station(commands)
    _add_demo(commands)
    _add_screenshots(commands)
    _add_cards(commands)
    from app.commands import registry

    registry.add_all(commands)
    return parser


def _add_station(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    station = commands.add_parser(
        "station",
        help="the station's window (or --headless)",
        epilog="packhouse station --ledger https://ledger:8800 --enrol 4Q7ZK2M9XB"
        " --ca-fingerprint 41f0-9c2e-…",
    )
    station.add_argument("--data-dir", type=Path, help="folder of the book, keys and log")
    station.add_argument("--ledger", help="base URL of the ledger, remembered")
    station.add_argument("--enrol", default="", metavar="CODE", help="one-time enrolment code")
    _add_trust(station)
    _add_identity(station)
    station.add_argument(
        "--scanner", metavar="URL", help="serial:///dev/ttyACM0?baud=9600, tcp://…"
    )
    station.add_argument("--scale", metavar="URL", help="serial:///dev/ttyUSB0?baud=9600, tcp://…")
    station.add_argument("--scale-protocol", choices=("mt-sics", "toledo-8217"))
    station.add_argument("--printer", metavar="URL", help="tcp://host:9100 or folder:///path")
    station.add_argument("--language", choices=("en", "de"))
    station.add_argument("--theme", choices=("light", "dark", "contrast"))
    station.add_argument("--text-percent", type=int, choices=range(100, 201), metavar="100-200")
    station.add_argument(
        "--passphrase-file",
        type=lambda named: str(Path(named).absolute()),
        metavar="FILE",
        help="unlocks the keys without a keyring, remembered",
    )
    station.add_argument(
        "--restore",
        nargs="?",
        const="",
        metavar="FILE",
        help="put a backup back, by default the newest",
    )
    station.add_argument("--headless", action="store_true", help="JSON lines instead of a window")
    station.add_argument("--events", action="store_true", help="announce events on stdout as well")
    station.add_argument("--screenshots", type=Path, metavar="DIR", help="keep pictures of pages")


def _add_trust(station: argparse.ArgumentParser) -> None:
    trust = station.add_mutually_exclusive_group()
    trust.add_argument(
        "--ca-fingerprint", default="", metavar="HEX",
        help="of the ledger's certificate authority, as printed beside the code; remembered",
    )  # fmt: skip
    trust.add_argument("--ca", type=Path, metavar="FILE", help="the authority itself; remembered")
    station.add_argument(
        "--client-cert",
        type=lambda named: str(Path(named).absolute()),
        metavar="FILE",
        help="this station's own certificate and key, PEM; remembered",
    )
    station.add_argument(
        "--plain-http", action="store_const", const=1,
        help="accept that anybody between can read and change what is sent; remembered",
    )  # fmt: skip


def _add_identity(station: argparse.ArgumentParser) -> None:
    """What `app.commands.station_identity` does before a start."""
    station.add_argument(
        "--again", action="store_true", help="with --enrol: replace an enrolment, keep the book"
    )
    station.add_argument(
        "--new-key", action="store_true", help="let a new device key follow the present one"
    )
    station.add_argument(
        "--export-unsent", type=Path, metavar="FILE",
        help="write what the ledger has not confirmed as JSON lines; needs no ledger",
    )  # fmt: skip


def _add_demo(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    demo = commands.add_parser(
        "demo",
        help="embedded ledger, sample goods, simulated devices, window",
        epilog="packhouse demo --script --seed 7 --screenshots out/demo",
    )
    demo.add_argument("--script", action="store_true", help="play a whole shift and compare books")
    demo.add_argument("--seed", type=int, default=7, help="chance of the simulated devices")
    demo.add_argument("--screenshots", type=Path, metavar="DIR")
    demo.add_argument("--data-dir", type=Path, help="keep the demo's files here")
    demo.add_argument(
        "--check-books",
        nargs=4,
        metavar=("BOOK", "KEYS", "PASSPHRASE", "LEDGER"),
        help="compare two books only",
    )
    demo.add_argument("--language", choices=("en", "de"), default="en")
    demo.add_argument("--theme", choices=("light", "dark", "contrast"), default="light")


def _add_screenshots(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    pictures = commands.add_parser(
        "screenshots",
        help="every page in believable states, as PNG",
        epilog="packhouse screenshots out/pages --theme dark --lang de --scale 150",
    )
    pictures.add_argument("folder", type=Path, metavar="DIR")
    pictures.add_argument("--theme", choices=("light", "dark", "contrast"))
    pictures.add_argument("--lang", choices=("en", "de"))
    pictures.add_argument("--scale", type=int, choices=(100, 125, 150, 200), default=100)
    pictures.add_argument("--sheets", action="store_true", help="and nine of them on a sheet each")


def _add_cards(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    cards = commands.add_parser(
        "cards",
        help="the sheet of command cards, as PDF",
        epilog="packhouse cards --to cards.pdf --language de",
    )
    cards.add_argument("--to", type=Path, required=True, metavar="FILE.pdf")
    cards.add_argument("--language", choices=("en", "de"), default="en")


def station_settings(chosen: argparse.Namespace) -> "StationSettings":
    """Settings of the data folder with the flags of this start."""
    from app.settings import default_data_dir, load

    names = ("ledger", "scanner", "scale", "scale_protocol", "printer", "language", "theme")
    flags = (*names, "text_percent", "passphrase_file", "plain_http", "client_cert")
    changes = {name: value for name in flags if (value := getattr(chosen, name)) is not None}
    return load(default_data_dir(chosen.data_dir), changes)


def _station(chosen: argparse.Namespace, windows: Windows) -> int:
    from app import log
    from app.settings import default_data_dir
    from app.storage import place

    place.prepare(default_data_dir(chosen.data_dir))
    settings = station_settings(chosen)
    log.to_file(settings.data_dir / "log")
    if chosen.restore is not None:
        from app.commands import restore

        return restore.run(settings, chosen.restore)
    _pin(settings, chosen)
    from app.commands import station_identity

    done = station_identity.run(settings, chosen)
    if done is not None:
        return done
    if chosen.headless:
        from app.commands import headless

        return headless.run(settings, chosen.enrol, sys.stdin, sys.stdout)
    return windows.station(settings, chosen.enrol, chosen)


def _pin(settings: "StationSettings", chosen: argparse.Namespace) -> None:
    """Remember whom a person said to believe under https."""
    if not (chosen.ca or chosen.ca_fingerprint):
        return
    from app.sync.pins import Pins

    pins = Pins(settings.data_dir)
    if chosen.ca:
        pins.pin_file(chosen.ca)
    else:
        pins.pin_fingerprint(settings.ledger, chosen.ca_fingerprint)


def _self_test(windows: Windows) -> int:
    """Migrate a fresh book, load every resource, answer 0."""
    from app.commands import self_test

    problems = [*self_test.run(), *windows.self_test()]
    for problem in problems:
        sys.stderr.write(f"packhouse: {problem}\n")
    if not problems:
        sys.stdout.write(f"packhouse {__version__} stands\n")
    return FAILED if problems else 0
