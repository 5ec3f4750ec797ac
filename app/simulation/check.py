"""The oracle: what must hold when the floor is at rest, from its own notes and arithmetic.

Files are read with plain SQL, bodies with plain JSON, hashes made with hashlib: nothing of the
ledger's or the book's own logic is asked whether it was right.
"""

import json
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from app.ledger.setup import EPOCH
from app.simulation import album
from app.simulation.bench import KEY, Bench
from app.simulation.files import Rows, read
from app.simulation.host import Host
from app.simulation.proofs import Proofs
from app.simulation.replay import Replay, counted
from app.simulation.world import World

# Somebody else decided it before, or what it decided is gone with the ledger's disk.
_LATE = {"already_decided", "not_permitted", "grant_missing", "over_grant_limit", "grant_expired"}
# What nobody at a bench records: the ledger itself, and the office.
_LEDGERS = {"reserve", "unreserve", "request", "adjust", "resolve"}
_OFFICES = {"decide", "request", "cancel", "claim"}
# Requests of the office and of people who look after exceptions: no is an answer.
_WISHES = {"request", "cancel", "resolve"}
_FATES = {"applied", "refused", "duplicate", "held", "command"}


def check(world: World, host: Host, benches: list[Bench]) -> tuple[int, int]:
    """Hold everything against everything; returns how many operations and scans there were."""
    for bench in benches:
        bench.stop()
    host.close()
    with read(host.path) as ledger:
        replays = {
            row["site"]: Replay(world, ledger, (row["site"], row["n"]))
            for row in ledger.all("site")
        }
        for replay in replays.values():
            replay.feed()
            replay.tables()
        _zero(world, list(replays.values()))
        holding = _Holding(world, ledger)
        for bench in benches:
            with read(bench.disk.path, KEY) as book:
                holding.bench(bench, book, replays[bench.site])
        holding.ledger()
        Proofs(world, ledger).check()
    operations = sum(len(bench.record.operations) for bench in benches)
    return operations, sum(len(bench.record.scans) for bench in benches)


def _zero(world: World, replays: list[Replay]) -> None:
    """Over all places of all sites nothing came into being, and nothing is gone."""
    totals, sums = Counter[str](), dict[str, Counter[str]]()
    for replay in replays:
        for key, quantity in replay.balances.items():
            totals[key[1]] += quantity
        for id_, units in replay.sums.items():
            sums.setdefault(id_, Counter()).update(units)
    if any(totals.values()):
        world.violated(f"places do not sum to zero: {dict(totals)}")
    odd = [id_ for id_, units in sums.items() if any(units.values())]
    if odd:
        world.violated(f"postings do not sum to zero: {odd[:3]}")


