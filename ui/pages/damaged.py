"""The book is damaged: what is kept, which backup there is, and one key to put it back.

In place, with the keyboard alone. Enter is no key here: a scanner types it, and nothing may be put
back by a scan.
"""

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QVBoxLayout
from typing_extensions import override

from app.domain.text import Text, text
from app.errors import Damaged
from app.station.screen import Screen
from ui.pages.overlay import LocalKey, Overlay, local_key
from ui.widgets.kit import Kit


class DamagedPage(Overlay):
    """Asks once, then once more.

    Args:
        kit: Theme and words.
        error: What is damaged, and when the newest backup was made.
        now: The wall clock, for how old the backup is.
        restore: Puts the backup back; called once, returns at once.
        close: Ends the program.
    """

    def __init__(
        self,
        kit: Kit,
        error: Damaged,
        now: datetime,
        restore: Callable[[], None],
        close: Callable[[], None],
    ) -> None:
        super().__init__(kit, kit.words.of("ui.damaged_title"))
        self._restore, self._close = restore, close
        self.moment = kit.words.moment(error.backup, now)
        self.shown_again: Callable[[], object] = bool
        self.head = kit.label("must-read", wrap=True)
        self.kept = kit.label(wrap=True)
        self.next = kit.label(wrap=True)
        detail = kit.label("mono", wrap=True)
        detail.setText(kit.words.sentence(error.say))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(kit.theme.px("margin"))
        for part in (self.head, self.kept, self.next, detail):
            column.addWidget(part)
        column.addStretch(1)
        self._offer()

    @override
    def show_screen(self, screen: Screen) -> None:
        """There is no task yet."""

    def _offer(self) -> None:
        if not self.moment:
            self._say("ui.damaged_title", text("ui.damaged_none"))
            self._answer(local_key("Esc", text("key.close_program"), self._close, main=True))
            return
        self._say("ui.damaged_title", text("ui.damaged_backup", moment=self.moment))
        self._answer(
            local_key("F5", text("key.restore"), self._ask, main=True),
            local_key("Esc", text("key.close_program"), self._close),
        )

    def _ask(self) -> None:
        self._say("ui.damaged_sure", text("ui.damaged_since", moment=self.moment))
        self._answer(
            local_key("F8", text("key.restore_yes"), self._go, main=True),
            local_key("Esc", text("key.restore_no"), self._offer),
        )

    def _go(self) -> None:
        self._say("ui.damaged_under_way", text("ui.damaged_wait"))
        self._answer()
        self._restore()

    def _say(self, head: str, following: Text) -> None:
        words = self.kit.words
        self.head.setText(words.of(head))
        self.kept.setText(words.of("ui.damaged_kept"))
        self.next.setText(words.say(following))

    def _answer(self, *keys: LocalKey) -> None:
        self.keys = keys
        self.shown_again()
