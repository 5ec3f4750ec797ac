"""Audit: what was recorded here, limited by scan and key; its chain followed; taken as a file."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cache import audit_csv
from app.domain.text import Text
from app.station.audit import AuditFlow, a_day
from app.station.audit_log import Limits
from app.station.events import LogAsked, LogTaken
from app.station.flow import Trigger
from app.station.inbox import Intent
from app.station.lists import Mark
from app.station.screen import Page, Tone
from tests.station.table_walk import ASKED_FOR, happen
from tests.support.bench import MUG, TestBench, order_row
from tests.support.people import BADGE, BOSS_BADGE, PINS

ORDER, MUG_CODE, TRAY_CODE = "ORD-48213", "2900000000018", "2900000000025"
ANNA = "p-novak"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    """Anna has packed two mugs; the supervisor looks at the log."""
    made = TestBench(tmp_path, orders=(order_row(ORDER), order_row("=1+1")))
    made.sign_in()
    made.scan(ORDER)
    made.scan(MUG_CODE)
    made.scan(MUG_CODE)
    made.do(Intent.PAUSE)
    made.do(Intent.SIGN_OUT)
    made.sign_in(BOSS_BADGE)
    made.do(Intent.TASK, "audit")
    yield made
    made.book.close()


def flow(bench: TestBench) -> AuditFlow:
    found = bench.station.engine._flows[Page.AUDIT]
    assert isinstance(found, AuditFlow)
    return found


def whats(bench: TestBench) -> list[str]:
    """What stands in the list, as codes."""
    assert bench.screen.choices is not None
    said = [row.cells[2] for row in bench.screen.choices.rows]
    return [one.code if isinstance(one, Text) else one for one in said]


def limits(bench: TestBench) -> dict[str, str]:
    return flow(bench).look.limits.given()


def tamper(bench: TestBench, words: str) -> None:
    """What only somebody can do who has the key of the book."""
    with bench.book.writer.connect() as connection:
        for trigger in ("operation_kept", "operation_body_fixed"):
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        for table in ("effect", "advance", "pending_tally", "trace"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        connection.exec_driver_sql(words)
        connection.commit()
    bench.do(Intent.HOME)
    bench.do(Intent.TASK, "audit")


# ---------------------------------------------------------------------------------------- the log


def test_what_was_recorded_stands_newest_first_and_its_chain_is_followed(bench: TestBench) -> None:
    said = whats(bench)

    assert said[0] == "audit.event_sign_in"
    assert said.count("audit.kind_pack") == 2
    assert said[-1] == "audit.event_sign_in"
    assert (bench.title, bench.screen.prompt.tone) == ("audit.verified", Tone.OK)
    assert dict(bench.screen.prompt.title.params)["n"] == len(bench.kinds())
    assert bench.screen.choices.rows[0].mark is Mark.WAITING  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("scan", "given"),
    [
        (MUG_CODE, {"item": MUG.sku}),
        (ORDER, {"document": ORDER}),
        ("%Y-%m-%d", {"day": "%Y-%m-%d"}),
        ("%d.%m.%Y", {"day": "%Y-%m-%d"}),
    ],
)
def test_a_scan_limits_the_log_and_f4_takes_that_back(
    bench: TestBench, scan: str, given: dict[str, str]
) -> None:
    every, today = whats(bench), bench.clock.now().astimezone()
    bench.scan(f"{today:{scan}}")

    assert limits(bench) == {name: f"{today:{value}}" for name, value in given.items()}
    fitting = {"item": 2, "document": every.count("audit.kind_claim") + 2}
    assert len(whats(bench)) == fitting.get(next(iter(given)), len(every))
    bench.do(Intent.UNDO)
    assert (limits(bench), whats(bench)) == ({}, every)


def test_person_kind_and_day_are_chosen_from_lists_by_digit_or_card(bench: TestBench) -> None:
    bench.do(Intent.TASK, "1")
    assert bench.title == "audit.ask_person"
    bench.do(Intent.OPEN, ANNA)
    bench.scan("CMD:QTY-2")
    assert bench.title == "audit.ask_kind"
    bench.do(Intent.OPEN, "pack")
    bench.do(Intent.TASK, "3")
    bench.do(Intent.MAIN)

    day = limits(bench).pop("day")
    assert limits(bench) == {"person": ANNA, "kind": "pack", "day": day}
    assert whats(bench) == ["audit.kind_pack"] * 2
    bench.do(Intent.TASK, "9")
    assert bench.title == "audit.not_here"


def test_a_badge_is_a_limit_while_a_person_is_looked_for_and_a_sign_in_else(
    bench: TestBench,
) -> None:
    bench.do(Intent.TASK, "1")
    bench.scan("PHB-nobody-knows-me")
    assert bench.title == "audit.no_badge"
    bench.scan(BADGE)
    assert (bench.page, limits(bench)) == ("audit", {"person": ANNA})

    bench.scan(BADGE)

    assert bench.page == "sign_in"


def test_what_nobody_knows_limits_nothing(bench: TestBench) -> None:
    bench.scan("31.02.2026")
    bench.scan("NOBODY-KNOWS-THIS")

    assert (bench.title, limits(bench)) == ("audit.unknown", {})
    bench.do(Intent.NO)
    assert bench.title == "audit.verified"


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2026-11-23", "2026-11-23"),
        ("3.11.", "2026-11-03"),
        ("3.11.2025", "2025-11-03"),
        ("23/11/2026", "2026-11-23"),
        ("20261123", ""),
        ("4006381333931", ""),
        ("1.2.3.4", ""),
        ("31.2.", ""),
        ("", ""),
    ],
)
def test_a_day_is_understood_as_people_write_it(said: str, day: str) -> None:
    assert a_day(said, 2026) == day


def test_nothing_that_fits_is_said(bench: TestBench) -> None:
    bench.scan("2001-01-01")

    assert bench.screen.choices is not None
    assert (bench.screen.choices.rows, bench.screen.choices.empty) == ((), Text("audit.none"))


def test_a_long_log_is_read_page_by_page(bench: TestBench) -> None:
    for _ in range(30):
        bench.do(Intent.HOME)
        bench.scan(ORDER)
        bench.scan(TRAY_CODE)
        bench.do(Intent.UNDO)
        bench.do(Intent.PAUSE)
    bench.do(Intent.TASK, "audit")
    found = whats(bench)
    while bench.screen.choices is not None and bench.screen.choices.more:
        bench.do(Intent.NEXT)
        found += whats(bench)

    assert len(found) == len(bench.kinds()) > 60
    bench.do(Intent.NO)
    assert len(whats(bench)) == 50


# -------------------------------------------------------------------------------------- one entry


def test_an_entry_shows_its_lines_its_place_and_its_proofs(bench: TestBench) -> None:
    bench.scan(MUG_CODE)
    bench.do(Intent.OPEN)

    assert bench.title == "audit.kind_pack"
    facts = {fact.label.code: fact.said for fact in bench.screen.facts}
    with bench.book.reader.connect() as connection:
        ask = connection.exec_driver_sql
        hashes = ask("SELECT content_hash FROM operation WHERE kind = 'pack' ORDER BY n").scalars()
        assert dict(facts["audit.hash"].params)["said"] == list(hashes)[-1][:12]
    assert bench.screen.choices is not None
    said = [row.cells[1] for row in bench.screen.choices.rows]
    (way,) = [one for one in said if isinstance(one, Text) and one.code == "lookup.way"]
    assert dict(way.params)["n"] == 1
    bench.do(Intent.CHOOSE, "1")
    assert bench.title == "audit.kind_pack"
    bench.do(Intent.NO)
    assert bench.title == "audit.verified"


def test_what_was_taken_back_says_by_what(bench: TestBench) -> None:
    bench.do(Intent.HOME)
    bench.scan(ORDER)
    bench.scan(TRAY_CODE)
    bench.do(Intent.UNDO)
    bench.do(Intent.PAUSE)
    bench.do(Intent.TASK, "audit")
    bench.do(Intent.TASK, "2")
    bench.do(Intent.OPEN, "pack")
    bench.do(Intent.OPEN)

    assert "audit.taken_back" in {fact.label.code for fact in bench.screen.facts}


# -------------------------------------------------------------------------------------- the chain


@pytest.mark.parametrize(
    "words",
    [
        "UPDATE operation SET body = CAST(replace(body, 'p-novak', 'p-nobod') AS BLOB) WHERE n = 3",
        "UPDATE operation SET digest = content_hash WHERE n = 3",
        "DELETE FROM operation WHERE n = (SELECT max(n) FROM operation WHERE kind = 'pack')",
    ],
    ids=["edited", "linked elsewhere", "cut out"],
)
def test_a_chain_that_is_not_what_was_recorded_is_said_in_red_with_what_to_do(
    bench: TestBench, words: str
) -> None:
    tamper(bench, words)

    assert (bench.title, bench.screen.prompt.tone) == ("audit.broken", Tone.ERROR)
    assert bench.screen.prompt.note == Text("audit.broken_note")
    assert int(dict(bench.screen.prompt.title.params)["number"]) >= 3
    assert not bench.screen.locked


def test_a_cut_off_end_is_found(bench: TestBench) -> None:
    tamper(bench, "DELETE FROM operation WHERE n = (SELECT max(n) FROM operation)")

    assert bench.title == "audit.broken"


def test_a_long_chain_is_followed_a_portion_at_a_time(
    bench: TestBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.station.audit.PORTION", 2)
    bench.do(Intent.HOME)
    bench.do(Intent.TASK, "audit")
    assert (bench.title, bench.screen.prompt.tone) == ("audit.following", Tone.BUSY)

    bench.pass_s(len(bench.kinds()))

    assert bench.title == "audit.verified"


# --------------------------------------------------------------------------------------- the file


def take(bench: TestBench, folder: Path) -> LogTaken:
    """Prove it, and write what was asked for as the program does."""
    bench.do(Intent.MAIN)
    bench.scan(BOSS_BADGE)
    bench.enter_pin(PINS[BOSS_BADGE])
    asked = next(one for one in reversed(bench.events) if isinstance(one, LogAsked))
    assert bench.title == "audit.writing"
    taken = audit_csv.take(bench.book, folder, asked)
    asked.taken.set_result(taken)
    bench.pass_s(1)
    return taken


def test_the_log_is_taken_away_by_whoever_proves_it_with_its_limits_written_in_it(
    bench: TestBench, tmp_path: Path
) -> None:
    bench.scan(MUG_CODE)
    taken = take(bench, tmp_path / "exports")

    assert (bench.title, taken.entries) == ("audit.written", 2)
    assert dict(bench.screen.prompt.detail.params) == {"path": taken.path}  # type: ignore[union-attr]
    path = Path(taken.path)
    assert path.stat().st_mode & 0o777 == 0o600
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    assert rows[:2] == [["audit log", "HAM PACK-03"], ["only item", MUG.sku]]
    at = rows.index(list(audit_csv.HEADER))
    table = [
        dict(zip(audit_csv.HEADER, row, strict=True)) for row in rows[at + 1 :] if len(row) > 2
    ]
    assert [(one["kind"], one["person"], one["item"]) for one in table] == [
        ("pack", ANNA, MUG.sku)
    ] * 2
    assert rows[-1] == ["entries", "2"]
    with bench.store.begin() as work:
        (told,) = work.entries(Limits(kind="event"), 1)
    assert (told.operation.reason, told.operation.actor) == ("audit_exported", "p-adeyemi")
    assert told.operation.evidence == {"format": "csv", "limits": f"item {MUG.sku}"}
    assert [one.person for one in told.signatures] == ["p-adeyemi"]


def test_nothing_in_the_file_is_run_by_a_spreadsheet(bench: TestBench, tmp_path: Path) -> None:
    bench.do(Intent.HOME)
    bench.do(Intent.OPEN, "=1+1")
    bench.scan(MUG_CODE)
    bench.do(Intent.PAUSE)
    bench.do(Intent.TASK, "audit")

    taken = take(bench, tmp_path)

    said = Path(taken.path).read_text(encoding="utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(said)) for cell in row]
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell[:1] in "=+@" and cell[:1]]


def test_whoever_leaves_the_question_takes_nothing(bench: TestBench) -> None:
    kinds = bench.kinds()
    bench.do(Intent.MAIN)
    assert bench.screen.proof is not None
    bench.do(Intent.NO)

    assert (bench.title, bench.kinds()) == ("audit.verified", kinds)
    assert not [one for one in bench.events if isinstance(one, LogAsked)]


def test_a_folder_that_refuses_is_told_and_leaves_nothing(bench: TestBench, tmp_path: Path) -> None:
    place = tmp_path / "exports"
    place.write_text("a file stands where the folder goes", encoding="utf-8")

    taken = take(bench, place)

    assert (bench.title, taken.path, taken.entries) == ("audit.not_written", "", 0)
    assert "IT" in taken.trouble
    bench.do(Intent.ACKNOWLEDGE)
    assert bench.title == "audit.verified"


def test_one_file_at_a_time(bench: TestBench) -> None:
    bench.do(Intent.MAIN)
    bench.scan(BOSS_BADGE)
    bench.enter_pin(PINS[BOSS_BADGE])
    bench.do(Intent.MAIN)

    assert bench.title == "audit.writing"
    assert sum(isinstance(one, LogAsked) for one in bench.events) == 1


# ---------------------------------------------------------------------------------- every trigger


@pytest.mark.parametrize("view", ["", "1", "entry"], ids=["log", "people", "entry"])
def test_every_trigger_has_a_defined_answer_and_records_nothing(
    bench: TestBench, view: str
) -> None:
    outside = {Trigger.SIGN_OUT, Trigger.GRANT, Trigger.BADGE}
    for trigger in [one for one in Trigger if one not in ASKED_FOR | outside]:
        bench.station.engine._flow = bench.station.engine._flows[Page.HOME]
        bench.do(Intent.TASK, "audit")
        if view == "entry":
            bench.do(Intent.OPEN)
        elif view:
            bench.do(Intent.TASK, view)
        kinds = bench.kinds()

        happen(bench, trigger, MUG_CODE, "RMA-7")

        assert bench.page in set(Page)
        assert bench.kinds() == kinds, trigger
        if bench.screen.proof is not None:
            bench.do(Intent.NO)
    assert not [event for event in bench.events if type(event).__name__ == "Broken"]


def test_a_clerk_has_no_such_page(tmp_path: Path) -> None:
    bench = TestBench(tmp_path)
    bench.sign_in()
    bench.do(Intent.TASK, "audit")

    assert bench.title == "home.no_task"
    bench.book.close()
