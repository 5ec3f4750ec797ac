"""The parcel label: what stands on it, that any address fits, and that its bars are whole dots."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.gtin import sscc
from app.errors import Fault
from app.labels.bars import QUIET_MODULES
from app.labels.label import Bars, Label, Text
from app.labels.measure import fit, text_width
from app.labels.parcel import ParcelLabel, layout

SSCC = "329000010000000179"
PARCEL = ParcelLabel(
    order="ORD-48213",
    ship_to=("Hannelore Grünwald", "Große Bleichen 21", "20354 Hamburg", "GERMANY"),
    carrier_service="DHL Paket",
    weight_mg=1_234_567,
    sscc=SSCC,
    parcel_no=1,
    parcel_of=2,
    sku_count=5,
    unit_count=12,
    printed_at="2026-03-14 15:09",
    station="BENCH-1",
)
ANYTHING = st.text(max_size=300)


def texts(label: Label) -> list[str]:
    return [each.text for each in label.elements if isinstance(each, Text)]


def bars(label: Label) -> Bars:
    (found,) = (each for each in label.elements if isinstance(each, Bars))
    return found


def test_the_label_says_who_what_and_how_heavy() -> None:
    said = texts(layout(PARCEL))

    for expected in (
        *PARCEL.ship_to,
        "ORD-48213",
        "DHL Paket",
        "PARCEL 1 / 2",
        "1.235 kg",
        "5 / 12",
    ):
        assert expected in said
    assert "(00) 3 2900001 000000017 9" in said
    assert "REPRINT" not in said


def test_a_parcel_packed_without_a_scale_says_so() -> None:
    said = texts(layout(ParcelLabel("ORD-1", ("Ada",), "DHL", None, SSCC)))

    assert "not weighed" in said
    assert "PARCEL 1" in said


def test_a_reprint_says_so_white_on_black() -> None:
    parcel = ParcelLabel("ORD-1", ("Ada",), "DHL", None, SSCC, reprint=True)

    marks = [each for each in layout(parcel).elements if isinstance(each, Text) and each.reverse]

    assert [mark.text for mark in marks] == ["REPRINT"]


@pytest.mark.parametrize(("dpi", "size", "module"), [(203, (812, 1218), 4), (300, (1200, 1800), 6)])
def test_bars_are_whole_dots_with_their_quiet_zones(
    dpi: int, size: tuple[int, int], module: int
) -> None:
    label = layout(PARCEL, dpi)
    symbol = bars(label)

    assert (label.width_dots, label.height_dots) == size
    assert symbol.module_dots == module
    assert len(symbol.modules) == 156, "an SSCC takes 156 modules when every pair of digits is one"
    assert module * 25.4 / dpi >= 0.495
    assert symbol.height * 25.4 / dpi >= 31.75
    quiet = QUIET_MODULES * module
    assert symbol.x >= quiet
    assert label.width_dots - symbol.x - symbol.width >= quiet


@given(st.lists(ANYTHING, max_size=20), ANYTHING, ANYTHING, st.sampled_from([203, 300]))
def test_nothing_ever_leaves_the_label(
    address: list[str], order: str, carrier: str, dpi: int
) -> None:
    parcel = ParcelLabel(order, tuple(address), carrier, 1, SSCC, printed_at=order, station=carrier)
    label = layout(parcel, dpi)
    ordered = sorted(
        (each for each in label.elements if isinstance(each, Text)), key=lambda each: each.y
    )

    for each in ordered:
        assert each.text.isprintable()
        assert text_width(each.text, each.height) <= each.max_width
        assert each.x > 0
        assert each.x + each.max_width <= label.width_dots
        assert each.y + each.height <= label.height_dots
    address_end = max(
        (each.y + each.height for each in ordered if each.y < bars(label).y), default=0
    )
    assert address_end <= bars(label).y


def test_a_long_address_keeps_recipient_and_country() -> None:
    address = ("Ada", *(f"Building {number}" for number in range(20)), "UNITED KINGDOM")

    said = texts(layout(ParcelLabel("ORD-1", address, "DHL", None, SSCC)))

    assert "Ada" in said
    assert "UNITED KINGDOM" in said


def test_a_long_line_is_set_smaller_before_it_is_cut() -> None:
    whole, smaller = fit("Große Bleichen 21, Hinterhaus", 50, 600)
    cut, least = fit("Große Bleichen 21, Hinterhaus, dritter Stock, Wohnung 17", 50, 600)

    assert whole == "Große Bleichen 21, Hinterhaus"
    assert 30 <= smaller < 50
    assert cut.endswith("…")
    assert least == 30


def test_a_label_without_a_valid_sscc_is_not_made() -> None:
    with pytest.raises(Fault):
        layout(ParcelLabel("ORD-1", ("Ada",), "DHL", None, SSCC[:-1] + "0"))


def test_a_printer_nobody_laid_it_out_for_is_refused() -> None:
    with pytest.raises(Fault, match="resolution"):
        layout(PARCEL, 96)


@given(st.integers(0, 999_999_999))
def test_every_sscc_has_the_same_width(serial: int) -> None:
    made = sscc(3, "2900001", serial)
    assert made is not None

    symbol = bars(layout(ParcelLabel("ORD-1", ("Ada",), "DHL", None, made)))

    assert len(symbol.modules) == 156
    assert symbol.data == f"\x1d00{made}"
