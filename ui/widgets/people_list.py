"""Who may sign in here: one person is chosen with the arrow keys or a touch."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QSizePolicy

from app.station.screen import PersonView
from ui import icons
from ui.announce import announce
from ui.widgets.kit import Kit

PERSON = Qt.ItemDataRole.UserRole


class PeopleList(QListWidget):
    """The people; the first is chosen until another is.

    Signals:
        chosen: Somebody else was chosen.
    """

    chosen = Signal()

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._people: tuple[PersonView, ...] = ()
        self.setAccessibleName(kit.words.of("ui.people"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        pixels = kit.theme.px("icon_small")
        self.setIconSize(QSize(pixels, pixels))
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(2 * kit.theme.px("target"))
        self.currentRowChanged.connect(lambda _row: self.chosen.emit())

    @property
    def person(self) -> PersonView | None:
        """Who is chosen."""
        row = self.currentRow()
        return self._people[row] if 0 <= row < len(self._people) else None

    def show_people(self, people: tuple[PersonView, ...]) -> None:
        """Show `people`; whoever was chosen stays chosen."""
        if people == self._people:
            return
        before = self.person
        self._people = people
        self.clear()
        theme, words = self._kit.theme, self._kit.words
        pixels = theme.px("icon_small")
        picture = icons.icon("user", theme.colour("muted"), pixels, 2.0)
        chosen = icons.pixmap("user", theme.colour("on_selected"), pixels, 2.0)
        picture.addPixmap(chosen, QIcon.Mode.Selected)
        for person in people:
            role = words.of(f"ui.role_{person.role}") if person.role in ROLES else person.role
            item = QListWidgetItem(picture, f"{person.name}   ·   {role}")
            item.setSizeHint(QSize(0, theme.px("target")))
            self.addItem(item)
        self.setCurrentRow(people.index(before) if before in people else 0)

    def move_choice(self, step: int) -> None:
        """Choose the next (+1) or the one before (−1)."""
        if not self._people:
            return
        self.setCurrentRow(min(max(self.currentRow() + step, 0), len(self._people) - 1))
        if self.person is not None:
            announce(self, self.person.name)


# Roles with a word of their own; another is shown as it is called.
ROLES = frozenset(
    {
        "admin",
        "auditor",
        "clerk",
        "controller",
        "packer_lead",
        "site_manager",
        "supervisor",
    }
)
