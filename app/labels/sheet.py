"""A sheet of command cards: A4 pages in printer dots, two cards side by side, cut apart by hand.

Pages are `Label`s like any other, so that picture and PDF draw the bars as the same whole dots.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.errors import Fault
from app.labels.bars import QUIET_MODULES, code128_bars, dots
from app.labels.label import Align, Bars, Box, Element, Label, Text
from app.labels.measure import fit

DPI = 300
_WIDTH_UM, _HEIGHT_UM = 210_000, 297_000
_MARGIN_UM, _TITLE_UM, _CARD_UM = 10_000, 11_000, 27_000
_NAME_UM, _BARS_UM, _CODE_UM = 7_000, 12_000, 5_000
COLUMNS = 2
# 0.25 to 0.34 mm at 300 dots per inch: what every bench scanner reads, and as small as it may be.
LEAST_MODULE_DOTS, MOST_MODULE_DOTS = 3, 4


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it is printed: `CMD:ACK`, and what it does in words."""

    code: str
    name: str


def pages(groups: Sequence[tuple[str, Sequence[Card]]]) -> tuple[Label, ...]:
    """Lay cards out below the titles of their groups; a title never stands alone at the foot.

    Raises:
        Fault: Code 128 does not hold a code, or a card does not.
    """
    done: list[Label] = []
    elements: list[Element] = []
    top = _MARGIN_UM
    for height, title, cards in _rows(groups):
        if top + height > _HEIGHT_UM - _MARGIN_UM:
            done.append(_page(elements))
            elements, top = [], _MARGIN_UM
        if title:
            elements += _title(title, top)
        for column, card in enumerate(cards):
            elements += _card(card, column, top + height - _CARD_UM)
        top += height
    return (*done, _page(elements))


def _rows(
    groups: Sequence[tuple[str, Sequence[Card]]],
) -> Iterator[tuple[int, str, Sequence[Card]]]:
    """Rows of cards with their height; the first of a group has its title above it."""
    for title, cards in groups:
        for at in range(0, len(cards), COLUMNS):
            head = title if at == 0 else ""
            yield _CARD_UM + (_TITLE_UM if head else 0), head, cards[at : at + COLUMNS]


def _page(elements: list[Element]) -> Label:
    return Label(_dots(_WIDTH_UM), _dots(_HEIGHT_UM), DPI, tuple(elements))


def _title(title: str, top: int) -> Iterator[Element]:
    room = _dots(_WIDTH_UM - 2 * _MARGIN_UM)
    shown, size = fit(title, _dots(_TITLE_UM * 2 // 3), room)
    yield Text(_dots(_MARGIN_UM), _dots(top + _TITLE_UM // 6), size, shown, room, bold=True)


def _card(card: Card, column: int, top: int) -> Iterator[Element]:
    width = _dots(_WIDTH_UM - 2 * _MARGIN_UM) // COLUMNS
    left = _dots(_MARGIN_UM) + column * width
    yield from _frame(left, _dots(top), width, _dots(_CARD_UM))
    inner = width - _dots(4_000)
    for y, tall, line, bold in (
        (_dots(top + 1_000), _dots(_NAME_UM), card.name, True),
        (_dots(top + 1_500 + _NAME_UM + _BARS_UM), _dots(_CODE_UM), card.code, False),
    ):
        shown, size = fit(line, tall, inner)
        yield Text(left + _dots(2_000), y, size, shown, inner, bold=bold, align=Align.CENTRE)
    yield _bars(card.code, left, _dots(top + 1_000 + _NAME_UM), width)


def _bars(code: str, left: int, y: int, room: int) -> Bars:
    height, centre = _dots(_BARS_UM), left + room // 2
    bars = code128_bars(code, centre=centre, y=y, height=height, room=room)
    if bars.module_dots < LEAST_MODULE_DOTS:
        raise Fault("The sheet was not made: a code is too long for a card.", detail=repr(code))
    if bars.module_dots <= MOST_MODULE_DOTS:
        return bars
    whole = (len(bars.modules) + 2 * QUIET_MODULES) * MOST_MODULE_DOTS
    return code128_bars(code, centre=centre, y=y, height=height, room=whole)


def _frame(left: int, top: int, width: int, height: int) -> Iterator[Element]:
    """Where to cut: hair lines, two dots thick."""
    yield Box(left, top, width, 2)
    yield Box(left, top + height, width, 2)
    yield Box(left, top, 2, height)
    yield Box(left + width, top, 2, height)


def _dots(micrometres: int) -> int:
    return dots(micrometres, DPI)
