"""Whatever two sites record about transfers, in whatever order: nothing is made, lost or stuck."""

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from app.conformance.probe import Probe
from app.contract.messages import DocumentRow, Operation
from app.ledger.database import Database
from app.ledger.service import LedgerService
from tests.ledger.two_sites import TwoSites, about, away, here, two_sites, wanted

STEPS = 90
NUMBERS = ("TR-1", "TR-2", "TR-3")
KINDS = (
    "dispatch",
    "dispatch",
    "accept",
    "accept",
    "short",
    "lost",
    "cancel",
    "reverse",
    "request",
)


class Chance:
    """Two people who record what comes to their minds."""

    def __init__(self, sites: TwoSites, seed: int) -> None:
        self.sites = sites
        self.random = Random(seed)
        self.facts: dict[int, list[str]] = {0: [], 1: []}

    def step(self) -> tuple[str, str]:
        """One operation, at one of the two sites; its outcome and code."""
        end = self.random.randrange(2)
        station = (self.sites.ham, self.sites.ber)[end]
        kind, number = self.random.choice(KINDS), self.random.choice(NUMBERS)
        operation = self._operation(station, kind, number, self.facts[end])
        result = station.do(operation)
        if operation.kind in {"dispatch", "accept", "short"}:
            self.facts[end].append(operation.id)
        return result.outcome, result.code

    def _operation(self, station: Probe, kind: str, number: str, facts: list[str]) -> Operation:
        units = self.random.randint(1, 6)
        other = "BER" if station is self.sites.ham else "HAM"
        more: dict[str, Any] = {"number": number, "site": other, "actor": "p-sven"}
        match kind:
            case "dispatch":
                return about(station, kind, away(units, "A-04", number=number), **more)
            case "accept":
                return about(station, kind, here(units, "B-01", number=number), **more)
            case "short":
                return about(station, kind, here(units, "DOCK", number=number), **more)
            case "lost":
                return about(station, "short", here(units, "scrap", number=number), **more)
            case "reverse" if facts:
                return about(station, kind, original=self.random.choice(facts))
            case "cancel":
                left = self.sites.balance(self.sites.ber, f"transit/{number}")
                left += self.sites.balance(self.sites.ham, f"transit/{number}")
                lines = [here(left, "A-09", number=number)] if left > 0 else []
                return about(station, kind, *lines, **more)
            case _:
                more["evidence"] = {"origin": self.random.choice(("HAM", "BER"))}
                return about(station, "request", wanted(units), **more)


def kept(sites: TwoSites) -> None:
    """What holds at every moment."""
    assert sites.sums() == {}
    sites.pull()
    known = {row.document for row in sites.ham.rows if isinstance(row, DocumentRow)}
    for number in sorted(known):
        row, tally = sites.document(number), sites.tallies(number)
        left = tally.get("dispatched", 0) - sum(
            tally.get(measure, 0) for measure in ("accepted", "short", "lost", "returned")
        )
        receiver, sender = (
            (sites.ham, sites.ber) if row.destination == "HAM" else (sites.ber, sites.ham)
        )
        assert sites.balance(receiver, f"transit/{number}") == left, (number, tally)
        assert sites.balance(sender, f"transit/{number}") == 0
        assert (row.state in {"approved", "closed", "cancelled"}) <= (left == 0)


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_made_lost_or_stuck(tmp_path: Path, seed: int) -> None:
    service = LedgerService(Database.in_folder(tmp_path / "ledger"))
    chance = Chance(two_sites(service), seed)
    outcomes: Counter[tuple[str, str]] = Counter()

    for step in range(STEPS):
        outcomes[chance.step()] += 1
        if not step % 30:
            kept(chance.sites)
    kept(chance.sites)

    assert set(outcomes) - {("posted", "")} <= {
        ("refused", code)
        for code in (
            "already_closed", "already_reversed", "document_exists", "name_a_place",
            "not_settled", "not_under_way", "unknown_document",
        )
    }, f"seed {seed}: {outcomes}"  # fmt: skip
    assert outcomes["posted", ""] > STEPS / 3
    service.close()
