"""The log is read by an index whatever limits it, and pages together are everything once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.dialects import sqlite

from app.cache import audit_log
from app.cache.queries import CacheViews
from app.station.audit_log import Limits
from app.station.inbox import Intent
from tests.station.recorded import operations_of
from tests.support.bench import MUG, TestBench

ORDER, MUG_CODE = "ORD-48213", "2900000000018"
PLANS = {
    "person": (Limits(person="p-novak"), "ix_operation_actor"),
    "kind": (Limits(kind="pack"), "ix_operation_kind"),
    "document": (Limits(document=ORDER), "ix_operation_about"),
    "item": (Limits(item=MUG.sku), "PRIMARY KEY (item=?"),
    "person and kind": (Limits(person="p-novak", kind="pack"), "ix_operation_"),
    "day": (Limits(day="2026-11-23"), "INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
    "nothing": (Limits(), "SCAN operation"),
}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestBench]:
    made = TestBench(Path(tmp_path_factory.mktemp("log")))
    made.sign_in()
    made.scan(ORDER)
    made.scan(MUG_CODE)
    made.scan("2900000000025")
    made.do(Intent.UNDO)
    yield made
    made.book.close()


@pytest.mark.parametrize("name", PLANS)
def test_whatever_limits_the_log_an_index_answers_in_its_order(bench: TestBench, name: str) -> None:
    limits, expected = PLANS[name]
    with bench.book.reader.connect() as connection:
        wanted = audit_log.limited(connection, limits).limit(51)
        compiled = wanted.compile(
            dialect=sqlite.dialect(paramstyle="named"), compile_kwargs={"render_postcompile": True}
        )
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", compiled.params).all()

    steps = [str(row[3]) for row in plan]
    assert any(expected in one for one in steps), steps
    assert not [one for one in steps if "TEMP B-TREE" in one], steps
    assert len([one for one in steps if one.startswith("SCAN")]) <= (name == "nothing")


@pytest.mark.parametrize(
    "limits", [Limits(), Limits(item=MUG.sku), Limits(person="p-novak", kind="pack")], ids=str
)
def test_pages_together_are_everything_once(
    bench: TestBench, limits: Limits, monkeypatch: pytest.MonkeyPatch
) -> None:
    with bench.book.reader.connect() as connection:
        whole = audit_log.page(connection, limits, 1_000)
        monkeypatch.setattr(audit_log, "PAGE", 2)
        found = list(audit_log.every(connection, limits))

    assert found == list(whole)
    assert [one.n for one in found] == sorted({one.n for one in found}, reverse=True)
    assert bool(found)


def test_what_was_taken_back_names_the_operation_that_did(bench: TestBench) -> None:
    with bench.book.reader.connect() as connection:
        by_kind = {one.operation.kind: one for one in audit_log.every(connection, Limits())}
        packed = list(audit_log.every(connection, Limits(kind="pack")))

    assert [one.reversed_by for one in packed] == [by_kind["reverse"].operation.id, ""]


def test_a_record_is_shown_whole_with_the_name_of_who_made_it(bench: TestBench) -> None:
    packed = next(one for one in operations_of(bench) if one.kind == "pack")
    views = CacheViews(bench.book)

    shown = views.recorded(packed.id)

    assert shown is not None
    assert (shown.name, shown.entry.operation) == ("A. Novak", packed)
    assert shown.entry.transport == "unsent"
    assert views.recorded("op-nobody-made") is None
