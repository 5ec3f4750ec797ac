"""Whatever people try with whatever keys: nothing over a limit without two persons' signatures.

A state machine asks, decides, forges, strips, replays, swaps, withdraws, takes back, revokes and
renews at random. What was posted is then proven from the ledger's own tables alone: by signatures
and public keys, never by what the ledger said.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test
from typing_extensions import override

from app.conformance.floor import Floor, GrantLimits
from app.conformance.local import local_floor
from app.conformance.probe import Probe, moved
from app.contract import chain
from app.contract.messages import Operation, Signed, operation_body
from app.domain.policy import AdjustLimit, ApproveLimit, Policy
from app.identity.userkey import CHEAP, UserKey, is_signed
from app.ledger.database import Database
from app.ledger.service import LedgerService
from app.ledger.tables import credential, operation, signed

LIMIT, DAILY, APPROVE = 5, 30, 40
# Sent together, so that what is asked and decided in one transaction is tried, too.
BATCH = 7
STEPS = 150
EMPLOYEES = {
    "anna": ("clerk", "E-1"),
    "ben": ("clerk", "E-2"),
    "sven": ("supervisor", "E-3"),
    "sven2": ("supervisor", "E-3"),
    "sina": ("supervisor", "E-4"),
    "ada": ("admin", "E-5"),
}
WHO = st.sampled_from(sorted(EMPLOYEES))
# Most who ask are clerks, most who decide are supervisors: else hardly anything would be approved.
ASKING = st.sampled_from(("anna", "ben", "anna", "ben", "sven", "ada"))
DECIDING = st.sampled_from(("sven", "sina", "sven2", "sina", "sven", "anna", "ada"))
# The last of these ask and decide as they should; the first ten or so are faults.
FAULT = st.integers(0, 24)
_sites = count(1)


class FourEyes(RuleBasedStateMachine):
    """People with keys at two stations of a site of their own."""

    service: LedgerService
    steps = 0
    together = 0

    def __init__(self) -> None:
        super().__init__()
        self.floor: Floor = local_floor(self.service, f"R{next(_sites)}-")
        desk = self.floor.desk
        limit = AdjustLimit(LIMIT, None, None, DAILY, None)
        approve = {"supervisor": ApproveLimit(quantity=APPROVE)}
        desk.set_policy(Policy(adjust={"clerk": limit}, approve=approve))
        self.keys: dict[str, UserKey] = {}
        self.old: dict[str, UserKey] = {}
        for name in EMPLOYEES:
            self._hire(name)
        self.stations = [desk.enrol(f"PACK-{n}", protocol=2) for n in (1, 2)]
        for station in self.stations:
            station.contract = 2
        self.posted = [0, 0]
        self.item, self.asked = self.floor.item(), list[Operation]()
        self._do(0, self._line("receive", "supplier", "A-04-2", 10_000))

    # ------------------------------------------------------------------ what people do

    @rule(who=ASKING, units=st.integers(1, 45), signer=WHO, fault=FAULT, at=st.booleans())
    def ask(self, who: str, units: int, signer: str, fault: int, at: bool) -> None:
        """Ask for an adjustment, now and then signed by nobody or by somebody else."""
        made = self._by(self._line("adjust", "A-04-2", "adjustment", units), who)
        if fault == 9:
            made = msgspec.structs.replace(made, contract_version=1)
        self._do(int(at), made, *self._signers(who, signer, fault))
        self.asked.append(made)

    @precondition(lambda self: bool(self.asked))
    @rule(
        pick=st.integers(0, 4),
        other=st.integers(0, 30),
        who=DECIDING,
        signer=WHO,
        fault=FAULT,
        at=st.booleans(),
    )
    def decide(self, pick: int, other: int, who: str, signer: str, fault: int, at: bool) -> None:
        """Approve or reject one of what was asked, perhaps with the hash of another."""
        wanted = self.asked[-1 - pick % len(self.asked)]
        seen = self.asked[-1 - other % len(self.asked)] if fault == 7 else wanted
        made = self._by(self._about("decide", wanted.id), who)
        evidence: dict[str, str | int | bool] = {"content_hash": self._hash(seen.id)}
        if fault == 8:
            evidence["provisional"] = True
        reason = "reject" if fault == 10 else "approve"
        made = msgspec.structs.replace(made, reason=reason, evidence=evidence)
        if fault == 9:
            made = msgspec.structs.replace(made, contract_version=1)
        if fault in {11, 12}:
            limits = GrantLimits(quantity=units_of(wanted) - (fault == 12), count=1)
            grant = self.floor.desk.put_grant(
                self.keys[signer].person, self.stations[int(at)], limits
            )
            made = msgspec.structs.replace(made, grant=grant)
        self._do(int(at), made, *self._signers(who, signer, fault))

    @precondition(lambda self: bool(self.asked))
    @rule(pick=st.integers(0, 4), who=WHO, fault=FAULT, back=st.booleans())
    def end(self, pick: int, who: str, fault: int, back: bool) -> None:
        """Withdraw what was asked, or take back what was posted; mostly somebody is faster."""
        if fault > 6:
            self.decide(pick, 0, "sina" if back else "sven", who, fault, back)
            return
        wanted = self.asked[-1 - pick % len(self.asked)]
        made = self._by(self._about("reverse" if back else "withdraw", wanted.id), who)
        self._do(0, made, *self._signers(who, who, fault))
        if back:
            self.asked.append(made)

    @rule(at=st.booleans(), place=st.integers(0, 40))
    def replay(self, at: bool, place: int) -> None:
        """The other station sends what this one has sent, signatures and all."""
        source, target = self.stations[int(at)], self.stations[1 - int(at)]
        sent = source.sent[place % len(source.sent)] if source.sent else target.sent[0]
        target.record_bytes(sent.id, bytes(sent.body), sent.signatures)
        self._count()

    @rule(who=WHO, change=st.integers(0, 19), units=st.integers(1, 60))
    def change(self, who: str, change: int, units: int) -> None:
        """Seldom: a new badge, or rights taken and given again. The key of before has a thief."""
        if change > 1:
            self.ask(who, units, who, change, True)
            return
        self._post()
        self.old[who] = self.keys[who]
        if change:
            self.floor.desk.revoke_person(self.keys[who].person)
        self._hire(who)
        self._follow()
        self._count()

    # ------------------------------------------------------------------ proof

    @override
    def teardown(self) -> None:
        """Prove every posted adjustment from the tables alone."""
        self._post()
        posted = self._posted()
        decisions = {
            body.reference.original: (id_, body, content)
            for id_, (body, content) in posted.items()
            if body.kind == "decide" and body.reason == "approve" and body.reference
        }
        for id_, (body, content) in posted.items():
            if body.kind != "adjust" or units_of(body) <= LIMIT:
                continue
            decision, decided, about = decisions[id_]
            asker = self._proven(id_, content, body.actor)
            decider = self._proven(decision, about, decided.actor)
            assert employee_of(asker) != employee_of(decider)
            assert decided.evidence["content_hash"] == content
            assert EMPLOYEES[decider][0] == "supervisor"
            assert units_of(body) <= APPROVE
            type(self).together += 1

    def _posted(self) -> dict[str, tuple[Operation, str]]:
        o = operation.c
        where = self.service.site(self.floor.run)
        with self.service.database.read() as connection:
            rows = connection.execute(
                sa.select(o.id, o.body, o.content_hash).where(
                    o.site_n == where.n, o.outcome == "posted"
                )
            ).all()
        return {id_: (operation_body.decode(raw), content) for id_, raw, content in rows}

    def _proven(self, id_: str, content: str, actor: str) -> str:
        """Who signed this, by the public keys the ledger has issued."""
        s, c = signed.c, credential.c
        with self.service.database.read() as connection:
            rows = connection.execute(
                sa.select(s.person, s.version, s.signature, c.public_key)
                .join(credential, sa.and_(c.person == s.person, c.version == s.version))
                .where(s.operation == id_, s.person == actor)
            ).all()
        holds = [
            is_signed(Signed(row.person, row.version, row.signature), row.public_key, content)
            for row in rows
        ]
        assert holds == [True], f"{id_} was posted without the signature of {actor}"
        return actor.partition(".")[0]

    # ------------------------------------------------------------------ hands

    def _hire(self, name: str) -> None:
        role, employee = EMPLOYEES[name]
        person = f"{name}.{self.floor.run}"
        self.keys[name] = self.floor.desk.put_person(
            person, role, employee=f"{employee}.{self.floor.run}"
        )

    def _signers(self, who: str, signer: str, fault: int) -> tuple[UserKey, ...]:
        """Mostly the right key; else none, a thief's, or another person's in this name."""
        key = self.keys[who]
        match fault:
            case 4:
                return ()
            case 5:
                return (UserKey(key.person, key.version, self.keys[signer].seed),)
            case 6:
                return (self.old.get(who, self.keys[signer]),)
            case _:
                return (key,)

    def _line(self, kind: str, source: str, target: str, units: int) -> Operation:
        name = self.floor.name(kind)
        return self.stations[0].operation(kind, moved(self.item, units, source, target), name=name)

    def _about(self, kind: str, original: str) -> Operation:
        return self.stations[0].operation(kind, original=original, name=self.floor.name(kind))

    def _by(self, made: Operation, who: str) -> Operation:
        return msgspec.structs.replace(made, actor=self.keys[who].person, reason="miscounted")

    def _hash(self, id_: str) -> str:
        sent = [one for station in self.stations for one in station.sent if one.id == id_]
        return chain.content_hash(bytes(sent[0].body))

    def _follow(self) -> None:
        for station in self.stations:
            station.pull()

    def _do(self, at: int, made: Operation, *keys: UserKey) -> None:
        station: Probe = self.stations[at]
        station.record(made, *keys)
        self._count()

    def _count(self) -> None:
        type(self).steps += 1
        if sum(len(one.sent) for one in self.stations) - sum(self.posted) >= BATCH:
            self._post()

    def _post(self) -> None:
        for n, station in enumerate(self.stations):
            if len(station.sent) > self.posted[n]:
                station.post(self.posted[n] + 1)
            self.posted[n] = len(station.sent)


def units_of(body: Operation) -> int:
    """All units of an operation."""
    return sum(line.quantity for line in body.lines)


def employee_of(name: str) -> str:
    """Who somebody is in the company."""
    return EMPLOYEES[name][1]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LedgerService]:
    made = LedgerService(Database.in_folder(tmp_path_factory.mktemp("machine")), cost=CHEAP)
    yield made
    made.close()


def _run(service: LedgerService, least: int) -> None:
    machine: Any = type("Machine", (FourEyes,), {"service": service, "steps": 0, "together": 0})
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    how = settings(
        max_examples=least // STEPS + 2,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=quiet,
        # A story is read faster than it is shrunk: every step has keys and a database behind it.
        phases=[Phase.generate],
    )
    while machine.steps < least:
        run_state_machine_as_test(machine, settings=how)
    assert machine.together > least // 200, "hardly anything was approved: the machine is blind"


def test_nothing_over_a_limit_is_posted_without_two_persons_signatures(
    service: LedgerService,
) -> None:
    _run(service, 2_000)


@pytest.mark.long
def test_nor_in_ten_thousand_steps(service: LedgerService) -> None:
    _run(service, 10_000)
