"""What an operation moves and counts, worked out from its body alone: the oracle's arithmetic.

Goods in transit are at the site they go to; every other place is at the site of the record, but
what never left is back at the origin.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

Body = dict[str, Any]
# Site, place, item, lot, serial, condition.
Spot = tuple[str, ...]
# Kind and number of a document, and what is counted there.
Measured = tuple[str, str, str]

TRANSIT = "transit/"
# In place of an item: all that lie at a place.
EVERYTHING = "*"
_OUTSIDE = {"supplier", "customer", "adjustment", "scrap"}
_MOVES = {
    "receive",
    "return",
    "move",
    "pick",
    "unpick",
    "pack",
    "unpack",
    "ship",
    "adjust",
    "reclassify",
    "dispatch",
    "accept",
    "cancel",
}


def outside(place: str) -> bool:
    """Whether a place is in nobody's building."""
    return place in _OUTSIDE or place.startswith(TRANSIT)


class Effects:
    """Arithmetic of operations.

    Args:
        bodies: Every operation's, by id.
        transfers: Origin and destination of every transfer, by number.
    """

    def __init__(
        self, bodies: Mapping[str, Body], transfers: Mapping[str, tuple[str, str]]
    ) -> None:
        self._bodies = bodies
        self._transfers = transfers

    def about(self, body: Body) -> str:
        """The transfer an operation is about, or empty."""
        reference = body.get("reference", {})
        if reference.get("document_kind") == "transfer":
            return str(reference.get("document", ""))
        if body["kind"] == "reverse":
            return self.about(self._bodies[reference["original"]])
        for line in body.get("lines", ()):
            for place in (line.get("source", ""), line.get("target", "")):
                if place.startswith(TRANSIT):
                    return str(place.removeprefix(TRANSIT))
        return ""

    # ------------------------------------------------------------------ goods

    def moves(self, body: Body) -> Counter[Spot]:
        """Signed units by spot."""
        if body["kind"] == "reverse":
            back = self.moves(self._bodies[body["reference"]["original"]])
            return Counter({spot: -units for spot, units in back.items()})
        moved = Counter[Spot]()
        if body["kind"] not in _MOVES and not (body["kind"] == "short" and self.about(body)):
            return moved
        number = self.about(body)
        for line in body.get("lines", ()):
            what = (line["item"], line.get("lot", ""), line.get("serial", ""))
            before = line.get("condition", "good")
            after = line.get("to_condition") or before
            source = line.get("source") or TRANSIT + number
            moved[(self._site(body, source), source, *what, before)] -= line["quantity"]
            target = line["target"]
            moved[(self._site(body, target), target, *what, after)] += line["quantity"]
        return moved

    def _site(self, body: Body, place: str) -> str:
        origin, destination = self._transfers.get(self.about(body), (body["site"], body["site"]))
        if place.startswith(TRANSIT):
            return destination
        if body["kind"] == "short":
            return destination if outside(place) else origin
        return str(body["site"])

    # ------------------------------------------------------------------ documents

    def packs(self, body: Body) -> list[tuple[str, int, int, int]]:
        """What counts at lines of orders: order, line, packed, short."""
        reference = body.get("reference", {})
        if body["kind"] == "reverse":
            back = self.packs(self._bodies[reference["original"]])
            return [(order, line, -packed, -short) for order, line, packed, short in back]
        sign = {"pack": (1, 0), "unpack": (-1, 0), "short": (0, 1)}.get(body["kind"])
        if sign is None or reference.get("document_kind") != "order":
            return []
        return [
            (reference["document"], line["order_line"], *(part * line["quantity"] for part in sign))
            for line in body.get("lines", ())
            if line.get("order_line")
        ]

    def counts(self, body: Body, papers: Mapping[tuple[str, str], Body]) -> Counter[Measured]:
        """What counts at documents that are not orders, over all their lines.

        Args:
            body: The operation; a reversal's is asked with its original's counts.
            papers: The documents as they stood, by kind and number.
        """
        about = body.get("reference", {})
        kind, number = about.get("document_kind", ""), about.get("document", "")
        found = Counter[Measured]()
        if self.about(body):
            return self._carried(body)
        if kind == "count" and body["kind"] == "count":
            found[kind, number, "counted"] = len(_counted(body, papers.get((kind, number), {})))
            return found
        for line in body.get("lines", ()):
            for measure in _measures(kind, body, line, papers.get((kind, number), {})):
                found[kind, number, measure] += line["quantity"]
        return found

    def _carried(self, body: Body) -> Counter[Measured]:
        """What counts at a transfer."""
        number, found = self.about(body), Counter[Measured]()
        origin, _ = self._transfers.get(number, ("", ""))
        here = body["site"]
        for line in body.get("lines", ()):
            if (line.get("source") or TRANSIT).startswith(TRANSIT) == line["target"].startswith(
                TRANSIT
            ):
                continue
            enters = line["target"].startswith(TRANSIT)
            for measure, sign in _on_the_way(body, line, enters=enters, origin=here == origin):
                found["transfer", number, measure] += sign * line["quantity"]
        return found


def _on_the_way(body: Body, line: Body, *, enters: bool, origin: bool) -> list[tuple[str, int]]:
    if enters:
        return [("dispatched", 1)] if origin else [("accepted", -1)]
    if body["kind"] == "short":
        return [("lost" if outside(line["target"]) else "short", 1)]
    if body["kind"] == "cancel" or origin:
        return [("returned", 1)]
    hurt = (line.get("to_condition") or line.get("condition", "good")) == "damaged"
    return [("accepted", 1), *([("damaged", 1)] if hurt else [])]


def _measures(kind: str, body: Body, line: Body, paper: Body) -> list[str]:
    now = line.get("to_condition") or line.get("condition", "good")
    match kind, body["kind"]:
        case "inbound", "receive":
            return ["received", *(["damaged"] if now == "damaged" else [])]
        case "inbound", "short":
            return ["closed" if body.get("reason") == "close" else "backordered"]
        case "return", "return":
            what = {"good": "good", "damaged": "damaged"}.get(now, "hold")
            return ["received", "scrapped" if line["target"] == "scrap" else what]
        case "task", "move":
            to = paper.get("details", {}).get("to", line["target"])
            asked = {row[1] for row in paper.get("lines", ())}
            return ["moved"] if line["target"] == to and line["item"] in asked else []
        case _:
            return []


def _counted(body: Body, plan: Body) -> list[int]:
    """Lines of a plan that somebody has looked at."""
    seen = {(line["source"], line["item"]) for line in body.get("lines", ())}
    places = {place for place, _ in seen} | {body.get("evidence", {}).get("place", "")}
    return [
        row[0]
        for row in plan.get("lines", ())
        if (row[1] == "" and row[3] in places) or (row[3], row[1]) in seen
    ]
