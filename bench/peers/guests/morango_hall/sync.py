"""Runs under morango: one device pushes N moves to a gunicorn server, another pulls them.

`sync.py N FOLDER` is the whole run; it starts itself anew for each device, since a process of
Django has one database. Chunks of 5,000 rows: three times as fast as its default of 500.
"""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHUNK = 5_000


def main() -> None:
    records, folder = int(sys.argv[1]), Path(sys.argv[2])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    owner = device(folder, "server", "found")
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "serve:application"),
            *("--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4"),
            *("--timeout", "600", "--log-level", "error"),
        ],
        cwd=HERE,
        env={**os.environ, "HALL_FOLDER": str(folder / "server")},
        stdout=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        url = f"http://127.0.0.1:{port}/"
        sent = device(folder, "one", "push", url, str(records), owner)
        fetched = device(folder, "two", "pull", url, str(records), owner)
    finally:
        server.terminate()
        server.wait()
    push, pull = json.loads(sent), json.loads(fetched)
    print(json.dumps({"push_s": push["s"], "pull_s": pull["s"], "noop_ms": push["noop_ms"]}))


def device(folder: Path, name: str, *work: str) -> str:
    """Do one device's part in a process of its own; the last line it said."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, __file__, "device", *work],
        cwd=HERE,
        env={**os.environ, "HALL_FOLDER": str(folder / name)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.strip().splitlines()[-1]


def on_device() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
    sys.path.insert(0, str(HERE))
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", "--run-syncdb", verbosity=0)
    connection.cursor().execute("PRAGMA journal_mode = WAL")
    connection.cursor().execute("PRAGMA synchronous = FULL")
    if sys.argv[2] == "found":
        found()
    else:
        exchange(*sys.argv[2:6])


def found() -> None:
    """The server's own authority; its key goes to the devices, which then need no password."""
    from morango.models.certificates import Certificate

    root = Certificate.generate_root_certificate("whole-site")
    chain = {"serialized": root.serialized, "signature": root.signature}
    print(json.dumps({**chain, "key": root.private_key.get_private_key_string()}))


def exchange(way: str, url: str, records: str, owner: str) -> None:
    from django.core.management import call_command
    from hall.models import Move
    from morango.models.certificates import Certificate, Filter
    from morango.models.fields.crypto import Key
    from morango.sync.controller import MorangoProfileController

    call_command("loaddata", "scopedefinitions", verbosity=0)
    given = json.loads(owner)
    root = Certificate.deserialize(given["serialized"], given["signature"])
    root.private_key = Key(private_key_string=given["key"])
    root.save()
    if way == "push":
        fill(Move, int(records), root.id)
    controller = MorangoProfileController("hall")
    connection = controller.create_network_connection(url)

    def once() -> float:
        session = connection.create_sync_session(root, root, chunk_size=CHUNK)
        client = session.get_push_client() if way == "push" else session.get_pull_client()
        begun = time.perf_counter()
        client.initialize(Filter(root.id))
        client.run()
        client.finalize()
        spent = time.perf_counter() - begun
        session.close_sync_session()
        return spent

    took = once()
    if way == "pull":
        assert Move.objects.count() == int(records), Move.objects.count()
    print(json.dumps({"s": took, "noop_ms": once() * 1e3}))


def fill(move: type, records: int, site: str) -> None:
    """As many moves as a station records in a while."""
    moves = [
        move(
            kind="pack",
            item=f"SKU-{number % 5000}",
            quantity=1,
            source="A-04-2",
            target="BENCH-3",
            captured_at="2026-11-23T09:00:00Z",
            site=site,
        )
        for number in range(records)
    ]
    for one in moves:
        one.id = one.calculate_uuid()
    move.objects.bulk_create(moves, batch_size=500)


if __name__ == "__main__":
    on_device() if sys.argv[1] == "device" else main()
