"""The ledger told again from its own feed and bodies, with dicts: what its tables must say."""

import json
from collections import Counter
from hashlib import sha256
from typing import Any

from app.simulation.files import Rows
from app.simulation.world import World

Key = tuple[str, ...]
_MOVES = {"receive", "move", "pick", "unpick", "pack", "unpack", "ship", "adjust", "reclassify"}
_OUTSIDE = {"supplier", "customer", "adjustment", "scrap"}


class Replay:
    """One site, replayed row by row.

    Args:
        world: Told of what does not fit.
        ledger: The ledger's file.
    """

    def __init__(self, world: World, ledger: Rows) -> None:
        self._world = world
        self._ledger = ledger
        self._bodies = {
            row["id"]: (json.loads(row["body"]), row["outcome"]) for row in ledger.all("operation")
        }
        self._stock: Counter[Key] = Counter()
        self._done: dict[tuple[str, int], list[int]] = {}
        self._packers: dict[str, set[str]] = {}
        self._claims: dict[str, tuple[str, str]] = {}
        self._ordered: dict[str, dict[int, int]] = {}
        self._exceptions: list[dict[str, Any]] = []
        self._versions: dict[tuple[str, str], int] = {}
        # Contradictions seen: codes that explain one, and what the exception must name.
        self._wanted: list[tuple[frozenset[str], str]] = []
        self.orders: dict[str, str] = {}

    @property
    def balances(self) -> dict[Key, int]:
        """Quantity by stock key, without empty ones."""
        return {key: quantity for key, quantity in self._stock.items() if quantity}

    @property
    def progress(self) -> dict[tuple[str, int], tuple[int, int]]:
        """Packed and short by order line, without untouched ones."""
        return {
            at: (packed, short) for at, (packed, short) in self._done.items() if packed or short
        }

    # ------------------------------------------------------------------ the feed

    def feed(self) -> None:
        """Dense, chained, every operation in it once, and every contradiction explained."""
        chain, seen, waited = "0" * 64, Counter[str](), list[str]()
        for place, row in enumerate(sorted(self._ledger.all("feed"), key=_seq), 1):
            chain = sha256(chain.encode() + b"\n" + row["body"]).hexdigest()
            if row["seq"] != place or row["chain"] != chain:
                self._world.violated(f"the feed breaks at {row['seq']}")
                return
            body = json.loads(row["body"])
            if body["type"] == "outcome":
                # What waited has a second row, when it was decided.
                seen[body["id"]] += body["outcome"] not in {"conflict", "waiting"}
                waited += [body["id"]] if body["outcome"] == "waiting" else []
            self._row(body)
        seen.update(id_ for id_ in waited if not seen[id_])
        (head,) = (row for row in self._ledger.all("site_feed"))
        if head["chain"] != chain:
            self._world.violated("the end of the feed is not where the counter says")
        if dict.fromkeys(self._bodies, 1) != {id_: n for id_, n in seen.items() if n}:
            self._world.violated("operations and outcomes in the feed differ")
        self._explained()

    def _row(self, body: dict[str, Any]) -> None:
        match body["type"]:
            case "outcome":
                self._outcome(body)
            case "order":
                self.orders[body["order"]] = body["state"]
                self._ordered[body["order"]] = {line[0]: line[2] for line in body["lines"]}
            case "claim":
                self._claim(body)
            case "exception":
                self._exceptions.append(body)
            case "document":
                self._document(body)
            case "waiting":
                self._waiting(body)
            case "policy":
                pass
            case other:
                self._world.violated(f"the feed tells of {other}")

    def _waiting(self, told: dict[str, Any]) -> None:
        """Another station shows and decides what is told here: it must be what was signed."""
        body = told["body"].encode()
        if sha256(body).hexdigest() != told["content_hash"] or told["id"] not in self._bodies:
            self._world.violated(f"{told['id']} waits under a content that is not its own")
        if not told.get("signatures"):
            self._world.violated(f"{told['id']} waits, and nobody signed it")

    def _outcome(self, told: dict[str, Any]) -> None:
        if told["outcome"] != "posted":
            return
        body, _ = self._bodies[told["id"]]
        moves, steps = self._effect(body)
        postings = Counter[Key]()
        for line in told.get("postings", ()):
            # Defaults at the end are left out on the wire.
            fields = [*line, *("", "", "good")[len(line) - 3 :]] if len(line) < 6 else line
            place, item, quantity, lot, serial, condition = fields[:6]
            postings[place, item, lot, serial, condition] += quantity
        if {k: n for k, n in postings.items() if n} != {k: n for k, n in moves.items() if n}:
            self._world.violated(f"{told['id']}: the feed tells other postings than recorded")
        if sum(postings.values()):
            self._world.violated(f"{told['id']}: postings do not sum to zero")
        for key, quantity in moves.items():
            self._stock[key] += quantity
        for key, quantity in moves.items():
            if quantity < 0 and self._stock[key] < 0 and not _outside(key[0]):
                self._wanted.append((frozenset({"negative_balance"}), f"{key[1]} at {key[0]}"))
        self._advance(told, body, steps)

    def _advance(
        self, told: dict[str, Any], body: dict[str, Any], steps: list[tuple[str, int, int, int]]
    ) -> None:
        for order, line, packed, short in steps:
            done = self._done.setdefault((order, line), [0, 0])
            done[0] += packed
            done[1] += short
            if body["kind"] != "pack":
                continue
            self._packers.setdefault(order, set()).add(told["enrolment"])
            if done[0] > self._ordered.get(order, {}).get(line, 0) and order in self._ordered:
                self._wanted.append((frozenset({"order_overpacked", "packed_twice"}), order))
            state = self.orders.get(order, "")
            if state in {"cancelled", "held"}:
                code = "packed_after_cancel" if state == "cancelled" else "packed_while_held"
                self._wanted.append((frozenset({code}), order))

    def _effect(self, body: dict[str, Any]) -> tuple[Counter[Key], list[tuple[str, int, int, int]]]:
        """What an operation moves and advances, from what was recorded."""
        moves, steps = Counter[Key](), list[tuple[str, int, int, int]]()
        reference = body.get("reference", {})
        if body["kind"] == "reverse":
            original, _ = self._bodies[reference["original"]]
            back, taken = self._effect(original)
            return (
                Counter({key: -n for key, n in back.items()}),
                [(order, line, -packed, -short) for order, line, packed, short in taken],
            )
        for line in body.get("lines", ()):
            what = (line["item"], line.get("lot", ""), line.get("serial", ""))
            condition = line.get("condition", "good")
            if body["kind"] in _MOVES:
                out = (line["source"], what[0], what[1], what[2], condition)
                into = (line["target"], *what, line.get("to_condition") or condition)
                moves[out] -= line["quantity"]
                moves[into] += line["quantity"]
            sign = {"pack": (1, 0), "unpack": (-1, 0), "short": (0, 1)}.get(body["kind"])
            if sign and line.get("order_line"):
                packed, short = (part * line["quantity"] for part in sign)
                steps.append((reference["document"], line["order_line"], packed, short))
        return moves, steps

    def _document(self, body: dict[str, Any]) -> None:
        """Nobody sends documents here: the ledger asks to look where something was short."""
        known = self._versions.get((body["kind"], body["document"]), 0)
        if body["kind"] not in {"task", "count"} or body["version"] != known + 1:
            self._world.violated(f"the feed tells of {body['kind']} {body['document']}")
        self._versions[body["kind"], body["document"]] = body["version"]

    def _claim(self, body: dict[str, Any]) -> None:
        before = self._claims.get(body["document"], ("", ""))
        now = (body["state"], body.get("enrolment", ""))
        if before[0] == now[0] == "claimed" and before[1] != now[1]:
            self._world.rare.saw("claim lapsed overnight")
        self._claims[body["document"]] = now

    def _explained(self) -> None:
        """Every contradiction the replay saw has an exception; and some were seen at all."""
        told = {
            (one["code"], name)
            for one in self._exceptions
            for name in (one.get("document", ""), _subject(one))
        }
        for codes, name in self._wanted:
            if not any((code, name) in told for code in codes):
                self._world.violated(f"no exception {sorted(codes)} for {name}")
            elif "negative_balance" in codes:
                self._world.rare.saw("negative balance explained")
            elif "order_overpacked" in codes:
                self._world.rare.saw("over-packing explained")
        for packers in self._packers.values():
            if len(packers) > 1:
                self._world.rare.saw("order packed by two")

    # ------------------------------------------------------------------ the tables

    def tables(self) -> None:
        """Balances and progress are the sums of what was posted, and all of it sums to zero."""
        names = ("location", "item", "lot", "serial", "condition")
        balances = {
            tuple(row[name] for name in names): row["quantity"]
            for row in self._ledger.all("balance")
            if row["quantity"]
        }
        self.same("ledger: balances", balances, self.balances)
        progress = {
            (row["document"], row["line"]): (row["packed"], row["short"])
            for row in self._ledger.all("progress")
            if row["packed"] or row["short"]
        }
        self.same("ledger: progress", progress, self.progress)
        documents = self._ledger.all("document")
        orders = {row["document"]: row["state"] for row in documents if row["kind"] == "order"}
        self.same("ledger: orders", orders, self.orders)
        others = {
            (row["kind"], row["document"]): row["version"]
            for row in documents
            if row["kind"] != "order"
        }
        self.same("ledger: other documents", others, self._versions)
        totals: Counter[str] = Counter()
        for key, quantity in balances.items():
            totals[key[1]] += quantity
        if any(totals.values()):
            self._world.violated(f"places do not sum to zero: {dict(totals)}")

    def same(self, what: str, found: dict[Any, Any], expected: dict[Any, Any]) -> None:
        """Two pictures of one thing."""
        if found != expected:
            odd = {
                key: (found.get(key), expected.get(key))
                for key in found.keys() | expected.keys()
                if found.get(key) != expected.get(key)
            }
            self._world.violated(f"{what} differ: {dict(sorted(odd.items())[:4])}")


def _seq(row: dict[str, Any]) -> int:
    return int(row["seq"])


def _outside(place: str) -> bool:
    return place in _OUTSIDE or place.startswith("transit/")


def _subject(exception: dict[str, Any]) -> str:
    """`ITEM at PLACE` out of the sentence of a negative balance."""
    sentence = str(exception["sentence"])
    if exception["code"] != "negative_balance":
        return ""
    return sentence.split(" of ", 1)[1].split(":", 1)[0]
