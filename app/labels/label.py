"""A label as a pure value: what stands where, in whole printer dots.

One value, several renderers: ZPL for thermal printers (`app.labels.zpl`), a picture or PDF for
everything else (`ui.label_picture`). Coordinates run right and down from the top left corner; a dot
is a dot of the printer, so bars stay whole dots whatever draws them.
"""

from dataclasses import dataclass
from enum import StrEnum


class Align(StrEnum):
    """How a text stands within its `max_width`."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Text:
    """One line of text.

    Attributes:
        x: Left edge of its field.
        y: Top edge of its field.
        height: Height of the field in dots, ascenders to descenders.
        text: Already shortened to fit; a renderer never wraps it.
        max_width: Width of the field in dots; nothing is drawn outside it.
        bold: Heavier strokes.
        align: Where it stands within `max_width`.
        reverse: White on black.
    """

    x: int
    y: int
    height: int
    text: str
    max_width: int
    bold: bool = False
    align: Align = Align.LEFT
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    r"""A linear symbol, module by module.

    Attributes:
        x: Left edge of the first bar; the quiet zone lies before it.
        y: Top edge.
        module_dots: Dots per module, the same whole number for each.
        height: Height of the bars in dots.
        modules: `1` for a dark module, `0` for a light one, without quiet zones.
        data: What the symbol says, for printers that draw it themselves: `\x1d` is FNC1.
    """

    x: int
    y: int
    module_dots: int
    height: int
    modules: str
    data: str

    @property
    def width(self) -> int:
        """Dots from the first bar to the last."""
        return len(self.modules) * self.module_dots


@dataclass(frozen=True, slots=True)
class Box:
    """A filled black rectangle; a line is a thin one, a frame is four of them."""

    x: int
    y: int
    width: int
    height: int


Element = Text | Bars | Box


@dataclass(frozen=True, slots=True)
class Label:
    """A label ready for any renderer.

    Attributes:
        width_dots: Printable width.
        height_dots: Length of the label.
        dpi: Dots per inch of the printer it was laid out for: 203 or 300.
        elements: Painted in this order.
    """

    width_dots: int
    height_dots: int
    dpi: int
    elements: tuple[Element, ...]
