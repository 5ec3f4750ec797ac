"""Asks every operation of /openapi.json odd things, by the thousand, and says what came of it.

Two generators: our own mutations of the examples, and schemathesis, which makes requests from the
description alone, some valid and some not. What must hold for every answer: no 5xx, nothing slower
than two seconds, and the status, type and shape the description promises.

    python -m tools.api_fuzz --examples 1000 --mutations 100000
"""

import argparse
import resource
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from app.errors import Trouble
from app.ledger.database import Database
from app.ledger.web.openapi import document
from app.ledger.web.route import Route
from app.ledger.web.table import table
from tests.ledger.conftest import SITE
from tests.ledger.web.asking import body_of
from tests.ledger.web.bad_bodies import mutations
from tests.ledger.web.target import HANG_S, Target, served

SEED = 20_261_121
# security.md P1
MAX_GROWTH_BYTES = 100 << 20
WARM_UP = 1_000
# What a good answer looks like is told by these; `not_a_server_error` is the point of it all.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


@dataclass(slots=True)
class Tally:
    """What came of one operation."""

    statuses: Counter[int] = field(default_factory=Counter)
    slowest_s: float = 0.0
    failures: list[str] = field(default_factory=list)

    def note(self, status: int, took_s: float) -> None:
        """Count an answer."""
        self.statuses[status] += 1
        self.slowest_s = max(self.slowest_s, took_s)

    @property
    def is_good(self) -> bool:
        """No failed check, no 5xx, no hang."""
        worst = max(self.statuses, default=0)
        return not self.failures and worst < 500 and self.slowest_s < HANG_S


def mutate(target: Target, count: int, only: str = "") -> dict[str, Tally]:
    """Mutations of the example of every route that has a body, `count` of them altogether."""
    routes = [route for route in table() if route.question and only in route.name]
    tallies = {route.name: Tally() for route in routes}
    for route in routes:
        random = Random(f"{SEED} {route.name}")
        for body in mutations(body_of(route), random, count // len(routes)):
            began = monotonic()
            try:
                status = target.send(route, body).status_code
            except AssertionError as error:
                tallies[route.name].failures.append(f"{body[:200]!r}: {error}"[:500])
                continue
            tallies[route.name].note(status, monotonic() - began)
    return tallies


def explore(target: Target, examples: int, only: str = "") -> dict[str, Tally]:
    """`examples` requests of schemathesis to every operation, half of them meant to be valid."""
    import schemathesis
    from schemathesis import GenerationMode
    from schemathesis.checks import CHECKS as ALL

    schema = schemathesis.openapi.from_dict(_plain(document()))
    checks = ALL.get_by_names(list(CHECKS))
    routes = {(route.method, route.path): route for route in table()}
    tallies: dict[str, Tally] = {}
    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr] # an invalid document fails its test
        route = routes[operation.method.upper(), operation.path]
        if only not in route.name:
            continue
        tally = tallies.setdefault(route.name, Tally())
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _ask_all(target, route, operation.as_strategy(mode), tally, (examples + 1) // 2, checks)
    return tallies


def _ask_all(
    target: Target, route: Route, strategy: Any, tally: Tally, examples: int, checks: Any
) -> None:
    bearer = {"Authorization": f"Bearer {target.bearer(route)}"}
    # Any other would be refused before anything interesting happens.
    site = {"site": SITE} if route.at_site else {}

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def ask(case: Any) -> None:
        began = monotonic()
        response = case.call(
            base_url=str(target.client.base_url), headers=bearer, params=site, session=session
        )
        tally.note(response.status_code, monotonic() - began)
        try:
            case.validate_response(response, checks=checks)
        except BaseExceptionGroup as error:
            tally.failures.append(f"{type(error).__name__}: {error}"[:500])

    import requests

    # A question without any input has nothing to get wrong.
    with requests.Session() as session, suppress(Unsatisfiable):
        ask()


def _plain(value: Any) -> Any:
    import msgspec

    return msgspec.json.decode(msgspec.json.encode(value))


@contextmanager
def _ledger(url: str) -> Iterator[Target]:
    if url:
        with served(Database(url)) as target:
            yield target
        return
    with (
        tempfile.TemporaryDirectory() as folder,
        served(Database.in_folder(Path(folder))) as target,
    ):
        yield target


def tell(title: str, tallies: dict[str, Tally]) -> bool:
    """Print what came of it; whether all of it is good."""
    print(f"\n{title}")
    for name, tally in tallies.items():
        statuses = " ".join(f"{status}:{n}" for status, n in sorted(tally.statuses.items()))
        mark = "ok  " if tally.is_good else "FAIL"
        print(f"{mark} {name:46} slowest {tally.slowest_s * 1000:6.0f} ms  {statuses}")
        for failure in sorted(set(tally.failures))[:5]:
            print(f"       {failure}")
    total = sum(sum(tally.statuses.values()) for tally in tallies.values())
    worse = sum(n for tally in tallies.values() for s, n in tally.statuses.items() if s >= 500)
    failed = sum(len(tally.failures) for tally in tallies.values())
    slowest = max((tally.slowest_s for tally in tallies.values()), default=0.0)
    print(
        f"{len(tallies)} operations, {total} requests: {worse} × 5xx, {failed} failed checks, "
        f"slowest {slowest * 1000:.0f} ms"
    )
    return all(tally.is_good for tally in tallies.values())


def main(arguments: list[str]) -> int:
    """Run it; 1 when anything was not as it must be."""
    parser = argparse.ArgumentParser(prog="tools.api_fuzz", description=__doc__)
    parser.add_argument(
        "--examples", type=int, default=1_000, help="of schemathesis, each operation"
    )
    parser.add_argument("--mutations", type=int, default=100_000, help="altogether")
    parser.add_argument("--database", default="", help="postgresql://…; SQLite without")
    parser.add_argument("--only", default="", help="operations whose name holds this")
    chosen = parser.parse_args(arguments)
    with _ledger(chosen.database) as target:
        # Caches fill, modules load: what grows after that grows with every request.
        mutate(target, WARM_UP)
        before = _resident()
        good = tell("mutations of the examples", mutate(target, chosen.mutations, chosen.only))
        growth = _resident() - before
        print(f"memory grew by {growth >> 20} MB, server and client together")
        good &= tell("schemathesis", explore(target, chosen.examples, chosen.only))
    return 0 if good and growth < MAX_GROWTH_BYTES else 1


def _resident() -> int:
    """Bytes of memory this process has now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Trouble as trouble:
        sys.exit(trouble.say)
