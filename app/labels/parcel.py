"""The parcel label: 4 × 6 in, address on top, SSCC lowest (GS1 logistic label guideline)."""

from dataclasses import dataclass, field

from app.errors import Fault
from app.labels.bars import dots, sscc_bars
from app.labels.label import Align, Box, Element, Label, Text
from app.labels.measure import fit

# Printers this layout is made for; others take the picture.
RESOLUTIONS = (203, 300)
WIDTH_IN, HEIGHT_IN = 4, 6
MAX_ADDRESS_LINES = 7


@dataclass(frozen=True, slots=True)
class Words:
    """Fixed words of the label, in the language of the site."""

    ship_to: str = "SHIP TO"
    order: str = "ORDER"
    parcel: str = "PARCEL"
    weight: str = "WEIGHT"
    content: str = "ARTICLES / PIECES"
    packed: str = "PACKED"
    reprint: str = "REPRINT"
    not_weighed: str = "not weighed"


@dataclass(frozen=True, slots=True)
class ParcelLabel:
    """What a parcel label says.

    Attributes:
        order: Order number.
        ship_to: Address lines, recipient first; of more than `MAX_ADDRESS_LINES` the middle ones
            are left out, never the last: that is the country.
        carrier_service: `DHL Paket`, as the order names it.
        weight_mg: Weighed gross weight, or None when the parcel was packed without a scale.
        sscc: 18 digits.
        parcel_no: This parcel, from 1.
        parcel_of: Parcels of this order, or None while that is open.
        sku_count: Different articles inside.
        unit_count: Pieces inside.
        printed_at: Local date and time as text; the label knows no clock.
        station: Name of the station that printed it.
        reprint: Printed before: the label says so, so that two on one floor can be told apart.
    """

    order: str
    ship_to: tuple[str, ...]
    carrier_service: str
    weight_mg: int | None
    sscc: str
    parcel_no: int = 1
    parcel_of: int | None = None
    sku_count: int = 0
    unit_count: int = 0
    printed_at: str = ""
    station: str = ""
    reprint: bool = False


def layout(parcel: ParcelLabel, dpi: int = 203, words: Words | None = None) -> Label:
    """Lay a parcel label out for a printer.

    Args:
        parcel: What it says.
        dpi: 203 or 300.
        words: Fixed words; English by default.

    Raises:
        Fault: Not an SSCC, or a resolution nobody laid it out for.
    """
    if dpi not in RESOLUTIONS:
        raise Fault("This label printer's resolution is not supported.", detail=f"{dpi} dpi")
    page = _Page(WIDTH_IN * dpi, HEIGHT_IN * dpi, dpi)
    words = words or Words()
    _head(page, parcel, words)
    _address(page, parcel, words)
    _facts(page, parcel, words)
    _sscc(page, parcel)
    return Label(page.width, page.height, dpi, tuple(page.elements))


def weight_text(weight_mg: int | None, words: Words) -> str:
    """`1.234 kg`: whole grams, rounded half up; a parcel never weighed says so."""
    if weight_mg is None:
        return words.not_weighed
    grams = (weight_mg + 500) // 1_000
    return f"{grams // 1_000}.{grams % 1_000:03d} kg"


def sscc_text(sscc: str) -> str:
    """Human readable: `(00) 3 2900001 000000017 9` without guessing where the prefix ends."""
    return f"(00) {sscc[:1]} {sscc[1:8]} {sscc[8:17]} {sscc[17:]}"


@dataclass(frozen=True, slots=True)
class _Style:
    bold: bool = False
    align: Align = Align.LEFT
    reverse: bool = False


_PLAIN = _Style()
_BOLD = _Style(bold=True)
_BOLD_CENTRE = _Style(bold=True, align=Align.CENTRE)
_BOLD_RIGHT = _Style(bold=True, align=Align.RIGHT)
_STAMP = _Style(bold=True, align=Align.CENTRE, reverse=True)


@dataclass(slots=True)
class _Page:
    """A label while it is written; lengths come in tenths of a millimetre."""

    width: int
    height: int
    dpi: int
    elements: list[Element] = field(default_factory=list)

    def at(self, tenths: int) -> int:
        return dots(tenths * 100, self.dpi)

    @property
    def margin(self) -> int:
        return self.at(40)

    @property
    def inner(self) -> int:
        return self.width - 2 * self.margin

    def text(
        self,
        y: int,
        height: int,
        text: str,
        style: _Style = _PLAIN,
        column: tuple[int, int] | None = None,
    ) -> None:
        """Write one line, shortened to its column: left edge within the margins, and width."""
        tall = self.at(height)
        x, room = column or (0, self.inner)
        shown, size = fit(text, tall, room)
        if shown:
            top = self.at(y) + (tall - size) // 2
            self.elements.append(
                Text(
                    self.margin + x,
                    top,
                    size,
                    shown,
                    room,
                    bold=style.bold,
                    align=style.align,
                    reverse=style.reverse,
                )
            )

    def box(self, y: int, height: int) -> None:
        self.elements.append(Box(self.margin, self.at(y), self.inner, max(1, self.at(height))))


def _head(page: _Page, parcel: ParcelLabel, words: Words) -> None:
    most = page.inner * 3 // 5
    page.text(40, 80, parcel.carrier_service, _BOLD, (0, most))
    of = "" if parcel.parcel_of is None else f" / {parcel.parcel_of}"
    count = f"{words.parcel} {parcel.parcel_no}{of}"
    page.text(45, 60, count, _BOLD_RIGHT, (most, page.inner - most))
    if parcel.reprint:
        page.box(130, 80)
        page.text(137, 66, words.reprint, _STAMP)
    else:
        page.box(205, 5)


def _address(page: _Page, parcel: ParcelLabel, words: Words) -> None:
    page.text(220, 35, words.ship_to)
    lines = [line for line in parcel.ship_to if line.strip()]
    if len(lines) > MAX_ADDRESS_LINES:
        lines = [*lines[: MAX_ADDRESS_LINES - 1], lines[-1]]
    for number, line in enumerate(lines):
        page.text(265 + number * 72, 65, line, _PLAIN if number else _BOLD)
    page.box(785, 5)


def _facts(page: _Page, parcel: ParcelLabel, words: Words) -> None:
    half = page.inner // 2
    width = half - page.at(20)
    facts = (
        (words.order, parcel.order),
        (words.weight, weight_text(parcel.weight_mg, words)),
        (words.content, f"{parcel.sku_count} / {parcel.unit_count}"),
        (words.packed, f"{parcel.printed_at} {parcel.station}"),
    )
    for number, (title, value) in enumerate(facts):
        y = 800 + number // 2 * 110
        column = (number % 2 * half, width)
        page.text(y, 30, title, _PLAIN, column)
        page.text(y + 35, 55, value, _BOLD if number < 2 else _PLAIN, column)
    page.box(1025, 5)


def _sscc(page: _Page, parcel: ParcelLabel) -> None:
    bars = sscc_bars(parcel.sscc, centre=page.width // 2, y=page.at(1060), dpi=page.dpi)
    page.elements.append(bars)
    page.text(1395, 60, sscc_text(parcel.sscc), _BOLD_CENTRE)
