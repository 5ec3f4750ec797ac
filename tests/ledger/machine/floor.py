"""What anybody may do to a ledger, as rules of a state machine: stations, office, process, disk."""

from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, ClassVar

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from typing_extensions import override

from app.conformance.floor import order_row
from app.contract import chain
from app.contract.messages import Line, NotNow, Operation, Reference
from app.domain.order import OrderState
from app.errors import Refusal
from app.ledger.changelog import Editor
from app.ledger.clock import stamp
from app.ledger.database import Database
from tests.ledger.conftest import CountingSecrets
from tests.ledger.machine.acts import KINDS, way
from tests.ledger.machine.hall import PLACES, STATIONS, Bench, Hall
from tests.ledger.machine.looking import look, look_closely

STEPS = 60
ORDERS = ("ORD-48213", "ORD-48214", "ORD-1")
TRANSFERS = ("TR-1", "TR-2")
FLAWS = ("torn", "list", "kind", "site", "nowhere", "still", "id", "spaces", "version")
AT = st.integers(0, 2 * STATIONS - 1)
PICK = st.integers(0, 9)
UNITS = st.integers(1, 9)
CHANCE = st.integers(0, 19)
PLACE = st.sampled_from(PLACES)
ASKING = ("anna", "ben", "anna", "ben", "anna", "sven", "otto", "nobody")
DECIDING = ("sven", "sina", "sven", "sina", "cora", "anna")
# What is done one after another. Drawn by one number: long lists of draws repeat themselves.
ACTS = 12
SEED = st.integers(0, 2**32 - 1)
_runs = count(1)


Opens = Callable[[], tuple[Callable[[], Database], Path | None]]


