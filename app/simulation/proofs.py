"""The oracle of four eyes: what posted over the limit has two persons and two signatures that hold.

Plain rows, plain JSON and `cryptography`; none of the rules that let it through is asked.
"""

import json
from collections import defaultdict
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.simulation import goods
from app.simulation.files import Rows
from app.simulation.world import World

_DECIDERS = frozenset({"supervisor", "controller", "site_manager"})


class Proofs:
    """Holds every posted adjustment against the signatures the ledger keeps.

    Args:
        world: Takes violations, and knows what was forged.
        ledger: Its file, at rest.
    """

    def __init__(self, world: World, ledger: Rows) -> None:
        self._world = world
        self._kinds = {row["n"]: row["kind"] for row in ledger.all("enrolment")}
        self._rows = {row["id"]: row for row in ledger.all("operation")}
        self._keys = {
            (row["person"], row["version"]): row["public_key"] for row in ledger.all("credential")
        }
        self._signed: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in ledger.all("signed"):
            self._signed[row["operation"]].append(row)
        self._bodies = {
            id_: json.loads(row["body"])
            for id_, row in self._rows.items()
            if row["kind"] in {"adjust", "decide", "reverse"}
        }

    def check(self) -> None:
        """Look at every adjustment that posted or was withdrawn, and at all that was forged."""
        for id_ in self._world.forged & self._rows.keys():
            if self._rows[id_]["outcome"] == "posted":
                self._world.violated(f"a forged decision counted: {id_}")
            else:
                self._world.rare.saw("forgery refused")
        approvals = self._approvals()
        for id_, body in self._bodies.items():
            row = self._rows[id_]
            from_bench = self._kinds[row["enrolment_n"]] == "station"
            if row["kind"] == "adjust" and row["outcome"] == "posted" and from_bench:
                self._adjusted(id_, body, approvals.get(id_, []))
            elif row["kind"] == "reverse" and row["outcome"] == "posted":
                self._taken_back(row, body)

    def _taken_back(self, row: dict[str, Any], body: dict[str, Any]) -> None:
        """What is taken back was posted; or it waited, and whoever may has withdrawn it so."""
        original = self._rows[row["original"]]
        if original["outcome"] == "posted":
            return
        became = (original["kind"], original["outcome"], original["code"], row["code"])
        by, asked = body["actor"], self._bodies[row["original"]]["actor"]
        same = goods.EMPLOYEES.get(by, by) == goods.EMPLOYEES.get(asked, asked)
        if became != ("adjust", "refused", "withdrawn", "withdrew"):
            self._world.violated(f"{row['id']} was taken back: {became}")
        elif not (same or self._decides(by)) or not self._has_signed(row["id"], by):
            self._world.violated(f"{by} withdrew what {asked} asked for: {row['id']}")
        else:
            self._world.rare.saw("taken back while it waited")

    def _approvals(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for id_, body in self._bodies.items():
            posted = self._rows[id_]["outcome"] == "posted"
            if self._rows[id_]["kind"] == "decide" and posted and body["reason"] == "approve":
                found[body["reference"]["original"]].append(id_)
        return found

    def _adjusted(self, id_: str, body: dict[str, Any], approvals: list[str]) -> None:
        if not self._has_signed(id_, body["actor"]):
            self._world.violated(f"adjustment {id_} posted without {body['actor']}'s signature")
        if not approvals:
            units = sum(line["quantity"] for line in body["lines"])
            if units > goods.FREE_UNITS or body["reason"] in goods.ALWAYS_WAITS:
                self._world.violated(f"{units} units adjusted by {body['actor']} alone: {id_}")
            return
        if len(approvals) > 1:
            self._world.violated(f"adjustment {id_} was approved {len(approvals)} times")
        self._approved(body, approvals[0])

    def _approved(self, asked: dict[str, Any], approval: str) -> None:
        body = self._bodies[approval]
        one, other = asked["actor"], body["actor"]
        if goods.EMPLOYEES.get(one, one) == goods.EMPLOYEES.get(other, other):
            self._world.violated(f"one person asked and approved: {approval}")
        if not self._decides(other):
            self._world.violated(f"{other} may not approve: {approval}")
        if body["evidence"]["content_hash"] != self._rows[asked["id"]]["content_hash"]:
            self._world.violated(f"another content was approved: {approval}")
        if self._kinds[self._rows[approval]["enrolment_n"]] != "station":
            self._world.rare.saw("approved at the office")
        elif not self._has_signed(approval, other):
            self._world.violated(f"approval {approval} without {other}'s signature")
        else:
            self._world.rare.saw("approved at a bench")

    def _decides(self, person: str) -> bool:
        return goods.ROLES.get(person) in _DECIDERS or person in self._world.lent

    def _has_signed(self, id_: str, person: str) -> bool:
        """Whether a signature of this person over this operation holds."""
        content = self._rows[id_]["content_hash"]
        for row in self._signed[id_]:
            key = self._keys.get((row["person"], row["version"]))
            said = f"packhouse person 1\n{person}\n{row['version']}\n{content}".encode()
            if row["person"] == person and key and _holds(key, row["signature"], said):
                return True
        return False


def _holds(key: str, signature: str, message: bytes) -> bool:
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True
