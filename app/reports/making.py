"""A report that was asked for becomes a file: whole or not at all, its owner's alone to read."""

import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import tzinfo
from errno import ENOSPC
from pathlib import Path

from app.cache.database import Book
from app.catalogue import Catalogue
from app.domain.text import text
from app.errors import Refusal, Trouble
from app.labels.label import Label
from app.reports import csv_file
from app.reports.goods import count_sheet, receipt_differences
from app.reports.head import Stamp
from app.reports.movements import movements
from app.reports.papers import packing_slip, pick_list
from app.reports.reading import Reading, reading
from app.reports.report import Report, Row, Sums
from app.reports.sheet import Sheets
from app.reports.shift import shift_certificate
from app.reports.spoken import Spoken
from app.reports.stock_list import stock_list
from app.station.reporting import Format, ReportName, ReportRequest, missing, stray

# Draws pages into a PDF; the window's, for nothing in `app` knows how to draw.
Paper = Callable[[Iterator[Label], Path], None]

FOLDER = "exports"
FOLDER_MODE = 0o700
# What a name may hold on every disk; the rest is a hyphen.
_ASCII = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_TITLES = {name: text(f"reports.{name.value}") for name in ReportName}
_PLAIN = re.compile(r"[^A-Za-z0-9]+")
_MOST_NAME = 100
_MAKERS: Mapping[ReportName, Callable[[Reading, ReportRequest], Report]] = {
    ReportName.PACKING_SLIP: packing_slip,
    ReportName.PICK_LIST: pick_list,
    ReportName.DIFFERENCES: receipt_differences,
    ReportName.COUNT_SHEET: count_sheet,
    ReportName.SHIFT_CERTIFICATE: shift_certificate,
    ReportName.STOCK_LIST: stock_list,
    ReportName.MOVEMENTS: movements,
}


class NoRoomError(Trouble):
    """The disk is full.

    Attributes:
        code: A stable word, as refusals have one.
    """

    code = "disk_full"


@dataclass(frozen=True, slots=True)
class Made:
    """A report that lies there.

    Attributes:
        path: Where.
        rows: How many it has.
    """

    path: Path
    rows: int


class ReportMaker:
    """Makes reports of one book.

    Args:
        book: What is read; on connections that cannot write.
        catalogue: The language.
        paper: Draws PDF; None where there is no window.
        stopped: Whether the program ends; a long report is given up then.
        zone: Of the clock on the wall; None is the machine's own.
    """

    def __init__(
        self,
        book: Book,
        catalogue: Catalogue,
        paper: Paper | None = None,
        zone: tzinfo | None = None,
        *,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._book, self._paper, self._zone = book, paper, zone
        self._stopped = stopped
        self._spoken = Spoken(catalogue, zone)

    def file_name(self, request: ReportRequest) -> str:
        """What it is, when it was asked for, and of what."""
        here = self._spoken.here(request.at)
        at = f"{here:%Y-%m-%d-%H%M%S}" if here is not None else "undated"
        parts = [self._spoken.say(_TITLES[request.name]).lower(), at]
        parts += [one for name, one in request.limits.given().items() if name != "kind"]
        parts = [part.translate(_ASCII) for part in parts]
        plain = "-".join(_PLAIN.sub("-", part).strip("-") for part in parts)
        return f"{plain[:_MOST_NAME]}.{request.format.value}"

    def make(self, request: ReportRequest, path: Path) -> Made:
        """Read the book of this moment and write the file, never over another one.

        Args:
            request: Which report, of what, as what.
            path: A new file; its folder is made, for this account alone.

        Raises:
            Refusal: It cannot be made of this: `report_needs`, `report_stray`, `not_known`,
                `file_exists`, `no_paper`.
            Trouble: The disk refuses; nothing is left behind.
        """
        check(request)
        if request.format is Format.PDF and self._paper is None:
            raise Refusal(
                "no_paper", "A PDF is drawn by the window, and there is none. Choose XLSX or CSV."
            )
        # Everything under way lies in here, a library's own parts included, and goes with it.
        workshop = path.parent / f".{request.id}"
        try:
            path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            workshop.mkdir(mode=FOLDER_MODE)
            rows = self._write(request, workshop / path.name)
            _put_in_place(workshop / path.name, path)
        except OSError as error:
            raise _trouble(path, error) from error
        finally:
            shutil.rmtree(workshop, ignore_errors=True)
        return Made(path, rows)

    def _write(self, request: ReportRequest, path: Path) -> int:
        with reading(self._book, self._zone) as found:
            made = _MAKERS[request.name](found, request)
            report = replace(made, rows=lambda: self._until_stopped(made.rows()))
            return self._file(report, found.stamp(request), request.format, path).rows

    def _until_stopped(self, rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            if self._stopped():
                raise Trouble("The program ends: the report was not made. Ask for it again.")
            yield row

    def _file(self, report: Report, stamp: Stamp, kind: Format, path: Path) -> Sums:
        match kind:
            case Format.CSV:
                return csv_file.write(report, stamp, self._spoken, path)
            case Format.XLSX:
                from app.reports import workbook

                return workbook.write(report, stamp, self._spoken, path)
            case Format.PDF:
                sheets = Sheets(report, stamp, self._spoken)
                if self._paper is not None:
                    self._paper(sheets.pages(), path)
                return sheets.sums


def check(request: ReportRequest) -> None:
    """Refuse what the report cannot be of.

    Raises:
        Refusal: `report_needs`, `report_stray`.
    """
    if missing(request.name, request.limits):
        raise Refusal("report_needs", "Say of what: this report is about one document or place.")
    if odd := stray(request.name, request.limits):
        raise Refusal("report_stray", f"This report cannot be limited by {odd}. Leave it out.")


def _put_in_place(made: Path, path: Path) -> None:
    """Give the whole file its name; one that is there already stays as it is."""
    with made.open("rb+") as file:
        os.fsync(file.fileno())
    if path.exists():
        raise Refusal("file_exists", f"{path} exists already. Name another file.")
    made.rename(path)


def _trouble(path: Path, error: OSError) -> Trouble:
    if error.errno == ENOSPC or "No space left" in str(error):
        return NoRoomError(
            f"The disk is full: {path.name} was not written. Free some space, then ask again.",
            detail=str(error),
        )
    return Trouble(
        f"{path} cannot be written. Check the folder, or name another one.", detail=str(error)
    )
