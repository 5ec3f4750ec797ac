"""Whether a locked version is known to be dangerous: asks OSV (osv.dev) about every pin.

    python -m tools.advisories [--strict]

Ends with 1 on an advisory that is high, critical, or of unknown severity, unless it is listed with
a reason and a date in tools/advisories_allowed.toml. Without a network it says so and ends with 0,
so that a package can be built anywhere; --strict ends with 2, for the machine that releases.
"""

import argparse
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx

from tools.sbom import LOCK, Pin, pins

SERVICE = "https://api.osv.dev"
ALLOWED = Path(__file__).with_name("advisories_allowed.toml")
WAIT_S = 20.0
# Asked at once; the service takes a thousand.
BATCH = 500
DANGEROUS = frozenset({"HIGH", "CRITICAL", "UNKNOWN"})


@dataclass(frozen=True, slots=True)
class Advisory:
    """One known weakness of one pin."""

    id: str
    package: str
    version: str
    severity: str
    summary: str


def known(client: httpx.Client, locked: Mapping[str, Pin]) -> list[Advisory]:
    """Advisories about these pins.

    Raises:
        httpx.HTTPError: The service could not be asked.
    """
    names = sorted(locked)
    found: list[Advisory] = []
    for begin in range(0, len(names), BATCH):
        part = names[begin : begin + BATCH]
        queries = [
            {"package": {"name": name, "ecosystem": "PyPI"}, "version": locked[name].version}
            for name in part
        ]
        answer = _ask(client, "POST", "/v1/querybatch", {"queries": queries})
        for name, result in zip(part, answer["results"], strict=True):
            for one in result.get("vulns", ()):
                detail = _ask(client, "GET", f"/v1/vulns/{one['id']}")
                if not detail.get("withdrawn"):
                    found.append(_advisory(client, name, locked[name].version, detail))
    return found


def refused(
    found: Sequence[Advisory], allowed: Mapping[str, Mapping[str, Any]], today: date
) -> list[Advisory]:
    """Those that a release must not have."""
    return [
        one
        for one in found
        if one.severity in DANGEROUS
        and not (one.id in allowed and allowed[one.id]["until"] >= today)
    ]


def main(arguments: Sequence[str], client: httpx.Client | None = None, lock: Path = LOCK) -> int:
    """Ask, tell, and say whether it may be released."""
    parser = argparse.ArgumentParser(description="known weaknesses of locked versions")
    parser.add_argument("--strict", action="store_true", help="fail when nobody could be asked")
    chosen = parser.parse_args(arguments)
    locked = pins(lock)
    try:
        with client or httpx.Client(base_url=SERVICE, timeout=WAIT_S) as asked:
            found = known(asked, locked)
    except (httpx.HTTPError, KeyError, ValueError) as error:
        print(
            f"NOT AUDITED: {SERVICE} could not be asked about {len(locked)} packages ({error!r}). "
            "Run `make audit` with a network before this is released.",
            file=sys.stderr,
        )
        return 2 if chosen.strict else 0
    allowed = tomllib.loads(ALLOWED.read_text(encoding="utf-8")) if ALLOWED.exists() else {}
    bad = refused(found, allowed, datetime.now(UTC).date())
    for one in found:
        mark = "REFUSED" if one in bad else "noted"
        print(f"{mark}: {one.package} {one.version}: {one.id} {one.severity}: {one.summary}")
    print(f"{len(locked)} packages audited, {len(found)} advisories, {len(bad)} refused")
    return 1 if bad else 0


def _ask(client: httpx.Client, method: str, path: str, body: object = None) -> dict[str, Any]:
    answer = client.request(method, path, json=body)
    answer.raise_for_status()
    said: dict[str, Any] = answer.json()
    return said


def _advisory(
    client: httpx.Client, package: str, version: str, detail: Mapping[str, Any]
) -> Advisory:
    severity = _severity(detail)
    for alias in detail.get("aliases", ()):
        # Python's own advisories seldom say how bad it is; the one they are named after does.
        if severity == "UNKNOWN" and alias.startswith("GHSA-"):
            severity = _severity(_ask(client, "GET", f"/v1/vulns/{alias}"))
    return Advisory(detail["id"], package, version, severity, detail.get("summary", "")[:120])


def _severity(detail: Mapping[str, Any]) -> str:
    if detail["id"].startswith("MAL-"):
        return "CRITICAL"
    said = detail.get("database_specific", {}).get("severity", "")
    return (
        str(said).upper()
        if said in {"LOW", "MODERATE", "MEDIUM", "HIGH", "CRITICAL"}
        else ("UNKNOWN")
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
