"""Contradictions, as the oracle sees them, and the exceptions that must tell of each."""

from collections import Counter, defaultdict
from typing import Any

from app.simulation.effects import EVERYTHING, Spot, outside
from app.simulation.world import World

Body = dict[str, Any]
# How much had come when the office shut a document.
_SHUT_AT = "received_when_shut"
_LATE = {"inbound": "received_after_close", "return": "returned_after_close"}
_OVER = {"inbound": "over_receipt", "return": "over_return"}
_STRAY = {"inbound": "not_on_inbound", "return": "not_on_return"}
# When what was announced is cut below what came, that is what is told.
_CUT = {"inbound": "inbound_cut_below_received", "return": "return_cut_below_received"}
_COMES = {"receive": "inbound", "return": "return"}
# What is seen of each, in the table of rare states.
_SEEN = {
    "negative_balance": "negative balance explained",
    "order_overpacked": "over-packing explained",
    "unknown_item": "unknown item explained",
    "over_receipt": "over-receipt explained",
    "over_return": "over-return explained",
    "not_on_inbound": "stray goods explained",
    "received_after_close": "late receipt explained",
    "transfer_over": "transfer over explained",
    "transfer_short": "transfer short explained",
    "transfer_ended": "transfer ended explained",
}


class Stories:
    """What must have been told at one site.

    Args:
        world: Takes violations.
        items: What the ledger knows.
    """

    def __init__(self, world: World, items: set[str]) -> None:
        self._world = world
        self._items = items
        # Codes that explain a contradiction, and what the exception must name.
        self._wanted: list[tuple[frozenset[str], str]] = []
        self._told: set[tuple[str, str]] = set()
        self._come: Counter[tuple[str, str, str]] = Counter()

    def told(self, row: Body) -> None:
        """The feed tells of an exception, opened, changed or closed."""
        names = {row.get("document", ""), row.get("operation", "")}
        names |= {word.strip(",.:;“”") for word in str(row["sentence"]).split()}
        if row["code"] == "negative_balance":
            names.add(str(row["sentence"]).split(" of ", 1)[1].split(":", 1)[0])
        self._told |= {(row["code"], name) for name in names}

    def want(self, codes: set[str], name: str) -> None:
        """Something does not fit: one of these must be told, with this name in it."""
        self._wanted.append((frozenset(codes), name))

    # ------------------------------------------------------------------ what may not fit

    def stock(self, moved: Counter[Spot], site: str, stock: Counter[tuple[str, ...]]) -> None:
        """Less than nothing at a place, after goods left it."""
        for spot, units in moved.items():
            key = spot[1:]
            if spot[0] == site and units < 0 and stock[key] < 0 and not outside(key[0]):
                self.want({"negative_balance"}, f"{key[1]} at {key[0]}")

    def items(self, body: Body) -> None:
        """Goods nobody has a name for."""
        if body["kind"] in {"claim", "reverse"}:
            return
        for line in body.get("lines", ()):
            if line.get("item") and line["item"] not in {*self._items, EVERYTHING}:
                self.want({"unknown_item"}, line["item"])

    def arrived(self, body: Body, papers: dict[tuple[str, str], Body]) -> None:
        """More came than was announced, or something else, or too late."""
        about = body.get("reference", {})
        kind, number = about.get("document_kind", ""), about.get("document", "")
        if _COMES.get(body["kind"]) != kind:
            return
        paper = papers.get((kind, number), {})
        wanted = Counter[str]()
        for row in paper.get("lines", ()):
            wanted[row[1]] += row[2]
        for line in body["lines"]:
            self._come[kind, number, line["item"]] += line["quantity"]
            if _SHUT_AT in paper.get("details", {}):
                come = sum(n for (k, d, _), n in self._come.items() if (k, d) == (kind, number))
                if come > paper["details"][_SHUT_AT]:
                    self.want({_LATE[kind]}, number)
            elif not wanted:
                self.want({f"unknown_{kind}"}, number)
            elif line["item"] not in wanted:
                self.want({_STRAY[kind]}, number)
            elif self._come[kind, number, line["item"]] > wanted[line["item"]]:
                self.want({_OVER[kind], _STRAY[kind], _CUT[kind]}, number)

    def taken_back(self, body: Body) -> None:
        """What came does not count any more."""
        about = body.get("reference", {})
        kind = about.get("document_kind", "")
        if _COMES.get(body["kind"]) == kind:
            for line in body["lines"]:
                self._come[kind, about["document"], line["item"]] -= line["quantity"]

    def carried(
        self,
        body: Body,
        number: str,
        counts: Counter[tuple[str, str, str]],
        paper: Body,
    ) -> None:
        """A transfer that is not known, was ended, brings too much, or less than was said."""
        if not number or body["kind"] not in {"dispatch", "accept", "short"}:
            return
        if not paper:
            if body.get("lines"):
                self.want({"unknown_transfer"}, number)
            return

        def counted(*measures: str) -> int:
            return sum(counts["transfer", number, measure] for measure in measures)

        here = {line["target"].startswith("transit/") for line in body.get("lines", ())}
        left = counted("dispatched") - counted("accepted", "short", "lost", "returned")
        # Of what arrived before it was known to have left, nothing is under way.
        if True in here and "ended" in paper.get("details", {}) and left > 0:
            self.want({"transfer_ended"}, number)
        if left < 0:
            self.want({"transfer_over"}, number)
        if body.get("evidence", {}).get("complete") is True and left > 0:
            self.want({"transfer_short"}, number)

    def packed(self, order: str, state: str, *, over: bool) -> None:
        """More went into parcels than was ordered, or although the order was stopped."""
        if over:
            self.want({"order_overpacked", "packed_twice"}, order)
        if state in {"cancelled", "held"}:
            self.want(
                {"packed_after_cancel" if state == "cancelled" else "packed_while_held"}, order
            )

    # ------------------------------------------------------------------ the end

    def explained(self) -> None:
        """Everything that did not fit was told."""
        told = defaultdict(set)
        for code, name in self._told:
            told[name].add(code)
        for codes, name in self._wanted:
            found = codes & told[name]
            if not found:
                self._world.violated(f"no exception {sorted(codes)} for {name}")
            for code in found & _SEEN.keys():
                self._world.rare.saw(_SEEN[code])
