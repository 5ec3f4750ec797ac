"""Signing in: a badge, or a person of the list and a PIN. The footer is already live."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout
from typing_extensions import override

from app.station.inbox import Do, Intent
from app.station.screen import Screen
from ui.pages.page import PageBody
from ui.widgets.elided_label import ElidedLabel
from ui.widgets.kit import Kit
from ui.widgets.number_pad import PIN_DIGITS, NumberPad
from ui.widgets.people_list import PeopleList

STEPS = {"Up": -1, "Down": 1}


class SignInPage(PageBody):
    """People at the left, the PIN at the right. Arrow keys choose, digits are the PIN."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self.people = PeopleList(kit)
        self.pad = NumberPad(kit, limit=PIN_DIGITS, secret=True)
        self._whose = ElidedLabel("section")
        right = QVBoxLayout()
        right.addWidget(self._whose)
        right.addWidget(self.pad)
        right.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(kit.theme.px("margin"))
        row.addWidget(self.people, 1)
        row.addLayout(right)
        self.people.chosen.connect(self._chosen)
        self.pad.entered.connect(self._entered)

    @override
    def show_screen(self, screen: Screen) -> None:
        self.people.show_people(screen.people)
        for part in (self.people, self.pad, self._whose):
            part.setVisible(bool(screen.people))
        self._chosen()

    @override
    def leave(self) -> None:
        super().leave()
        self.pad.clear()

    @override
    def key(self, name: str) -> bool:
        if not self.people.person:
            return False
        if name in STEPS:
            self.people.move_choice(STEPS[name])
            return True
        return self.pad.press(name)

    @Slot()
    def _chosen(self) -> None:
        person = self.people.person
        self.pad.clear()
        self._whose.say(self.kit.words.of("ui.pin_of", name=person.name) if person else "")

    @Slot(str)
    def _entered(self, pin: str) -> None:
        person = self.people.person
        if person is not None:
            self.do(Do(Intent.SIGN_IN_PIN, pin, person.person))
