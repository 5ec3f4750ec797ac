"""`packhouse ledger reconcile`: whether the ledger's books agree with each other."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.ledger_place import add_place, change_ledger, open_ledger

if TYPE_CHECKING:
    from app.ledger.reconciliation import Report

# Differences printed; all are in the report and in --json.
_SHOWN = 20


def add(parts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    check = parts.add_parser(
        "reconcile",
        help="check that balances, postings, feed and chains agree",
        epilog="packhouse ledger reconcile --data-dir /srv/ledger --site BER1 --json report.json",
    )
    check.add_argument("--site", default="", help="one site; every site when left out")
    check.add_argument("--json", type=Path, metavar="FILE", help="write the reports there")
    check.add_argument(
        "--dry-run", action="store_true", help="keep no report and open no exception"
    )
    add_place(check)
    check.set_defaults(handler=_reconcile)


def _reconcile(chosen: argparse.Namespace) -> int:
    """Check; 0 only when everything agrees."""
    import msgspec

    what = chosen.site or "every site"
    with (
        open_ledger(chosen)
        if chosen.dry_run
        else change_ledger(chosen, "reconcile", what, whole=False)
    ) as service:
        names = [chosen.site] if chosen.site else [one.site for one in service.overview.sites()]
        sites = [service.site(name) for name in names]
        run = service.reconciliation.compare if chosen.dry_run else service.reconciliation.run
        made = [run(site) for site in sites]
    for report in made:
        sys.stdout.write("".join(_lines(report)))
    if chosen.json:
        raw = msgspec.json.format(msgspec.json.encode(made), indent=2)
        chosen.json.write_bytes(raw + b"\n")
    return 0 if all(report.state == "equal" for report in made) else 1


def _lines(report: "Report") -> list[str]:
    checked = ", ".join(f"{count} {name}" for name, count in report.checked.items())
    lines = [f"{report.site}: {report.state}; {checked} checked, {report.found} differences\n"]
    lines += [
        f"  {one.check} {one.name}: expected {one.expected}, found {one.found}\n"
        for one in report.differences[:_SHOWN]
    ]
    more = report.found - _SHOWN
    return [*lines, f"  and {more} more\n"] if more > 0 else lines
