"""What a ledger must answer and hold, in plain dicts, from the words of the design alone.

Nothing of the ledger's rules is asked here, nor of the simulator's oracle: a mistake there is not
made here again. From the contract come only the shape of an operation and its canonical bytes.

It knows outcomes, balances, order progress, what waits, what was taken back, the variance of
counts, and which contradictions must have been told. It does not model, and believes as told: what
becomes of claims (but that no two stations hold one), of transfers asked for and cancelled, of
decisions about counts (but that the book follows only what was counted, once),
and of what the ledger asks for itself, except that it moves nothing it may not; at which end goods
in transit and virtual places are booked (they are one place here for both sites); tallies of
deliveries and transfers; promises; lots with a status, tracked serials, unidentified items; people
with several accounts, limits by day and by value; signatures (`test_four_eyes_machine`).
"""

from collections import Counter
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, field, fields
from datetime import datetime

from app.contract.messages import Operation, OrderRow
from tests.ledger.machine.words import (
    BELIEVED,
    CONFLICT,
    HELD,
    HOLD,
    LIMIT,
    MAY_ADJUST,
    MAY_DECIDE,
    MAY_RELEASE,
    MAY_TAKE_OVER,
    MOVING,
    PLAIN,
    POSTED,
    REFUSED,
    REQUESTS,
    STOPPED,
    WAITING,
    Came,
    Fate,
    Key,
    Told,
    document_of,
    is_flawed,
    is_outside,
    key_of,
    moves_of,
    order_of,
    original_of,
)


