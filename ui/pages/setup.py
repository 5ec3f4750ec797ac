"""The first run: what was found out, and the code that is scanned from the screen."""

from PySide6.QtWidgets import QVBoxLayout
from typing_extensions import override

from app.domain.weight import Reading
from app.station.screen import Screen
from ui.pages.page import PageBody
from ui.widgets.fact_list import FactList
from ui.widgets.kit import Kit
from ui.widgets.symbol import ScreenSymbol


class SetupPage(PageBody):
    """Facts below a barcode or a live weight; everything else is on the frame around it."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self.symbol = ScreenSymbol(kit)
        self.weight = kit.label("must-read")
        self.facts = FactList(kit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(kit.theme.px("gap"))
        column.addWidget(self.symbol)
        column.addWidget(self.weight)
        column.addWidget(self.facts, 1)
        column.addStretch(0)

    @override
    def show_screen(self, screen: Screen) -> None:
        self.symbol.show_code(screen.symbol)
        self.facts.show_facts(screen.facts)
        self.facts.setVisible(bool(screen.facts))
        self.weight.setVisible(screen.weigh is not None)
        self.show_reading(screen.weigh.reading if screen.weigh is not None else None)

    @override
    def show_reading(self, reading: Reading | None) -> None:
        weight = reading.weight_mg if reading is not None else None
        self.weight.setText(self.kit.words.weight(weight))

    @override
    def scroll_page(self, direction: int) -> None:
        self.facts.scroll_page(direction)
