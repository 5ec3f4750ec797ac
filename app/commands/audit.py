"""`packhouse audit …`: the ledger's evidence out, and whether a bundle of it is genuine."""

import argparse
import importlib.util
import json
import struct
import sys
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from app.commands.ledger_place import add_place, change_ledger, open_ledger
from app.commands.progress import counted
from app.contract.codec import UNREADABLE
from app.errors import Refusal, Trouble

_EXPORT = "packhouse audit export audit-2026-11.zip --data-dir /srv/ledger"
_VERIFY = "packhouse audit verify audit-2026-11.zip --key 5f3c… --checkpoints pack-01.json"
# As JSON has them; what they must say is asked by the verifier.
Checkpoint = dict[str, Any]
Manifest = dict[str, Any]
# Whatever is wrong with a file that claims to be a bundle.
_NOT_ONE = (
    ValueError, LookupError, TypeError, AttributeError, EOFError, OSError, RuntimeError,
    ArithmeticError, zipfile.BadZipFile, zlib.error, struct.error,
)  # fmt: skip


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("audit", help="evidence, and whether it holds", epilog=_EXPORT)
    parts = parser.add_subparsers(dest="part", required=True, metavar="WHAT")
    export = parts.add_parser("export", help="write a signed bundle of everything", epilog=_EXPORT)
    export.add_argument("file", type=Path, metavar="FILE.zip", help="a new file")
    export.add_argument("--reason", default="", help="why; told in the journal")
    add_place(export)
    export.set_defaults(handler=_export)
    verify = parts.add_parser("verify", help="check a bundle", epilog=_VERIFY)
    verify.add_argument("file", type=Path, metavar="FILE.zip")
    verify.add_argument("--key", default="", help="the ledger's public key; else of --data-dir")
    verify.add_argument(
        "--checkpoints",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="what stations or earlier bundles hold; may be given several times",
    )
    add_place(verify)
    verify.set_defaults(handler=_verify)
    key = parts.add_parser(
        "key", help="print the ledger's public key", epilog="packhouse audit key"
    )
    add_place(key)
    key.set_defaults(handler=_key)
    witness = parts.add_parser(
        "witness",
        help="at a station: print what it holds against the ledger, as JSON",
        epilog="packhouse audit witness > pack-01.json",
    )
    witness.add_argument("--data-dir", type=Path, metavar="D", help="the station's data folder")
    witness.add_argument("--passphrase-file", metavar="FILE", help="unlocks the keys")
    witness.set_defaults(handler=_witness)
    from app.commands import audit_retention

    audit_retention.add(parts)


def _export(chosen: argparse.Namespace) -> int:
    """Write a bundle; the journal in it tells that it was asked for, and by whom."""
    from app.ledger.bundle import Bundles

    if chosen.file.exists():
        raise Refusal("file_exists", f"{chosen.file} is there already. Name a new file.")
    with change_ledger(chosen, "audit export", chosen.file.name, whole=False) as service:
        try:
            made = Bundles(service.database, service.clock, service.key).write(chosen.file, counted)
        except OSError as error:
            raise Trouble(f"{chosen.file} cannot be written. Check the disk.") from error
        key = service.key.public.hex()
    told = ", ".join(f"{count} {name}" for name, count in made.lines.items())
    sys.stdout.write(f"{chosen.file}: {told}\nledger key {key}\n")
    return 0


def _key(chosen: argparse.Namespace) -> int:
    with open_ledger(chosen) as service:
        sys.stdout.write(f"{service.key.public.hex()}\n")
    return 0


def _verify(chosen: argparse.Namespace) -> int:
    """Check a bundle; 0 only when all of it is whole and genuine."""
    key = chosen.key
    if not key:
        with open_ledger(chosen) as service:
            key = service.key.public.hex()
    held = [one for path in chosen.checkpoints for one in held_elsewhere(path)]
    manifest = believed(chosen.file, key, held)
    lines = ", ".join(f"{count} {name}" for name, count in manifest["lines"].items())
    sys.stdout.write(f"{chosen.file}: whole and genuine, of {manifest['at']}: {lines}\n")
    return 0


def believed(bundle: Path, key: str, held: Sequence[Checkpoint]) -> Manifest:
    """The manifest of a bundle that is whole and genuine.

    Args:
        bundle: A file of anybody.
        key: The ledger's public key.
        held: Checkpoints of others.

    Raises:
        Refusal: `not_genuine`, whatever is wrong with it.
    """
    from app.ledger.people_signed import strangers

    try:
        manifest: Manifest = verifier().verify(bundle, key, held)
        for wrong in strangers(bundle, manifest["people"]):
            raise ValueError(wrong)
    except (*_NOT_ONE, *UNREADABLE) as error:
        raise Refusal(
            "not_genuine",
            f"{bundle} is not to be believed: {str(error) or repr(error)}. Keep it as it is "
            "and ask for another export; compare it with what stations and archives hold.",
        ) from error
    return manifest


def held_elsewhere(path: Path) -> list[Checkpoint]:
    """Checkpoints that somebody else holds, as `audit witness` prints them.

    Raises:
        Refusal: `no_checkpoints`: the file is something else.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Checkpoint])
    except (OSError, *UNREADABLE) as error:
        raise Refusal(
            "no_checkpoints",
            f"{path} holds no checkpoints. Name a file that a station has printed: packhouse "
            "audit witness > pack-01.json",
        ) from error


def _witness(chosen: argparse.Namespace) -> int:
    """What an auditor asks several stations for, and gives to `verify` with the ledger's bundle."""
    from app.cache.witness import checkpoints
    from app.commands.keys import opened_station

    opened = opened_station(chosen)
    try:
        found = checkpoints(opened.store, opened.signer)
    finally:
        opened.close()
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    return 0


def verifier() -> ModuleType:
    """The program that is in every bundle: one check, whoever makes it."""
    from app.ledger.bundle import VERIFIER
    from app.paths import resources_dir

    spec = importlib.util.spec_from_file_location("verify", resources_dir() / "audit" / VERIFIER)
    if spec is None or spec.loader is None:
        raise Trouble("The verifier is missing. Install the program anew.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
