"""The passphrase that unlocks the keys of the book, asked in place before there is a station.

With the keyboard alone: every key but Enter and Esc belongs to the line. What is typed is handed on
once and wiped from the line; nothing keeps it.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLineEdit, QVBoxLayout
from typing_extensions import override

from app.domain.text import text
from app.station.screen import Screen
from ui.pages.overlay import Overlay, local_key
from ui.widgets.kit import Kit

# Longer ones are refused by the keys too.
MOST_CHARACTERS = 256
_KEYS = frozenset({"Enter", "Esc"})


class PassphrasePage(Overlay):
    """One line, or two for a new passphrase.

    Args:
        kit: Theme and words.
        sentence: Why it is asked, and what was wrong before.
        twice: It is a new one: typed again, so that a slip of the hand locks nobody out.
        entered: Given the passphrase.
        close: Ends the program.
    """

    def __init__(
        self,
        kit: Kit,
        sentence: str,
        entered: Callable[[str], None],
        close: Callable[[], None],
        *,
        twice: bool,
    ) -> None:
        title = kit.words.of("ui.passphrase_new" if twice else "ui.passphrase_title")
        super().__init__(kit, title)
        self._entered = entered
        self.keys = (
            local_key("Enter", text("key.unlock"), self._enter, main=True),
            local_key("Esc", text("key.close_program"), close),
        )
        head, self.sentence = kit.label("must-read", wrap=True), kit.label(wrap=True)
        head.setText(title)
        self.sentence.setText(kit.words.sentence(sentence))
        self.line = self._line("ui.passphrase_line")
        self.again = self._line("ui.passphrase_again")
        self.again.setVisible(twice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(kit.theme.px("margin"))
        for part in (head, self.sentence, self.line, self.again):
            column.addWidget(part)
        column.addStretch(1)

    @override
    def enter(self) -> None:
        # After the frame has given the focus away.
        QTimer.singleShot(0, self.line.setFocus)

    @override
    def show_screen(self, screen: Screen) -> None:
        """There is no task yet."""

    @override
    def types(self, name: str) -> bool:
        return name not in _KEYS

    def _line(self, code: str) -> QLineEdit:
        line = QLineEdit()
        line.setEchoMode(QLineEdit.EchoMode.Password)
        line.setMaxLength(MOST_CHARACTERS)
        line.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        line.setPlaceholderText(self.kit.words.of(code))
        line.setAccessibleName(self.kit.words.of(code))
        return line

    def _enter(self) -> None:
        typed, again = self.line.text(), self.again.text()
        if not typed:
            self.line.setFocus()
        elif self.again.isHidden() or typed == again:
            self._wipe()
            self._entered(typed)
        elif not again:
            self.again.setFocus()
        else:
            self._wipe()
            self.sentence.setText(self.kit.words.of("ui.passphrase_differs"))
            self.line.setFocus()

    def _wipe(self) -> None:
        self.line.clear()
        self.again.clear()