class _Holding:
    """Holds the ledger's operations against the notes of every bench."""

    def __init__(self, world: World, ledger: Rows) -> None:
        self._world = world
        self._ledger = ledger
        self._enrolments = {row["n"]: row["id"] for row in ledger.all("enrolment")}
        self._own = {
            row["n"]: row["kind"] for row in ledger.all("enrolment") if row["kind"] != "station"
        }
        self._posted = {row["id"]: row for row in ledger.all("operation")}
        self._links = ledger.all("link")
        self._epoch = {row["name"]: row["value"] for row in ledger.all("meta")}[EPOCH]
        self._items = _items(ledger)
        world.edits.items("ledger", ledger.all("item"))
        for row in ledger.all("site"):
            here = row["site"], row["n"]
            world.edits.places("ledger", here[0], _of(ledger, "location", here[1]))
            world.edits.reorders(here[0], _of(ledger, "threshold", here[1]))
        self._revoked = any(row["state"] == "revoked" for row in ledger.all("enrolment"))
        self._noted: set[bytes] = set()
        # The digest each chain begins with: what the one before it in the same book ended with.
        self._begins: dict[str, str] = {}
        self._excused: set[str] = set()

    def bench(self, bench: Bench, book: Rows, replay: Replay) -> None:
        """One book: all there, all explained, nothing else."""
        rows = {row["id"]: row for row in book.all("operation")}
        self._noted.update(one.body for one in bench.record.operations.values())
        self._scans(bench, book)
        former = book.all("former_link")
        self._recorded(bench, rows, former)
        self._chain(bench, rows.values(), former)
        goods = [one for one in bench.record.operations.values() if album.digests(one.body)]
        if any(json.loads(one.body)["kind"] != "adjust" for one in goods):
            self._world.rare.saw("photo of goods")
        for flaw in album.flaws(bench.record.operations, book.all("photo")):
            self._world.violated(f"{bench.name}: {flaw}")
        astray = bench.forked or bench.retired
        if astray:
            self._astray(bench, rows)
        else:
            self._delivered(bench, rows)
            self._confirmed(bench, book, replay)
        self._tally(bench, rows.values())

    def _scans(self, bench: Bench, book: Rows) -> None:
        """Scans captured = fates; what was told is what is kept."""
        kept = {row["id"]: row for row in book.all("scan")}
        record = bench.record
        if kept.keys() != record.scans.keys():
            odd = sorted(kept.keys() ^ record.scans.keys())
            self._world.violated(f"{bench.name}: scans {odd[:5]} are lost or invented")
        for number, row in kept.items():
            # A shelved machine may have died over its last scan; it never started again.
            if row["fate"] not in _FATES and not bench.retired:
                self._world.violated(f"{bench.name}: scan {number} has fate {row['fate']!r}")
            if record.told.get(number, row["fate"]) != row["fate"]:
                self._world.violated(
                    f"{bench.name}: scan {number} is {row['fate']}, told otherwise"
                )
            if row["why"].startswith("interrupted"):
                self._world.rare.saw("scan interrupted by a crash")

    def _recorded(self, bench: Bench, rows: dict[str, Any], former: list[Any]) -> None:
        """Committed is kept: with synchronous=FULL that holds for what nobody was told, too."""
        stood = {row["n"]: {(row["enrolment"], row["seq"])} for row in rows.values()}
        for row in former:
            stood[row["n"]].add((row["enrolment"], row["seq"]))
        for id_, noted in bench.record.operations.items():
            row = rows.get(id_)
            if row is None:
                told = "shown" if id_ in bench.record.shown else "committed"
                self._world.violated(f"{bench.name}: {id_} was {told} and is gone")
            elif row["body"] != noted.body or (noted.enrolment, noted.seq) not in stood[row["n"]]:
                self._world.violated(f"{bench.name}: {id_} is not what was recorded")
        for id_ in rows.keys() - bench.record.operations.keys():
            self._world.violated(f"{bench.name}: {id_} was never recorded")

    def _chain(self, bench: Bench, rows: Iterable[Any], former: list[Any]) -> None:
        """One enrolment's chain after the other; what was linked anew stands in both."""
        bodies = {row["n"]: row for row in rows}
        links = [*bodies.values(), *former]
        digest = "0" * 64
        for enrolment in bench.enrolments:
            self._begins[enrolment] = digest
            own = sorted((row for row in links if row["enrolment"] == enrolment), key=_seq)
            for place, row in enumerate(own, 1):
                digest = link(digest, enrolment, place, bodies[row["n"]]["body"])
                if row["seq"] != place or row["digest"] != digest:
                    self._world.violated(f"{bench.name}: the chain breaks at {row['seq']}")
                    return
        if any(row["enrolment"] not in bench.enrolments for row in links):
            self._world.violated(f"{bench.name}: a chain that is not its own")

    def _delivered(self, bench: Bench, rows: dict[str, Any]) -> None:
        """Everything recorded is at the ledger once, confirmed here, with one outcome."""
        conflicts = {
            (self._enrolments[row["enrolment_n"]], row["seq"])
            for row in self._links
            if row["outcome"] == "conflict"
        }
        for id_, row in rows.items():
            if row["transport"] != "confirmed":
                self._world.violated(f"{bench.name}: {id_} is {row['transport']} after healing")
            if (row["enrolment"], row["seq"]) in conflicts:
                self._world.rare.saw("operation in conflict")
                expected = "conflict"
            else:
                there = self._posted.get(id_)
                if there is None or there["body"] != row["body"]:
                    self._world.violated(f"{bench.name}: {id_} is not at the ledger as recorded")
                    continue
                expected = there["outcome"]
            if row["outcome"] != expected:
                self._world.violated(
                    f"{bench.name}: {id_} is {row['outcome']} here, {expected} at the ledger"
                )

    def _astray(self, bench: Bench, rows: dict[str, Any]) -> None:
        """A forked or shelved book: what the ledger has not, it still has, and says so."""
        self._excused.update(rows)
        missing = [
            id_
            for id_, row in rows.items()
            if id_ not in self._posted or self._posted[id_]["body"] != row["body"]
        ]
        hidden = [id_ for id_ in missing if rows[id_]["transport"] == "confirmed"]
        if bench.forked and not bench.retired:
            if hidden:
                self._world.violated(f"{bench.name}: {hidden[:3]} look confirmed and are not")
            if missing and (bench.senses.outbox == 0 or bench.senses.link != "forked"):
                self._world.violated(f"{bench.name}: forked, and nobody can see it")

    def _confirmed(self, bench: Bench, book: Rows, replay: Replay) -> None:
        """Confirmed stock, progress and orders are the ledger's."""
        balances = {
            tuple(row[name] for name in ("location", "item", "lot", "serial", "condition")): row[
                "quantity"
            ]
            for row in book.all("balance")
            if row["quantity"]
        }
        replay.same(f"{bench.name}: balances", balances, replay.balances)
        progress = {
            (row["order"], row["line"]): (row["packed"], row["short"])
            for row in book.all("progress")
            if row["packed"] or row["short"]
        }
        replay.same(f"{bench.name}: progress", progress, replay.progress)
        replay.same(f"{bench.name}: items", _items(book), self._items)
        self._world.edits.places(bench.name, bench.site, book.all("location"))
        orders = {row["order"]: row["state"] for row in book.all("order_document")}
        replay.same(f"{bench.name}: orders", orders, replay.orders)
        papers = {
            (row["kind"], row["document"]): (row["version"], row["state"])
            for row in book.all("document")
        }
        replay.same(f"{bench.name}: documents", papers, replay.papers)
        counts = counted(book.all("tally"))
        replay.same(f"{bench.name}: counts of documents", counts, replay.counts)
        pending = [row for name in ("effect", "advance", "pending_tally") for row in book.all(name)]
        held = {row["n"] for row in book.all("operation") if row["outcome"] == "held"}
        if any(row["n"] not in held for row in pending):
            self._world.violated(f"{bench.name}: confirmed operations still have pending effects")

    def _tally(self, bench: Bench, rows: Iterable[Any]) -> None:
        """Captured = posted + waiting + refused + held + conflict + unsent."""
        counts: Counter[str] = Counter(
            row["outcome"] if row["transport"] == "confirmed" else "unsent" for row in rows
        )
        outcomes = ("posted", "waiting", "refused", "held", "conflict", "unsent")
        if sum(counts[name] for name in outcomes) != len(bench.record.operations):
            self._world.violated(f"{bench.name}: the shift does not add up: {dict(counts)}")

    def _is_its_own(self, row: Any, body: dict[str, Any]) -> bool:
        """Opening stock, what the office wants, and what the ledger does by time."""
        kind = self._own.get(row["enrolment_n"])
        return (
            kind == "import"
            or (kind == "ledger" and body["kind"] in _LEDGERS)
            or (kind == "office" and body["kind"] in _OFFICES)
        )

    def ledger(self) -> None:
        """At the ledger: nothing invented, no fact refused, every chain whole."""
        for row in self._posted.values():
            body = row["body"]
            if body not in self._noted and not self._is_its_own(row, json.loads(body)):
                self._world.violated(f"the ledger invented {row['id']}")
            self._outcome(row)
        self._ledger_chains()

    def _outcome(self, row: Any) -> None:
        rare = self._world.rare
        match row["outcome"], row["kind"]:
            case "posted", _:
                pass
            case "refused", "claim" | "release":
                rare.saw("claim refused")
            case "waiting" | "refused", "reverse" if self._takes_back(row):
                pass
            case "waiting" | "refused", "adjust" | "decide" | "withdraw":
                self._asked(row)
            case "refused", kind if kind in _WISHES:
                rare.saw("wish refused")
            case "held", _:
                self._held(row)
            case outcome, kind:
                self._world.violated(f"a {kind} was {outcome}: {row['code']}")

    def _takes_back(self, row: Any) -> bool:
        """What was taken back already; or an adjustment, whose reversal waits as it did."""
        original = self._posted.get(row["original"])
        if original is not None and original["kind"] == "adjust":
            self._world.rare.saw("adjustment taken back")
            return True
        return bool(row["outcome"] == "refused" and row["code"] == "already_reversed")

    def _held(self, row: Any) -> None:
        """What this ledger does not understand, or what came before what it is about."""
        match row["kind"], row["code"]:
            case "decide", _ if row["id"] in self._world.forged:
                pass
            case "decide" | "withdraw", "unknown_original":
                # What it is about is gone with the ledger's disk, or with a shelved station.
                pass
            case "weave", _:
                self._world.rare.saw("operation held")
            case kind, code:
                self._world.violated(f"a {kind} was held: {code}")

    def _asked(self, row: Any) -> None:
        """Only requests wait, and only they are refused: for the reasons there are."""
        match row["outcome"], row["kind"]:
            case "waiting", "adjust":
                self._world.rare.saw("adjustment waits")
            case "refused", "adjust":
                self._world.rare.saw("adjustment rejected")
            case "refused", _ if row["id"] in self._world.forged:
                pass
            case "refused", _ if row["code"] in _LATE:
                pass
            case "refused", "decide" if row["code"] == "still_held" and self._revoked:
                # What it lets in is about something that is not in yet.
                pass
            case "refused", "withdraw" if self._of_a_lost_epoch(row):
                # Whose credential ended meanwhile signs nothing that was seen in another history.
                pass
            case "refused", "decide" if self._about_a_lost_epoch(row):
                # Nor is what they asked for there signed: it is rejected, and asked anew.
                pass
            case outcome, kind:
                self._world.violated(f"a {kind} was {outcome}: {row['code']}")

    def _of_a_lost_epoch(self, row: Any) -> bool:
        """Recorded where nothing of this history had been seen: nobody's end was, either."""
        return bool(row["code"] == "bad_person_signature" and self._unseen(row))

    def _about_a_lost_epoch(self, row: Any) -> bool:
        """The same of what it decides."""
        about = json.loads(row["body"]).get("reference", {}).get("original", "")
        original = self._posted.get(about)
        if original is None or row["code"] != "request_unsigned":
            return False
        return self._unseen(original)

    def _unseen(self, row: Any) -> bool:
        seen = json.loads(row["body"]).get("as_of", {})
        return bool(seen.get("epoch", "") != self._epoch or not seen.get("cursor"))

    def _ledger_chains(self) -> None:
        places: dict[int, dict[int, Any]] = {n: {} for n in self._enrolments}
        for row in (*self._posted.values(), *self._links):
            at = places[row["enrolment_n"]]
            if row["seq"] in at:
                self._world.violated(f"two records at place {row['seq']} of one chain")
            at[row["seq"]] = row
        bodies = {row["id"]: row["body"] for row in self._posted.values()}
        for n, chain in places.items():
            digest = self._begins.get(self._enrolments[n], "0" * 64)
            for place in range(1, len(chain) + 1):
                if place not in chain:
                    self._world.violated(f"{self._enrolments[n]}: place {place} is missing")
                    break
                row = chain[place]
                body = row["body"] if row["body"] is not None else bodies[row["id"]]
                digest = link(digest, self._enrolments[n], place, body)
                if row["digest"] != digest:
                    self._world.violated(f"{self._enrolments[n]}: digest differs at {place}")
                    break


def _items(rows: Rows) -> dict[str, Any]:
    """Every item as a book has it, by SKU."""
    return {row["sku"]: json.loads(row["body"]) for row in rows.all("item")}


def _of(ledger: Rows, table: str, site_n: int) -> list[dict[str, Any]]:
    return [row for row in ledger.all(table) if row["site_n"] == site_n]


def _seq(row: Any) -> int:
    return int(row["seq"])


def link(previous: str, enrolment: str, seq: int, body: bytes) -> str:
    """Digest of a chain after one more body, made with hashlib alone."""
    content = sha256(body).hexdigest()
    return sha256(f"{previous}\n{enrolment}\n{seq}\n{content}".encode()).hexdigest()
