"""What the office announces and asks for besides orders: deliveries, returns, counts, transfers."""

from collections.abc import Callable

import msgspec
import sqlalchemy as sa

from app.contract.messages import DocumentLine, DocumentRow, ItemRow
from app.errors import Refusal
from app.ledger.tables import operation
from app.ledger.transfers import Call
from app.simulation import goods
from app.simulation.effects import TRANSIT
from app.simulation.host import Host
from app.simulation.world import World

# The morning's: something to choose from on every list.
FIRST = 2
# Longest list of a document here.
MOST_LINES = 3


class Announcing:
    """The part of the office that knows what comes and goes.

    Args:
        world: Time and chance.
        host: The ledger, spoken to directly.
    """

    def __init__(self, world: World, host: Host) -> None:
        self._world = world
        self._host = host
        self._count = 0
        self._goods_in: dict[tuple[str, str, str], DocumentRow] = {}
        self._shut: dict[tuple[str, str, str], str] = {}
        self._plans: dict[tuple[str, str], DocumentRow] = {}
        self._transfers: dict[str, DocumentRow] = {}
        self._cancelled: dict[str, str] = {}

    def first(self) -> None:
        """Before the first shift."""
        for site in goods.SITES:
            for _ in range(FIRST):
                self._announce("inbound", site)
            self._announce("return", site)
        self._plan(goods.SITE)
        for origin in (goods.SITE, *goods.SITES):
            self._ask(origin)

    def something(self) -> None:
        """One more of what this seed's people work on, or a change to one."""
        chance = self._world.chance
        ways: list[Callable[[], None]] = [
            self.jobs,
            lambda: self._announce("inbound", self._site()),
            lambda: self._announce("return", self._site()),
            lambda: self._plan(self._site()),
            lambda: self._ask(chance.choice(goods.SITES)),
            self._change,
            self._close,
            self._cancel,
        ]
        chance.choice(ways)()

    def again(self) -> list[Callable[[], None]]:
        """After a restore: everything once more; the ledger knows what is new to it."""
        ways: list[Callable[[], None]] = []
        for (site, _, _), row in self._goods_in.items():
            ways.append(lambda s=site, r=row: self._put(s, r))  # type: ignore[misc]
        for (site, kind, number), state in self._shut.items():
            ways.append(
                lambda s=site, k=kind, n=number, how=state: self._shut_one(s, k, n, how)  # type: ignore[misc]
            )
        for (site, _), row in self._plans.items():
            ways.append(lambda s=site, r=row: self._put_plan(s, r))  # type: ignore[misc]
        ways += [lambda r=row: self._put_transfer(r) for row in self._transfers.values()]  # type: ignore[misc]
        for number, site in self._cancelled.items():
            ways.append(lambda n=number, s=site: self._end(n, s))  # type: ignore[misc]
        return ways

    def jobs(self) -> None:
        """What the ledger does by time: counts come to their end, shelves are filled up."""
        service = self._host.service
        service.settle_counts()
        service.keep_up()
        for site in goods.SITES:
            service.transfers.overdue_transit(service.site(site))

    def content_hash(self, id_: str) -> str:
        """What is decided about, as the page of the office shows it."""
        with self._host.service.database.read() as connection:
            found = sa.select(operation.c.content_hash).where(operation.c.id == id_)
            return str(connection.execute(found).scalar_one())

    # ------------------------------------------------------------------ goods in

    def _site(self) -> str:
        """Mostly the site with the orders."""
        return self._world.chance.choice((*goods.SITES, goods.SITE))

    def _announce(self, kind: str, site: str) -> None:
        row = DocumentRow(
            kind=kind,
            document=self._number("IN" if kind == "inbound" else "RT"),
            version=1,
            state="",
            party="Nordkeramik",
            lines=self._lines(),
        )
        self._goods_in[site, kind, row.document] = row
        self._put(site, row)

    def _put(self, site: str, row: DocumentRow) -> None:
        self._host.service.announcements.put(site, [row])

    def _change(self) -> None:
        """Another number is expected of one line."""
        if not self._goods_in:
            return
        key = self._world.chance.choice(sorted(self._goods_in))
        row = self._goods_in[key]
        line = row.lines[0]
        wanted = max(1, line.quantity + self._world.chance.choice((-2, -1, 1, 2)))
        lines = (msgspec.structs.replace(line, quantity=wanted), *row.lines[1:])
        self._goods_in[key] = msgspec.structs.replace(row, lines=lines)
        self._put(key[0], self._goods_in[key])
        self._world.rare.saw("delivery changed")

    def _close(self) -> None:
        """Nothing more is waited for; or it is, after all."""
        if not self._goods_in:
            return
        key = self._world.chance.choice(sorted(self._goods_in))
        state = "open" if self._shut.get(key) == "closed" else "closed"
        self._shut_one(*key, state)
        self._shut[key] = state
        self._world.rare.saw("delivery closed by the office")

    def _shut_one(self, site: str, kind: str, number: str, state: str) -> None:
        self._host.service.announcements.set_state(site, kind, number, state)

    # ------------------------------------------------------------------ counts and transfers

    def _plan(self, site: str) -> None:
        places = self._world.chance.sample((*goods.SHELVES, goods.DOCK), 2)
        some = self._world.chance.choice(("", "", goods.ITEMS[0].sku))
        row = DocumentRow(
            kind="count",
            document=self._number("CNT"),
            version=1,
            state="",
            lines=tuple(DocumentLine(n, some, 0, place) for n, place in enumerate(places, 1)),
        )
        self._plans[site, row.document] = row
        self._put_plan(site, row)

    def _put_plan(self, site: str, row: DocumentRow) -> None:
        service = self._host.service
        try:
            service.counts.plan(service.site(site), row)
        except Refusal as refusal:
            if refusal.code != "document_exists":
                raise

    def _ask(self, origin: str) -> None:
        destination = next(site for site in goods.SITES if site != origin)
        row = DocumentRow(
            kind="transfer",
            document=self._number("TR"),
            version=1,
            state="",
            origin=origin,
            destination=destination,
            note="balance the sites",
            lines=self._lines(goods.ITEMS),
        )
        self._transfers[row.document] = row
        self._put_transfer(row)

    def _put_transfer(self, row: DocumentRow) -> None:
        service = self._host.service
        call = Call(goods.OFFICE.person, correlation_id=self._world.ids.new_id())
        service.transfers.ask(service.site(row.origin), row, call)

    def _cancel(self) -> None:
        """Goods that are under way are taken in where it is ended."""
        if not self._transfers:
            return
        number = self._world.chance.choice(sorted(self._transfers))
        site = self._world.chance.choice(goods.SITES)
        self._end(number, site)
        self._cancelled[number] = site

    def _end(self, number: str, site: str) -> None:
        service = self._host.service
        call = Call(goods.OFFICE.person, correlation_id=self._world.ids.new_id())
        done = service.transfers.cancel(service.site(site), number, goods.DOCK, call)
        if done.outcome == "posted":
            self._world.rare.saw("transfer cancelled by the office")
            self._world.shelves.carry(TRANSIT + number, site, goods.DOCK)

    # ------------------------------------------------------------------ parts

    def _number(self, word: str) -> str:
        self._count += 1
        return f"{word}-{7_000 + self._count}"

    def _lines(self, items: tuple[ItemRow, ...] = goods.EVERY) -> tuple[DocumentLine, ...]:
        chance = self._world.chance
        picked = chance.sample(items, chance.choice(range(1, MOST_LINES + 1)))
        return tuple(
            DocumentLine(n, item.sku, chance.choice((1, 2, 3, 5)))
            for n, item in enumerate(picked, 1)
        )
