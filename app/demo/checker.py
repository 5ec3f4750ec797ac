"""Compares two books and imports nothing of the program: anyone can read what it checks.

    python -m app.demo.checker STATION_BOOK STATION_KEYS PASSPHRASE_FILE LEDGER_BOOK

Prints one JSON object; exit code 0 only if nothing is lost, doubled or different.
"""

import base64
import json
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlcipher3 import dbapi2 as sqlcipher

OUTCOMES = ("posted", "waiting", "refused", "held", "conflict")
FATES = ("applied", "refused", "duplicate", "held", "command")
KEY = ("location", "item", "lot", "serial", "condition")


def open_book(path: Path, key: str = "") -> Any:
    """A read-only connection; `key` in hex for a station's book."""
    connection = sqlcipher.connect(str(path))
    if key:
        connection.execute(f"PRAGMA key = \"x'{key}'\"")
    connection.execute("PRAGMA query_only = ON")
    return connection


def book_key(keys: Path, passphrase: Path) -> str:
    """The key of a station's book in hex: `keys.json` opened as its description says."""
    file = json.loads(keys.read_text(encoding="utf-8"))
    lock, slot = file["lock"], file["active"]
    kek = Argon2id(
        salt=bytes.fromhex(lock["salt"]),
        length=32,
        iterations=lock["passes"],
        lanes=lock["lanes"],
        memory_cost=lock["memory_kib"],
    ).derive(passphrase.read_bytes())
    sealed = base64.b64decode(slot["sealed"])
    bound = f"packhouse\n{file['vault']}\nbook\n{slot['version']}".encode()
    return AESGCM(kek).decrypt(sealed[:12], sealed[12:], bound).hex()


def station_side(book: Any) -> tuple[dict[str, Any], list[str]]:
    """Counts of a station's book, and what is wrong with it."""
    wrong = []
    rows = book.execute(
        "SELECT id, seq, enrolment, body, content_hash, digest, transport, outcome FROM operation"
        " ORDER BY n"
    ).fetchall()
    tally = Counter(
        outcome if transport == "confirmed" else "unsent" for *_, transport, outcome in rows
    )
    previous = "0" * 64
    for place, (name, seq, enrolment, body, content, digest, *_) in enumerate(rows, 1):
        if seq != place:
            wrong.append(f"sequence {seq} stands at place {place}")
        if sha256(body).hexdigest() != content:
            wrong.append(f"{name}: the body is not what was hashed")
        previous = sha256(f"{previous}\n{enrolment}\n{seq}\n{content}".encode()).hexdigest()
        if previous != digest:
            wrong.append(f"{name}: the chain breaks at {seq}")
    fates = dict(book.execute("SELECT fate, count(*) FROM scan GROUP BY fate").fetchall())
    scans = book.execute("SELECT count(*) FROM scan").fetchone()[0]
    strange = set(fates) - set(FATES)
    if strange:
        wrong.append(f"scans without a proper fate: {sorted(strange)}")
    if len(rows) != sum(tally.values()):
        wrong.append("captured is not the sum of its outcomes")
    counts = {"captured": len(rows), **{name: tally[name] for name in (*OUTCOMES, "unsent")}}
    return {"operations": counts, "scans": scans, "fates": fates}, wrong


def compare(station: Any, ledger: Any) -> list[str]:
    """Every operation exactly once at the ledger with the same content; every balance the same."""
    wrong = []
    ours = dict(station.execute("SELECT id, content_hash FROM operation").fetchall())
    theirs: Counter[str] = Counter()
    hashes: dict[str, str] = {}
    for name, content in ledger.execute("SELECT id, content_hash FROM operation").fetchall():
        theirs[name] += 1
        hashes[name] = content if isinstance(content, str) else content.hex()
    for name, content in ours.items():
        if theirs[name] != 1:
            wrong.append(f"{name} stands {theirs[name]} times at the ledger")
        elif hashes[name] != content:
            wrong.append(f"{name} has another content at the ledger")
    here, there = balances(station), ledger_balances(ledger)
    wrong.extend(
        f"{key}: station {here.get(key, 0)}, ledger {there.get(key, 0)}"
        for key in sorted(here.keys() | there.keys())
        if here.get(key, 0) != there.get(key, 0)
    )
    if sum(there.values()):
        wrong.append(f"the ledger's places sum to {sum(there.values())}, not to zero")
    return wrong


def balances(book: Any) -> dict[tuple[str, ...], int]:
    """Confirmed and pending quantities of a station, by stock key."""
    found: Counter[tuple[str, ...]] = Counter()
    for table in ("balance", "effect"):
        for *key, quantity in book.execute(f"SELECT {', '.join(KEY)}, quantity FROM {table}"):
            found[tuple(key)] += quantity
    return {key: quantity for key, quantity in found.items() if quantity}


def ledger_balances(book: Any) -> dict[tuple[str, ...], int]:
    """Quantities of the ledger, by stock key."""
    rows = book.execute(f"SELECT {', '.join(KEY)}, quantity FROM balance")
    return {tuple(key): quantity for *key, quantity in rows if quantity}


def main(argv: list[str]) -> int:
    """Check, print, answer."""
    if len(argv) != 4:
        sys.stderr.write("usage: checker STATION_BOOK STATION_KEYS PASSPHRASE_FILE LEDGER_BOOK\n")
        return 2
    station = open_book(Path(argv[0]), book_key(Path(argv[1]), Path(argv[2])))
    ledger = open_book(Path(argv[3]))
    counts, wrong = station_side(station)
    wrong += compare(station, ledger)
    sys.stdout.write(json.dumps({**counts, "differences": wrong[:50]}, sort_keys=True) + "\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
