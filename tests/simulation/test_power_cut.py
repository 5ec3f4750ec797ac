"""Recorded before confirmed, to the last commit: what a power cut leaves of a real book."""

from pathlib import Path

from app.cache.store import CacheStore
from tests.support.power_cut import PowerCut


def write(store: CacheStore, name: str, value: str) -> None:
    with store.begin() as work:
        work.set_note(name, value)
        work.commit()


def read(store: CacheStore, name: str) -> str | None:
    with store.begin() as work:
        return work.note(name)


def test_a_commit_that_returned_survives_a_power_cut(tmp_path: Path) -> None:
    with PowerCut(tmp_path) as bench:
        write(bench.store, "box", "M")

        after = bench.cut()

        assert read(after, "box") == "M"


def test_a_transaction_that_did_not_commit_leaves_nothing(tmp_path: Path) -> None:
    with PowerCut(tmp_path) as bench:
        write(bench.store, "box", "M")
        with bench.store.begin() as work:
            work.set_note("box", "L")
            bench.disk.die(power=True)
        bench.book.close()

        after = bench.open()

        assert read(after, "box") == "M"


def test_without_full_synchronisation_the_same_commit_is_gone(tmp_path: Path) -> None:
    with PowerCut(tmp_path, synchronous="NORMAL") as bench:
        write(bench.store, "box", "M")

        after = bench.cut()

        assert read(after, "box") is None


def test_a_killed_process_loses_nothing_even_then(tmp_path: Path) -> None:
    with PowerCut(tmp_path, synchronous="NORMAL") as bench:
        write(bench.store, "box", "M")

        after = bench.cut(power=False)

        assert read(after, "box") == "M"


def test_a_checkpoint_makes_safe_what_came_before_it(tmp_path: Path) -> None:
    with PowerCut(tmp_path, synchronous="NORMAL") as bench:
        write(bench.store, "box", "M")
        with bench.book.writer.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            connection.exec_driver_sql("BEGIN")
        bench.disk.committed()
        write(bench.store, "box", "L")

        after = bench.cut()

        assert read(after, "box") == "M"


def test_cut_after_cut_every_promise_holds(tmp_path: Path) -> None:
    cuts = 3
    with PowerCut(tmp_path) as bench:
        store: CacheStore = bench.store
        for number in range(cuts):
            write(store, f"box-{number}", "M")
            store = bench.cut()

        assert [read(store, f"box-{number}") for number in range(cuts)] == ["M"] * cuts
