"""Slips that nobody plans: any card, key or code, on whatever page is open.

The people of the other modules know what they do, and their notes are held against the record. Here
somebody presses what lies nearest: whatever the station makes of it is what was done.
"""

from app.domain.gtin import check_digit
from app.simulation import album, goods
from app.simulation.hand import Hand
from app.station.cards import CARRYING, ROWS
from app.station.flow import CARDS, INTENT_TRIGGERS
from app.station.inbox import Intent, PhotoTaken
from app.station.screen import Page, Screen

# Where a slip is the work of its own module: nobody is in, or a number would be for the next scan.
_NOT_AT = frozenset({Page.SIGN_IN})
_NUMBERED = frozenset({Page.PACK, Page.HOME})
# Where nothing is moved, they slip more often.
_LOOKED_AT = frozenset(
    {
        Page.APPROVALS,
        Page.AUDIT,
        Page.CLAIMS,
        Page.DASHBOARDS,
        Page.EXCEPTIONS,
        Page.LOOKUP,
        Page.PLAN,
        Page.REPORTS,
        Page.SETTINGS,
        Page.UNDO,
    }
)
_MORE = 3
# Of a parcel that nobody here has packed.
_STRANGE_LABEL = f"34012345000000099{check_digit('34012345000000099')}"
# Whoever is asked who they are, or has to acknowledge something, mostly does that.
CAREFUL = 0.8
# What cards are about that say so.
_ABOUT = {
    "QTY-": ("1", "2", "12"),
    "REASON-": ("DAMAGED", "MISTAKE", "MEASURED", "GOOD", "FOUND", "1", "2"),
    "TASK-": ("PACK", "MOVE", "AUDIT", "DASHBOARDS", "SETTINGS", "COUNT", "1", "3"),
    "BOX-": ("1", "2", "9"),
}
# Typed by hand: a number, a date, a word, a seal.
_TYPED = ("3", "12", "2026-11-23", "23.11.", "SEAL-0007", "Looked-at-it-together", "G-1")
# What is answered by the program around the station, or says a secret.
_KEYS = tuple(
    intent for intent in INTENT_TRIGGERS if intent not in {Intent.SIGN_IN_PIN, Intent.WISH}
)


class Fumbling:
    """Somebody whose hand slips.

    Args:
        hand: Whose.
    """

    def __init__(self, hand: Hand) -> None:
        self._hand = hand
        self._ways = (self._card, self._card, self._code, self._code, self._key, self._press)

    def slips(self, screen: Screen) -> bool:
        """Whether it does now; never in a seed in which nobody fumbles."""
        hand = self._hand
        often = hand.world.knobs.fumble * (_MORE if screen.page in _LOOKED_AT else 1)
        if not often or screen.page in _NOT_AT or hand.chance.random() >= often:
            return False
        if (screen.proof is not None or screen.locked) and hand.chance.random() < CAREFUL:
            return False
        hand.slips += 1
        hand.chance.choice(self._ways)(screen)
        hand.world.hands.whatever(hand.bench)
        hand.world.rare.saw("slip of the hand")
        return True

    def _card(self, screen: Screen) -> None:
        hand = self._hand
        prefix = hand.chance.choice((*CARRYING, "", "", "", "", "", ""))
        if not prefix:
            hand.scan("CMD:" + hand.chance.choice((*CARDS, *ROWS)))
        elif not (prefix == "QTY-" and screen.page in _NUMBERED):
            hand.scan(f"CMD:{prefix}{hand.chance.choice(_ABOUT[prefix])}")

    def _code(self, screen: Screen) -> None:
        """Anything with a barcode, or something that is typed."""
        hand = self._hand
        rows = screen.choices.rows if screen.choices is not None else ()
        label = screen.label.sscc if screen.label is not None else _STRANGE_LABEL
        codes = [
            hand.code_of(hand.chance.choice(list(goods.CODES))),
            "LOC:" + hand.chance.choice((*goods.SHELVES, goods.DOCK, goods.DESK, "Z-99-9")),
            "TOTE:T-011",
            "00" + label,
            goods.UNKNOWN_CODE,
            self._paper(),
            self._paper(),
            *(row.key for row in rows[:1]),
        ]
        if hand.chance.random() < 0.75 or screen.page in _NUMBERED:
            hand.scan(hand.chance.choice(codes))
        else:
            hand.type(hand.chance.choice(_TYPED))

    def _paper(self) -> str:
        """The number of a document that this station knows."""
        with self._hand.bench.book.reader.connect() as connection:
            found = connection.exec_driver_sql(
                'SELECT document FROM document UNION SELECT "order" FROM order_document ORDER BY 1'
            )
            return str(self._hand.chance.choice([row[0] for row in found] or ["ORD-48001"]))

    def _key(self, screen: Screen) -> None:
        """Any key there is, whether the page offers it or not."""
        hand = self._hand
        intent = hand.chance.choice(_KEYS)
        if intent is Intent.QUANTITY and screen.page in _NUMBERED:
            return
        rows = screen.choices.rows if screen.choices is not None else ()
        about = {
            Intent.CHOOSE: [row.key for row in rows],
            Intent.OPEN: [row.key for row in rows],
            Intent.TASK: [page.value for page in Page],
            Intent.QUANTITY: ["2", "7"],
            Intent.SEARCH: ["mug", ""],
            Intent.MARK: ["all", ""],
        }.get(intent)
        hand.press_key(intent, hand.chance.choice(about) if about else "")

    def _press(self, screen: Screen) -> None:
        self._hand.press(screen)

    def photograph(self) -> None:
        """Whoever asked for a picture gets one, or the folder is empty."""
        hand = self._hand
        if not hand.bench.senses.photo_asked:
            return
        hand.bench.senses.photo_asked = False
        content = album.picture(hand.world.ids.random(8)) if hand.chance.random() < 0.8 else None
        hand.bench.handle(PhotoTaken("dent.png", content))
