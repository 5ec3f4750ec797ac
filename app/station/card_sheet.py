"""Every command card there is, by what it is for: what `packhouse cards` prints.

A card names what it does; which page understands it is said by that page's table.
"""

from dataclasses import dataclass

from app.domain.barcode import COMMAND_PREFIX
from app.domain.text import Text, text
from app.station import (
    adjust,
    approvals_job,
    dispositions,
    edit_sending,
    exceptions,
    pack_correct,
    pack_right,
    pick_wrong,
    plan_counts,
    receive_link,
    receive_unit,
    reporting,
    transfer_screen,
)
from app.station.cards import ROWS, card_for
from app.station.flow import CARDS
from app.station.inbox import Intent
from app.station.menu import MENU

# A larger number is typed: a sheet of a hundred cards is found by nobody.
MOST_QUANTITY = 9
# What has a key and no card, and why. Everything else has both (`tests/station/`).
NO_CARD: dict[Intent, str] = {
    Intent.SIGN_IN_PIN: "a PIN on a card would be no PIN",
    Intent.CODE: "what is scanned is the code",
    Intent.SEARCH: "letters are typed; a whole code is found by scanning it",
    Intent.CHOOSE: "a row is chosen by the cards UP and DOWN, or by scanning what it is about",
    Intent.WISH: "said by the page Settings, where every row has its cards",
    Intent.TEST_LABEL: "a look at the printer, from the page that says how it is",
    Intent.SYNC_NOW: "the station does it by itself, every few seconds",
}
# As many boxes as have a key; their cards are the digits beside them.
MOST_BOXES = 4


@dataclass(frozen=True, slots=True)
class CardText:
    """One card: the whole code with its prefix, and its name."""

    code: str
    name: Text


@dataclass(frozen=True, slots=True)
class CardGroup:
    """Cards that lie beside each other on the sheet."""

    title: Text
    cards: tuple[CardText, ...]


_GOODS = ("SHORT", "DAMAGED", "WEIGH", "PRINT", "TAKE-OUT", "BLIND", "EMPTY")
_DECIDING = (
    "ADJUST", "APPROVALS", "REJECT", "WITHDRAW", "MARK", "SORT", "RECOUNT", "PHOTO",
    "OVERRIDE", "LET-IN", "GRANT",
)  # fmt: skip


def sheet() -> tuple[CardGroup, ...]:
    """Every card once, in the order it is printed in; what is in no other group is everywhere."""
    anywhere = [name for name in (*CARDS, *ROWS) if name not in (*_GOODS, *_DECIDING)]
    numbers = [str(n) for n in range(1, MOST_QUANTITY + 1)]
    return (
        CardGroup(text("cards.anywhere"), tuple(map(_command, anywhere))),
        CardGroup(text("cards.goods"), tuple(map(_command, _GOODS))),
        CardGroup(
            text("cards.quantities"),
            tuple(
                CardText(card_for(Intent.QUANTITY, n), text("cards.quantity", n=n)) for n in numbers
            ),
        ),
        CardGroup(
            text("cards.boxes"),
            tuple(
                CardText(card_for(Intent.BOX, n), text("cards.box", n=n))
                for n in numbers[:MOST_BOXES]
            ),
        ),
        CardGroup(
            text("cards.tasks"),
            tuple(CardText(card_for(Intent.TASK, one.page.value), one.label) for one in MENU),
        ),
        CardGroup(text("cards.deciding"), tuple(map(_command, _DECIDING))),
        CardGroup(text("cards.reasons"), _reasons()),
    )


def _command(name: str) -> CardText:
    said = name.lower().replace("-", "_")
    return CardText(f"{COMMAND_PREFIX}{name}", text(f"card.{said}"))


def _reasons() -> tuple[CardText, ...]:
    """A word that two tasks ask for is one card, under its first name."""
    words = (
        *((word, text(f"reason.{word}")) for word in adjust.REASONS),
        *((word, text(f"receive.why_{word}")) for word in receive_unit.REASONS),
        (receive_link.LINK, text("receive.key_link")),
        *((word, text(f"take_back.as_{word}")) for word in dispositions.DISPOSITIONS),
        *((word, text(f"take_back.why_{word}")) for word in dispositions.REASONS),
        (pick_wrong.NOT_REACHED, text("pick.key_not_reached")),
        *((word, text(f"pack.as_{word}")) for word in pack_correct.DAMAGED_REASONS),
        *((word, text(f"pack.why_{word}")) for word in pack_right.WEIGHT_REASONS),
        *((word, text(f"pack.why_{word}")) for word in pack_right.EXPIRED_REASONS),
        *(
            (word, text(f"transfer.way_{word}"))
            for word in (*transfer_screen.REST, *transfer_screen.MISSING)
        ),
        *((word, text(f"note.{word}")) for word in approvals_job.NOTES),
        *((word, text(f"plan.by_{word}")) for word in plan_counts.WAYS),
        *((word, text(f"edit.why_{word}")) for word in edit_sending.REASONS),
        *((word, text(f"exceptions.note_{word}")) for word in exceptions.NOTES),
        *((name.value, text(f"reports.{name.value}")) for name in reporting.ReportName),
        *((kind.value, text(f"reports.format_{kind.value}")) for kind in reporting.Format),
    )
    named: dict[str, Text] = {}
    for word, name in words:
        named.setdefault(word, name)
    return tuple(CardText(card_for(Intent.REASON, word), name) for word, name in named.items())
