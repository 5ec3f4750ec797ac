"""The ledger told again from its own feed and bodies, with dicts: what its tables must say."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from app.simulation.effects import Effects, Measured, Spot
from app.simulation.files import Rows
from app.simulation.planning import asked_for
from app.simulation.stories import Stories
from app.simulation.variances import Variances
from app.simulation.world import World

Key = tuple[str, ...]


class Replay:
    """One site, replayed row by row.

    Args:
        world: Told of what does not fit.
        ledger: The ledger's file.
        site: Name and number of the site.
    """

    def __init__(self, world: World, ledger: Rows, site: tuple[str, int]) -> None:
        self._world = world
        self._ledger = ledger
        self._site, self._n = site
        self._bodies = {row["id"]: json.loads(row["body"]) for row in ledger.all("operation")}
        self._here = {row["id"] for row in ledger.all("operation") if row["site_n"] == self._n} | {
            row["id"] for row in ledger.all("abroad") if row["site_n"] == self._n
        }
        self._effects = Effects(self._bodies, _transfers(ledger))
        self._variances = Variances(world)
        self._papers: dict[tuple[str, str], dict[str, Any]] = {}
        self._counts: Counter[Measured] = Counter()
        self._counted: dict[str, Counter[Measured]] = {}
        self._stock: Counter[Key] = Counter()
        self._done: dict[tuple[str, int], list[int]] = {}
        self._packers: dict[str, set[str]] = {}
        self._claims: dict[tuple[str, str], tuple[str, str]] = {}
        self._ordered: dict[str, dict[int, int]] = {}
        self._stories = Stories(world, {row["sku"] for row in ledger.all("item")})
        # Goods of transfers that nobody had asked for yet are where they were recorded.
        self._early: set[str] = set()
        self._stood: set[str] = set()
        self._shipped: Counter[str] = Counter()
        # What stations asked to be counted, by the number of the plan.
        self._planned: dict[str, list[tuple[str, str]]] = {}
        self._taken = {_about(body) for body in self._bodies.values() if _takes_over(body)}
        self.orders: dict[str, str] = {}
        # Signed units by operation and item; over both sites they come to nothing.
        self.sums: dict[str, Counter[str]] = {}

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

    @property
    def counts(self) -> dict[Measured, int]:
        """What was counted at documents, by kind, number and measure."""
        return {what: units for what, units in self._counts.items() if units}

    @property
    def papers(self) -> dict[tuple[str, str], tuple[int, str]]:
        """Version and state of every document that is no order."""
        return {name: (row["version"], row["state"]) for name, row in self._papers.items()}

    # ------------------------------------------------------------------ the feed

    def feed(self) -> None:
        """Dense, chained, every operation in it once, and every contradiction explained."""
        chain, seen, waited = "0" * 64, Counter[str](), list[str]()
        rows = (row for row in self._ledger.all("feed") if row["site_n"] == self._n)
        for place, row in enumerate(sorted(rows, key=_seq), 1):
            chain = sha256(chain.encode() + b"\n" + row["body"]).hexdigest()
            if row["seq"] != place or row["chain"] != chain:
                self._world.violated(f"the feed breaks at {row['seq']}")
                return
            body = json.loads(row["body"])
            if body["type"] == "outcome":
                # What waited, or was held, has a second row when it was decided.
                seen[body["id"]] += body["outcome"] not in {"conflict", "waiting", "held"}
                waited += [body["id"]] if body["outcome"] in {"waiting", "held"} else []
                self._outcome(body, place)
            else:
                self._row(body)
        seen.update({id_ for id_ in waited if not seen[id_]})
        (head,) = (row for row in self._ledger.all("site_feed") if row["site_n"] == self._n)
        if head["chain"] != chain:
            self._world.violated("the end of the feed is not where the counter says")
        if dict.fromkeys(self._here, 1) != {id_: n for id_, n in seen.items() if n}:
            self._world.violated("operations and outcomes in the feed differ")
        self._stories.explained()
        self._as_planned()
        for packers in self._packers.values():
            if len(packers) > 1:
                self._world.rare.saw("order packed by two")

    def _as_planned(self) -> None:
        """What is to be counted is what was asked for."""
        for number, asked in self._planned.items():
            paper = self._papers.get(("count", number), {})
            told = [(row[3], row[1]) for row in paper.get("lines", ())]
            if told != asked:
                self._world.violated(f"{number}: {asked} asked for, {told} to be counted")

    def _row(self, body: dict[str, Any]) -> None:
        match body["type"]:
            case "order":
                self.orders[body["order"]] = body["state"]
                self._ordered[body["order"]] = {line[0]: line[2] for line in body["lines"]}
            case "claim":
                self._claim(body)
            case "exception":
                self._stories.told(body)
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
        # What follows a count is the ledger's own; two persons have counted.
        counted = "original" in json.loads(body).get("reference", {})
        if not told.get("signatures") and not counted:
            self._world.violated(f"{told['id']} waits, and nobody signed it")

    # ------------------------------------------------------------------ what was posted

    def _outcome(self, told: dict[str, Any], place: int) -> None:
        if told["outcome"] != "posted":
            return
        body = self._bodies[told["id"]]
        postings = _postings(told)
        moved = self._moved(body, postings)
        here = {spot[1:]: units for spot, units in moved.items() if spot[0] == self._site}
        if _some(postings) != _some(here):
            self._world.violated(f"{told['id']}: the feed tells other postings than recorded")
        self._stood.add(told["id"])
        self._by_hand(told["id"], postings)
        sums = self.sums.setdefault(told["id"], Counter())
        for key, units in postings.items():
            sums[key[1]] += units
        self._stock.update(here)
        self._ship(body, moved)
        self._variances.posted(told, place, Counter(here))
        if body["kind"] == "count":
            self._variances.counted(told, body)
        if body["kind"] == "adjust" and body.get("reference", {}).get("original"):
            self._variances.adjusted(body)
        if body["kind"] == "request" and _about(body)[0] == "count":
            self._planned[_about(body)[1]] = asked_for(body)
        self._count(told, body)
        self._stories.stock(moved, self._site, self._stock)
        if body["site"] == self._site:
            # Whoever recorded it is told; the other end of a transfer sees the state alone.
            self._stories.items(body)
            self._stories.arrived(body, self._papers)
            number = self._effects.about(body)
            paper = self._papers.get(("transfer", number), {})
            self._stories.carried(body, number, self._counts, paper)
        self._advance(told, body)

    def _moved(self, body: dict[str, Any], told: Counter[Key]) -> Counter[Spot]:
        """By the oracle's arithmetic; of transfers nobody had asked for, as it was told."""
        number = self._effects.about(body)
        early = bool(number) and ("transfer", number) not in self._papers
        original = body.get("reference", {}).get("original", "")
        if body["kind"] == "reverse" and original not in self._stood:
            # It waited, and nothing had moved: taking it back moves nothing.
            return Counter()
        if early or body["kind"] == "request" or original in self._early:
            self._early.add(body["id"])
            return Counter({(self._site, *key): units for key, units in told.items()})
        if body["kind"] == "identify":
            return Counter({(self._site, *key): units for key, units in told.items()})
        return self._effects.moves(body)

    def _by_hand(self, id_: str, postings: Counter[Key]) -> None:
        """What somebody's hands did is what is posted at this site."""
        did = self._world.hands.done.get(id_)
        if did is None or not (did.item and did.units and did.source):
            return
        by_place = Counter[str]()
        for key, units in postings.items():
            by_place[key[0]] += units if key[1] == did.item else 0
        expected = Counter({did.source: -did.units})
        expected[did.target] += did.units
        if any(by_place[place] not in (0, expected[place]) for place in expected):
            self._world.violated(f"{id_}: {did}, posted {dict(by_place)}")
        self._world.rare.saw("posted what hands did")

    def _ship(self, body: dict[str, Any], moved: Counter[Spot]) -> None:
        """Parcels that left, or came back."""
        original = body.get("reference", {}).get("original", "")
        done = self._bodies[original] if body["kind"] == "reverse" else body
        if done["kind"] == "ship":
            for (_, place, *_), units in moved.items():
                if place.startswith("parcel/"):
                    self._shipped[place] -= units

    def _count(self, told: dict[str, Any], body: dict[str, Any]) -> None:
        """What is counted at documents; a reversal takes back what its original counted."""
        original = body.get("reference", {}).get("original", "")
        if body["kind"] == "reverse":
            counted = Counter({k: -n for k, n in self._counted.get(original, Counter()).items()})
            self._stories.taken_back(self._bodies[original])
        elif body["id"] in self._early:
            counted = Counter[Measured]()
            for kind, number, _, measure, units in told.get("tallies", ()):
                counted[kind, number, measure] += units
        else:
            counted = self._effects.counts(body, self._papers)
        self._counted[body["id"]] = counted
        for what, units in counted.items():
            self._counts[what] += units

    def _advance(self, told: dict[str, Any], body: dict[str, Any]) -> None:
        for order, line, packed, short in self._effects.packs(body):
            done = self._done.setdefault((order, line), [0, 0])
            done[0] += packed
            done[1] += short
            if body["kind"] != "pack":
                continue
            self._packers.setdefault(order, set()).add(told["enrolment"])
            asked = self._ordered.get(order)
            over = asked is not None and done[0] > asked.get(line, 0)
            self._stories.packed(order, self.orders.get(order, ""), over=over)

    def _document(self, body: dict[str, Any]) -> None:
        """One version after the other."""
        name = (body["kind"], body["document"])
        known = self._papers.get(name, {}).get("version", 0)
        if body["version"] <= known:
            self._world.violated(f"the feed tells of {name} {body['version']} after {known}")
        self._papers[name] = body

    def _claim(self, body: dict[str, Any]) -> None:
        name = (body.get("kind", "order"), body["document"])
        before = self._claims.get(name, ("", ""))
        now = (body["state"], body.get("enrolment", ""))
        if before[0] == now[0] == "claimed" and before[1] != now[1]:
            taken = name in self._taken
            self._world.rare.saw("work taken over" if taken else "claim lapsed overnight")
        self._claims[name] = now

    # ------------------------------------------------------------------ the tables

    def tables(self) -> None:
        """Balances and counts are the sums of what was posted."""
        keys = {row["stock"]: _key(row) for row in self._mine("balance")}
        balances = {_key(row): row["quantity"] for row in self._mine("balance") if row["quantity"]}
        self.same("ledger: balances", balances, self.balances)
        progress = {
            (row["document"], row["line"]): (row["packed"], row["short"])
            for row in self._mine("progress")
            if row["packed"] or row["short"]
        }
        self.same("ledger: progress", progress, self.progress)
        documents = self._mine("document")
        orders = {row["document"]: row["state"] for row in documents if row["kind"] == "order"}
        self.same("ledger: orders", orders, self.orders)
        others = {
            (row["kind"], row["document"]): (row["version"], row["state"])
            for row in documents
            if row["kind"] != "order"
        }
        self.same("ledger: other documents", others, self.papers)
        self.same("ledger: counts of documents", counted(self._mine("tally")), self.counts)
        shipped = {row["parcel"]: row["shipped"] for row in self._mine("parcel") if row["shipped"]}
        self.same("ledger: parcels", shipped, {name: n for name, n in self._shipped.items() if n})
        self._variances.judged(self._mine("counted"), keys)

    def _mine(self, table: str) -> list[dict[str, Any]]:
        return [row for row in self._ledger.all(table) if row["site_n"] == self._n]

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


