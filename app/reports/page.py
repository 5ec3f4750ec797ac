"""One page of a report while it is laid out: how far it is filled, and lines written on it."""

from dataclasses import dataclass, field

from app.labels.bars import dots
from app.labels.label import Align, Element, Text
from app.labels.measure import fit

# Every office printer's dots are a multiple of these, so bars stay whole dots on paper.
DPI = 300
MARGIN, LINE, _GAP = dots(14_000, DPI), dots(4_200, DPI), dots(2_000, DPI)


@dataclass(slots=True)
class Page:
    """One page; lengths in dots.

    Attributes:
        number: From 1.
        y: Where the next line begins.
        elements: What stands on it.
    """

    width: int
    height: int
    number: int
    y: int = MARGIN
    elements: list[Element] = field(default_factory=list)

    @property
    def inner(self) -> int:
        """Width between the margins."""
        return self.width - 2 * MARGIN

    @property
    def room(self) -> int:
        """What is left above the line with the page's number."""
        return self.height - MARGIN - LINE - _GAP - self.y

    def text(
        self, said: str, at: tuple[int, int, int], *, bold: bool = False, align: Align = Align.LEFT
    ) -> None:
        """Write one line at x, y of a width; cut only if even small letters do not fit."""
        x, y, width = at
        shown, size = fit(said, LINE, width)
        if shown:
            top = y + (LINE - size) // 2
            self.elements.append(Text(x, top, size, shown, width, bold=bold, align=align))

    def fitting(
        self, said: str, at: tuple[int, int, int], *, bold: bool = False, align: Align = Align.LEFT
    ) -> None:
        """The same for a line that was broken to fit: nothing is measured again."""
        x, y, width = at
        self.elements.append(Text(x, y, LINE, said, width, bold=bold, align=align))
