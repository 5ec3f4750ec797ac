"""`packhouse conformance URL`: the contract's promises, put to any ledger."""

import argparse
import sys
from pathlib import Path


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "conformance",
        help="put the contract's promises to a ledger",
        epilog="packhouse conformance https://ledger:8800 --ca ca.pem --code 4Q7ZK2M9XB",
    )
    parser.add_argument("url", metavar="URL", help="base URL of the ledger; use a test site")
    parser.add_argument(
        "--code",
        action="append",
        default=[],
        metavar="CODE",
        help="enrolment code of one station; five let every promise be put",
    )
    parser.add_argument(
        "--ca", type=Path, metavar="FILE", help="for https: the authority to believe, PEM"
    )
    parser.set_defaults(handler=run)


def _read(path: Path) -> str:
    from app.errors import Refusal

    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        raise Refusal(
            "no_certificate", f"{path} holds no certificate. Give the ca.pem of the ledger."
        ) from error


def run(chosen: argparse.Namespace) -> int:
    """Put every promise; 0 when none is broken."""
    from app.clock import UuidSource
    from app.conformance import run as suite
    from app.conformance.remote import remote_floor
    from app.log import escape, to_stderr

    to_stderr()
    authorities = _read(chosen.ca) if chosen.ca else ""
    floor = remote_floor(chosen.url, chosen.code, UuidSource().new_id()[-12:], authorities)
    counts = {"kept": 0, "broken": 0, "skipped": 0}
    try:
        for verdict in suite.run(floor, len(chosen.code)):
            counts[verdict.state] += 1
            why = f": {escape(verdict.why)}" if verdict.why else ""
            sys.stdout.write(f"{verdict.state:8}{verdict.promise.sentence}{why}\n")
            sys.stdout.flush()
    finally:
        floor.hang_up()
    sys.stdout.write(", ".join(f"{count} {state}" for state, count in counts.items()) + "\n")
    return 1 if counts["broken"] or not counts["kept"] else 0
