"""`packhouse explain CODE…`: how a scanned text is understood, one JSON object a line."""

import argparse
import sys

import msgspec


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "explain",
        help="how a scanned text is understood",
        epilog="packhouse explain 9501101530003   or   packhouse explain - < codes.txt",
    )
    parser.add_argument("codes", nargs="+", metavar="CODE", help="texts, or - to read lines")
    parser.set_defaults(handler=run)


def run(chosen: argparse.Namespace) -> int:
    """Explain each code; 0 when all of them mean something."""
    from app.clock import SystemClock
    from app.gs1.explain import explain

    lines = sys.stdin if chosen.codes == ["-"] else chosen.codes
    this_year = SystemClock().now().year
    sound = True
    for line in lines:
        answer = explain(line.rstrip("\r\n"), this_year)
        sound = sound and answer["kind"] != "damaged"
        sys.stdout.write(msgspec.json.encode(answer).decode() + "\n")
    return 0 if sound else 1
