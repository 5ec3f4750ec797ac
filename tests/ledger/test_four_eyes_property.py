"""Whatever people try: nothing over a limit is posted without two of them.

Everybody asks, approves, rejects, withdraws and takes back at random, also what is not theirs, with
two accounts on one badge, roles that are claimed, and hashes of something else.
"""

from random import Random
from typing import Any

import pytest

from app.conformance.probe import Probe
from app.contract import chain
from app.contract.messages import Operation, OutcomeRow
from app.domain.policy import AdjustLimit, ApproveLimit, Policy
from app.ledger.service import LedgerService
from tests.ledger.conftest import MUG, TRAY, enrolled
from tests.ledger.rights import PEOPLE, about, adjust, agree, by, hire, person

STEPS = 700
BATCH = 35
# One more account for each of two people.
TWINS = {"p-anna2": "p-anna", "p-sven2": "p-sven"}
ACTORS = (*PEOPLE, *TWINS, "p-nobody")
DECIDING = {"controller", "supervisor", "site_manager"}
LIMITS = {"clerk": (3, 9), "controller": (8, 20)}
APPROVALS = {"supervisor": 12}
PLACES = ((MUG.sku, "A-04-2"), (TRAY.sku, "B-11-1"))


def _who(actor: str) -> str:
    return TWINS.get(actor, actor)


def _role(actor: str) -> str:
    return "supervisor" if actor == "p-sven2" else PEOPLE.get(_who(actor), "")


class Play:
    """A station at which everybody tries everything."""

    def __init__(self, service: LedgerService, seed: int) -> None:
        self.random = Random(seed)
        self.station: Probe = enrolled(service, "PACK-01")
        self.asked: dict[str, Operation] = {}
        self.decided: dict[str, Operation] = {}
        self.first: dict[str, str] = {}

    def run(self) -> None:
        for step in range(STEPS):
            self._record(self._one())
            if (step + 1) % BATCH == 0:
                for result in self.station.post(step + 2 - BATCH):
                    self.first[result.id] = result.outcome
        self.station.pull()

    def _one(self) -> Operation:
        actor, chance = self.random.choice(ACTORS), self.random.random()
        if chance < 0.4 or not self.asked:
            item, place = self.random.choice(PLACES)
            units = self.random.choice((-1, 1)) * self.random.randint(1, 15)
            made = adjust(self.station, units, actor=actor, item=item, place=place)
            return by(made, actor, role=self.random.choice(("clerk", "supervisor")))
        original = self.random.choice(list(self.asked))
        if chance < 0.5:
            return about(self.station, "reverse", original, actor)
        if chance < 0.55:
            return about(self.station, "withdraw", original, actor)
        other = original if chance < 0.95 else self.random.choice(list(self.asked))
        changes: dict[str, Any] = {"evidence": {"content_hash": self._hash(other)}}
        reason = self.random.choice(("approve", "approve", "reject"))
        return about(self.station, "decide", original, actor, reason=reason, **changes)

    def _record(self, made: Operation) -> None:
        self.station.record(made)
        (self.decided if made.kind in {"decide", "withdraw"} else self.asked)[made.id] = made

    def _hash(self, id_: str) -> str:
        raw = next(bytes(sent.body) for sent in self.station.sent if sent.id == id_)
        return chain.content_hash(raw)

    def posted(self) -> dict[str, OutcomeRow]:
        """What was posted in the end, by id."""
        rows = [row for row in self.station.rows if isinstance(row, OutcomeRow)]
        return {row.id: row for row in rows if row.outcome == "posted" and row.id in self.asked}

    def approvers(self) -> dict[str, str]:
        """Who approved what, of decisions that counted."""
        return {
            one.reference.original: one.actor
            for one in self.decided.values()
            if one.kind == "decide" and one.reason == "approve" and one.reference is not None
            and self.first[one.id] == "posted"
        }  # fmt: skip


@pytest.fixture(params=range(4))
def play(request: pytest.FixtureRequest, ledger: LedgerService) -> Play:
    hire(ledger)
    hire(
        ledger,
        person("p-anna", "clerk", badge="b1"),
        person("p-anna2", "clerk", badge="b1"),
        person("p-sven", "supervisor", badge="b2"),
        person("p-sven2", "supervisor", badge="b2"),
    )
    adjusting = {
        role: AdjustLimit(most, None, None, daily, None) for role, (most, daily) in LIMITS.items()
    }
    approving = {role: ApproveLimit(quantity=most) for role, most in APPROVALS.items()}
    agree(ledger, Policy(adjust=adjusting, approve=approving))
    return Play(ledger, request.param)


def test_nothing_over_a_limit_is_posted_without_two_persons(play: Play) -> None:
    play.run()
    posted, approvers = play.posted(), play.approvers()
    alone: dict[tuple[str, str], int] = {}
    together = withdrawn = 0

    for id_, row in posted.items():
        asked = play.asked[id_]
        if row.code == "withdrew":
            # It took back what waited: nothing has moved, and they might.
            assert row.postings == ()
            assert asked.reference is not None
            first = play.asked[asked.reference.original]
            assert _who(asked.actor) == _who(first.actor) or _role(asked.actor) in DECIDING
            assert first.id not in posted
            withdrawn += 1
            continue
        units = sum(abs(p.quantity) for p in row.postings if p.location != "adjustment")
        if play.first[id_] == "posted":
            most, daily = LIMITS[_role(asked.actor)]
            key = (_who(asked.actor), row.postings[0].item)
            alone[key] = alone.get(key, 0) + units
            assert units <= most
            assert alone[key] <= daily
        else:
            together += 1
            approver = approvers[id_]
            assert _who(approver) != _who(asked.actor)
            assert _role(approver) in DECIDING
            assert units <= APPROVALS.get(_role(approver), units)

    assert alone
    assert together
    assert withdrawn


def test_nothing_is_taken_back_twice(play: Play) -> None:
    play.run()

    back = [
        row.reference.original
        for row in play.posted().values()
        if row.kind == "reverse" and row.reference is not None
    ]

    assert back
    assert len(back) == len(set(back))
