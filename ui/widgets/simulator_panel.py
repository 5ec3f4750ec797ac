"""The bench of the demo: buttons that do to simulated devices what hands would do to real ones.

Shown only in demo and training. Every button has a key (Ctrl and a digit), so that the demo needs
no mouse either; none takes the focus.
"""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QVBoxLayout

from ui import icons
from ui.widgets.kit import Kit
from ui.workstation import Controls

# Name for `Controls.press`, key, icon; the words are `sim.<name>`.
BUTTONS = (
    ("scan_right", "Ctrl+1", "scan-barcode"),
    ("scan_wrong", "Ctrl+2", "package-x"),
    ("scan_ack", "Ctrl+3", "id-card"),
    ("box_on", "Ctrl+4", "package"),
    ("box_off", "Ctrl+5", "hand"),
    ("scale_plug", "Ctrl+6", "usb"),
    ("garbage", "Ctrl+7", "triangle-alert"),
    ("link", "Ctrl+8", "wifi-off"),
    ("paper", "Ctrl+9", "printer"),
)


class SimulatorPanel(QFrame):
    """The panel at the right of the window."""

    def __init__(self, kit: Kit, controls: Controls) -> None:
        super().__init__()
        self.setObjectName("simulator")
        self._controls = controls
        theme, words = kit.theme, kit.words
        column = QVBoxLayout(self)
        gap = theme.px("gap")
        column.setContentsMargins(gap, gap, gap, gap)
        column.setSpacing(gap)
        title, note = kit.label("section", wrap=True), kit.label("muted", wrap=True)
        title.setText(words.of("sim.title"))
        note.setText(words.of("sim.note"))
        column.addWidget(title)
        column.addWidget(note)
        self.buttons: dict[str, QPushButton] = {}
        for name, key, icon in BUTTONS:
            label = words.of(f"sim.{name}")
            short = key.replace("Ctrl", words.of("sim.ctrl"))
            button = QPushButton(f" {label}   [{short}]")
            button.setIcon(icons.icon(icon, theme.colour("accent"), theme.px("icon_small"), 2.0))
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setAutoDefault(False)
            button.setProperty("part", "simulator")
            button.setAccessibleName(words.of("ui.action_name", label=label, key=short))
            button.clicked.connect(partial(self._press, name))
            column.addWidget(button)
            self.buttons[key] = button
        column.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Ignored)

    def key(self, name: str) -> bool:
        """A key; True when a button has it."""
        for button_name, key, _ in BUTTONS:
            if key == name:
                self._controls.press(button_name)
                return True
        return False

    def _press(self, name: str, _checked: bool = False) -> None:
        self._controls.press(name)
