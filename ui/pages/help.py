"""F1: which keys there are, here and everywhere, and which cards can be scanned instead."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget
from typing_extensions import override

from app.domain.text import text
from app.station.screen import Action, Screen
from ui.pages.overlay import Overlay, local_key
from ui.widgets.kit import Kit
from ui.widgets.scroll_page import ScrollPage

EVERYWHERE = (
    ("F1", "ui.help_f1"),
    ("F2", "ui.help_f2"),
    ("F4", "ui.help_f4"),
    ("F6", "ui.help_f6"),
    ("F8", "ui.help_f8"),
    ("F9", "ui.help_f9"),
    ("F10", "ui.help_f10"),
    ("F12", "ui.help_f12"),
    ("PgUp\nPgDn", "ui.help_page"),
    ("Esc", "ui.help_esc"),
)
CARDS = (
    ("CMD:ACK", "ui.card_ack"),
    ("CMD:UNDO", "ui.card_undo"),
    ("CMD:SHORT", "ui.card_short"),
    ("CMD:DAMAGED", "ui.card_damaged"),
    ("CMD:PAUSE", "ui.card_pause"),
    ("CMD:WEIGH", "ui.card_weigh"),
    ("CMD:PRINT", "ui.card_print"),
    ("CMD:QTY-n", "ui.card_quantity"),
    ("CMD:YES\nCMD:NO", "ui.card_yes_no"),
    ("CMD:ADJUST", "ui.card_adjust"),
    ("CMD:REASON-…", "ui.card_reason"),
    ("CMD:EMPTY", "ui.card_empty"),
    ("CMD:APPROVALS", "ui.card_approvals"),
    ("CMD:REJECT\nCMD:WITHDRAW", "ui.card_reject"),
    ("CMD:MARK\nCMD:RECOUNT", "ui.card_mark"),
    ("CMD:LOOKUP", "ui.card_lookup"),
    ("CMD:WHY", "ui.card_why"),
    ("CMD:BLIND", "ui.card_blind"),
    ("CMD:SIGN-OUT", "ui.card_sign_out"),
)


class HelpPage(Overlay):
    """Three short lists: this page, everywhere, cards."""

    def __init__(self, kit: Kit, close: Callable[[], None]) -> None:
        super().__init__(kit, kit.words.of("ui.help_title"))
        self.keys = (local_key("Esc", text("key.close"), close, main=True),)
        self.here = _KeyList(kit, "ui.help_here")
        everywhere, cards = _KeyList(kit, "ui.help_everywhere"), _KeyList(kit, "ui.help_cards")
        everywhere.show_pairs([(key, kit.words.of(code)) for key, code in EVERYWHERE])
        cards.show_pairs([(card, kit.words.of(code)) for card, code in CARDS])
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(kit.theme.px("margin"))
        left = QVBoxLayout()
        left.addWidget(self.here)
        left.addWidget(everywhere)
        left.addStretch(1)
        row.addLayout(left, 1)
        row.addWidget(cards, 1, Qt.AlignmentFlag.AlignTop)
        self.area = ScrollPage(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.area)

    @override
    def show_screen(self, screen: Screen) -> None:
        say = self.kit.words.say
        self.here.show_pairs([(action.key, _described(action, say)) for action in screen.actions])
        self.here.setVisible(bool(screen.actions))

    @override
    def scroll_page(self, direction: int) -> None:
        self.area.scroll_page(direction)


def _described(action: Action, say: Callable[..., str]) -> str:
    if action.enabled or action.why_not is None:
        return say(action.label)
    return f"{say(action.label)} — {say(action.why_not)}"


class _KeyList(QWidget):
    """A title, and keys with what they do."""

    def __init__(self, kit: Kit, title: str) -> None:
        super().__init__()
        self._kit = kit
        self._labels: list[QLabel] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, kit.theme.px("gap"))
        self._grid.setHorizontalSpacing(kit.theme.px("margin"))
        self._grid.setColumnStretch(1, 1)
        head = kit.label("section")
        head.setText(kit.words.of(title))
        self._grid.addWidget(head, 0, 0, 1, 2)

    def show_pairs(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Show `pairs`; labels are kept and used again."""
        while len(self._labels) < 2 * len(pairs):
            row = len(self._labels) // 2 + 1
            key, meaning = self._kit.label("key"), self._kit.label("body", wrap=True)
            key.setFont(self._kit.theme.font(bold=True, code=True))
            self._grid.addWidget(key, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(meaning, row, 1)
            self._labels += [key, meaning]
        shown = [part for pair in pairs for part in pair]
        for place, label in enumerate(self._labels):
            label.setVisible(place < len(shown))
            label.setText(shown[place] if place < len(shown) else "")
