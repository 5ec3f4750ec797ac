"""What the databases themselves allow: one durable commit after the other, nothing decided."""

import sqlite3
import time
from pathlib import Path

COMMITS = 300
ROWS_EACH = 500


def sqlite_commits(folder: Path) -> dict[str, float]:
    """Commits of one row and rows in commits of 500, WAL and synchronous=FULL, a second."""
    file = sqlite3.connect(folder / "limit.sqlite3", isolation_level=None)
    file.execute("PRAGMA journal_mode = WAL")
    file.execute("PRAGMA synchronous = FULL")
    file.execute("CREATE TABLE move (n INTEGER PRIMARY KEY, item TEXT, quantity INT, at TEXT)")
    row = ("SKU-10221", 1, "2026-11-23T09:00:00Z")
    insert = "INSERT INTO move (item, quantity, at) VALUES (?, ?, ?)"

    def rate(rows: int) -> float:
        begun = time.perf_counter()
        for _ in range(COMMITS):
            file.execute("BEGIN IMMEDIATE")
            file.executemany(insert, [row] * rows)
            file.execute("COMMIT")
        return COMMITS / (time.perf_counter() - begun)

    single, bulk = rate(1), rate(ROWS_EACH) * ROWS_EACH
    file.close()
    return {"sqlite_commits_per_s": single, "sqlite_rows_per_s": bulk}
