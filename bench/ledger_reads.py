"""One process that asks a ledger small questions, one after another, and times each.

    python -m bench.ledger_reads URL FILE      says "ready", starts at a line, ends at the next

FILE holds the questions as JSON: name, method, address, body, bearer. A pause between two questions
keeps this from being a load of its own: what is measured is how long one person waits.
"""

import http.client
import json
import select
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

# Forty questions a second at most, so that each is asked less often than a bearer may.
PAUSE_S = 0.025


def main(url: str, file: str) -> int:
    """Ask in turn until told to stop; tell the milliseconds of each question by its name."""
    questions = json.loads(Path(file).read_text(encoding="utf-8"))
    took: dict[str, list[float]] = {name: [] for name, *_ in questions}
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    connection.connect()
    print("ready", flush=True)
    sys.stdin.readline()
    refused: list[str] = []
    while not select.select([sys.stdin], [], [], 0)[0]:
        for name, method, address, body, bearer in questions:
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {bearer}"}
            begun = time.perf_counter()
            connection.request(method, address, body or None, headers)
            answer = connection.getresponse()
            said = answer.read()
            took[name].append((time.perf_counter() - begun) * 1e3)
            if answer.status != http.client.OK:
                refused.append(f"{name}: {answer.status} {said[:200]!r}")
            select.select([], [], [], PAUSE_S)
    print(json.dumps({"took": took, "refused": refused}), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
