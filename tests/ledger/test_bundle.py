"""T1, T9, T10: what anybody can find out about a bundle, and what nobody can hide in one."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.commands.audit import verifier
from app.conformance.probe import moved
from app.contract.chain import (
    GENESIS,
    content_hash,
    head_bytes,
    next_chain,
    next_digest,
    person_bytes,
)
from app.ledger.bundle import Bundles
from app.ledger.journal import Actor
from app.ledger.keys import LedgerKey
from app.ledger.people_signed import strangers
from app.ledger.service import LedgerService
from app.ledger.tables import signed
from app.paths import resources_dir
from tests.ledger.conftest import MUG, Enrol

NOVAK = Actor("p-novak", "operator", "local", "host:desk")
TRIALS = 100
# The first of those of `make long`.
FLIPS, ALL_FLIPS = 500, 3_000
# Records of a batch at the station under attack; so far apart are the marks it has signed.
BATCH = 10
RECORDS = 60

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Case:
    """A genuine bundle, the key it is checked with, and what others hold."""

    path: Path
    key: LedgerKey
    chain: str
    held: Rows

    def files(self) -> dict[str, bytes]:
        with zipfile.ZipFile(self.path) as zipped:
            return {name: zipped.read(name) for name in zipped.namelist()}

    def verify(self, path: Path, held: Rows | None = None) -> str:
        """What is wrong, or nothing."""
        try:
            verifier().verify(path, self.key.public.hex(), self.held if held is None else held)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it
            return str(error) or repr(error)
        return ""


def filled(service: LedgerService, enrol: Enrol, folder: Path) -> Case:
    """A station with sixty records in six batches, another with one, and a journal."""
    station, other = enrol("PACK-01"), enrol("PACK-02")
    held: Rows = []
    for batch in range(RECORDS // BATCH):
        for _ in range(BATCH):
            station.record(station.operation("move", moved(MUG.sku, 1, "A-04-2", "B-11-1")))
        station.post(batch * BATCH + 1)
        end = station.sent[-1]
        signature = station.device.sign(head_bytes(station.who.enrolment, end.seq, end.digest))
        held.append(
            {"file": "events", "chain": station.who.enrolment, "seq": end.seq}
            | {"digest": end.digest, "signature": signature}
        )
    other.do(other.operation("event"))
    for site in ("MUC", "BER1"):
        with service.journal.act(NOVAK, "site add", site):
            service.add_site(site)
    made = Bundles(service.database, service.clock, service.key).write(folder / "audit.zip")
    return Case(made.path, service.key, station.who.enrolment, held)


@pytest.fixture
def case(ledger: LedgerService, enrol: Enrol, tmp_path: Path) -> Case:
    return filled(ledger, enrol, tmp_path)


def rezipped(files: dict[str, bytes], target: Path) -> Path:
    with zipfile.ZipFile(target, "w") as zipped:
        for name, content in files.items():
            zipped.writestr(name, content)
    return target


def signed_anew(case: Case, rows: Rows, target: Path, *, key: LedgerKey | None = None) -> Path:
    """What somebody with the ledger's database and its key makes of other rows."""
    key = key or case.key
    files = case.files()
    manifest = json.loads(files["manifest.json"])
    part = manifest["chains"]["events"][case.chain]
    mine = [row for row in rows if row["chain"] == case.chain]
    part["seq"], part["digest"] = mine[-1]["seq"], mine[-1]["digest"]
    files["events.ndjson"] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    # Nobody but the station could sign another end of its chain.
    points = [p for p in json.loads(files["checkpoints.json"]) if p["chain"] != case.chain]
    files["checkpoints.json"] = json.dumps(points).encode()
    for name in manifest["files"]:
        manifest["files"][name] = sha256(files[name]).hexdigest()
    files["manifest.json"] = json.dumps(manifest).encode()
    files["manifest.sig"] = key.sign(b"packhouse audit 1\n" + files["manifest.json"]).encode()
    return rezipped(files, target)


def rows_of(case: Case) -> Rows:
    return [json.loads(line) for line in case.files()["events.ndjson"].splitlines()]


def _edited(row: dict[str, Any]) -> None:
    row["body"] = row["body"].replace('"quantity":1', '"quantity":3')


def _linked(rows: Rows) -> None:
    """Numbers and digests as they should be; signatures that do not fit any more are left out."""
    digest = GENESIS
    for seq, row in enumerate(rows, 1):
        row["seq"] = seq
        row["hash"] = content_hash(row["body"].encode())
        digest = next_digest(digest, row["chain"], seq, row["hash"])
        if row["digest"] != digest:
            row.pop("signature", None)
        row["digest"] = digest


