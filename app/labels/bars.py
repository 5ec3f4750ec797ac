"""Linear symbols as modules: an SSCC in GS1-128, a code of our own in Code 128.

The subset is chosen here and said outright in the ZPL too, so that picture and print are the same
module by module: digits in pairs (subset C) for the SSCC, subset B for everything else.
"""

from functools import cache

from app.domain.gtin import is_sscc
from app.errors import Fault
from app.labels.label import Bars

FNC1 = "\x1d"
# GS1 logistic label: X-dimension at least 0.495 mm, bars at least 31.75 mm high.
LEAST_MODULE_UM = 495
SSCC_HEIGHT_UM = 32_000
# Light modules on either side that a scanner needs (GS1-128 and Code 128 alike).
QUIET_MODULES = 10
UM_PER_INCH = 25_400
# Code 128: start characters, FNC1, modulus of the check character, and the stop pattern.
_START_B, _START_C, _FNC1, _MODULUS = 104, 105, 102, 103
_STOP = "1100011101011"


def dots(micrometres: int, dpi: int) -> int:
    """A length in whole printer dots, rounded down."""
    return micrometres * dpi // UM_PER_INCH


def module_dots(dpi: int, least_um: int = LEAST_MODULE_UM) -> int:
    """Whole dots per module, so that no bar is wider than its twin: 4 at 203 dpi, 6 at 300."""
    return -(-least_um * dpi // UM_PER_INCH)


def sscc_bars(sscc: str, *, centre: int, y: int, dpi: int) -> Bars:
    """The GS1-128 symbol of an SSCC, its bars centred on `centre`.

    Raises:
        Fault: Not an SSCC; a label with a wrong one would poison every system that reads it.
    """
    if not is_sscc(sscc):
        raise Fault("The label was not made: the parcel has no valid SSCC.", detail=repr(sscc))
    digits = f"00{sscc}"
    pairs = [int(digits[at : at + 2]) for at in range(0, len(digits), 2)]
    modules = _modules(_START_C, [_FNC1, *pairs])
    width = module_dots(dpi)
    left = centre - len(modules) * width // 2
    return Bars(left, y, width, dots(SSCC_HEIGHT_UM, dpi), modules, f"{FNC1}{digits}")


def code128_bars(code: str, *, centre: int, y: int, height: int, room: int) -> Bars:
    """A Code 128 symbol of a code of ours, as large as fits into `room` dots with its quiet zones.

    Raises:
        Fault: A character that Code 128 does not have, or no room for it.
    """
    if not code or not code.isascii() or not code.isprintable():
        raise Fault("The label was not made: no barcode holds its code.", detail=repr(code))
    modules = _modules(_START_B, [ord(each) - 32 for each in code])
    width = room // (len(modules) + 2 * QUIET_MODULES)
    if width < 1:
        raise Fault("The label was not made: its code is too long for it.", detail=repr(code))
    return Bars(centre - len(modules) * width // 2, y, width, height, modules, code)


@cache
def _patterns() -> tuple[str, ...]:
    # Only here: 60 ms that a station without a label printer never needs.
    from barcode.charsets.code128 import CODES

    return tuple(CODES)


def _modules(start: int, values: list[int]) -> str:
    weighted = sum(place * value for place, value in enumerate(values, 1))
    check = (start + weighted) % _MODULUS
    return "".join(_patterns()[value] for value in (start, *values, check)) + _STOP
