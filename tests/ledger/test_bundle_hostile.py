"""A file that claims to be an audit bundle, made by somebody who wants the check itself to fail."""

import tracemalloc
import zipfile
from pathlib import Path

import pytest

from app.commands import audit
from app.errors import Refusal
from tools.fuzzing.bundles import GENUINE, verdict, zipped

KEY = "00" * 32
# What is read of one file before anything of it was proven, twice, and what Python needs beside it.
MOST_BYTES = 400 << 20
BOMB_BYTES = 600 << 20


def test_a_bundle_made_of_the_genuine_parts_is_believed() -> None:
    assert verdict(zipped(GENUINE)) == ""


def test_a_torn_stream_in_a_bundle_is_a_verdict() -> None:
    raw = bytearray(zipped(GENUINE))
    stream = raw.index(b"manifest.json") + len(b"manifest.json")
    raw[stream : stream + 8] = b"\xff" * 8

    assert "not to be believed" in verdict(bytes(raw))


def test_a_manifest_that_unpacks_to_six_hundred_megabytes_fills_no_memory(tmp_path: Path) -> None:
    path, piece = tmp_path / "audit.zip", bytes(1 << 20)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bundle:
        with bundle.open("manifest.json", "w", force_zip64=True) as out:
            for _ in range(BOMB_BYTES // len(piece)):
                out.write(piece)
        bundle.writestr("manifest.sig", "00" * 64)

    tracemalloc.start()
    try:
        with pytest.raises(Refusal, match="not signed by this ledger"):
            audit.believed(path, KEY, [])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < MOST_BYTES


@pytest.mark.parametrize("said", [b"", b"{}", b"[7]", b"\xff\xfe", b"[" * 100_000])
def test_a_file_that_holds_no_checkpoints_is_named(tmp_path: Path, said: bytes) -> None:
    path = tmp_path / "pack-01.json"
    path.write_bytes(said)

    with pytest.raises(Refusal, match=r"pack-01\.json") as refused:
        audit.held_elsewhere(path)

    assert refused.value.code == "no_checkpoints"
