"""A badge to print: an A7 card (105 by 74 mm) with a Code 128 symbol, as SVG.

It carries the whole secret of the badge. The file is its owner's alone to read; print it, then
delete it.
"""

import os
from html import escape
from pathlib import Path

from app.contract.messages import PersonRow
from app.errors import Refusal
from app.labels.bars import QUIET_MODULES, code128_bars

# Micrometres. A module of 0.25 mm is read by every scanner of this trade.
_WIDTH, _HEIGHT = 105_000, 74_000
_MODULE = 250
_BARS_TOP, _BARS_HEIGHT = 38_000, 22_000
_OWNER_ONLY = 0o600


def write(file: Path, badge: str, person: PersonRow) -> None:
    """Write a sheet; a file that is there already is left alone.

    Raises:
        Refusal: `file_exists`.
    """
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY)
    except FileExistsError as error:
        raise Refusal(
            "file_exists", f"There is a file {file} already. Name another, or delete that one."
        ) from error
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(sheet(badge, person))


def sheet(badge: str, person: PersonRow) -> str:
    """The card as SVG; the badge's text is in its bars only, not beside them."""
    drawn = code128_bars(badge, centre=_WIDTH // 2, y=_BARS_TOP, height=_BARS_HEIGHT, room=_WIDTH)
    whole = len(drawn.modules) + 2 * QUIET_MODULES
    module = min(_MODULE, _WIDTH // whole)
    left = (_WIDTH - len(drawn.modules) * module) // 2
    bars = "".join(
        f'<rect x="{left + at * module}" y="{_BARS_TOP}" width="{module}" height="{_BARS_HEIGHT}"/>'
        for at, dark in enumerate(drawn.modules)
        if dark == "1"
    )
    words = "".join(
        f'<text x="{_WIDTH // 2}" y="{y}" font-size="{size}" text-anchor="middle" '
        f'font-family="sans-serif">{escape(word)}</text>'
        for word, y, size in (
            (person.name, 16_000, 8_000),
            (f"{person.person} · {person.site or 'every site'}", 26_000, 4_500),
        )
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH // 1000}mm" '
        f'height="{_HEIGHT // 1000}mm" viewBox="0 0 {_WIDTH} {_HEIGHT}">'
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>{words}'
        f'<g shape-rendering="crispEdges">{bars}</g></svg>\n'
    )
