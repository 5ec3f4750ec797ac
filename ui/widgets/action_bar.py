"""The keys of a page as buttons: each prints its key, and a barred one says what is missing.

A button never takes the focus, so neither Enter, nor Space, nor a scanner's suffix can press it.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from app.station.screen import Action
from ui.widgets.flow_layout import FlowLayout
from ui.widgets.kit import Kit, set_state


class KeyButton(QPushButton):
    """One action: label, key, and whether it may be used now."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.action: Action | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)

    def show_action(self, action: Action) -> None:
        """Show `action`."""
        if action == self.action:
            return
        self.action = action
        words = self._kit.words
        label, key = words.say(action.label), action.key
        # "&" would become a mnemonic, and Alt plus a scanned letter would press it.
        self.setText(f"{label}   [{key}]".replace("&", "&&"))
        self.setAccessibleName(words.of("ui.action_name", label=label, key=key))
        why = "" if action.enabled else words.say(action.why_not)
        self.setAccessibleDescription(why)
        self.setToolTip(why)
        set_state(self, "main", action.main and action.enabled)
        # Barred, not disabled: pressing it says what is missing.
        set_state(self, "barred", not action.enabled)


class ActionBar(QWidget):
    """All actions of the page.

    Signals:
        pressed: The `Action` whose button was clicked, barred or not.
    """

    pressed = Signal(object)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._buttons: list[KeyButton] = []
        left = QWidget()
        self._flow = FlowLayout(kit.theme.px("gap"), left)
        self._flow.setContentsMargins(0, 0, 0, 0)
        wrapping = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        wrapping.setHeightForWidth(True)
        left.setSizePolicy(wrapping)
        # The main action has one place on every page, apart from the others: lower right.
        self._main = KeyButton(kit)
        self._main.clicked.connect(self._clicked)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(kit.theme.px("gap"))
        row.addWidget(left, 1)
        row.addWidget(self._main, 0, Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(wrapping)

    @property
    def buttons(self) -> tuple[KeyButton, ...]:
        """The buttons that are shown."""
        every = (*self._buttons, self._main)
        return tuple(button for button in every if button.action is not None)

    def show_actions(self, actions: tuple[Action, ...]) -> None:
        """Show `actions`: the main one at the right, the others from the left."""
        # Answers by digit stay in their order; only a function key has the place at the right.
        main = next((one for one in actions if one.main and one.key.startswith("F")), None)
        ordered = [action for action in actions if action is not main]
        self._show(self._main, main)
        while len(self._buttons) < len(ordered):
            button = KeyButton(self._kit)
            button.clicked.connect(self._clicked)
            self._flow.addWidget(button)
            self._buttons.append(button)
        for place, button in enumerate(self._buttons):
            self._show(button, ordered[place] if place < len(ordered) else None)

    @staticmethod
    def _show(button: KeyButton, action: Action | None) -> None:
        button.setVisible(action is not None)
        if action is None:
            button.action = None
        else:
            button.show_action(action)

    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, KeyButton) and button.action is not None:
            self.pressed.emit(button.action)
