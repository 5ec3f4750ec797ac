"""An environment of its own for each peer, made once and kept in `out/peers`."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOMES = ROOT / "out" / "peers"
GUESTS = Path(__file__).with_name("guests")
# A peer that needs longer for one run has hung.
PATIENCE_S = 900

# What was compared. Another version is another result: raise these on purpose.
PYTHON: Mapping[str, tuple[str, ...]] = {
    "anki": ("anki==26.9.3",),
    "morango": ("morango==0.8.15", "gunicorn==27.0.1", "setuptools<81"),
    "tryton": ("trytond==8.2.1", "trytond_stock==8.2.1", "psycopg[binary]", "psycopg_pool"),
}
NODE = ("pouchdb-node@9.0.0", "pouchdb-server@4.2.0")

Answer = dict[str, float]


def python_of(peer: str) -> Path:
    """The interpreter that has the peer installed."""
    home = HOMES / peer
    python = home / "bin" / "python"
    if not (home / "installed").exists():
        shutil.rmtree(home, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(home)])
        _run([str(python), "-m", "pip", "install", "--quiet", *PYTHON[peer]])
        (home / "installed").touch()
    return python


def node_home() -> Path:
    """A folder whose `node_modules` holds PouchDB and its server."""
    home = HOMES / "pouchdb"
    if not (home / "installed").exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        (home / "package.json").write_text('{"private": true}', encoding="utf-8")
        _run(["npm", "install", "--no-audit", "--no-fund", *NODE], home)
        (home / "installed").touch()
    return home


def versions() -> str:
    """What was installed, for the table."""
    return ", ".join((*(one for peer in PYTHON.values() for one in peer[:1]), *NODE))


def ask(command: Sequence[str], folder: Path, **environment: str) -> Answer:
    """Run a guest and read the one line of JSON it ends with.

    Raises:
        RuntimeError: It failed; with the end of what it said.
    """
    said = _run(command, folder, **environment).strip().splitlines()
    answer: Answer = json.loads(said[-1])
    return answer


def _run(command: Sequence[str], folder: Path | None = None, **environment: str) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stderr[-2000:] or done.stdout[-2000:]}")
    return done.stdout
