"""Every command that has a key has a card on the printed sheet, and every card is understood."""

from app.domain.barcode import COMMAND_PREFIX, Command, own_code
from app.domain.text import text
from app.station.card_sheet import MOST_QUANTITY, NO_CARD, sheet
from app.station.cards import CARRYING, ROWS, card
from app.station.flow import CARDS, Trigger
from app.station.inbox import Intent
from app.station.lists import ListView
from app.station.menu import MENU
from app.station.screen import Page, Prompt, Screen, Tone

# A page with a list: the cards UP and DOWN are about its rows.
LISTED = Screen(
    Page.CLAIMS, text("claims.title"), Prompt(Tone.ASK, "users", text("claims.ask")),
    choices=ListView(text("claims.list"), ()),
)  # fmt: skip
PRINTED = [one.code for group in sheet() for one in group.cards]


def test_every_intent_has_a_card_or_a_reason_why_not() -> None:
    carded = set(CARDS.values()) | set(CARRYING.values())

    assert set(Intent) - carded == set(NO_CARD)
    assert all(NO_CARD.values())


def test_every_card_is_on_the_sheet_once() -> None:
    wanted = {f"{COMMAND_PREFIX}{name}" for name in (*CARDS, *ROWS)}
    wanted |= {f"{COMMAND_PREFIX}QTY-{n}" for n in range(1, MOST_QUANTITY + 1)}

    assert wanted <= set(PRINTED)
    assert len(PRINTED) == len(set(PRINTED))


def test_every_card_means_something_when_it_is_scanned() -> None:
    for code in PRINTED:
        meaning = own_code(code)
        assert isinstance(meaning, Command)
        assert card(meaning, code, LISTED).trigger is not Trigger.NOTHING, code


def test_the_card_of_a_task_opens_its_page() -> None:
    opened = set()
    for code in PRINTED:
        meaning = own_code(code)
        assert isinstance(meaning, Command)
        happening = card(meaning, code)
        if happening.trigger is Trigger.TASK:
            opened.add(happening.argument)

    assert opened == {entry.page.value for entry in MENU}
