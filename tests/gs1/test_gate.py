"""The gate as the station uses it: it answers everything, guesses nothing, reads real symbols."""

import json

import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from app.domain.barcode import Damaged, Parcel, PlainCode, TradeItem
from app.domain.gtin import check_digit
from app.domain.scan import Scan
from app.gs1.explain import explain
from app.gs1.gate import reader, understand
from app.gs1.message import GS

TEA = "02900000400177"
AIMS = st.sampled_from(
    [None, "]C0", "]C1", "]E0", "]E4", "]e0", "]d1", "]d2", "]Q1", "]Q3", "]I1", "]X0"]
)
MESSY = st.text(st.sampled_from("0123456789()]:/?%&=.-+ACEMDLOXhtps" + GS + "\x00é"), max_size=60)


@given(MESSY, AIMS)
def test_whatever_is_scanned_gets_an_answer(scanned: str, aim: str | None) -> None:
    meaning = understand(scanned, aim, 2026)

    assert meaning.__class__.__module__ == "app.domain.barcode"
    if isinstance(meaning, Damaged):
        assert meaning.why
        assert meaning.scanned.isprintable()


@given(st.text(max_size=80))
def test_every_explanation_is_json(scanned: str) -> None:
    assert json.loads(json.dumps(explain(scanned, 2026)))["kind"]


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(1, 9), st.integers(0, 12))
def test_a_wrong_digit_never_names_an_article(body: str, by: int, place: int) -> None:
    right = f"{body}{check_digit(body)}"
    wrong = right[:place] + str((int(right[place]) + by) % 10) + right[place + 1 :]

    assert isinstance(understand(right, "]E0", 2026), TradeItem)
    assert isinstance(understand(wrong, "]E0", 2026), Damaged)
    assert isinstance(understand(f"010{wrong}", "]C1", 2026), Damaged)


def test_the_reader_takes_a_scan_and_asks_the_clock_each_time() -> None:
    years = iter([2026, 2080])
    read = reader(lambda: next(years))
    scan = Scan(raw=b"", text=f"01{TEA}17760101", aim="]d2")

    first, later = read(scan), read(scan)

    assert isinstance(first, TradeItem)
    assert isinstance(later, TradeItem)
    assert (first.expiry, later.expiry) == ("2076-01-01", "2076-01-01")


def test_a_two_digit_year_moves_with_the_clock() -> None:
    ends = [
        understand(f"01{TEA}17770101", "]d2", year).use_by  # type: ignore[union-attr]
        for year in (2026, 2027)
    ]

    assert ends == ["1977-01-01", "2077-01-01"]


def test_what_a_real_symbol_transmits_is_understood() -> None:
    printed = f"(01){TEA}(17)261231(10)TEA-26B"
    for form in (zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.QRCode):
        symbol = zxingcpp.create_barcode(printed, form, gs1=True)
        (seen,) = zxingcpp.read_barcodes(symbol.to_image(scale=4))

        meaning = understand(seen.symbology_identifier + seen.bytes.decode(), None, 2026)

        assert meaning == TradeItem(TEA, lot="TEA-26B", expiry="2026-12-31")


def test_a_pallet_label_says_what_is_on_it() -> None:
    meaning = understand(f"00329000010000000179{GS}02{TEA}3748{GS}10TEA-26B", "]C1", 2026)

    assert meaning == Parcel(
        "329000010000000179", TradeItem(TEA, lot="TEA-26B", count=48), other=()
    )


def test_nothing_of_a_message_is_dropped() -> None:
    meaning = understand(f"01{TEA}11260101" + f"240EXTRA{GS}91OURS", "]d2", 2026)

    assert isinstance(meaning, TradeItem)
    assert meaning.other == (("11", "260101"), ("240", "EXTRA"), ("91", "OURS"))


def test_a_thirteen_digit_text_from_code_128_may_be_an_order() -> None:
    assert understand("4006381333932", "]C0", 2026) == PlainCode("4006381333932")


def test_eight_digits_in_code_128_are_an_order_number_even_with_a_right_check_digit() -> None:
    assert understand("20012304", "]C0", 2026) == PlainCode("20012304")
    assert understand("20012304", "]E4", 2026) == TradeItem("00000020012304")
    assert understand("20012304", None, 2026) == TradeItem("00000020012304")


def test_an_explanation_never_holds_the_secret_of_a_badge() -> None:
    answer = json.dumps(explain("]C0PHB-kX9w2Lq7TzRm", 2026))

    assert "kX9w2" not in answer
    assert json.loads(answer)["kind"] == "badge"


def test_an_explanation_names_each_element() -> None:
    answer = explain(f"]d201{TEA}3103001234", 2026)

    assert answer["symbology"] == "GS1 Data Matrix"
    assert answer["elements"] == [
        {"ai": "01", "title": "GTIN", "value": TEA},
        {"ai": "3103", "title": "NET WEIGHT (kg)", "value": "001234"},
    ]
    assert answer["net_weight_mg"] == 1_234_000
