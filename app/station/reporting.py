"""What may be asked of the book on paper or as a table: which report, of what, as which file.

Values only. Whoever makes a report knows where it is written (`app.reports`); a flow only asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum

import msgspec
from msgspec import Struct

from app.domain.document import DocumentKind
from app.domain.operation import is_virtual
from app.domain.roles import Permission, may
from app.domain.text import Text, text
from app.station.open_task import Notes


class ReportName(StrEnum):
    """The reports, in the order of their digits."""

    PACKING_SLIP = "packing_slip"
    PICK_LIST = "pick_list"
    DIFFERENCES = "differences"
    COUNT_SHEET = "count_sheet"
    SHIFT_CERTIFICATE = "shift_certificate"
    STOCK_LIST = "stock_list"
    MOVEMENTS = "movements"


class Format(StrEnum):
    """What is written, in the order of the digits; the value is the ending of the file."""

    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Filter:
    """What a report is limited to; what is empty is not limited.

    Attributes:
        kind: Kind of `document`: a word of `DocumentKind`.
        document: Its number.
        parcel: SSCC of a parcel.
        item: SKU.
        place: Location or tote.
        person: Account.
        day: Date here, `2026-11-23`.
    """

    kind: str = ""
    document: str = ""
    parcel: str = ""
    item: str = ""
    place: str = ""
    person: str = ""
    day: str = ""

    def said(self) -> tuple[Text, ...]:
        """Each limit in words, as it stands on the report."""
        found = []
        if self.document:
            found.append(text(f"reports.of_{self.kind or 'document'}", code=self.document))
        if self.parcel:
            found.append(text("reports.of_parcel", code=self.parcel))
        if self.item:
            found.append(text("reports.of_item", code=self.item))
        if self.place:
            found.append(text("reports.of_place", code=self.place))
        if self.person:
            found.append(text("reports.of_person", code=self.person))
        if self.day:
            found.append(text("reports.of_day", day=self.day))
        return tuple(found)

    def given(self) -> dict[str, str]:
        """What is limited, by name."""
        named = {one.name: str(getattr(self, one.name)) for one in fields(self)}
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Sort:
    """What there is to know of a report before it is asked for.

    Attributes:
        right: What somebody needs to make it.
        takes: Names of the limits it knows.
        documents: Kinds of documents it is about.
        needs: One of these limits must be given; empty when none has to.
    """

    right: Permission
    takes: frozenset[str]
    documents: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()

    @property
    def leaves(self) -> bool:
        """Whether data leave the floor with it: a privileged act, proven and told once."""
        return self.right is Permission.EXPORT


_K = DocumentKind
# A document whose kind nobody said is any.
_ANY = frozenset({"", *(kind.value for kind in DocumentKind)})
# Papers of the work in hand belong to whoever does it. What tells of the whole house, or of who
# did what, is an export.
SORTS: Mapping[ReportName, Sort] = {
    ReportName.PACKING_SLIP: Sort(
        Permission.WORK,
        frozenset({"document", "parcel"}),
        frozenset({_K.ORDER.value}),
        frozenset({"document", "parcel"}),
    ),
    ReportName.PICK_LIST: Sort(
        Permission.WORK,
        frozenset({"document"}),
        frozenset({_K.ORDER.value}),
        frozenset({"document"}),
    ),
    ReportName.DIFFERENCES: Sort(
        Permission.WORK,
        frozenset({"document"}),
        frozenset({_K.INBOUND.value}),
        frozenset({"document"}),
    ),
    ReportName.COUNT_SHEET: Sort(
        Permission.COUNT,
        frozenset({"document", "place"}),
        frozenset({_K.COUNT.value}),
        frozenset({"document", "place"}),
    ),
    ReportName.SHIFT_CERTIFICATE: Sort(Permission.EXPORT, frozenset({"day", "person"})),
    ReportName.STOCK_LIST: Sort(Permission.EXPORT, frozenset({"item", "place"})),
    ReportName.MOVEMENTS: Sort(
        Permission.EXPORT, frozenset({"item", "place", "document", "person", "day"}), _ANY
    ),
}


def offered(role: str) -> tuple[ReportName, ...]:
    """What somebody of this role may make, in the order of the digits."""
    return tuple(name for name, sort in SORTS.items() if may(role, sort.right))


def missing(name: ReportName, limits: Filter) -> bool:
    """Whether a report cannot be made of this: it has to be said of what."""
    needs = SORTS[name].needs
    return bool(needs) and needs.isdisjoint(limits.given())


def stray(name: ReportName, limits: Filter) -> str:
    """Name of a limit the report does not know; empty when it knows them all."""
    sort = SORTS[name]
    odd = limits.given().keys() - sort.takes - {"kind"}
    if odd:
        return min(odd)
    if limits.document and limits.kind not in sort.documents:
        return "document"
    return "place" if limits.place and is_virtual(limits.place) else ""


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """One report that was asked for.

    Attributes:
        id: Of this request; the answer carries it.
        name: Which report.
        format: As which file.
        limits: What it is limited to.
        at: When it was asked for, ISO 8601 UTC; the file's name says it too.
        person: Account of whoever asked.
        by: Their name.
        as_of: When the book was last brought together with the ledger, ISO 8601, or empty.
    """

    id: str
    name: ReportName
    format: Format
    limits: Filter
    at: str
    person: str = ""
    by: str = ""
    as_of: str = ""


# Reason of the event that tells of an export.
EXPORTED = "report_exported"


def evidence(request: ReportRequest) -> dict[str, str | int]:
    """What the event of an export says: which report, of what, as what."""
    limits = ", ".join(f"{name} {value}" for name, value in request.limits.given().items())
    return {"report": request.name.value, "format": request.format.value, "limits": limits}


class ReportAnswer(Struct, frozen=True):
    """What became of a request, told by whoever makes reports.

    Attributes:
        id: Of the request.
        file: Name of the file, or empty when there is none.
        folder: Where it lies.
        rows: How many it has.
        code: Why there is none, a stable word, or empty.
        sentence: The same for people.
    """

    id: str
    file: str = ""
    folder: str = ""
    rows: int = 0
    code: str = ""
    sentence: str = ""


# Where the latest answer lies in the book's small things by name.
_ANSWER = "report_answer"


def keep_answer(notes: Notes, answer: ReportAnswer) -> None:
    """Let the page find it."""
    notes.set_note(_ANSWER, msgspec.json.encode(answer).decode())


def answer_to(notes: Notes, id_: str) -> ReportAnswer | None:
    """What became of a request; None while it is being made."""
    kept = notes.note(_ANSWER)
    found = None if kept is None else msgspec.json.decode(kept, type=ReportAnswer)
    return found if found is not None and found.id == id_ else None


def narrowed(limits: Filter, **more: str) -> Filter:
    """The same with another limit; a second of a kind takes the place of the first."""
    return replace(limits, **more)
