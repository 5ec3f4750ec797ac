"""`packhouse station --enrol CODE --again`, `--new-key`, `--export-unsent`: done before a start."""

import argparse
import sys
from pathlib import Path

from app.bootstrap import enrol
from app.clock import SystemClock, UuidSource
from app.commands import unsent_file
from app.enrolling import introduced
from app.errors import Refusal
from app.opened import OpenBook
from app.settings import StationSettings
from app.station import unattended

EXPORTED = "unsent_exported"


def run(settings: StationSettings, chosen: argparse.Namespace) -> int | None:
    """Do what was asked before a start; None when the station shall start then.

    Raises:
        PackhouseError: One sentence says why not and what to do.
    """
    if chosen.again and not chosen.enrol:
        raise Refusal("no_code", "--again needs a new code as well: --enrol CODE --again.")
    if not (chosen.again or chosen.new_key or chosen.export_unsent):
        return None
    opened = OpenBook(settings)
    try:
        if chosen.again:
            enrol(opened, chosen.enrol, again=True)
            chosen.enrol = ""
            sys.stderr.write(introduced(opened))
            return None
        if not opened.store.enrolled():
            raise Refusal("not_enrolled", "This station is not enrolled: there is nothing of it.")
        return _export(opened, chosen.export_unsent) if chosen.export_unsent else _new_key(opened)
    finally:
        opened.close()


def _new_key(opened: OpenBook) -> int:
    opened.signer.begin()
    sys.stdout.write(
        "A new device key lies ready. The station takes it into use when it next reaches the "
        "ledger; it works on meanwhile.\n"
    )
    return 0


def _export(opened: OpenBook, path: Path) -> int:
    count, digest = unsent_file.write(opened, path)
    evidence: dict[str, str | int] = {"operations": count, "sha256": digest}
    unattended.record(opened.store, SystemClock(), UuidSource(), EXPORTED, evidence)
    sys.stdout.write(f"{count} operations written to {path}. They are still in the book.\n")
    return 0
