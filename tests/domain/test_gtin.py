"""Check digits, normal forms, and how numbers get damaged on the way through a spreadsheet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.gtin import (
    Flaw,
    check_digit,
    expand_upce,
    flaw,
    gtin14,
    has_right_check_digit,
    is_sscc,
    sscc,
)

DIGITS = st.text("0123456789", min_size=2, max_size=17)


@given(DIGITS, st.data())
def test_any_single_wrong_digit_is_noticed(body: str, data: st.DataObject) -> None:
    right = f"{body}{check_digit(body)}"
    place = data.draw(st.integers(0, len(right) - 1))
    other = data.draw(st.sampled_from([each for each in "0123456789" if each != right[place]]))

    wrong = right[:place] + other + right[place + 1 :]

    assert has_right_check_digit(right)
    assert not has_right_check_digit(wrong)


@pytest.mark.parametrize(
    ("printed", "normal"),
    [
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        ("4006381333931", "04006381333931"),
        ("10614141123459", "10614141123459"),
    ],
)
def test_every_length_of_gtin_becomes_the_same_fourteen_digits(printed: str, normal: str) -> None:
    assert gtin14(printed) == normal
    assert gtin14(normal) == normal


@pytest.mark.parametrize(
    "text", ["", "4006381333932", "400638133393", "٤٠٠٦٣٨١٣٣٣٩٣١", "40063813339 1"]
)
def test_what_is_no_gtin_has_no_normal_form(text: str) -> None:
    assert gtin14(text) is None


def test_a_upc_e_unfolds_by_its_last_digit() -> None:
    unfolded = {
        printed: expand_upce(printed)
        for printed in ("14252611", "04252635", "14252641", "04252615", "24252611", "1425261")
    }

    assert unfolded["14252611"] == "142100005261"
    assert unfolded["04252635"] == "042500000265"
    assert unfolded["04252615"] is None, "check digit is that of the unfolded number"
    assert unfolded["24252611"] is None, "number system 2 does not exist as UPC-E"
    assert unfolded["1425261"] is None


@given(st.integers(0, 9), st.text("0123456789", min_size=4, max_size=12), st.integers(0, 9_999))
def test_an_sscc_we_build_proves_itself(extension: int, prefix: str, serial: int) -> None:
    built = sscc(extension, prefix, serial)

    assert built is not None
    assert is_sscc(built)
    assert built.startswith(f"{extension}{prefix}")


def test_a_used_up_number_block_gives_no_sscc() -> None:
    assert sscc(3, "400638133333", 9_999) is not None
    assert sscc(3, "400638133333", 10_000) is None
    assert sscc(3, "4006381", -1) is None
    assert sscc(10, "4006381", 1) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Flaw.EMPTY),
        ("4.01E+12", Flaw.SCIENTIFIC),
        ("4,01E+12", Flaw.SCIENTIFIC),
        ("3e+12", Flaw.SCIENTIFIC),
        ("4006381333931.0", Flaw.DECIMAL),
        ("40063813-33931", Flaw.NOT_DIGITS),
        ("KITCHEN-7", Flaw.NOT_DIGITS),
        ("36000291452", Flaw.ZEROS_LOST),
        ("12345", Flaw.WRONG_LENGTH),
        ("4006381333932", Flaw.CHECK_DIGIT),
        ("004006381333931", Flaw.TOO_LONG),
        ("0000000000000", Flaw.ALL_ZEROS),
        ("4006381333931", None),
    ],
)
def test_each_way_a_number_gets_damaged_has_its_own_name(text: str, expected: Flaw | None) -> None:
    assert flaw(text) is expected
