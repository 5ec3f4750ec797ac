"""A thermal printer for tests: reads the ZPL we send, strictly, and gives back what it would print.

It knows only the commands this program uses; anything else fails the test, as does field data that
a real printer would take for a command. Text is not drawn but returned with its place.
"""

import re
from dataclasses import dataclass, field

from barcode.charsets.code128 import CODES
from PIL import Image, ImageDraw

_COMMAND = re.compile(r"\^(FO|FD|FS|XA|XZ|CI|PW|LL|LH|A0|FB|FR|FH|GB|BY|BC|PQ)([^^~]*)")
_SUBSET = {">;": ("C", 105), ">:": ("B", 104)}
_FNC1, _STOP = 102, "1100011101011"


@dataclass
class Printed:
    """What came out: the picture of lines and bars, the texts, how many copies."""

    image: Image.Image
    texts: list[tuple[int, int, str]] = field(default_factory=list)
    reversed_texts: list[str] = field(default_factory=list)
    copies: int = 1


def print_zpl(zpl: bytes) -> Printed:
    """Print one format; an assertion fails on anything a printer would not understand."""
    text = zpl.decode()
    assert text.startswith("^XA")
    assert text.rstrip().endswith("^XZ")
    assert _COMMAND.sub("", text).strip() == "", "something outside of a command"
    commands = [(name, rest.strip("\n")) for name, rest in _COMMAND.findall(text)]
    sizes = dict(commands)
    printed = Printed(Image.new("L", (int(sizes["PW"]), int(sizes["LL"])), 255))
    printed.copies = int(sizes["PQ"])
    state: dict[str, str] = {}
    for name, rest in commands:
        state[name] = rest
        if name == "FS":
            _field(printed, state)
            state = {kept: state[kept] for kept in ("BY",) if kept in state}
    return printed


def _field(printed: Printed, state: dict[str, str]) -> None:
    x, y = map(int, state["FO"].split(","))
    draw = ImageDraw.Draw(printed.image)
    if "GB" in state:
        width, height, _ = map(int, state["GB"].split(","))
        draw.rectangle((x, y, x + width - 1, y + height - 1), fill=0)
        return
    data = state["FD"]
    if "FH" in state:
        data = re.sub("_([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), data)
    if "BC" in state:
        module, height = int(state["BY"].split(",")[0]), int(state["BC"].split(",")[1])
        for at, dark in enumerate(_code128(data)):
            if dark == "1":
                left = x + at * module
                draw.rectangle((left, y, left + module - 1, y + height - 1), fill=0)
        return
    assert "A0" in state, "text without a font"
    printed.texts.append((x, y, data))
    if "FR" in state:
        printed.reversed_texts.append(data)


def _code128(data: str) -> str:
    """Modules of a field with its subset said in front, as the ZPL manual describes it."""
    subset, start = _SUBSET[data[:2]]
    rest, values = data[2:], [start]
    while rest:
        if rest.startswith(">8"):
            value, used = _FNC1, 2
        elif subset == "C":
            value, used = int(rest[:2]), 2
        elif rest.startswith(">0"):
            value, used = ord(">") - 32, 2
        else:
            value, used = ord(rest[0]) - 32, 1
        values.append(value)
        rest = rest[used:]
    check = (values[0] + sum(place * value for place, value in enumerate(values))) % 103
    return "".join(CODES[value] for value in (*values, check)) + _STOP
