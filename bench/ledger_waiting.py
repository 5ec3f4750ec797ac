"""One process that is many stations waiting for news, and one that makes some.

    python -m bench.ledger_waiting URL FILE     says "ready", starts at a line, answers in JSON

FILE holds what each waiting connection asks, whether it will hear anything, and the batches to post
one by one. A round: everybody waits, one batch is posted, and all that should hear of it do.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

# Long enough for a thousand questions to arrive and wait.
SETTLE_S = 1.5
PATIENCE_S = 30.0

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def ask(connection: Connection, path: str, token: str, body: bytes) -> bytes:
    """One request on an open connection."""
    reader, writer = connection
    head = (
        f"POST {path} HTTP/1.1\r\nHost: ledger\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    told = await reader.readuntil(b"\r\n\r\n")
    size = int(told.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
    answer = await reader.readexactly(size)
    if b" 200 " not in told[:16]:
        raise RuntimeError(answer[:300].decode())
    return answer


async def _wait(connection: Connection, waiting: dict[str, Any]) -> float:
    """Ask for news, and remember where they end; when they came."""
    question = json.dumps(waiting["query"]).encode()
    news = json.loads(await ask(connection, "/v1/changes", waiting["token"], question))
    at = time.monotonic()
    waiting["query"] |= {"cursor": news["cursor"], "chain": news["chain"]}
    return at


async def work(url: str, given: dict[str, Any]) -> dict[str, Any]:
    """All rounds; milliseconds from the post to each that heard, and when a round began."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or 0
    everybody = [
        (await asyncio.open_connection(host, port), waiting) for waiting in given["waiting"]
    ]
    poster = await asyncio.open_connection(host, port)
    asked = [asyncio.create_task(_wait(*one)) for one in everybody]
    took: list[float] = []
    for batch in given["batches"]:
        await asyncio.sleep(SETTLE_S)
        begun = time.monotonic()
        await ask(poster, "/v1/post", given["token"], batch.encode())
        for place, (connection, waiting) in enumerate(everybody):
            if not waiting["hears"]:
                continue
            took.append((await asyncio.wait_for(asked[place], PATIENCE_S) - begun) * 1e3)
            asked[place] = asyncio.create_task(_wait(connection, waiting))
    for task in asked:
        task.cancel()
    return {"took": took}


def main(url: str, file: str) -> int:
    """Begin when told to."""
    given = json.loads(Path(file).read_text(encoding="utf-8"))
    print("ready", flush=True)
    sys.stdin.readline()
    print(json.dumps(asyncio.run(work(url, given))), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
