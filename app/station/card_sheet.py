"""Every command card there is, by what it is for: what `packhouse cards` prints.

A card names what it does; which page understands it is said by that page's table.
"""

from dataclasses import dataclass

from app.domain.barcode import COMMAND_PREFIX
from app.domain.text import Text, text
from app.station import (
    adjust,
    approvals,
    dispositions,
    exceptions,
    pick_wrong,
    plan_counts,
    receive_unit,
    transfer_screen,
)
from app.station.flow import QUANTITY_CARD, REASON_CARD, TASK_CARD
from app.station.inbox import Intent
from app.station.menu import MENU

# A larger number is typed: a sheet of a hundred cards is found by nobody.
MOST_QUANTITY = 9
# What has a key and no card, and why. Everything else has both (`tests/station/`).
NO_CARD: dict[Intent, str] = {
    Intent.SIGN_IN_PIN: "a PIN on a card would be no PIN",
    Intent.LET_IN: "opens a step-up: a badge and a PIN follow, and a PIN is typed",
    Intent.GRANT: "opens a step-up: a PIN is typed",
    Intent.OVERRIDE: "opens a step-up: a PIN is typed",
    Intent.CODE: "what is scanned is the code",
    Intent.SEARCH: "letters are typed; a whole code is found by scanning it",
    Intent.CHOOSE: "a row is chosen by scanning what it is about",
    Intent.BOX: "a box is chosen by the digit beside it; F10 takes the one that is shown",
    Intent.SYNC_NOW: "the station does it by itself, every few seconds",
}


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


_ANYWHERE = (
    "ACK", "UNDO", "YES", "NO", "MAIN", "PAUSE", "NEXT", "OPEN",
    "HOME", "TASKS", "LOOKUP", "WHY", "SIGN-OUT",
)  # fmt: skip
_GOODS = ("SHORT", "DAMAGED", "WEIGH", "PRINT", "BLIND", "EMPTY")
_DECIDING = ("ADJUST", "APPROVALS", "MARK", "SORT", "RECOUNT", "REJECT", "WITHDRAW")


def sheet() -> tuple[CardGroup, ...]:
    """Every card once, in the order it is printed in."""
    return (
        CardGroup(text("cards.anywhere"), tuple(_command(name) for name in _ANYWHERE)),
        CardGroup(text("cards.goods"), tuple(_command(name) for name in _GOODS)),
        CardGroup(text("cards.quantities"), tuple(map(_quantity, range(1, MOST_QUANTITY + 1)))),
        CardGroup(text("cards.tasks"), tuple(_task(one.page.value, one.label) for one in MENU)),
        CardGroup(text("cards.deciding"), tuple(_command(name) for name in _DECIDING)),
        CardGroup(text("cards.reasons"), _reasons()),
    )


def _command(name: str) -> CardText:
    said = name.lower().replace("-", "_")
    return CardText(f"{COMMAND_PREFIX}{name}", text(f"card.{said}"))


def _quantity(n: int) -> CardText:
    return CardText(f"{COMMAND_PREFIX}{QUANTITY_CARD}{n}", text("cards.quantity", n=n))


def _task(page: str, label: Text) -> CardText:
    return CardText(f"{COMMAND_PREFIX}{TASK_CARD}{_on_card(page)}", label)


def _reasons() -> tuple[CardText, ...]:
    """A word that two tasks ask for is one card, under its first name."""
    words = (
        *((word, text(f"reason.{word}")) for word in adjust.REASONS),
        *((word, text(f"receive.why_{word}")) for word in receive_unit.REASONS),
        *((word, text(f"take_back.as_{word}")) for word in dispositions.DISPOSITIONS),
        *((word, text(f"take_back.why_{word}")) for word in dispositions.REASONS),
        (pick_wrong.NOT_REACHED, text("pick.key_not_reached")),
        *(
            (word, text(f"transfer.way_{word}"))
            for word in (*transfer_screen.REST, *transfer_screen.MISSING)
        ),
        *((word, text(f"note.{word}")) for word in approvals.NOTES),
        *((word, text(f"plan.by_{word}")) for word in plan_counts.WAYS),
        *((word, text(f"exceptions.note_{word}")) for word in exceptions.NOTES),
    )
    named: dict[str, Text] = {}
    for word, name in words:
        named.setdefault(word, name)
    return tuple(
        CardText(f"{COMMAND_PREFIX}{REASON_CARD}{_on_card(word)}", name)
        for word, name in named.items()
    )


def _on_card(word: str) -> str:
    return word.upper().replace("_", "-")
