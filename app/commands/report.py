"""`packhouse report NAME --to FILE`: a report of a station's book, for IT.

The station must not be running on the folder. What leaves the house by it is told in the station's
chain before the file is written.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import Refusal
from app.station.reporting import (
    EXPORTED,
    SORTS,
    Filter,
    Format,
    ReportName,
    ReportRequest,
    evidence,
)

if TYPE_CHECKING:
    from app.reports.making import Paper

_EXAMPLE = "packhouse report stock_list --to stock.xlsx --place A-04-2"


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "report", help="a report of a station's book, as PDF, XLSX or CSV", epilog=_EXAMPLE
    )
    parser.add_argument("name", choices=[one.value for one in ReportName], metavar="NAME",
        help=", ".join(one.value for one in ReportName))  # fmt: skip
    parser.add_argument("--to", type=Path, required=True, metavar="FILE", help="a new file")
    parser.add_argument("--document", default="", metavar="NUMBER", help="of this document")
    parser.add_argument("--parcel", default="", metavar="SSCC", help="of this parcel")
    parser.add_argument("--item", default="", metavar="SKU", help="of this item")
    parser.add_argument("--place", default="", metavar="LOCATION", help="at this location")
    parser.add_argument("--person", default="", metavar="ACCOUNT", help="of this person")
    parser.add_argument("--day", default="", metavar="2026-11-23", help="of this day, here")
    parser.add_argument("--language", choices=("en", "de"), help="of the report")
    parser.add_argument("--data-dir", type=Path, metavar="D", help="the station's data folder")
    parser.add_argument("--passphrase-file", metavar="FILE", help="unlocks the keys")


def run(chosen: argparse.Namespace, paper: "Paper") -> int:
    """Make the report; its place and length are said.

    Raises:
        Refusal: It cannot be made of this.
        Trouble: Keys, book or disk refuse.
    """
    from app.catalogue import Catalogue
    from app.clock import SystemClock, UuidSource
    from app.commands.keys import opened_station
    from app.reports.making import ReportMaker, check
    from app.station import unattended

    clock, ids = SystemClock(), UuidSource()
    request = _request(chosen, ids.new_id(), clock.now().isoformat(timespec="seconds"))
    check(request)
    opened = opened_station(chosen)
    try:
        language = Catalogue.load(chosen.language or opened.settings.language)
        if SORTS[request.name].leaves:
            unattended.record(opened.store, clock, ids, EXPORTED, evidence(request))
        made = ReportMaker(opened.book, language, paper).make(request, chosen.to.absolute())
    finally:
        opened.close()
    sys.stdout.write(f"{made.path}: {made.rows} rows\n")
    return 0


def _request(chosen: argparse.Namespace, id_: str, at: str) -> ReportRequest:
    ending = chosen.to.suffix.removeprefix(".").lower()
    if ending not in {one.value for one in Format}:
        raise Refusal("unknown_format", "Name a file that ends in .pdf, .xlsx or .csv.")
    if chosen.to.exists():
        raise Refusal("file_exists", f"{chosen.to} exists already. Name another file.")
    name = ReportName(chosen.name)
    kinds = sorted(SORTS[name].documents)
    limits = Filter(
        kind=kinds[0] if chosen.document and kinds else "",
        document=chosen.document,
        parcel=chosen.parcel,
        item=chosen.item,
        place=chosen.place,
        person=chosen.person,
        day=_day(chosen.day),
    )
    return ReportRequest(id_, name, Format(ending), limits, at)


def _day(said: str) -> str:
    from datetime import date

    if not said:
        return ""
    try:
        return date.fromisoformat(said).isoformat()
    except ValueError as error:
        raise Refusal("unknown_day", f"{said} is no day. Write it as 2026-11-23.") from error
