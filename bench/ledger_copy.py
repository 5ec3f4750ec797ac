"""The limit: how fast the same PostgreSQL takes the same rows by COPY, without any ledger.

Rows of `operation`, `feed` and `posting` that were just posted go into tables of the same shape
with the same keys and indexes, one durable commit for as many operations as a group of batches has.
Nothing is decided, read, locked or kept current: nothing that writes these rows can be faster.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg

TABLES = ("operation", "feed", "posting")
# Operations of one commit: a batch of 500 of each of four stations.
PER_COMMIT = 2_000
CONNECTIONS = (1, 2, 4)

# By table, the bytes that COPY takes.
Chunk = dict[str, bytes]


def limits(url: str, operations: int) -> dict[int, float]:
    """Operations a second for each number of connections, over the last `operations` of site 1."""
    with psycopg.connect(url) as connection:
        chunks = list(_chunks(connection, operations))
    return {count: _measured(url, chunks, count) for count in CONNECTIONS}


def _chunks(connection: "psycopg.Connection[tuple[int, int]]", operations: int) -> Iterator[Chunk]:
    found = connection.execute(
        "SELECT site_n, feed_seq FROM operation WHERE site_n = (SELECT min(n) FROM site) "
        "ORDER BY feed_seq DESC LIMIT %s",
        (operations,),
    ).fetchall()
    places = [seq for _, seq in reversed(found)]
    site_n = found[0][0]
    for start in range(0, len(places) - PER_COMMIT + 1, PER_COMMIT):
        first, last = places[start], places[start + PER_COMMIT - 1]
        yield {
            name: _bytes(connection, name, column, (site_n, first, last))
            for name, column in zip(TABLES, ("feed_seq", "seq", "feed_seq"), strict=True)
        }


def _bytes(
    connection: "psycopg.Connection[tuple[int, int]]",
    table: str,
    column: str,
    where: tuple[int, int, int],
) -> bytes:
    site_n, first, last = map(int, where)
    query = (
        f"COPY (SELECT * FROM {table} WHERE site_n = {site_n} "
        f"AND {column} BETWEEN {first} AND {last} ORDER BY {column}) TO STDOUT (FORMAT BINARY)"
    )
    with connection.cursor().copy(query) as copy:
        return b"".join(bytes(part) for part in copy)


def _measured(url: str, chunks: list[Chunk], connections: int) -> float:
    with psycopg.connect(url) as connection:
        connection.execute("DROP SCHEMA IF EXISTS bench CASCADE")
        connection.execute("CREATE SCHEMA bench")
        for name in TABLES:
            connection.execute(f"CREATE TABLE bench.{name} (LIKE {name} INCLUDING ALL)")
        connection.commit()
        connection.autocommit = True
        connection.execute("CHECKPOINT")
    opened = [psycopg.connect(url) for _ in range(connections)]
    try:
        with ThreadPoolExecutor(connections) as pool:
            begun = time.perf_counter()
            shares = [chunks[n::connections] for n in range(connections)]
            list(pool.map(_copy_all, opened, shares))
            span = time.perf_counter() - begun
    finally:
        for connection in opened:
            connection.close()
    with psycopg.connect(url) as connection:
        connection.execute("DROP SCHEMA bench CASCADE")
    return len(chunks) * PER_COMMIT / span


def _copy_all(connection: "psycopg.Connection[tuple[int, int]]", chunks: list[Chunk]) -> None:
    for chunk in chunks:
        with connection.cursor() as cursor:
            for name, rows in chunk.items():
                with cursor.copy(f"COPY bench.{name} FROM STDIN (FORMAT BINARY)") as copy:
                    copy.write(rows)
        connection.commit()