def _key(row: dict[str, Any]) -> Key:
    return tuple(row[name] for name in ("location", "item", "lot", "serial", "condition"))


def _about(body: dict[str, Any]) -> tuple[str, str]:
    reference = body.get("reference", {})
    return reference.get("document_kind", ""), reference.get("document", "")


def _takes_over(body: dict[str, Any]) -> bool:
    return body["kind"] == "claim" and body.get("reason") == "take_over"


def _postings(told: dict[str, Any]) -> Counter[Key]:
    found = Counter[Key]()
    for line in told.get("postings", ()):
        # Defaults at the end are left out on the wire.
        fields = [*line, *("", "", "good")[len(line) - 3 :]] if len(line) < 6 else line
        place, item, quantity, lot, serial, condition = fields[:6]
        found[place, item, lot, serial, condition] += quantity
    return found


def _some(units: Mapping[Key, int]) -> dict[Key, int]:
    return {key: n for key, n in units.items() if n}


def counted(tallies: Iterable[dict[str, Any]]) -> dict[Measured, int]:
    """Rows of counts, over all lines of a document; those of orders are progress."""
    found = Counter[Measured]()
    for row in tallies:
        if row["kind"] != "order":
            found[row["kind"], row["document"], row["measure"]] += row["quantity"]
    return {what: units for what, units in found.items() if units}


def _transfers(ledger: Rows) -> dict[str, tuple[str, str]]:
    """Where every transfer leaves, and where it goes."""
    rows = [json.loads(row["body"]) for row in ledger.all("document") if row["kind"] == "transfer"]
    return {row["document"]: (row["origin"], row["destination"]) for row in rows}
