"""One process of the load: sends prepared batches to a ledger, one by one, and times them.

    python -m bench.load URL TOKEN FILE [CA] says "ready", starts at "go", answers in JSON

Nothing is built here while the clock runs: what is measured is the ledger, and the load's own share
of the processors is told beside it.
"""

import http.client
import json
import resource
import ssl
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit


def read_requests(path: Path) -> list[bytes]:
    """The requests of a file, as `write_requests` wrote them."""
    data, requests, at = path.read_bytes(), [], 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4])
        requests.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    return requests


def write_requests(path: Path, requests: list[bytes]) -> None:
    """Keep requests in a file, each after its length."""
    path.write_bytes(b"".join(len(one).to_bytes(4) + one for one in requests))


def _connection(url: str, ca: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, port)
    return http.client.HTTPSConnection(host, port, context=ssl.create_default_context(cafile=ca))


def main(url: str, token: str, file: str, ca: str = "") -> int:
    """Send everything; tell start, end, the time of each request, and the processor time used."""
    requests = read_requests(Path(file))
    connection = _connection(url, ca)
    connection.connect()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    print("ready", flush=True)
    sys.stdin.readline()
    before = resource.getrusage(resource.RUSAGE_SELF)
    took, refused, operations = [], [], 0
    begun = time.monotonic()
    for body in requests:
        sent = time.monotonic()
        connection.request("POST", "/v1/post", body, headers)
        answer = connection.getresponse().read()
        took.append(time.monotonic() - sent)
        if not answer.startswith(b'{"type":"posted"'):
            refused.append(answer[:200].decode())
        operations += answer.count(b'"outcome":')
    ended = time.monotonic()
    after = resource.getrusage(resource.RUSAGE_SELF)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    said = {"begun": begun, "ended": ended, "cpu_s": used, "took": took, "refused": refused}
    said["operations"] = operations
    print(json.dumps(said), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