class Floor(RuleBasedStateMachine):
    """Everybody at once."""

    hall: Hall
    opens: ClassVar[Opens]
    ids: ClassVar[CountingSecrets]
    reached: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        opened, folder = type(self).opens()
        self.hall = Hall(opened, f"-{next(_runs)}", folder, self.ids)
        self.made = 0
        self.known: dict[str, list[tuple[str, bytes]]] = {name: [] for name in self.hall.sites}
        for name in self.hall.sites:
            for order in ORDERS[:2]:
                self.hall.put_order(name, order_row(order, self.hall.items[0], (5, 2)))

    # ------------------------------------------------------------------ what stations record

    def _work(self, at: int, seed: int) -> None:
        """Somebody does this and that, and asks for something."""
        random = Random(seed)
        for _ in range(ACTS):
            self._act(at, random)

    # Several, because a story does without some of its rules, and never without all of these.
    early = rule(at=AT, seed=SEED)(_work)
    morning = rule(at=AT, seed=SEED)(_work)
    noon = rule(at=AT, seed=SEED)(_work)
    afternoon = rule(at=AT, seed=SEED)(_work)
    late = rule(at=AT, seed=SEED)(_work)

    def _act(self, at: int, random: Random) -> None:
        """One act, mostly something done; what is asked and sent between is drawn here as well."""
        bench, pick, chance = self.hall.benches[at], random.randrange(10), random.randrange(20)
        match random.randrange(20):
            case 0 | 1 | 2:
                self.decide(at=at, pick=pick, who=random.choice(DECIDING), chance=chance)
            case 3 | 4:
                self.take_back(at=at, pick=pick, who=random.choice(ASKING), chance=chance)
            case 5:
                self.double(at=at, pick=pick, other=chance < 8)
            case 6 | 7:
                self.send(at=at, part=40)
            case 8 if not bench.revoked:
                bench.probe.pull(1 + chance)
            case 9 if chance < 6:
                self.do_jobs(seconds=1, heard=True)
            case _:
                kind, places = random.choice(KINDS), (random.choice(PLACES), random.choice(PLACES))
                made = self._made(bench, kind, places, random.randrange(1, 8), chance)
                self._record(bench, made, random.choice(ASKING), chance)

    @rule(at=AT, pick=PICK, who=st.sampled_from(ASKING), chance=CHANCE)
    def take_back(self, at: int, pick: int, who: str, chance: int) -> None:
        """Something that was recorded here, or will have been, is taken back or withdrawn."""
        bench = self.hall.benches[at]
        id_, _ = self._pick(bench, pick)
        kind = "withdraw" if chance < 5 else "reverse"
        self._record(bench, bench.probe.operation(kind, original=id_, name=self._name()), who)

    @rule(at=AT, pick=PICK, who=st.sampled_from(DECIDING), chance=CHANCE)
    def decide(self, at: int, pick: int, who: str, chance: int) -> None:
        """Yes or no to what waits or is held, or to something that has not come yet."""
        bench = self.hall.benches[at]
        id_, raw = self._undecided(bench, pick) if chance > 3 else self._pick(bench, pick)
        made = bench.probe.operation("decide", original=id_, name=self._name())
        seen = raw if chance != 4 else b"another"
        made = msgspec.structs.replace(
            made,
            reason={5: "perhaps", 6: "reject", 7: "reject"}.get(chance, "approve"),
            evidence={"content_hash": chain.content_hash(seen)},
        )
        self._record(bench, made, who)

    @rule(at=AT, pick=PICK, other=st.booleans())
    def double(self, at: int, pick: int, other: bool) -> None:
        """The same once more, perhaps with other words under its id."""
        bench = self.hall.benches[at]
        id_, raw = self._pick(bench, pick)
        bench.probe.record_bytes(id_, raw.replace(b"p-", b"P-") if other else raw)

    @rule(at=AT, flaw=st.sampled_from(FLAWS), units=UNITS)
    def damage(self, at: int, flaw: str, units: int) -> None:
        """Something that cannot be taken as it is."""
        bench = self.hall.benches[at]
        made = self._made(bench, "move", ("A-04-2", "B-11-1"), units, 9)
        id_, line = made.id, made.lines[0]
        changes: dict[str, dict[str, Any]] = {
            "kind": {"kind": "juggle"},
            "site": {"site": "NIX"},
            "nowhere": {"lines": (msgspec.structs.replace(line, target=""),)},
            "still": {"lines": (msgspec.structs.replace(line, target=line.source),)},
            "version": {"contract_version": 9},
            "id": {"id": bench.probe.new_id("another")},
        }
        made = msgspec.structs.replace(made, **changes.get(flaw, {}))
        raw = msgspec.json.encode(made, order="sorted")
        raw = {"torn": raw[:40], "list": b"[]", "spaces": raw.replace(b",", b", ", 1)}.get(
            flaw, raw
        )
        bench.probe.record_bytes(id_, raw)
        self.known[bench.site].append((id_, raw))

    # ------------------------------------------------------------------ the line

    @rule(at=AT, part=st.integers(5, 40))
    def send(self, at: int, part: int) -> None:
        """A station sends some of what it has."""
        bench = self.hall.benches[at]
        if bench.unsent:
            last = min(bench.posted + part, len(bench.probe.sent))
            self.hall.send(bench, bench.posted + 1, last)

    @rule(first=st.integers(0, STATIONS - 1), site=st.integers(0, 1))
    def send_together(self, first: int, site: int) -> None:
        """All stations of a site at once, in any order."""
        here = [one for one in self.hall.benches if one.site == self.hall.sites[site]]
        ready = [one for one in here[first:] + here[:first] if one.unsent]
        if ready:
            self.hall.send_together(ready)

    @rule(at=AT, back=PICK)
    def send_again(self, at: int, back: int) -> None:
        """The answer was lost."""
        bench = self.hall.benches[at]
        if bench.posted:
            self.hall.send(bench, max(1, bench.posted - back), bench.posted)

    @rule(at=AT, fault=st.sampled_from(("gap", "fork", "epoch")))
    def send_wrongly(self, at: int, fault: str) -> None:
        """What nothing may be remembered of."""
        bench = self.hall.benches[at]
        probe = bench.probe
        if not bench.posted:
            return
        if fault == "gap":
            probe.record(self._made(bench, "receive", PLACES[:2], 1, 9))
            probe.record(self._made(bench, "receive", PLACES[:2], 1, 9))
            sent = probe.sent[-1:] if bench.unsent > 1 else []
        else:
            sent = probe.sent[bench.posted - 1 : bench.posted]
        batch = probe.sign(sent)
        if fault == "fork":
            clone = msgspec.structs.replace(sent[0], digest="e" * 64)
            batch = probe.sign([clone])
        if fault == "epoch":
            batch = msgspec.structs.replace(batch, epoch="of-before")
        answer = probe.ledger.post(batch)
        wanted = {"epoch": "epoch_changed"}.get(fault, fault)
        assert isinstance(answer, NotNow)
        assert answer.problem == wanted
        if fault == "gap":
            for sent_ in probe.sent[-2:]:
                self.known[bench.site].append((sent_.id, bytes(sent_.body)))

    @rule(at=AT, limit=st.integers(1, 40))
    def pull(self, at: int, limit: int) -> None:
        """A station follows the feed; a revoked one may not."""
        bench = self.hall.benches[at]
        said = _refused(lambda: bench.probe.pull(limit))
        assert said == ("revoked" if bench.revoked else "")

    @rule(site=st.integers(0, 1), since=st.integers(0, 99), limit=st.integers(1, 90))
    def read_again(self, site: int, since: int, limit: int) -> None:
        """Somebody reads the feed from anywhere."""
        self.hall.read_again(self.hall.sites[site], since, limit)

    # ------------------------------------------------------------------ the office

    @rule(site=st.integers(0, 1), order=st.sampled_from(ORDERS[:2]), units=UNITS)
    def import_order(self, site: int, order: str, units: int) -> None:
        """An order comes, or is asked for otherwise."""
        row = order_row(order, self.hall.items[units % 2], (units, 2))
        self.hall.put_order(self.hall.sites[site], row)

    @rule(
        site=st.integers(0, 1),
        order=st.sampled_from(ORDERS),
        state=st.sampled_from(("held", "released", "cancelled")),
    )
    def set_order(self, site: int, order: str, state: str) -> None:
        """An order is held, released, cancelled; or it is too late for that."""
        name = self.hall.sites[site]
        before = self.hall.oracle.orders.get((name, order))
        change = self.hall.service.orders.set_state
        said = _refused(lambda: change(name, [order], OrderState(state)))
        if said:
            assert said == (f"order_{before.state}" if before else "unknown_document")
        else:
            self.hall.oracle.let_go(name, order=order)
            self.hall.follow(500)
            assert self.hall.oracle.orders[name, order].state == state

    @rule(seconds=st.sampled_from((1, 60, 3_600)), heard=st.booleans())
    def do_jobs(self, seconds: int, heard: bool) -> None:
        """What the ledger does by time: promises, tasks, and books that follow counts."""
        self.hall.clock.pass_ms(seconds * 1_000)
        for bench in self.hall.benches if heard else ():
            if bench.unsent:
                self.hall.send(bench, bench.posted + 1, len(bench.probe.sent))
            if not bench.revoked:
                bench.probe.pull()
                bench.probe.ledger.changes(bench.probe.query())
        self.hall.service.keep_up()
        self.hall.service.settle_counts()
        self.hall.follow(500)

    @rule(chance=CHANCE)
    def change_rights(self, chance: int) -> None:
        """Ben leaves and comes back; Sina is promoted and is not."""
        roles = {0: {"ben": ""}, 1: {"ben": "clerk"}, 2: {"sina": "clerk"}}
        self.hall.put_people(roles.get(chance, {"sina": "supervisor"}))
        self.hall.follow(500)

    @rule(at=AT, chance=CHANCE)
    def change_station(self, at: int, chance: int) -> None:
        """A station is revoked, or put up anew with what it still had."""
        bench = self.hall.benches[at]
        if chance < 2:
            self.hall.revoke(bench)
        elif chance < 5 or bench.revoked:
            self.hall.enrol_anew(bench, chance % 4)
        self.hall.follow(500)

    @rule(stale=st.booleans(), place=PLACE)
    def edit(self, stale: bool, place: str) -> None:
        """Somebody edits an item and a place, perhaps another version than there is."""
        data, by = self.hall.service.master_data, Editor("p-cora", "measured")
        item, there = data.item(self.hall.items[0]), data.location(self.hall.sites[0], place)
        kind = "dock" if there.row.kind == "bin" else "bin"
        heavier = msgspec.structs.replace(item.row, weight_mg=item.row.weight_mg + 1)
        other = msgspec.structs.replace(there.row, kind=kind)
        said = (
            _refused(lambda: data.edit_item(heavier, by, item.version - stale)),
            _refused(lambda: data.edit_location(other, by, there.version - stale)),
        )
        assert said == (("stale_version" if stale else ""),) * 2
        self.made += 1

    # ------------------------------------------------------------------ the process and its disk

    @rule(chance=CHANCE)
    def start_again(self, chance: int) -> None:
        """Seldom, the service ends and begins."""
        if chance < 4:
            self.hall.start_again()

    @precondition(lambda self: self.hall.folder is not None)
    @rule(chance=CHANCE)
    def back_up(self, chance: int) -> None:
        """A backup is taken, or put back; stations send again what it has not seen."""
        if self.hall.backup is None:
            self.hall.back_up()
        elif chance < 3:
            self.hall.put_back()

    @precondition(lambda self: self.hall.folder is None)
    @rule(chance=CHANCE)
    def begin_epoch(self, chance: int) -> None:
        """Everybody is told to send again, though nothing was lost."""
        if chance < 2:
            self.hall.begin_epoch()

    @rule()
    def look(self) -> None:
        """The tables are compared as a whole."""
        look(self.hall)

    @override
    def teardown(self) -> None:
        """Everything is sent, and everything is compared."""
        try:
            for bench in self.hall.benches:
                if bench.unsent:
                    self.hall.send(bench, bench.posted + 1, len(bench.probe.sent))
            look_closely(self.hall)
        finally:
            self.reached.update(self.hall.reached)
            self.hall.close()

    # ------------------------------------------------------------------ hands

    def _made(
        self, bench: Bench, kind: str, places: tuple[str, ...], units: int, chance: int
    ) -> Operation:
        place = places[0]
        item = self.hall.stranger if chance == 0 else self.hall.items[chance % 2]
        order, number = ORDERS[chance % 3], TRANSFERS[chance % 2] + self.hall.run
        parcel, tote, transit = f"parcel/{order}", "tote/T-1", f"transit/{number}"
        condition = "damaged" if chance == 1 else "good"
        lot = "L-7" if chance == 2 else ""
        source, target = way(kind, places, (parcel, tote, transit), more=chance >= 7)
        about = Reference(document_kind="order", document=order, parcel=parcel)
        line = Line(
            item=item, quantity=units, source=source, target=target, lot=lot, condition=condition,
            to_condition="hold" if kind == "reclassify" else "", order_line=1 + chance % 2,
        )  # fmt: skip
        word = {"lost": "short", "transfer": "request", "end": "cancel"}.get(kind, kind)
        lines = () if kind in ("seal", "reopen", "event", "claim", "release") else (line,)
        if kind == "count":
            there = self.hall.oracle.stock[bench.site, place, item, lot, "", condition]
            lines = (msgspec.structs.replace(line, quantity=max(0, there + units % 3 - 1)),)
        if kind in ("dispatch", "accept", "lost", "transfer", "end"):
            other = next(name for name in self.hall.sites if name != bench.site)
            about = Reference(document_kind="transfer", document=number, site=other)
        made = bench.probe.operation(word, *lines, name=self._name())
        if kind in ("receive", "move", "return", "reclassify", "event", "count", "adjust"):
            return made
        return msgspec.structs.replace(made, reference=about)

    def _record(self, bench: Bench, made: Operation, who: str, chance: int = 9) -> None:
        reason = made.reason or {3: "theft", 4: "take_over"}.get(chance, "miscounted")
        made = msgspec.structs.replace(
            made,
            actor=self.hall.person(who),
            reason=reason,
            recorded_at=stamp(self.hall.clock.now()),
        )
        bench.probe.record(made)
        self.known[bench.site].append((made.id, bytes(bench.probe.sent[-1].body)))

    def _pick(self, bench: Bench, pick: int) -> tuple[str, bytes]:
        """One of the last that anybody recorded here, sent or not."""
        if not self.known[bench.site]:
            self._record(bench, self._made(bench, "receive", PLACES[:2], 9, 9), "anna")
        return self.known[bench.site][-1 - pick % len(self.known[bench.site])]

    def _undecided(self, bench: Bench, pick: int) -> tuple[str, bytes]:
        """One of those that wait or are held here, if any do."""
        fates, here = self.hall.oracle.fates, self.known[bench.site]
        waiting, held = (
            [one for one in here if fates.get(one[0], ("", ""))[0] == outcome]
            for outcome in ("waiting", "held")
        )
        # The last two are held: most of those are held for good.
        open_ = held[-2:] + waiting
        return open_[-1 - pick % len(open_)] if open_ else self._pick(bench, pick)

    def _name(self) -> str:
        self.made += 1
        return f"act {self.made}"


def _refused(act: Callable[[], object]) -> str:
    """The code an act is refused with; empty when it is not."""
    try:
        act()
    except Refusal as refusal:
        return refusal.code
    return ""
