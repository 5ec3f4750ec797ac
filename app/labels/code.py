"""Labels for codes of our own: locations, totes, documents and command cards, 4 × 2 in each."""

from app.errors import Fault
from app.labels.bars import code128_bars, dots
from app.labels.label import Align, Label, Text
from app.labels.measure import fit

WIDTH_IN, HEIGHT_IN = 4, 2
# Two dots at 203 dpi are 0.25 mm, the finest module that a bench scanner reads at arm's length.
LEAST_MODULE_DOTS = 2


def code_label(code: str, caption: str, dpi: int = 203) -> Label:
    """A label with the code as bars and in large letters, and a caption for people.

    Args:
        code: With its prefix, as it is scanned: `LOC:A-04-2`, `CMD:ACK`.
        caption: What it is or does, in the language of the site.
        dpi: Resolution of the printer.

    Raises:
        Fault: Code 128 does not hold the code, or the label does not.
    """
    width, height = WIDTH_IN * dpi, HEIGHT_IN * dpi
    margin = dots(4_000, dpi)
    inner = width - 2 * margin
    bars = code128_bars(
        code, centre=width // 2, y=dots(13_000, dpi), height=dots(20_000, dpi), room=width
    )
    if bars.module_dots < LEAST_MODULE_DOTS:
        raise Fault("The label was not made: its code is too long for it.", detail=repr(code))
    lines = (
        (dots(3_000, dpi), dots(8_000, dpi), caption, False),
        (dots(35_000, dpi), dots(12_000, dpi), code, True),
    )
    texts = []
    for y, tall, line, bold in lines:
        shown, size = fit(line, tall, inner)
        if shown:
            texts.append(Text(margin, y, size, shown, inner, bold=bold, align=Align.CENTRE))
    return Label(width, height, dpi, (bars, *texts))
