"""What tests of taking back need: finished work of every kind, and a ledger that confirms it."""

from msgspec.structs import replace

from app.contract.messages import OutcomeRow, PostedLine, ProgressDelta, TallyDelta
from app.domain.operation import postings
from app.station.inbox import Intent
from tests.station.recorded import operations_of
from tests.station.test_pack import RIGHT_WEIGHT, TRAY_CODE, fill
from tests.support.bench import TestBench

ORDER = "ORD-48213"


def pack(bench: TestBench) -> str:
    """The order is packed, sealed, labelled and handed over; the number of its parcel."""
    bench.scan(ORDER)
    fill(bench)
    bench.weigh(RIGHT_WEIGHT)
    bench.printed()
    bench.do(Intent.MAIN)
    about = operations_of(bench)[-1].reference
    assert about is not None
    return about.shipment


def move(
    bench: TestBench, source: str = "B-11-1", target: str = "C-07-3", units: str = "4"
) -> None:
    """Some trays go from one shelf to another."""
    bench.do(Intent.TASK, "move")
    bench.scan(f"LOC:{source}")
    bench.scan(TRAY_CODE)
    bench.do(Intent.QUANTITY, units)
    bench.scan(f"LOC:{target}")
    bench.do(Intent.PAUSE)
    bench.do(Intent.PAUSE)
    assert bench.page == "home"


def again(bench: TestBench, times: int) -> None:
    """The latest record, so many times more, each of a job of its own."""
    body = operations_of(bench)[-1]
    with bench.store.begin() as work:
        for _ in range(times):
            id_ = bench.ids.new_id()
            made = replace(body, id=id_, correlation_id=id_)
            work.append(made, postings(made.lines), id_)
        work.commit()


def take_back(bench: TestBench, times: int = 1) -> None:
    """From the task board: the latest is shown and taken back, again and again."""
    bench.do(Intent.UNDO)
    for _ in range(times):
        bench.do(Intent.MAIN)
        bench.do(Intent.MAIN)


def rows(bench: TestBench) -> list[tuple[str, str]]:
    """What the list says was done and how it stands, as codes."""
    assert bench.screen.choices is not None
    return [
        (getattr(row.cells[1], "code", ""), getattr(row.cells[2], "code", ""))
        for row in bench.screen.choices.rows
    ]


def reversals(bench: TestBench) -> list[str]:
    """Kinds of what was taken back, in order."""
    return [one.reason for one in operations_of(bench) if one.kind == "reverse"]


def stock(bench: TestBench) -> dict[tuple[str, str, str, str], int]:
    """Everything the book has anywhere, pending work included; nothing that is zero."""
    with bench.book.reader.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT location, item, lot, condition, sum(quantity) FROM ("
            "SELECT location, item, lot, condition, quantity FROM balance UNION ALL "
            "SELECT location, item, lot, condition, quantity FROM effect) GROUP BY 1, 2, 3, 4"
        ).all()
    return {(row[0], row[1], row[2], row[3]): row[4] for row in found if row[4]}


def confirm(bench: TestBench, outcome: str = "posted", code: str = "") -> None:
    """The ledger answers everything that is not confirmed, with the effects the book expects."""
    with bench.book.reader.connect() as connection:
        ask = connection.exec_driver_sql
        waiting = ask(
            "SELECT n, id, kind, enrolment, seq FROM operation "
            "WHERE transport <> 'confirmed' ORDER BY n"
        ).all()
        moved = ask("SELECT * FROM effect").mappings().all()
        packed = ask("SELECT * FROM advance").mappings().all()
        counted = ask("SELECT * FROM pending_tally").mappings().all()
    told = []
    for n, id_, kind, enrolment, seq in waiting:
        lines = tuple(
            PostedLine(
                one["location"], one["item"], one["quantity"], one["lot"], one["serial"],
                one["condition"],
            )
            for one in moved if one["n"] == n
        )  # fmt: skip
        steps = tuple(
            ProgressDelta(one["order"], one["line"], one["packed"], one["short"])
            for one in packed
            if one["n"] == n
        )
        tallies = tuple(
            TallyDelta(one["kind"], one["document"], one["line"], one["measure"], one["quantity"])
            for one in counted
            if one["n"] == n
        )
        posted = (lines, steps, tallies) if outcome == "posted" else ((), (), ())
        told.append(
            OutcomeRow(
                id_, kind, outcome, enrolment, seq, code=code,
                postings=posted[0], progress=posted[1], tallies=posted[2],
            )
        )  # fmt: skip
    bench.feed(*told)
