"""Audit bundles of strangers: a small genuine one, and others made of it.

Whoever sends a bundle chooses its bytes, or keeps the signed manifest and chooses what else is in
it. Either way the verifier ends with a verdict, and what it is told to unpack fills no memory.
"""

import io
import json
import tempfile
import zipfile
from hashlib import sha256
from pathlib import Path

from app.commands import audit
from app.errors import Refusal
from app.ledger.keys import LedgerKey

_KEY = LedgerKey(b"\x05" * 32)
_NAMES = ("events.ndjson", "feed.ndjson", "journal.ndjson", "checkpoints.json", "manifest.json")
_START = "0" * 64
_EVENT_HASH = sha256(b"{}").hexdigest()
_EVENT_END = sha256(f"{_START}\ne-1\n1\n{_EVENT_HASH}".encode()).hexdigest()
_FEED_END = sha256(f"{_START}\n{{}}".encode()).hexdigest()
_EVENT = {"chain": "e-1", "seq": 1, "digest": _EVENT_END, "hash": _EVENT_HASH, "body": "{}"}
_FEED = {"chain": "HAM", "seq": 1, "digest": _FEED_END, "body": "{}"}


def _part(name: str, digest: str) -> dict[str, object]:
    return {"name": name, "after": 0, "from": _START, "seq": 1, "digest": digest}


def _genuine() -> dict[str, bytes]:
    files = {
        "events.ndjson": json.dumps(_EVENT).encode(),
        "feed.ndjson": json.dumps(_FEED).encode(),
        "journal.ndjson": b"",
        "checkpoints.json": b"[]",
    }
    station = _part("PACK-01", _EVENT_END) | {"keys": [[0, _KEY.public.hex()]]}
    chains = {"events": {"e-1": station}, "feed": {"HAM": _part("HAM feed", _FEED_END)}}
    manifest = {
        "at": "2026-11-23T06:00:00.000Z",
        "files": {name: sha256(content).hexdigest() for name, content in files.items()},
        "chains": chains | {"journal": {}},
        "lines": {"events": 1, "feed": 1, "journal": 0},
        "people": {},
    }
    said = json.dumps(manifest).encode()
    signature = _KEY.sign(b"packhouse audit 1\n" + said).encode()
    return files | {"manifest.json": said, "manifest.sig": signature}


def zipped(files: dict[str, bytes]) -> bytes:
    """A bundle of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in files.items():
            bundle.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


GENUINE = _genuine()


def verdict(data: bytes) -> str:
    """What is said of a bundle: nothing when it is believed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "audit.zip"
        path.write_bytes(data)
        try:
            audit.believed(path, _KEY.public.hex(), [])
        except Refusal as refusal:
            return refusal.say
    return ""


def whole(data: bytes) -> None:
    """Any bytes as a bundle: what is believed holds exactly what was signed."""
    if verdict(data):
        return
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        assert {name: bundle.read(name) for name in bundle.namelist()} == GENUINE


def part(data: bytes) -> None:
    """Any bytes as one file of it: believed only as they were."""
    name, content = _NAMES[data[0] % len(_NAMES)] if data else _NAMES[0], data[1:]
    said = verdict(zipped(GENUINE | {name: content}))
    assert bool(said) == (content != GENUINE[name]), said


def elsewhere(path: Path) -> None:
    """A file that is said to hold checkpoints of a station."""
    held = audit.held_elsewhere(path / "pack-01.json")
    with tempfile.TemporaryDirectory() as folder:
        bundle = Path(folder) / "audit.zip"
        bundle.write_bytes(zipped(GENUINE))
        audit.believed(bundle, _KEY.public.hex(), held)