def edit(rows: Rows, at: int) -> int:
    _edited(rows[at])
    return at + 1


def delete(rows: Rows, at: int) -> int:
    del rows[at]
    return at + 1


def insert(rows: Rows, at: int) -> int:
    rows.insert(at, rows[at] | {"id": "0" * 36})
    return at + 2


def swap(rows: Rows, at: int) -> int:
    rows[at], rows[at + 1] = rows[at + 1], rows[at]
    return at + 1


def restart(rows: Rows, at: int) -> int:
    tail = [dict(row) for row in rows[at:]]
    _linked(tail)
    rows[at:] = tail
    return at + 1


def cut_off(rows: Rows, at: int) -> int:
    del rows[at:]
    return at + 1


def edit_and_rehash(rows: Rows, at: int) -> int:
    _edited(rows[at])
    _linked(rows)
    return (at // BATCH + 1) * BATCH  # the first end after it that the station has signed


def fork(rows: Rows, at: int) -> int:
    """From here on another history, of fewer records."""
    del rows[at]
    _linked(rows)
    return min((at // BATCH + 1) * BATCH, len(rows) + 1)


ATTACKS = (edit, delete, insert, swap, restart, cut_off, edit_and_rehash, fork)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_an_attack_on_a_chain_is_found_with_the_station_and_the_first_bad_number(
    attack: Callable[[Rows, int], int], case: Case, tmp_path: Path
) -> None:
    chance = Random(attack.__name__)
    genuine = rows_of(case)
    others = [row for row in genuine if row["chain"] != case.chain]

    missed = []
    for _ in range(TRIALS):
        rows = [dict(row) for row in genuine if row["chain"] == case.chain]
        at = chance.randrange(1, RECORDS - 1)
        expected = attack(rows, at)
        found = case.verify(signed_anew(case, [*rows, *others], tmp_path / "forged.zip"))
        if not found.startswith(f"HAM PACK-01: number {expected} "):
            missed.append((at, expected, found))

    assert missed == []


def test_without_what_others_hold_two_attacks_stay_unseen(case: Case, tmp_path: Path) -> None:
    """Why stations and earlier bundles are asked: the control of the test above."""
    unseen = []
    for attack in ATTACKS:
        genuine = rows_of(case)
        rows = [row for row in genuine if row["chain"] == case.chain]
        attack(rows, 30)
        others = [row for row in genuine if row["chain"] != case.chain]
        forged = signed_anew(case, [*rows, *others], tmp_path / "forged.zip")
        if not case.verify(forged, held=[]):
            unseen.append(attack.__name__)

    assert unseen == ["cut_off", "edit_and_rehash", "fork"]


def test_a_genuine_bundle_is_whole_also_for_who_holds_checkpoints(case: Case) -> None:
    assert case.verify(case.path) == ""
    inside = json.loads(case.files()["checkpoints.json"])

    assert case.verify(case.path, inside) == ""
    assert {point["file"] for point in inside} == {"events", "feed", "journal"}


def test_a_feed_that_was_cut_off_is_found_by_a_station(case: Case, tmp_path: Path) -> None:
    files = case.files()
    point = next(p for p in json.loads(files["checkpoints.json"]) if p["file"] == "feed")
    manifest = json.loads(files["manifest.json"])
    lines = files["feed.ndjson"].splitlines(keepends=True)
    files["feed.ndjson"] = b"".join(lines[:-1])
    last = json.loads(lines[-2])
    manifest["chains"]["feed"]["HAM"] |= {"seq": last["seq"], "digest": last["digest"]}
    points = [p for p in json.loads(files["checkpoints.json"]) if p["file"] != "feed"]
    files["checkpoints.json"] = json.dumps(points).encode()
    for name in manifest["files"]:
        manifest["files"][name] = sha256(files[name]).hexdigest()
    files["manifest.json"] = json.dumps(manifest).encode()
    files["manifest.sig"] = case.key.sign(b"packhouse audit 1\n" + files["manifest.json"]).encode()
    forged = rezipped(files, tmp_path / "forged.zip")

    assert case.verify(forged, []) == ""
    assert case.verify(forged, [point]) == f"HAM feed: number {last['seq'] + 1} is missing"


@pytest.mark.parametrize(
    "flips", [FLIPS, pytest.param(ALL_FLIPS, marks=pytest.mark.long)], ids=["some", "all"]
)
def test_flipped_bits_change_nothing_that_is_believed(
    case: Case, tmp_path: Path, flips: int
) -> None:
    chance = Random(ALL_FLIPS)
    raw, genuine = case.path.read_bytes(), case.files()
    flipped = tmp_path / "flipped.zip"

    accepted = []
    for _ in range(flips):
        content = bytearray(raw)
        content[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
        flipped.write_bytes(content)
        if not case.verify(flipped, []):
            with zipfile.ZipFile(flipped) as zipped:
                accepted.append({name: zipped.read(name) for name in zipped.namelist()})

    assert [one for one in accepted if one != genuine] == []
    assert len(accepted) < flips // 20


def _rezips(case: Case) -> Iterator[tuple[str, dict[str, bytes]]]:
    files = case.files()
    lines = files["events.ndjson"].splitlines(keepends=True)
    edited = files["events.ndjson"].replace(rb"\"quantity\":1", rb"\"quantity\":3", 1)
    yield "edited", files | {"events.ndjson": edited}
    manifest = json.loads(files["manifest.json"])
    manifest["files"]["events.ndjson"] = sha256(edited).hexdigest()
    rehashed = files | {"events.ndjson": edited, "manifest.json": json.dumps(manifest).encode()}
    yield "edited and rehashed", rehashed
    other = LedgerKey(b"\1" * 32)
    signature = other.sign(b"packhouse audit 1\n" + rehashed["manifest.json"])
    yield "signed with another key", rehashed | {"manifest.sig": signature.encode()}
    yield "a line dropped", files | {"events.ndjson": b"".join(lines[:-1])}
    yield "a file added", files | {"notes.txt": b"all is well"}
    yield "no signature", {name: files[name] for name in files if name != "manifest.sig"}


def test_six_ways_to_zip_it_anew_are_refused(case: Case, tmp_path: Path) -> None:
    believed = [
        name
        for name, files in _rezips(case)
        if not case.verify(rezipped(files, tmp_path / "forged.zip"), [])
    ]

    assert len(list(_rezips(case))) == 6
    assert believed == []


def test_the_verifier_is_short_and_runs_on_a_bare_python(case: Case, tmp_path: Path) -> None:
    program = tmp_path / "verify.py"
    program.write_bytes(case.files()["verify.py"])
    held = tmp_path / "held.json"
    held.write_text(json.dumps(case.held), encoding="utf-8")
    # Only what lies beside the interpreter: no package of ours, no environment, no working folder.
    command = [sys.executable, "-I", str(program), str(case.path), case.key.public.hex(), str(held)]

    good = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    command[4] = "00" * 32
    bad = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    source = (resources_dir() / "audit" / "verify.py").read_text(encoding="utf-8")
    assert source.count("\n") < 100
    imported = {line.split()[1].split(".")[0] for line in source.splitlines() if _imports(line)}
    assert imported - sys.stdlib_module_names == {"cryptography"}
    assert (good.returncode, good.stdout[:17]) == (0, "whole and genuine")
    assert bad.returncode == 1
    assert "not signed by this ledger" in bad.stderr


def _imports(line: str) -> bool:
    return line.startswith(("import ", "from "))


def test_a_signature_that_is_not_of_the_person_it_names_is_told(
    ledger: LedgerService, enrol: Enrol, tmp_path: Path
) -> None:
    station = enrol("PACK-01")
    anna = Ed25519PrivateKey.generate()
    key = anna.public_key().public_bytes_raw().hex()
    content = {}
    for name in ("hers", "forged"):
        made = station.record(station.operation("event", name=name))
        content[name] = content_hash(bytes(station.sent[-1].body))
        signer = anna if name == "hers" else Ed25519PrivateKey.generate()
        signature = signer.sign(person_bytes("p-anna", 1, content[name])).hex()
        with ledger.database.write() as connection:
            connection.execute(
                sa.insert(signed).values(
                    operation=made.id, person="p-anna", version=1, signature=signature
                )
            )
    station.post()
    made_bundle = Bundles(ledger.database, ledger.clock, ledger.key).write(tmp_path / "a.zip")

    found = list(strangers(made_bundle.path, {"p-anna": {"1": key}}))

    assert found == [f"{station.who.enrolment}: number 2 is not signed by p-anna"]


def test_the_journals_chain_covers_what_its_rows_say(case: Case) -> None:
    rows = [json.loads(line) for line in case.files()["journal.ndjson"].splitlines()]

    assert [json.loads(row["body"])["object"] for row in rows] == ["MUC", "BER1"]
    assert next_chain(rows[0]["digest"], rows[1]["body"].encode()) == rows[1]["digest"]
