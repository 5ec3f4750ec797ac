"""Command cards: what a printed barcode `CMD:…` does, and which card does what a key does.

Whatever has a key has a card, so that a bench can be worked by scanner alone; only a PIN is typed.
`app.station.flow` has the cards that stand for one intent each.
"""

from app.domain.barcode import COMMAND_PREFIX, Command
from app.station.flow import CARDS, INTENT_TRIGGERS, Happening, Trigger
from app.station.inbox import Intent
from app.station.screen import Screen

# Cards that carry what they are about: `QTY-12`, `REASON-damaged`, `TASK-count`, `BOX-2`.
CARRYING: dict[str, Intent] = {
    "QTY-": Intent.QUANTITY,
    "REASON-": Intent.REASON,
    "TASK-": Intent.TASK,
    "BOX-": Intent.BOX,
}
# As the arrow keys: the row before or after the chosen one.
ROWS = {"UP": -1, "DOWN": 1}
OPEN = "OPEN"
# A rejection says why by the card of the reason.
_CARRIED = {intent: prefix for prefix, intent in CARRYING.items()} | {Intent.REJECT: "REASON-"}
_PLAIN = {intent: name for name, intent in CARDS.items()}


def card(command: Command, shown: str, screen: Screen | None = None) -> Happening:
    """A command card as a happening; an unknown one means nothing.

    Args:
        command: What was scanned.
        shown: The code as it may be shown.
        screen: What is on the page, for cards that mean a row of its list.
    """
    rows = screen.choices if screen is not None else None
    if command.name in ROWS and rows is not None:
        beside = rows.beside(ROWS[command.name])
        return Happening(Trigger.CHOOSE, command, shown=shown, argument=beside)
    if command.name == OPEN and rows is not None:
        return Happening(Trigger.OPEN, command, shown=shown, argument=rows.chosen)
    for prefix, intent in CARRYING.items():
        if command.name.startswith(prefix):
            said = command.name.removeprefix(prefix)
            if intent is not Intent.QUANTITY:  # its sign stays: `QTY--12` takes away
                said = said.lower().replace("-", "_")
            return Happening(INTENT_TRIGGERS[intent], command, shown=shown, argument=said)
    named = CARDS.get(command.name)
    trigger = Trigger.NOTHING if named is None else INTENT_TRIGGERS[named]
    return Happening(trigger, command, shown=shown)


def card_for(intent: str, argument: str = "") -> str:
    """The card that does what a key does; empty when there is none."""
    wanted = Intent(intent)
    prefix = _CARRIED.get(wanted)
    if prefix is not None and argument:
        return f"{COMMAND_PREFIX}{prefix}{argument.upper().replace('_', '-')}"
    name = _PLAIN.get(wanted)
    return f"{COMMAND_PREFIX}{name}" if name else ""
