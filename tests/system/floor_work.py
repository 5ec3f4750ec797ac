"""Every task as it is done at the real window: scanner, keyboard, scale and printer by turns."""

from collections.abc import Callable

from tests.support import hall
from tests.support.deliveries import DRILL_CODE, JAM_CODE, TRAY_SIX
from tests.support.window import WindowStation

MUG, TRAY, TOWEL = "2900000000018", "2900000000025", "2900000000049"


def receive(window: WindowStation, asn: str) -> None:
    """A delivery, short: two mugs by number, a pack of trays, a jar with its lot, a drill."""
    window.task("receive")
    window.write(asn)
    window.number(2)
    window.scan(MUG, TRAY_SIX, JAM_CODE, "L-43", "2027-04-30", DRILL_CODE, f"SN-{asn}")
    window.key("F4")
    window.key("F10", "2")


def take_back(window: WindowStation, rma: str) -> None:
    """A mug that is damaged, and one that is put aside again."""
    window.task("return")
    window.scan(rma, MUG)
    window.key("3", "1")
    window.scan(MUG)
    window.key("Esc", "F10")


def move(window: WindowStation, place: str) -> None:
    """Four towels to another shelf, and one back again."""
    window.task("move")
    window.scan("CMD:QTY-4", TOWEL, f"LOC:{place}")
    window.scan("CMD:QTY-1", TOWEL)
    window.key("Esc", "Esc")


def count(window: WindowStation, plan: str, place: str) -> None:
    """A plan of one place, by scan and by number."""
    window.task("count")
    window.scan(plan, f"LOC:{place}", TRAY)
    window.write("3")
    window.key("F10")


def adjust(window: WindowStation, counted: str) -> None:
    """A difference somebody found."""
    window.key("F6")
    window.scan(TRAY, "LOC:B-11-1")
    window.write(counted)
    window.key("1", "F10")


def pick(window: WindowStation, order: str, tote: str) -> None:
    """An order into a tote; one mug is not there."""
    window.task("pick")
    window.scan(order, f"TOTE:{tote}")
    window.key("F10")
    window.scan(TOWEL, MUG)
    window.key("F6", "1")
    window.scan("CMD:QTY-3", TRAY)
    window.key("F10")


def pack(window: WindowStation, order: str) -> None:
    """A whole order, with a wrong item, onto the scale, labelled and handed over."""
    window.scan(order)
    window.until(lambda: window.title not in ("pack.claiming", ""), "the order")
    window.scan(MUG, DRILL_CODE)
    window.key("F9")
    window.scan(MUG, TRAY, TRAY, TRAY, TOWEL)
    expected = int(window.screen["weigh"]["expected"]["expected_mg"])
    window.bench.place(expected)
    window.until(lambda: window.title == "pack.hand_over", "the label")
    window.bench.lift()
    window.scan("]C100" + str(window.screen["label"]["sscc"]))


def ship(window: WindowStation, transfer: str) -> None:
    """Part of a transfer leaves."""
    window.task("transfer")
    window.scan(transfer, MUG, TRAY)
    window.key("F10")
    window.scan("CMD:REASON-NOT-FOUND")
    window.key("F10")


def look_up(window: WindowStation, word: str) -> None:
    """An item by a word of its name, its history, and back to where one was."""
    window.key("F2")
    window.display.write(word)
    window.until(lambda: window.said("title").get("said") == word, f"hits for {word}")
    window.key("Enter", "F6")
    for _ in range(4):
        if window.page != "lookup":
            return
        window.key("Esc")


def decide(window: WindowStation) -> None:
    """A supervisor looks at what waits, what went wrong and who holds what."""
    for page in ("approvals", "exceptions", "claims"):
        window.task(page)
        assert window.page == page
        window.key("Esc")
    window.key("F5")
    if window.screen["waiting"]:
        window.key("F10")
        window.prove(*hall.BOSS)
        window.until(lambda: window.screen["proof"] is None, "the decision")
    window.key("Esc")


# By name, each with papers of its own for the day with a link and the day without.
TASKS: dict[str, tuple[Callable[..., None], tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "receive": (receive, (("ASN-7001",), ("ASN-7002",))),
    "take_back": (take_back, (("RMA-1041",), ("RMA-1042",))),
    "move": (move, (("C-07-3",), ("R-01-1",))),
    "count": (count, (("CNT-7", "A-04-2"), ("CNT-8", "C-07-3"))),
    "adjust": (adjust, (("398",), ("396",))),
    "pick": (pick, (("ORD-48213", "T-1"), ("ORD-48214", "T-2"))),
    "pack": (pack, (("ORD-48215",), ("ORD-48216",))),
    "ship": (ship, (("TR-5001",), ("TR-5003",))),
    "look_up": (look_up, (("tray",), ("towel",))),
}
