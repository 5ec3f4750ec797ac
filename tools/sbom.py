"""What the package consists of: a CycloneDX 1.6 bill of materials, the same for the same content.

    python -m tools.sbom dist/packhouse/sbom.cdx.json

Everything the program imports when it is installed, found by following the declared dependencies
from pyproject.toml through the installed metadata, with licences and the hashes of the lock; and
the C libraries that come inside of them.
"""

import json
import re
import ssl
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

from cryptography.hazmat.backends.openssl import backend
from packaging.requirements import Requirement
from sqlcipher3 import dbapi2 as sqlcipher

from app import __version__

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
OURSELVES = "packhouse"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(slots=True)
class Pin:
    """A locked version and the SHA-256 of every file it may be installed from."""

    version: str
    hashes: list[str] = field(default_factory=list)


def pins(lock: Path = LOCK) -> dict[str, Pin]:
    """Locked versions by plain name."""
    found: dict[str, Pin] = {}
    last: Pin | None = None
    for line in lock.read_text(encoding="utf-8").splitlines():
        if named := _PIN.match(line):
            last = found[plain(named.group(1))] = Pin(named.group(2))
        elif last is not None:
            last.hashes += _HASH.findall(line)
    return found


def plain(name: str) -> str:
    """A name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def bill() -> dict[str, Any]:
    """The whole document."""
    locked = pins()
    wanted = closure()
    ours = f"pkg:generic/{OURSELVES}@{__version__}"
    inside = list(libraries())
    direct = sorted(ref(wanted[name].of) for name in declared())
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": ours,
                "name": OURSELVES,
                "version": __version__,
                "purl": ours,
            }
        },
        "components": [*(component(one.of, locked) for one in wanted.values()), *inside],
        "dependencies": [
            {"ref": ours, "dependsOn": [*direct, *(one["bom-ref"] for one in inside)]},
            *(
                {
                    "ref": ref(one.of),
                    "dependsOn": sorted(ref(wanted[name].of) for name in one.needs()),
                }
                for one in wanted.values()
            ),
        ],
    }


@dataclass(slots=True)
class Part:
    """An installed distribution, and the extras it was asked for with."""

    of: Distribution
    extras: set[str] = field(default_factory=set)

    def requirements(self) -> list[Requirement]:
        """What it requires here."""
        wanted = map(Requirement, self.of.requires or ())
        return [one for one in wanted if _is_wanted(one, self.extras)]

    def needs(self) -> list[str]:
        """The same as plain names, each once."""
        return sorted({plain(one.name) for one in self.requirements()})


def declared() -> list[str]:
    """Plain names pyproject.toml asks for, as far as this platform wants them."""
    return [plain(one.name) for one in _declared()]


def closure() -> dict[str, Part]:
    """Every distribution the program needs, by plain name."""
    found: dict[str, Part] = {}
    todo = _declared()
    while todo:
        asked = todo.pop()
        name = plain(asked.name)
        is_new = name not in found
        part = found.setdefault(name, Part(distribution(name), {""}))
        if is_new or not asked.extras <= part.extras:
            part.extras |= asked.extras
            todo += part.requirements()
    return dict(sorted(found.items()))


def _declared() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [one for one in map(Requirement, project["dependencies"]) if _is_wanted(one, {""})]


def _is_wanted(one: Requirement, extras: set[str]) -> bool:
    marker = one.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in extras)


def ref(one: Distribution) -> str:
    """A distribution's package URL."""
    return f"pkg:pypi/{plain(one.name)}@{one.version}"


def component(one: Distribution, locked: dict[str, Pin]) -> dict[str, Any]:
    """A distribution; its hashes are those of the files it may have come from."""
    pin = locked[plain(one.name)]
    if pin.version != one.version:
        raise SystemExit(f"{one.name} {one.version} is installed, {pin.version} is locked")
    return {
        "type": "library",
        "bom-ref": ref(one),
        "name": one.name,
        "version": one.version,
        "purl": ref(one),
        "licenses": [{"license": {"name": licence(one)}}],
        "properties": [{"name": "packhouse:sha256", "value": value} for value in pin.hashes],
    }


def licence(one: Distribution) -> str:
    """What its metadata says, in the order of how exact it is."""
    said = one.metadata.get_all
    short = [*(said("License-Expression") or ()), *(said("License") or ())]
    if short and len(short[0]) < 80:
        return str(short[0])
    listed = (line.rpartition(" :: ")[2] for line in said("Classifier") or ())
    return next((name for name in listed if "License" in name), "see the distribution")


def libraries() -> Iterator[dict[str, Any]]:
    """C libraries inside the distributions, and Python itself."""
    connection = sqlcipher.connect(":memory:")
    cipher = str(connection.execute("PRAGMA cipher_version").fetchone()[0]).split()[0]
    connection.close()
    for name, version in (
        ("python", sys.version.split()[0]),
        ("openssl", ssl.OPENSSL_VERSION.split()[1]),
        ("openssl-of-cryptography", backend.openssl_version_text().split()[1]),
        ("sqlite", sqlcipher.sqlite_version),
        ("sqlcipher", cipher),
    ):
        purl = f"pkg:generic/{name}@{version}"
        yield {
            "type": "library",
            "bom-ref": purl,
            "name": name,
            "version": version,
            "purl": purl,
        }


def main(target: Path) -> None:
    """Write the document."""
    document = bill()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(f"{target}: {len(document['components'])} components")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
