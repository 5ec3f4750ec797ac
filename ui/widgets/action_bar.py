"""The keys of a page as buttons: each prints its key, and a barred one says what is missing.

A button never takes the focus, so neither Enter, nor Space, nor a scanner's suffix can press it.
"""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

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
        self._flow = FlowLayout(kit.theme.px("gap"), self)
        self._flow.setContentsMargins(0, 0, 0, 0)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    @property
    def buttons(self) -> tuple[KeyButton, ...]:
        """The buttons that are shown."""
        return tuple(button for button in self._buttons if button.action is not None)

    def show_actions(self, actions: tuple[Action, ...]) -> None:
        """Show `actions`, the main one first: the eye starts at the left."""
        ordered = sorted(actions, key=lambda action: not action.main)
        while len(self._buttons) < len(ordered):
            button = KeyButton(self._kit)
            button.clicked.connect(self._clicked)
            self._flow.addWidget(button)
            self._buttons.append(button)
        for place, button in enumerate(self._buttons):
            if place < len(ordered):
                button.show_action(ordered[place])
                button.show()
            else:
                button.action = None
                button.hide()

    def _clicked(self) -> None:
        button = self.sender()
        if isinstance(button, KeyButton) and button.action is not None:
            self.pressed.emit(button.action)
