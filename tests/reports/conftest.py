"""One bench with a day behind it, for every test that only reads."""

from collections.abc import Callable, Iterator
from datetime import UTC

import pytest

from app.catalogue import Catalogue
from app.contract.messages import (
    DocumentLine,
    DocumentRow,
    ItemRow,
    LotRow,
    OutcomeRow,
    PartyRow,
    PostedLine,
    Reference,
    TallyDelta,
)
from app.reports.making import ReportMaker
from app.reports.reading import reading
from app.reports.report import Report, Row
from app.station.inbox import Intent
from app.station.reporting import Filter, Format, ReportName, ReportRequest
from tests.support.bench import MUG, TOWEL, TRAY, TestBench
from tests.support.people import BADGE

AT = "2026-11-23T09:41:05+00:00"
TEA = ItemRow("SKU-30007", "Tee „Größe“, 100 g", tracking="lot", cost=349)
ASN, COUNT, ORDER = "ASN-7001", "CNT-9001", "ORD-48213"


def request(name: ReportName, /, *, as_: Format = Format.CSV, **limits: str) -> ReportRequest:
    """A report as the supervisor asks for it."""
    return ReportRequest(
        id="0193a1c2-77aa-7c3d-9d15-00000000ab01",
        name=name,
        format=as_,
        limits=Filter(**limits),
        at=AT,
        person="p-adeyemi",
        by="O. Adeyemi",
        as_of="2026-11-23T09:40:00Z",
    )


def _told(bench: TestBench) -> None:
    bench.master(TEA, LotRow(TEA.sku, "T-2", "2027-01-31"), LotRow(TEA.sku, "T-1", "2027-06-30"),
                 PartyRow("sup-1", "Teehaus Bremen GmbH", "supplier"))  # fmt: skip
    lines = (
        DocumentLine(1, MUG.sku, 10),
        DocumentLine(2, TRAY.sku, 4),
        DocumentLine(3, TOWEL.sku, 5),
        DocumentLine(4, TEA.sku, 6),
    )
    places = (
        DocumentLine(1, "", 0, "A-04-2"),
        DocumentLine(2, MUG.sku, 0, "B-11-1"),
        DocumentLine(3, "", 0, "C-07-3"),
    )
    came = tuple(
        TallyDelta("inbound", ASN, line, measure, n)
        for line, measure, n in (
            (1, "received", 12), (2, "received", 4), (3, "received", 3), (3, "backordered", 2),
            (4, "received", 6), (4, "damaged", 1),
        )
    )  # fmt: skip
    bench.feed(
        DocumentRow("inbound", ASN, 1, "receiving", party="sup-1", lines=lines),
        DocumentRow("count", COUNT, 1, "open", lines=places),
        OutcomeRow(
            id="0193a1c2-77aa-7c3d-9d15-0000000000aa",
            kind="receive",
            outcome="posted",
            enrolment="enr-9",
            seq=1,
            reference=Reference(document_kind="inbound", document=ASN),
            postings=(
                PostedLine("A-04-2", TEA.sku, 5, "T-1"),
                PostedLine("A-04-2", TEA.sku, 3, "T-2"),
                PostedLine("A-04-2", TEA.sku, 1, "T-2", "", "damaged"),
                PostedLine("supplier", TEA.sku, -9, "T-1"),
            ),
            tallies=(*came, TallyDelta("count", COUNT, 3, "counted", 1)),
        ),
    )


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestBench]:
    """Two mugs are packed, a tray is packed and taken back; a delivery differs; a plan is open."""
    bench = TestBench(tmp_path_factory.mktemp("day"))
    _told(bench)
    bench.sign_in(BADGE)
    bench.scan(ORDER)
    for code in ("2900000000018", "2900000000018", "2900000000025"):
        bench.scan(code)
    bench.do(Intent.UNDO)
    yield bench
    bench.book.close()


@pytest.fixture
def maker(day: TestBench) -> ReportMaker:
    """Makes English reports of that day, on a wall in UTC."""
    return ReportMaker(day.book, Catalogue.load("en", strict=True), None, UTC)


Reads = Callable[[Callable[..., Report], ReportRequest], tuple[Report, list[Row]]]


@pytest.fixture
def reads(day: TestBench) -> Reads:
    """A report of that day, and its rows."""

    def read(make: Callable[..., Report], asked: ReportRequest) -> tuple[Report, list[Row]]:
        with reading(day.book, UTC) as book:
            report = make(book, asked)
            return report, list(report.rows())

    return read
