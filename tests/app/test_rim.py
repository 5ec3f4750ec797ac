"""Settings, the one-instance lock, the log, ids and the demo's link."""

import json
import logging
import socket
import subprocess
import sys
import threading
import uuid
from pathlib import Path

import pytest

from app.clock import UuidSource, uuid7
from app.demo.link import Link
from app.errors import Trouble
from app.instance import InstanceLock
from app.log import LineFormatter
from app.settings import StationSettings, load


def test_a_flag_is_remembered_for_the_next_start(tmp_path: Path) -> None:
    load(tmp_path, {"ledger": "http://ledger:8800", "text_percent": 150})

    settings = load(tmp_path, {})

    assert settings.ledger == "http://ledger:8800"
    assert settings.text_percent == 150
    assert settings.theme == StationSettings(tmp_path).theme


def test_a_path_with_odd_signs_survives_the_settings_file(tmp_path: Path) -> None:
    odd = 'folder:///C:\\labels\\"best"'
    load(tmp_path, {"printer": odd})

    assert load(tmp_path, {}).printer == odd


@pytest.mark.parametrize("content", ["ledger = ", 'colour = "red"', "\x00"])
def test_a_broken_settings_file_is_told_in_words(tmp_path: Path, content: str) -> None:
    (tmp_path / "station.toml").write_text(content)

    with pytest.raises(Trouble, match=r"station\.toml"):
        load(tmp_path, {})


def test_a_second_program_on_the_folder_is_told_who_holds_it(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from app.instance import InstanceLock\n"
        "from app.errors import Trouble\n"
        "try: InstanceLock(Path(sys.argv[1]))\n"
        "except Trouble as error: print(error.say); sys.exit(3)\n"
    )
    with InstanceLock(tmp_path):
        second = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(__file__).parents[2],
        )

    assert second.returncode == 3
    assert "already running" in second.stdout
    InstanceLock(tmp_path).release()


def test_a_log_line_is_one_line_whatever_was_scanned() -> None:
    scanned = "29000\n2026-01-01 ERROR forged\x1b[2K\u202e\u2028x"
    record = logging.LogRecord("x", logging.INFO, "f", 1, "scan %s", (scanned,), None)

    line = LineFormatter().format(record)

    assert line.isprintable()
    assert "\\n" in line


def test_ids_are_version_7_and_sort_by_time() -> None:
    first, second = uuid7(1_000, 2**74 - 1), uuid7(1_001, 0)

    assert uuid.UUID(first).version == 7
    assert uuid.UUID(first).variant == uuid.RFC_4122
    assert first < second
    assert len({UuidSource().new_id() for _ in range(1_000)}) == 1_000


def test_a_cut_link_breaks_what_is_under_way_and_refuses_what_is_new() -> None:
    server = socket.create_server(("127.0.0.1", 0))

    def echo() -> None:
        for _ in range(2):
            connection, _ = server.accept()
            with connection:
                while data := connection.recv(100):
                    connection.sendall(data)

    thread = threading.Thread(target=echo)
    thread.start()
    with Link(server.getsockname()[1]) as link:
        address = ("127.0.0.1", int(link.url.rsplit(":", 1)[1]))
        with socket.create_connection(address) as near:
            near.sendall(b"kettle")
            assert near.recv(100) == b"kettle"
            link.cut()
            assert near.recv(100) == b""
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address, 1.0)
        link.restore()
        with socket.create_connection(address) as near:
            near.sendall(b"again")
            assert near.recv(100) == b"again"
    thread.join(5)
    server.close()


def test_the_checker_imports_nothing_of_the_program() -> None:
    code = (
        "import json, sys; sys.argv = ['x']; import runpy\n"
        "runpy.run_path(sys.stdin.readline().strip(), run_name='checker')\n"
        "print(json.dumps([name for name in sys.modules if name.split('.')[0] in ('app', 'ui')]))\n"
    )
    path = Path(__file__).parents[2] / "app" / "demo" / "checker.py"
    done = subprocess.run(
        [sys.executable, "-c", code], input=f"{path}\n", capture_output=True, text=True, check=True
    )

    assert json.loads(done.stdout) == []
