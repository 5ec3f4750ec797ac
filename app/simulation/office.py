"""The office: imports, changes, cancels and holds orders; and again after a restore."""

from collections import Counter
from collections.abc import Callable

import msgspec

from app.contract.messages import OrderRow
from app.domain.order import OrderState
from app.errors import PackhouseError
from app.ledger.approvals import decision_of
from app.ledger.credentials import Secrets
from app.ledger.imports import StockLine
from app.ledger.people import Wanted
from app.ledger.sites import SiteRef
from app.simulation import goods
from app.simulation.announcing import Announcing
from app.simulation.bench import Bench
from app.simulation.clerical import Clerical
from app.simulation.host import Host
from app.simulation.shelves import Thing
from app.simulation.world import World

FIRST_ORDERS = 6
# What a revoked station recorded, and what takes that back.
_HELD_BY_IT = frozenset({"revoked", "original_not_posted"})
# Held records looked at in one go.
MOST_HELD = 500
# What was about something that is held itself is looked at again.
MOST_LOOKS = 3
# How often it is about something else than orders, stock and rights.
ANNOUNCES = 0.4


class Office:
    """Whoever sits there.

    Args:
        world: Time and chance.
        host: The ledger, spoken to directly.
        benches: Looked at to meddle with what is being packed.
    """

    def __init__(self, world: World, host: Host, benches: list[Bench]) -> None:
        self._world = world
        self._host = host
        self._benches = benches
        self._count = 0
        self._rows: dict[str, OrderRow] = {}
        self._states: dict[str, OrderState] = {}
        self._stock: list[StockLine] = []
        self._revoked = False
        self._looked: Counter[str] = Counter()
        self._announcing = Announcing(world, host)
        self._clerical = Clerical(world, host)

    def open(self) -> None:
        """Import the morning's orders."""
        rows = [self._fresh() for _ in range(FIRST_ORDERS)]
        self._do(lambda: self._put(rows))
        self._do(self._announcing.first)

    def act(self) -> None:
        """Do one thing."""
        chance = self._world.chance
        if self._world.knobs.fumble and chance.random() < ANNOUNCES:
            self._do(self._clerical.something)
            return
        if chance.random() < ANNOUNCES:
            self._do(self._announcing.something)
            return
        self._do(
            chance.choice(
                (
                    lambda: self._put([self._fresh()]),
                    lambda: self._put([self._fresh(), self._fresh()]),
                    lambda: self._set_state(OrderState.CANCELLED),
                    lambda: self._set_state(OrderState.HELD),
                    self._release,
                    self._change,
                    self._receive,
                    self._decide,
                    self._decide,
                    self._decide_count,
                    self._rights,
                    lambda: self._host.service.orders.share_out_silent(goods.SITE),
                )
            )
        )

    def redo(self) -> None:
        """After a restore: everything is imported again; the ledger knows what is new to it."""
        self._do(lambda: self._put(list(self._rows.values())))
        for number, state in self._states.items():
            self._do(lambda n=number, s=state: self._move(n, s))  # type: ignore[misc]
        self._do(lambda: self._host.service.imports.stock(goods.SITE, self._stock))
        for work in self._announcing.again():
            self._do(work)
        if self._revoked:
            self._do(self._revoke)

    def release(self) -> None:
        """What a station recorded while it was revoked is looked at, and let in."""
        if self._host.revoked:
            for name in goods.SITES:
                self._do(lambda n=name: self._let_in(n))  # type: ignore[misc]

    def _let_in(self, name: str) -> None:
        service = self._host.service
        where = service.site(name)
        for one in service.approvals.waiting(where, outcome="held", limit=MOST_HELD):
            if one.code not in _HELD_BY_IT or self._looked[one.id] >= MOST_LOOKS:
                continue
            wish = decision_of(
                goods.RELEASES[name].person,
                approve=True,
                content_hash=one.content_hash,
                note="seen",
            )
            job = self._world.ids.new_id()
            done = service.approvals.decide(where, one.id, wish, key=f"held-{job}", job=job)
            self._looked[one.id] += 1
            if done.outcome == "posted":
                self._world.rare.saw("record of a revoked station released")

    def jobs(self) -> None:
        """What the ledger does by time."""
        self._do(self._announcing.jobs)

    def put_in_order(self) -> None:
        """The last thing anybody does: books and archives are looked through."""
        if self._world.knobs.fumble:
            self._do(self._clerical.check)

    def _do(self, work: Callable[[], object]) -> None:
        """The ledger may be down, or say no; an office tries again another day."""
        try:
            self._host.run(work)
            self._host.on_change()
        except PackhouseError:
            return

    def _fresh(self) -> OrderRow:
        self._count += 1
        row = goods.draw_order(self._world.chance, self._count)
        self._rows[row.order] = row
        return row

    def _put(self, rows: list[OrderRow]) -> None:
        self._host.service.imports.orders(goods.SITE, rows)

    def _pick(self) -> tuple[str, bool]:
        """An order, most likely one that is on a bench right now."""
        busy = [
            bench.senses.screen.document
            for bench in self._benches
            if bench.up
            and bench.senses.screen is not None
            and bench.senses.screen.document in self._rows
        ]
        if busy and self._world.chance.random() < 0.7:
            return self._world.chance.choice(busy), True
        return self._world.chance.choice(sorted(self._rows)), False

    def _set_state(self, state: OrderState) -> None:
        number, busy = self._pick()
        self._move(number, state)
        self._states[number] = state
        if busy:
            self._world.rare.saw(f"order {state.value} under the packer")

    def _move(self, number: str, state: OrderState) -> None:
        self._host.service.orders.set_state(goods.SITE, [number], state)

    def _release(self) -> None:
        held = [n for n, state in self._states.items() if state is OrderState.HELD]
        if held:
            number = self._world.chance.choice(held)
            self._move(number, OrderState.RELEASED)
            self._states[number] = OrderState.RELEASED

    def _change(self) -> None:
        number, busy = self._pick()
        row = self._rows.get(number)
        if row is None:
            return
        line = row.lines[0]
        wanted = max(1, line.quantity + self._world.chance.choice((-2, -1, 1, 2)))
        lines = (msgspec.structs.replace(line, quantity=wanted), *row.lines[1:])
        self._rows[number] = msgspec.structs.replace(row, lines=lines)
        self._put([self._rows[number]])
        if busy:
            self._world.rare.saw("order changed under the packer")

    def _receive(self) -> None:
        item = self._world.chance.choice(goods.ITEMS)
        place = self._world.chance.choice(("BENCH-3", *goods.SHELVES))
        line = StockLine(place, item.sku, self._world.chance.randrange(1, 9), lot=f"L{self._count}")
        self._count += 1
        self._stock.append(line)
        self._world.shelves.put(Thing(goods.SITE, place, item.sku, lot=line.lot), line.quantity)
        self._host.service.imports.stock(goods.SITE, [line])

    def _decide(self) -> None:
        """Somebody at the office decides what waits; not always yes."""
        service = self._host.service
        where = service.site(goods.SITE)
        waits = service.approvals.waiting(where, outcome="waiting", limit=5)
        if not waits:
            self._decide_count()
            return
        one = self._world.chance.choice(waits)
        wish = decision_of(
            goods.OFFICE.person,
            approve=self._world.chance.random() < 0.7,
            content_hash=one.content_hash,
            note="seen",
        )
        name = f"office-{one.id}"
        service.approvals.decide(where, one.id, wish, key=name, job=self._world.ids.new_id())

    def _decide_count(self) -> None:
        """A controller looks at a count that somebody must do again, and mostly believes it."""
        where = self._host.service.site(self._world.chance.choice(goods.SITES))
        open_ = self._host.service.counts.open_lines(where, ("", 0), 5)
        if open_:
            count = self._world.chance.choice(open_).operation
            self._believe(where, count, approve=self._world.chance.random() < 0.8)

    def decide_counts(self) -> None:
        """Believe every count that is open, and let the book follow."""
        for name in goods.SITES:
            where = self._host.service.site(name)
            lines = self._host.service.counts.open_lines(where, ("", 0), 5)
            for count in dict.fromkeys(line.operation for line in lines):
                self._believe(where, count, approve=True)
        self.jobs()

    def _believe(self, where: SiteRef, count: str, *, approve: bool) -> None:
        wish = decision_of(
            goods.OFFICE.person,
            approve=approve,
            content_hash=self._announcing.content_hash(count),
            note="seen",
        )
        job = self._world.ids.new_id()
        service = self._host.service
        done = service.approvals.decide(where, count, wish, key=f"count-{job}", job=job)
        if done.outcome == "posted":
            self._world.rare.saw("count decided at the office")

    def _rights(self) -> None:
        """A packer leaves, and comes back with another badge key."""
        if not self._revoked:
            self._revoke()
            self._world.rare.saw("person revoked")
            return
        service, gone = self._host.service, goods.OTHER
        wanted = Wanted(gone.person, gone.name, gone.role, goods.SITE, gone.employee)
        secrets = Secrets(gone.badge, gone.pin)
        service.people.store(service.people.prepare([(wanted, secrets)]), "p-admin")
        self._revoked = False
        self._world.rare.saw("person back with a new key")

    def _revoke(self) -> None:
        self._host.service.people.revoke(goods.OTHER.person, "p-admin")
        self._revoked = True
