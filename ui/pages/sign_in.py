"""Signing in and stepping up: a badge, or a person of the list, and the PIN.

The footer is already live. A badge scanned while a PIN is typed never puts text here: scans go to
the station, and the pad takes few digits from keys alone.
"""

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout
from typing_extensions import override

from app.domain.text import text
from app.station.inbox import Do, Intent
from app.station.screen import ProofState, ProofView, Screen
from ui.pages.page import PageBody
from ui.widgets.kit import Kit
from ui.widgets.number_pad import PIN_DIGITS, NumberPad
from ui.widgets.people_list import PeopleList

STEPS = {"Up": -1, "Down": 1}
# Whose PIN it is has to be read whole, in large text too: more room than the pad needs.
PEOPLE_SHARE, PIN_SHARE = 3, 2
NOBODY = ProofView(ProofState.BADGE)


class SignInPage(PageBody):
    """People at the left, the PIN at the right. Arrow keys choose, digits are the PIN."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self.people = PeopleList(kit)
        self.pad = NumberPad(kit, limit=PIN_DIGITS, secret=True)
        self._proof = NOBODY
        self.whose = kit.label("section", wrap=True)
        right = QVBoxLayout()
        right.addWidget(self.whose)
        right.addWidget(self.pad, 0, Qt.AlignmentFlag.AlignLeft)
        right.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(kit.theme.px("margin"))
        row.addWidget(self.people, PEOPLE_SHARE)
        row.addLayout(right, PIN_SHARE)
        self.people.chosen.connect(self._chosen)
        self.pad.entered.connect(self._entered)

    @override
    def show_screen(self, screen: Screen) -> None:
        before, self._proof = self._proof, screen.proof or NOBODY
        people = screen.people if self._proof.state is ProofState.BADGE else ()
        self.people.show_people(people)
        self.people.setVisible(bool(people))
        takes_pin = self._takes_pin
        for part in (self.pad, self.whose):
            part.setVisible(takes_pin)
        if before != self._proof:
            self.pad.clear()
        self._name()

    @override
    def leave(self) -> None:
        super().leave()
        self.pad.clear()

    @override
    def key(self, name: str) -> bool:
        if not self._takes_pin:
            return False
        if name in STEPS and self.people.person is not None:
            self.people.move_choice(STEPS[name])
            return True
        return self.pad.press(name)

    @property
    def _takes_pin(self) -> bool:
        return bool(self._person)

    @property
    def _person(self) -> str:
        """Whose PIN is typed: whoever scanned their badge, or was chosen."""
        if self._proof.state in (ProofState.PIN, ProofState.CODE):
            return self._proof.person
        chosen = self.people.person if self._proof.state is ProofState.BADGE else None
        return chosen.person if chosen is not None else ""

    def _name(self) -> None:
        chosen = self.people.person
        name = self._proof.name or (chosen.name if chosen is not None else "")
        code = "ui.code_of" if self._proof.state is ProofState.CODE else "ui.pin_of"
        self.whose.setText(self.kit.words.say(text(code, name=name)) if name else "")

    @Slot()
    def _chosen(self) -> None:
        self.pad.clear()
        self._name()

    @Slot(str)
    def _entered(self, pin: str) -> None:
        if self._person:
            self.do(Do(Intent.SIGN_IN_PIN, pin, self._person))