@dataclass(slots=True)
class Oracle:
    """Everything a ledger has been told so far.

    Attributes:
        look: What the ledger says has become of an operation that is only believed.
        people: Role by person, of those who may act.
        items: SKUs that are known.
        orders: Orders as the feed told them, by site and number.
        epoch: Of the ledger.
    """

    look: Callable[[str], Fate]
    people: dict[str, str]
    items: set[str]
    orders: dict[tuple[str, str], OrderRow] = field(default_factory=dict)
    epoch: str = ""
    came: dict[str, Came] = field(default_factory=dict)
    fates: dict[str, Fate] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)
    conflicts: set[tuple[str, int]] = field(default_factory=set)
    stock: Counter[Key] = field(default_factory=Counter)
    moves: dict[str, list[tuple[Key, int]]] = field(default_factory=dict)
    packed: Counter[tuple[str, str, int, str]] = field(default_factory=Counter)
    packing: dict[str, list[tuple[tuple[str, str, int, str], int]]] = field(default_factory=dict)
    taken_back: set[str] = field(default_factory=set)
    holders: dict[tuple[str, str], tuple[str, datetime]] = field(default_factory=dict)
    early: dict[str, list[str]] = field(default_factory=dict)
    told_at: dict[tuple[str, str], int] = field(default_factory=dict)
    variances: dict[tuple[str, Key], int] = field(default_factory=dict)
    must_tell: set[Told] = field(default_factory=set)

    def arrive(self, came: Came, told: Fate) -> Fate:
        """What must become of an operation; `told` is believed of what is only believed."""
        self.ends[came.enrolment] = max(came.seq, self.ends.get(came.enrolment, 0))
        if (came.enrolment, came.seq) in self.conflicts:
            return CONFLICT, "conflict"
        if came.id in self.fates:
            if self.came[came.id].content == came.content:
                return self.fates[came.id]
            self.conflicts.add((came.enrolment, came.seq))
            return CONFLICT, "conflict"
        self.came[came.id] = came
        fate = self._judge(came, told=told)
        self.fates[came.id] = fate
        if fate == (HELD, "unknown_original"):
            self.early.setdefault(original_of(came), []).append(came.id)
        self._take_up(came.id)
        return fate

    def copy(self) -> "Oracle":
        """The same at this moment; what comes later changes only one of them."""
        kept = {one.name: copy(getattr(self, one.name)) for one in fields(self)}
        kept["early"] = {about: list(ids) for about, ids in self.early.items()}
        return Oracle(**kept)

    def waits(self) -> set[str]:
        """Ids of what waits for somebody."""
        return {id_ for id_, (outcome, _) in self.fates.items() if outcome == WAITING}

    def let_go(self, site: str, *, station: str = "", order: str = "") -> None:
        """Who holds an order, or what a station held, may be somebody else from now on."""
        for (where, number), (who, _) in list(self.holders.items()):
            if where == site and (who == station or number == order):
                del self.holders[where, number]

    def plain_places(self) -> set[tuple[str, str, str]]:
        """Site, place and item where only good goods without lot and serial have ever been."""
        kinds: dict[tuple[str, str, str], set[tuple[str, ...]]] = {}
        for site, place, item, *kind in self.stock:
            if not is_outside(place):
                kinds.setdefault((site, place, item), set()).add(tuple(kind))
        return {one for one, there in kinds.items() if there == {("", "", "good")}}

    def variance_of(self, adjustment: Operation) -> bool:
        """Whether an adjustment that follows a count is what the count says, once."""
        count = adjustment.reference.original if adjustment.reference else ""
        (line,) = adjustment.lines
        more = line.source == "adjustment"
        place = line.target if more else line.source
        key = key_of(adjustment.site, place, line, line.condition)
        units = line.quantity if more else -line.quantity
        return self.variances.pop((count, key), 0) == units

    # ------------------------------------------------------------------ by kind

    def _judge(
        self, came: Came, *, told: Fate | None = None, again: bool = False, approved: bool = False
    ) -> Fate:
        said = came.operation
        if said is None or (is_flawed(came, said) and (again or not came.revoked)):
            return HELD, ""
        if came.revoked and not again:
            return HELD, "revoked"
        match said.kind:
            case "adjust":
                return self._adjust(came, said, approved=approved)
            case "reverse":
                return self._reverse(came, said, approved=approved)
            case "decide":
                return self._decide(came, said, told)
            case "withdraw":
                return self._withdraw(came, said)
            case "reserve" | "unreserve":
                return REFUSED, "ledger_only"
            case kind if kind in BELIEVED:
                fate = told or self.look(came.id)
                if fate[0] == POSTED:
                    self._believe(came, said)
                return fate
            case _:
                return self._fact(came, said)

    def _fact(self, came: Came, said: Operation) -> Fate:
        """What happened is never refused."""
        if said.kind == "count":
            self._count(came, said)
        else:
            self._post(came, said)
            self._contradict(came, said)
        return POSTED, ""

    def _believe(self, came: Came, said: Operation) -> None:
        """What the ledger has granted, as far as it may have."""
        about = came.site, document_of(said)[1]
        who, since = self.holders.get(about, ("", came.at))
        match said.kind:
            case "cancel":
                self._post(came, said)
            case "claim":
                over = said.reason == "take_over" and self._has(said.actor, MAY_TAKE_OVER)
                is_free = who in ("", came.station) or came.at - since >= HOLD
                assert over or is_free, f"{about} is claimed by {who} and {came.station}"
                self.holders[about] = came.station, came.at
            case "release":
                assert who in ("", came.station), f"{about} is {who}'s, not {came.station}'s"
                self.holders.pop(about, None)
            case _:
                pass

    def _adjust(self, came: Came, said: Operation, *, approved: bool) -> Fate:
        for line in said.lines:
            if sum(place in ("adjustment", "scrap") for place in (line.source, line.target)) != 1:
                return REFUSED, "not_an_adjustment"
        if not approved:
            stopped = self._over_limit(said, list(moves_of(said)))
            if stopped is not None:
                return stopped
        self._post(came, said)
        self._contradict(came, said)
        return POSTED, ""

    def _over_limit(self, said: Operation, moves: list[tuple[Key, int]]) -> Fate | None:
        inside = [(key, units) for key, units in moves if not is_outside(key[1])]
        role = self.people.get(said.actor)
        if role is not None and role not in MAY_ADJUST:
            return REFUSED, "not_permitted"
        if role is None or said.reason == "theft":
            return WAITING, ""
        if sum(abs(units) for _, units in inside) > LIMIT:
            return WAITING, ""
        below = any(units < 0 and self.stock[key] + units < 0 for key, units in inside)
        return (WAITING, "") if below else None

    def _reverse(self, came: Came, said: Operation, *, approved: bool) -> Fate:
        about = original_of(came)
        if about not in self.fates:
            return HELD, "unknown_original"
        if about in self.taken_back:
            return REFUSED, "already_reversed"
        original = self.came[about].operation
        outcome = self.fates[about][0]
        if original is None or original.kind not in (*MOVING, *PLAIN) or original.kind == "cancel":
            return REFUSED, "not_reversible"
        if outcome == REFUSED:
            return REFUSED, "original_refused"
        if outcome == WAITING:
            if said.actor != original.actor and not self._has(said.actor, MAY_DECIDE):
                return REFUSED, "not_yours"
            self.fates[about] = REFUSED, "withdrawn"
            self.taken_back.add(about)
            return POSTED, "withdrew"
        if outcome != POSTED:
            return HELD, "original_not_posted"
        back = [(key, -units) for key, units in self.moves[about]]
        if original.kind == "adjust" and not approved:
            stopped = self._over_limit(said, back)
            if stopped is not None:
                return stopped
        self.taken_back.add(about)
        self._book(came, back)
        self._pack(came.id, [(where, -units) for where, units in self.packing.get(about, ())])
        return POSTED, ""

    def _decide(self, came: Came, said: Operation, told: Fate | None) -> Fate:
        if said.reason not in ("approve", "reject"):
            return REFUSED, "bad_decision"
        about = self.came.get(original_of(came))
        if about is not None and about.operation is not None and about.operation.kind == "count":
            return told or self.look(came.id)
        what = self._undecided(came)
        if isinstance(what, tuple):
            return what
        outcome = self.fates[what.id][0]
        asked = what.operation
        may = MAY_DECIDE if outcome == WAITING else MAY_RELEASE
        if said.evidence.get("content_hash") != what.content or not self._has(said.actor, may):
            return REFUSED, ""
        if asked is not None and asked.actor == said.actor:
            return REFUSED, "same_person"
        if said.reason == "reject":
            if outcome == HELD and (asked is None or asked.kind not in REQUESTS):
                return REFUSED, "fact_not_refused"
            self.fates[what.id] = REFUSED, "rejected"
            return POSTED, ""
        then = self._judge(what, again=True, approved=outcome == WAITING)
        if then[0] in (HELD, outcome):
            return REFUSED, ""
        self.fates[what.id] = then
        return POSTED, ""

    def _withdraw(self, came: Came, said: Operation) -> Fate:
        what = self._undecided(came)
        if isinstance(what, tuple):
            return what
        asked = what.operation
        is_held = self.fates[what.id][0] == HELD
        if is_held and (asked is None or asked.kind not in REQUESTS):
            return REFUSED, "not_a_request"
        if (asked is None or asked.actor != said.actor) and not self._has(said.actor, MAY_DECIDE):
            return REFUSED, "not_yours"
        self.fates[what.id] = REFUSED, "withdrawn"
        return POSTED, ""

    def _undecided(self, came: Came) -> Came | Fate:
        about = original_of(came)
        if not about:
            return REFUSED, "nothing_named"
        if about not in self.fates:
            return HELD, "unknown_original"
        if self.fates[about][0] not in (WAITING, HELD):
            return REFUSED, "already_decided"
        return self.came[about]

    def _count(self, came: Came, said: Operation) -> None:
        """What was seen, beside what the book said to that station at that moment."""
        for line in said.lines:
            key = key_of(said.site, line.source, line, line.condition)
            if said.as_of.epoch != self.epoch:
                continue
            now = self.stock[key]
            for id_, by in self._since(key, said):
                sender = self.came[id_]
                if sender.enrolment != came.enrolment or sender.seq >= came.seq:
                    now -= by
            self.variances[came.id, key] = line.quantity - now

    def _since(self, key: Key, said: Operation) -> Iterator[tuple[str, int]]:
        for id_, moves in self.moves.items():
            if self.told_at.get((said.site, id_), said.as_of.cursor + 1) > said.as_of.cursor:
                yield from ((id_, units) for moved, units in moves if moved == key)

    def _take_up(self, id_: str) -> None:
        """What came before what it is about, which is here now."""
        for early in sorted(self.early.pop(id_, ())):
            if self.fates[early][0] != HELD:
                continue
            then = self._judge(self.came[early], again=True)
            if then[0] != HELD:
                self.fates[early] = then

    # ------------------------------------------------------------------ the book

    def _post(self, came: Came, said: Operation) -> None:
        lost = said.kind == "short" and document_of(said)[0] == "transfer"
        self._book(came, list(moves_of(said)) if said.kind in MOVING or lost else [])
        order = order_of(said)
        if order and said.kind in ("pack", "unpack", "short"):
            sign = -1 if said.kind == "unpack" else 1
            what = "short" if said.kind == "short" else "packed"
            steps = [
                ((said.site, order, line.order_line, what), sign * line.quantity)
                for line in said.lines
                if line.order_line
            ]
            self._pack(came.id, steps)

    def _book(self, came: Came, moves: list[tuple[Key, int]]) -> None:
        self.moves[came.id] = moves
        for key, units in moves:
            self.stock[key] += units
        for key, units in moves:
            if units < 0 and self.stock[key] < 0 and not is_outside(key[1]):
                self._tell(key[0], ("negative_balance",), key[2], key[1])

    def _pack(self, id_: str, steps: list[tuple[tuple[str, str, int, str], int]]) -> None:
        self.packing[id_] = steps
        for where, units in steps:
            self.packed[where] += units

    def _contradict(self, came: Came, said: Operation) -> None:
        """What must be told, because it does not fit."""
        for line in said.lines:
            if line.item not in self.items:
                self._tell(came.site, ("unknown_item",), line.item)
        order = order_of(said)
        if not order or not (said.kind == "ship" or self.packing.get(came.id)):
            return
        row = self.orders.get((came.site, order))
        if row is None:
            self._tell(came.site, ("unknown_order",), order)
            return
        if said.kind == "ship" and row.state in STOPPED:
            self._tell(came.site, ("shipped_after_cancel",), order)
        if said.kind != "pack":
            return
        if row.state in STOPPED:
            self._tell(came.site, ("packed_after_cancel", "packed_while_held"), order)
        ordered = {line.line: line.quantity for line in row.lines}
        for where, _ in self.packing[came.id]:
            if self.packed[where] > ordered.get(where[2], 0):
                self._tell(came.site, ("order_overpacked", "packed_twice"), order)

    def _tell(self, site: str, codes: tuple[str, ...], *words: str) -> None:
        self.must_tell.add((site, frozenset(codes), words))

    def _has(self, actor: str, roles: tuple[str, ...]) -> bool:
        return self.people.get(actor, "") in roles

    def adopt(self, came: Came, fate: Fate) -> None:
        """What the ledger has recorded itself: it moves nothing but what it counts or imports."""
        self.came[came.id], self.fates[came.id] = came, fate
        said = came.operation
        assert said is not None
        if said.kind == "adjust":
            assert fate[0] in (POSTED, WAITING, REFUSED)
            if fate[0] == POSTED:
                self._post(came, said)
        else:
            assert said.kind in ("reserve", "unreserve", "request", "resolve", "claim", "decide")
