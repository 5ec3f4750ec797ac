"""What support gets: the state of a station in one file, and no secret in it."""

import json
import stat
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.cache.queries import CacheViews
from app.cache.support import LOG_BYTES, Support
from app.errors import Trouble
from tests.support.bench import TestBench
from tests.support.people import BADGE, PINS

NOW = datetime(2026, 11, 23, 9, 52, tzinfo=UTC)
SECRET = "correct-horse-battery"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    made = TestBench(tmp_path)
    made.sign_in()
    made.scan("ORD-48213")
    made.scan("2900000000018")
    yield made
    made.book.close()


def views(bench: TestBench) -> CacheViews:
    settings = {"ledger": f"https://anna:{SECRET}@ledger:8800", "language": "en"}
    return CacheViews(bench.book, Support(bench.folder, settings, lambda: NOW), lambda: 12)


def opened(path: str) -> dict[str, str]:
    with zipfile.ZipFile(path) as zipped:
        return {name: zipped.read(name).decode() for name in zipped.namelist()}


def test_diagnostics_say_how_the_station_is(bench: TestBench) -> None:
    path = views(bench).diagnose(("scanner-1 scanner ready /dev/ttyACM0",))

    found = opened(path)
    assert set(found) == {"about.json", "health.json", "devices.txt", "packhouse.log"}
    health = json.loads(found["health.json"])
    assert health["tally"]["captured"] == len(bench.kinds())
    assert [one["kind"] for one in health["outbox"]] == bench.kinds()
    assert health["next_try_s"] == 12
    assert found["devices.txt"] == "scanner-1 scanner ready /dev/ttyACM0\n"
    assert Path(path).parent == bench.folder / "exports"
    assert stat.S_IMODE(Path(path).stat().st_mode) == 0o600
    assert not list((bench.folder / "exports").glob("*.part"))


def test_no_secret_is_in_them_wherever_it_came_from(bench: TestBench) -> None:
    log = bench.folder / "log" / "packhouse.log"
    log.parent.mkdir()
    lines = (f"the badge {BADGE} is unknown", f"pin={PINS[BADGE]} was wrong", "all is well")
    log.write_text("\n".join(lines), encoding="utf-8")

    found = opened(views(bench).diagnose((f"scanner-1 last {BADGE}",)))

    every = "\n".join(found.values())
    for secret in (SECRET, BADGE, BADGE.removeprefix("PHB-"), f"pin={PINS[BADGE]}"):
        assert secret not in every
    assert "Enamel mug" not in every
    assert "all is well" in found["packhouse.log"]
    assert "ledger:8800" in found["about.json"]


def test_only_the_end_of_a_long_log_goes_along_and_begins_with_a_whole_line(
    bench: TestBench,
) -> None:
    log = bench.folder / "log" / "packhouse.log"
    log.parent.mkdir()
    log.write_text("".join(f"line {n:06d} of a long night\n" for n in range(40_000)), "utf-8")

    said = opened(views(bench).diagnose(()))["packhouse.log"]

    assert LOG_BYTES // 2 < len(said) <= LOG_BYTES
    assert said.startswith("line ")
    assert said.endswith("line 039999 of a long night\n")


def test_a_disk_that_refuses_is_told_with_what_to_do(bench: TestBench) -> None:
    (bench.folder / "exports").write_text("a file stands where the folder goes", "utf-8")

    with pytest.raises(Trouble, match="press 5 again"):
        views(bench).diagnose(())


def test_where_nobody_runs_a_station_there_are_no_diagnostics(bench: TestBench) -> None:
    with pytest.raises(Trouble, match="running station"):
        CacheViews(bench.book).diagnose(())


def test_health_knows_what_was_pulled_and_that_there_is_no_backup_yet(bench: TestBench) -> None:
    health = views(bench).health()

    assert dict(health.rows)["item"] == 4
    assert dict(health.rows)["order_document"] == 1
    assert (health.backup_at, health.backup_bytes, health.signed_at) == ("", 0, "")
    assert views(bench).sending().next_try_s == 12
