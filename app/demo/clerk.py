"""A clerk at the scripted bench: looks at the screen, scans, weighs; acts through device bytes."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from threading import Event
from typing import Protocol

from app.demo.witness import Witness

WRONG_ITEM_EVERY = 9
UNDO_EVERY = 13
AGAIN_S = 0.35
# What the station says while nobody is signed in.
AT_THE_DOOR = frozenset({"sign_in.scan_badge", "sign_in.locked"})
Keys = Callable[[str, str], None]


class Bench(Protocol):
    """The simulated devices under the clerk's hands."""

    def scan(self, code: str) -> None: ...
    def place(self, weight_mg: int) -> None: ...
    def lift(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Goods:
    """What the clerk can hold to the scanner: a barcode for each item."""

    gtin_by_sku: dict[str, str]

    def wrong_for(self, ordered: set[str], chance: Random) -> str:
        """A barcode of an item that nobody ordered."""
        others = [sku for sku in self.gtin_by_sku if sku not in ordered]
        return self.gtin_by_sku[chance.choice(others)]


class Clerk:
    """Packs orders.

    Args:
        bench: The devices.
        witness: What the screen shows.
        goods: Barcodes by SKU.
        chance: Mistakes, by seed.
        keys: Presses keys: an intent and its argument.
    """

    def __init__(
        self, bench: Bench, witness: Witness, goods: Goods, chance: Random, keys: Keys
    ) -> None:
        self._keys = keys
        self._bench = bench
        self._see = witness
        self._goods = goods
        self._chance = chance
        self.scans = 0
        self._last = ""
        self._hand = Event()

    def sign_in(self, badge: str, pin: str) -> None:
        """Scan the badge and enter the PIN; after a restart the open order comes back."""
        self._see.wait_until(lambda: self._see.title in AT_THE_DOOR, "scan your badge")
        self._scan(badge)
        self._see.wait_until(lambda: self._see.title == "sign_in.enter_pin", "enter your PIN")
        self._keys("sign_in_pin", pin)
        self._see.wait_until(lambda: self._see.page != "sign_in", "the task board")

    def open_order(self, order: str) -> None:
        """Scan the order's slip."""
        self._scan(order)
        self._see.wait_until(
            lambda: (
                self._see.screen.get("document") == order and self._see.title != "pack.claiming"
            ),
            f"order {order}",
        )

    def pack_units(self, most: int | None = None) -> int:
        """Scan what the screen asks for, with a mistake now and then; at most `most` units."""
        packed = 0
        while self._see.title != "weigh.title" and (most is None or packed < most):
            line = self._see.current
            if line is None:
                break
            if self._chance.randrange(WRONG_ITEM_EVERY) == 0:
                self._mistake()
            packed += self._one_unit(line["sku"])
            if self._chance.randrange(UNDO_EVERY) == 0 and self._see.title != "weigh.title":
                self._undo()
                packed -= 1
        return packed

    def weigh_and_hand_over(self) -> None:
        """Put the closed box on the scale, wait for the label, scan it."""
        self._see.wait_until(lambda: self._see.title == "weigh.title", "the scale")
        self._bench.place(int(self._see.screen["weigh"]["expected"]["expected_mg"]))
        self._see.wait_until(lambda: self._see.title == "pack.hand_over", "the label")
        self._bench.lift()
        self._scan("]C100" + self._see.screen["label"]["sscc"])
        self._see.wait_until(lambda: self._see.page == "home", "the task board")

    def pack(self, order: str) -> None:
        """One whole order."""
        self.open_order(order)
        self.pack_units()
        self.weigh_and_hand_over()

    def _one_unit(self, sku: str) -> int:
        before = self._see.done
        self._scan(self._goods.gtin_by_sku[sku])
        self._see.wait_until(lambda: self._see.done > before, "one unit more")
        return self._see.done - before

    def _mistake(self) -> None:
        ordered = {str(line["sku"]) for line in self._see.screen["lines"]}
        self._scan(self._goods.wrong_for(ordered, self._chance))
        self._see.wait_until(lambda: bool(self._see.screen.get("locked")), "the wrong item")
        self._scan("CMD:ACK")
        self._see.wait_until(lambda: not self._see.screen.get("locked"), "the way on")

    def _undo(self) -> None:
        before = self._see.done
        self._scan("CMD:UNDO")
        self._see.wait_until(lambda: self._see.done < before, "one unit fewer")

    def _scan(self, code: str) -> None:
        if code == self._last:
            # Nobody pulls the trigger twice on purpose within the time of a bounce.
            self._hand.wait(AGAIN_S)
        self._last = code
        self._bench.scan(code)
        self.scans += 1
