"""ZPL: a printer draws the same bars as the layout, and no text ever becomes a command."""

import contextlib

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from app.domain.barcode import Parcel
from app.errors import Fault
from app.gs1.gate import understand
from app.labels.code import LEAST_MODULE_DOTS, code_label
from app.labels.label import Align, Bars, Label, Text
from app.labels.measure import printable
from app.labels.parcel import ParcelLabel, layout
from app.labels.zpl import to_zpl
from tests.labels.test_parcel_label import PARCEL, SSCC, bars
from tests.support.zpl_picture import print_zpl


def test_what_the_thermal_printer_prints_is_what_the_scanner_reads() -> None:
    for dpi in (203, 300):
        printed = print_zpl(to_zpl(layout(PARCEL, dpi)))

        (seen,) = zxingcpp.read_barcodes(printed.image)

        assert seen.symbology_identifier == "]C1"
        assert seen.bytes == f"00{SSCC}".encode()
        assert understand(f"]C1{seen.bytes.decode()}", None, 2026) == Parcel(SSCC)


def test_the_printer_draws_the_modules_of_the_layout() -> None:
    label = layout(PARCEL)
    symbol = bars(label)

    image = print_zpl(to_zpl(label)).image

    row = [image.getpixel((x, symbol.y + 9)) for x in range(symbol.x, symbol.x + symbol.width)]
    drawn = "".join("1" if dot == 0 else "0" for dot in row[:: symbol.module_dots])
    assert drawn == symbol.modules


def test_text_and_umlauts_arrive_and_reprints_are_marked() -> None:
    reprint = ParcelLabel("ORD-1", ("Hannelore Grünwald", "Łódź"), "DPD", None, SSCC, reprint=True)

    printed = print_zpl(to_zpl(layout(reprint), copies=2))

    said = [text for _, _, text in printed.texts]
    assert "Hannelore Grünwald" in said
    assert "Łódź" in said
    assert printed.reversed_texts == ["REPRINT"]
    assert printed.copies == 2


@given(
    st.text(alphabet=st.one_of(st.sampled_from("^~_\\&>;:\n\x1d"), st.characters()), max_size=40)
)
def test_no_text_can_become_a_command(text: str) -> None:
    plain = Label(812, 1218, 203, (Text(10, 10, 40, text, 700),))
    centred = Label(812, 1218, 203, (Text(10, 10, 40, text, 700, align=Align.CENTRE),))

    said = [field[2] for field in print_zpl(to_zpl(plain)).texts]
    in_block = [field[2] for field in print_zpl(to_zpl(centred)).texts]

    assert said == [printable(text)]
    assert in_block == [printable(text).replace("\\", "\\\\")]


def test_a_command_in_an_address_is_printed_not_obeyed() -> None:
    nasty = ParcelLabel("ORD-1", ("^XZ^XA~JA", "x^FS^DFE:EVIL.ZPL^FS"), "DHL", None, SSCC)

    said = [text for _, _, text in print_zpl(to_zpl(layout(nasty))).texts]

    assert "^XZ^XA~JA" in said
    assert "x^FS^DFE:EVIL.ZPL^FS" in said


def test_codes_of_our_own_print_too() -> None:
    for code in ("LOC:A-04-2", "CMD:QTY-3", "TOTE:T-017", "A>B^C", "TWO  BLANKS", "1234"):
        label = code_label(code, "Aisle A, rack 4, level 2")
        (symbol,) = (each for each in label.elements if isinstance(each, Bars))

        image = print_zpl(to_zpl(label)).image

        (seen,) = zxingcpp.read_barcodes(image)
        assert (seen.text, seen.symbology_identifier) == (code, "]C0")
        row = [image.getpixel((x, symbol.y + 9)) for x in range(symbol.x, symbol.x + symbol.width)]
        drawn = "".join("1" if dot == 0 else "0" for dot in row[:: symbol.module_dots])
        assert drawn == symbol.modules


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40))
def test_a_code_fits_its_label_or_is_refused(code: str) -> None:
    labels: list[Label] = []
    with contextlib.suppress(Fault):
        labels.append(code_label(code, code))

    for label in labels:
        (symbol,) = (each for each in label.elements if isinstance(each, Bars))
        assert symbol.x >= 10 * symbol.module_dots
        assert symbol.x + symbol.width + 10 * symbol.module_dots <= label.width_dots
        assert symbol.module_dots >= LEAST_MODULE_DOTS
    assert labels or len(code) > 25


def test_a_code_no_barcode_holds_is_refused() -> None:
    for code in ("", "LOC:Ä-1", "LOC:\n", "L" * 60):
        with pytest.raises(Fault):
            code_label(code, "")
