"""A bench with a dock and what is expected there: a delivery, items with lots and serials."""

from pathlib import Path

import msgspec

from app.cache.tables import operation
from app.contract.messages import (
    DocumentLine,
    DocumentRow,
    ItemRow,
    LocationRow,
    Operation,
    Pack,
    PartyRow,
    operation_body,
)
from tests.support.bench import MUG, TRAY, TestBench

MUG_CODE, TRAY_CODE, TRAY_SIX = "2900000000018", "2900000000025", "02900000000032"
JAM = ItemRow(
    "SKU-30100",
    "Plum jam, 250 g",
    packs=(Pack("02900000000063", 1),),
    tracking="lot",
    shelf_days=400,
)
DRILL = ItemRow(
    "SKU-30200",
    "Cordless drill",
    packs=(Pack("02900000000070", 1),),
    tracking="serial",
    cost=8_900,
)
JAM_CODE, DRILL_CODE = "2900000000063", "2900000000070"
ASN = "ASN-7001"
DOCK = "DOCK-1"


def asn(number: str = ASN, **changes: object) -> DocumentRow:
    """Three mugs (one more may come), six trays, four jars of jam, two drills of Nordkeramik."""
    row = DocumentRow(
        kind="inbound",
        document=number,
        version=1,
        state="expected",
        party="S-NORD",
        due="2026-11-23T10:00:00",
        lines=(
            DocumentLine(1, MUG.sku, 3, over_permille=400),
            DocumentLine(2, TRAY.sku, 6),
            DocumentLine(3, JAM.sku, 4),
            DocumentLine(4, DRILL.sku, 2),
        ),
    )
    return msgspec.structs.replace(row, **changes)


def dock_bench(folder: Path, *documents: DocumentRow) -> TestBench:
    """A bench at the dock where somebody has signed in."""
    made = TestBench(folder)
    places = (
        LocationRow("HAM", DOCK, "dock"),
        LocationRow("HAM", "DOCK-2", "dock"),
        LocationRow("HAM", "RET-A", "returns"),
        LocationRow("HAM", "RET-B", "returns"),
        LocationRow("HAM", "QUAR-1", "quarantine"),
    )
    made.master(JAM, DRILL, PartyRow("S-NORD", "Nordkeramik GmbH", "supplier"), *places)
    made.feed(*(documents or (asn(),)))
    made.sign_in()
    return made


def gs1(code: str, lot: str = "", expiry: str = "", serial: str = "") -> str:
    """A barcode that says more than the item; the expiry as YYMMDD."""
    parts = (("01", code.rjust(14, "0")), ("17", expiry), ("10", lot), ("21", serial))
    return "".join(f"({ai}){said}" for ai, said in parts if said)


def operations(bench: TestBench) -> list[Operation]:
    """Everything that was recorded, in order."""
    with bench.book.reader.connect() as connection:
        rows = connection.execute(operation.select().order_by(operation.c.n)).mappings()
        return [operation_body.decode(row["body"]) for row in rows]


def tallied(bench: TestBench, kind: str, number: str) -> dict[tuple[int, str], int]:
    """What is counted at the lines of a document; nothing that is zero."""
    with bench.store.begin() as work:
        counted = work.counted(kind, number)
    return {
        (n, word): units for n, line in counted.items() for word, units in line.items() if units
    }
