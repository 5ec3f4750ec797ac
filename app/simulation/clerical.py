"""What an office does besides goods and orders: closes days, checks books, looks after rights.

None of it moves anything, and none of it may keep a station from its work. What can be held against
something at once is: books that differ are a violation, and so is an archive that does not read.
"""

from collections.abc import Callable

import msgspec

from app.contract.messages import BoxRow
from app.errors import Refusal
from app.ledger.changelog import Editor
from app.ledger.mappings import Mapping
from app.ledger.reconciliation import DIFFERS
from app.ledger.reviews import Decision, Judge
from app.simulation import goods
from app.simulation.host import Host
from app.simulation.world import World

_BY = Editor("p-admin", "looked after")
_SCOPES = ("stock",)


class Clerical:
    """The part of the office that keeps the house in order.

    Args:
        world: Time, chance, violations.
        host: The ledger, spoken to directly.
    """

    def __init__(self, world: World, host: Host) -> None:
        self._world = world
        self._host = host
        self._count = 0
        self._ways: tuple[Callable[[], object], ...] = (
            self._close_day,
            self._close_day,
            self._reconcile,
            self._jobs,
            self._item,
            self._codes,
            self._lend,
            self._review,
            self._wrong_pins,
            self._take_over,
            self._box,
            self._mark,
        )

    def something(self) -> None:
        """One of it."""
        self._world.chance.choice(self._ways)()

    def check(self) -> None:
        """When all is at rest: books are equal, and every archive is the one that was written."""
        self._reconcile()
        self._archived()

    # ------------------------------------------------------------------ days and books

    def _close_day(self) -> None:
        archive = self._host.service.archive
        if archive is None:
            return
        if archive.close_day():
            self._world.rare.saw("day archived")
        self._archived()

    def _archived(self) -> None:
        archive = self._host.service.archive
        for one in archive.closed() if archive is not None else ():
            flaw = archive.flaw(one, whole=True) if archive is not None else ""
            if flaw:
                self._world.violated(f"the archive {one.file} {flaw}")

    def _reconcile(self) -> None:
        for name in goods.SITES:
            told = self._host.service.reconciliation.run(self._host.service.site(name))
            if told.state == DIFFERS:
                self._world.violated(f"{name}: books differ: {told.differences[:2]}")
        self._world.rare.saw("books reconciled")

    def _jobs(self) -> None:
        """What runs by time, and has mostly nothing to do."""
        service = self._host.service
        service.lots.expire(self._world.clock.now().date().isoformat())
        service.sweeper.sweep()
        service.reviews.suspend_overdue()
        service.share_out_silent()
        for name in goods.SITES:
            service.escalation.run(service.site(name))
        for one in service.break_glass.due():
            service.break_glass.end(service.site(goods.SITE), one.id, by=goods.OFFICE.person)

    def _mark(self) -> None:
        """Where a feed ends is signed; so is what a shift came to."""
        service = self._host.service
        for name in goods.SITES:
            service.checkpoints.keep(service.site(name))
        for one in service.overview.stations():
            if not one.seq:
                continue
            made = service.certificates.make(service.site(one.site), one.enrolment, 1, 0)
            told = made.posted + made.waiting + made.refused + made.held + made.conflict
            if made.missing or told != made.last:
                self._world.violated(f"{one.station}: {told} and {made.missing} of {made.last}")

    # ------------------------------------------------------------------ master data

    def _item(self) -> None:
        """The office edits an item, too; whoever does at a station may be slower."""
        master, sku = self._host.service.master_data, self._world.chance.choice(goods.ITEMS[:2]).sku
        known = master.item(sku)
        self._count += 1
        row = msgspec.structs.replace(known.row, name=f"Article of the office, no. {self._count}")
        told = master.edit_item(row, _BY, known.version).row
        self._world.edits.said(row.sku, msgspec.to_builtins(told))
        self._world.rare.saw("item edited at the office")

    def _codes(self) -> None:
        """Another system's code for one of our items, and a key for that system."""
        self._count += 1
        service = self._host.service
        wanted = Mapping("shop", "item", f"S-{self._count}", goods.ITEMS[0].sku, "2026-01-01")
        service.mappings.put(wanted, _BY)
        service.api_keys.add("shop", _SCOPES, actor=goods.OFFICE.person, site_name=goods.SITE)
        service.api_keys.revoke("shop")

    def _box(self) -> None:
        row: BoxRow = self._world.chance.choice(goods.BOXES)
        self._host.service.imports.boxes([row])

    # ------------------------------------------------------------------ rights

    def _lend(self) -> None:
        """A packer is lent a role for an hour, or gives it back."""
        lent, where = self._host.service.break_glass, self._host.service.site(goods.SITE)
        open_ = [one for one in lent.list(where) if one.state in {"asked", "lent"}]
        if open_:
            lent.end(where, open_[0].id, by=goods.OFFICE.person)
            self._world.rare.saw("lent role taken back")
            return
        asked = lent.ask(
            where, goods.LEAD.person, "supervisor", by=goods.CLERK.person, reason="nobody is here"
        )
        self._world.lent.add(goods.LEAD.person)
        lent.approve(where, asked.id, by=goods.OFFICE.person)
        self._world.rare.saw("role lent")

    def _review(self) -> None:
        """All rights are looked through, and kept."""
        reviews = self._host.service.reviews
        review = reviews.begin(goods.OFFICE.person)
        judge = Judge(goods.OFFICE.person)
        for line in reviews.lines(review.id):
            try:
                reviews.decide(review.id, line.held.account, Decision.KEEP, judge)
            except Refusal:
                # Nobody reviews their own.
                continue
        reviews.export(review.id)
        if not reviews.find(review.id).counts["open"]:
            reviews.close(review.id, goods.OFFICE.person)
        self._world.rare.saw("rights reviewed")

    def _wrong_pins(self) -> None:
        self._host.service.people.unlock(goods.CLERK.person, "p-admin")

    def _take_over(self) -> None:
        """Somebody at the office gives a paper to another station."""
        service, where = self._host.service, self._host.service.site(goods.SITE)
        claims = service.working.claims(where)
        if claims:
            one = self._world.chance.choice(claims)
            service.working.take_over(
                where, (one.kind, one.document), station="PACK-01", actor=goods.LEADER.person
            )
            self._world.rare.saw("work given to another station")
