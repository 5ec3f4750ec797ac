"""A label as ZPL II for thermal printers (`docs/devices.md`); bytes ready for port 9100 or a cable.

Data never reaches the printer as commands: `^`, `~` and `_` are sent as hexadecimal, control
characters not at all.
"""

from typing import assert_never

from app.labels.bars import FNC1
from app.labels.label import Align, Bars, Box, Element, Label, Text
from app.labels.measure import letters, printable

_JUSTIFY = {Align.LEFT: "L", Align.CENTRE: "C", Align.RIGHT: "R"}
_ESCAPED = {each: f"_{ord(each):02X}" for each in "^~_"}
_SUBSET_C, _SUBSET_B, _FNC1 = ">;", ">:", ">8"


def to_zpl(label: Label, copies: int = 1) -> bytes:
    """A label as one ZPL format, UTF-8.

    Args:
        label: Laid out for this printer's resolution.
        copies: How many to print.
    """
    lines = [
        "^XA",
        "^CI28",
        f"^PW{label.width_dots}",
        f"^LL{label.height_dots}",
        "^LH0,0",
        *map(_element, label.elements),
        f"^PQ{copies}",
        "^XZ",
    ]
    return ("\n".join(lines) + "\n").encode()


def escaped(text: str) -> str:
    """Text as field data under `^FH_`: nothing in it can end the field or begin a command."""
    return _hexed(printable(text))


def _element(element: Element) -> str:
    match element:
        case Text():
            return _text(element)
        case Bars():
            return _bars(element)
        case Box():
            return (
                f"^FO{element.x},{element.y}"
                f"^GB{element.width},{element.height},{min(element.width, element.height)}^FS"
            )
        case _:
            assert_never(element)


def _text(text: Text) -> str:
    cell = letters(text.height)
    # The built-in font is condensed; a cell as wide as it is high is its bold.
    font = f"^A0N,{cell},{cell}" if text.bold else f"^A0N,{cell}"
    reverse = "^FR" if text.reverse else ""
    data = escaped(text.text)
    top = text.y + (text.height - cell) // 2
    if text.align is Align.LEFT:
        return f"^FO{text.x},{top}{font}{reverse}^FH_^FD{data}^FS"
    # In a field block `\` begins a printer's own escape; doubled it is itself.
    data = data.replace("\\", "\\\\")
    block = f"^FB{text.max_width},1,0,{_JUSTIFY[text.align]},0"
    return f"^FO{text.x},{top}{font}{block}{reverse}^FH_^FD{data}^FS"


def _bars(bars: Bars) -> str:
    return (
        f"^FO{bars.x},{bars.y}^BY{bars.module_dots},3,{bars.height}"
        f"^BCN,{bars.height},N,N,N,N^FH_^FD{_code128(bars.data)}^FS"
    )


def _code128(data: str) -> str:
    """Field data, the subset said outright: the printer draws the modules of the layout."""
    if data.startswith(FNC1):
        return f"{_SUBSET_C}{_FNC1}{data[1:]}"
    return f"{_SUBSET_B}{_hexed(data.replace('>', '>0'))}"


def _hexed(text: str) -> str:
    return "".join(_ESCAPED.get(each, each) for each in text)
