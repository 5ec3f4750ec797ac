"""What a dishonest program at a bench would record: decisions nobody made, requests nobody signed.

It has the bench's device key, and the key of the one clerk who works for it; never anybody else's.
Nothing of it may ever post. The oracle is told every id.
"""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from app.contract import chain
from app.contract.codec import canonical
from app.contract.messages import (
    CONTRACT_VERSION,
    AsOf,
    CredentialRow,
    Line,
    Operation,
    Reference,
    Signed,
)
from app.domain.operation import ADJUSTMENT, Kind
from app.identity.userkey import UserKey, unlock
from app.simulation import goods
from app.simulation.bench import Bench
from app.simulation.world import World

AT = "2026-11-23T07:30:00.000Z"
# More than anybody may adjust alone.
UNITS = 40


@dataclass(frozen=True, slots=True)
class Forged:
    """One operation of an attack, and who seems to have signed it."""

    body: Operation
    signatures: tuple[Signed, ...]


class Hostile:
    """A program that has taken over a bench.

    Args:
        world: Time and chance.
        bench: Whose chain it writes to.
    """

    def __init__(self, world: World, bench: Bench) -> None:
        self._world = world
        self._bench = bench
        position = bench.store.position()
        self._as_of = AsOf(epoch=position.epoch, cursor=position.cursor)

    def attack(self) -> None:
        """Ask for too much in the clerk's name, and approve it in a way that is not allowed."""
        clerk = self._credential(goods.CLERK.person)
        key = None if clerk is None else unlock(clerk, goods.CLERK.pin, badge=goods.CLERK.badge)
        if key is None:
            # The clerk is not known here yet.
            return
        asked = self._asked()
        ask = Forged(asked, (key.sign(_hash(asked)),))
        ways: tuple[Callable[[Operation, UserKey], Forged], ...] = (
            self._own_request,
            self._anothers_name,
            self._unsigned,
            self._borrowed,
            self._older_contract,
            self._other_content,
            self._second_account,
            self._nobody,
        )
        self._record(ask)
        made = self._world.chance.choice(ways)(asked, key)
        # Before: a process that dies on the way out of a commit has recorded it all the same.
        self._world.forged.add(made.body.id)
        self._record(made)
        self._world.rare.saw("decision forged")

    # ------------------------------------------------------------------ ways

    def _own_request(self, asked: Operation, key: UserKey) -> Forged:
        return self._signed(self._decision(asked, key.person), key)

    def _anothers_name(self, asked: Operation, key: UserKey) -> Forged:
        body = self._decision(asked, goods.LEADER.person)
        mine = key.sign(_hash(body))
        return Forged(body, (msgspec.structs.replace(mine, person=goods.LEADER.person),))

    def _unsigned(self, asked: Operation, _key: UserKey) -> Forged:
        return Forged(self._decision(asked, goods.LEADER.person), ())

    def _borrowed(self, asked: Operation, key: UserKey) -> Forged:
        """A genuine signature, of something else."""
        return Forged(self._decision(asked, key.person), (key.sign(_hash(asked)),))

    def _older_contract(self, asked: Operation, _key: UserKey) -> Forged:
        body = self._decision(asked, goods.LEADER.person)
        return Forged(msgspec.structs.replace(body, contract_version=1), ())

    def _other_content(self, asked: Operation, key: UserKey) -> Forged:
        body = self._decision(asked, key.person)
        bent = {**body.evidence, "content_hash": "0" * 64}
        return self._signed(msgspec.structs.replace(body, evidence=bent), key)

    def _second_account(self, asked: Operation, key: UserKey) -> Forged:
        """The clerk's other account, with a supervisor's rights: two accounts, one person."""
        row = self._credential(goods.SECOND.person)
        other = None if row is None else unlock(row, goods.SECOND.pin, badge=goods.SECOND.badge)
        return self._signed(self._decision(asked, goods.SECOND.person), other or key)

    def _nobody(self, asked: Operation, key: UserKey) -> Forged:
        body = self._decision(asked, "p-ghost")
        mine = key.sign(_hash(body))
        return Forged(body, (msgspec.structs.replace(mine, person="p-ghost"),))

    # ------------------------------------------------------------------ what they are made of

    def _asked(self) -> Operation:
        line = Line(
            item=goods.ITEMS[0].sku, quantity=UNITS, source=ADJUSTMENT, target=goods.SHELVES[0]
        )
        return self._operation(Kind.ADJUST, goods.CLERK.person, reason="found", lines=(line,))

    def _decision(self, asked: Operation, actor: str) -> Operation:
        return self._operation(
            Kind.DECIDE,
            actor,
            reason="approve",
            reference=Reference(original=asked.id),
            evidence={"content_hash": _hash(asked)},
        )

    def _operation(
        self,
        kind: Kind,
        actor: str,
        *,
        reason: str,
        lines: tuple[Line, ...] = (),
        reference: Reference | None = None,
        evidence: dict[str, str | int | bool] | None = None,
    ) -> Operation:
        return Operation(
            id=self._world.ids.new_id(),
            kind=kind,
            contract_version=CONTRACT_VERSION,
            site=goods.SITE,
            actor=actor,
            role="supervisor" if kind is Kind.DECIDE else "clerk",
            source_system="packhouse",
            correlation_id=self._world.ids.new_id(),
            recorded_at=AT,
            as_of=self._as_of,
            reason=reason,
            lines=lines,
            reference=reference,
            evidence=evidence or {},
        )

    def _signed(self, body: Operation, key: UserKey) -> Forged:
        return Forged(body, (key.sign(_hash(body)),))

    def _record(self, forged: Forged) -> None:
        body = forged.body
        with self._bench.store.begin() as work:
            work.append(body, work.effects_of(body), body.correlation_id, forged.signatures)
            work.commit()

    def _credential(self, person: str) -> CredentialRow | None:
        with self._bench.store.begin() as work:
            return work.credential(person)


def _hash(body: Operation) -> str:
    return chain.content_hash(canonical(body))
