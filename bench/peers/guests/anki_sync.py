"""Runs under Anki: one collection sends N new notes to Anki's sync server, another fetches them.

A note is two rows there, a note and a card; N counts notes, as its own reports do.
"""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from anki.collection import AddNoteRequest, Collection

RECORDS, FOLDER = int(sys.argv[1]), Path(sys.argv[2])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


PORT = free_port()


def answering() -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", PORT)) == 0


def full(collection: Collection, auth: object, *, upload: bool) -> None:
    """The first sync of a collection goes one way, whole."""
    collection.sync_collection(auth, False)
    collection.close_for_full_sync()
    collection.full_upload_or_download(auth=auth, server_usn=None, upload=upload)
    collection.reopen(after_full_sync=True)


def took(work) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


server = subprocess.Popen(
    [sys.executable, "-m", "anki.syncserver"],
    env={
        **os.environ,
        "SYNC_USER1": "bench:bench",
        "SYNC_BASE": str(FOLDER / "server"),
        "SYNC_PORT": str(PORT),
        "SYNC_HOST": "127.0.0.1",
    },
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
)
try:
    until = time.monotonic() + 30
    while not answering() and time.monotonic() < until:
        time.sleep(0.05)
    one, two = (Collection(str(FOLDER / f"{name}.anki2")) for name in ("one", "two"))
    endpoint = f"http://127.0.0.1:{PORT}/"
    auth = one.sync_login("bench", "bench", endpoint)
    auth.endpoint = endpoint
    full(one, auth, upload=True)
    full(two, auth, upload=False)
    kind, deck = one.models.by_name("Basic"), one.decks.id("Default")
    requests = []
    for number in range(RECORDS):
        note = one.new_note(kind)
        note["Front"] = f"OP-{number:08d} SKU-{number % 5000} A-04-2 BENCH-3"
        note["Back"] = "1"
        requests.append(AddNoteRequest(note, deck))
    one.add_notes(requests)
    push = took(lambda: one.sync_collection(auth, False))
    pull = took(lambda: two.sync_collection(auth, False))
    nothing = took(lambda: one.sync_collection(auth, False))
    assert two.note_count() == RECORDS, two.note_count()
    print(json.dumps({"push_s": push, "pull_s": pull, "noop_ms": nothing * 1e3}))
finally:
    server.kill()
    server.wait()
