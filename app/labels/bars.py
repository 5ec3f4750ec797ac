"""Linear symbols as modules: an SSCC in GS1-128, any short text in Code 128."""

from functools import cache
from typing import Protocol, cast

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
# FNC1 as python-barcode wants it.
_LIBRARY_FNC1 = "\xf1"


class _Symbol(Protocol):
    def build(self) -> list[str]: ...


class _Library(Protocol):
    def __call__(self, name: str, code: str) -> _Symbol: ...


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
    data = f"{FNC1}00{sscc}"
    modules = _modules("gs1_128", f"00{sscc}")
    width = module_dots(dpi)
    left = centre - len(modules) * width // 2
    return Bars(left, y, width, dots(SSCC_HEIGHT_UM, dpi), modules, data)


def code128_bars(text: str, *, x: int, y: int, height: int, module: int) -> Bars:
    """A Code 128 symbol of a code of ours: location, tote, command card.

    Raises:
        Fault: A character that Code 128 does not have.
    """
    if not text or not text.isascii() or not text.isprintable():
        raise Fault(
            "The label was not made: its code has characters no barcode holds.", detail=text
        )
    return Bars(x, y, module, height, _modules("code128", text), text)


@cache
def _library() -> _Library:
    # Only here: 60 ms that a station without a label printer never needs.
    import barcode

    return cast("_Library", barcode.get)


def _modules(symbology: str, code: str) -> str:
    return _library()(symbology, code).build()[0]
