"""What we read out of sound messages, another parser reads too: biip, written by other people.

biip accepts more than we do (repeats, exclusions, overlong values), so it is asked only about
messages that are sound by construction.
"""

from biip.gs1_messages import GS1Message
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.gtin import check_digit
from app.gs1 import message
from app.gs1.message import GS

ALNUM = st.text(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-./", min_size=1, max_size=20
)
DATES = st.dates().map(lambda day: day.strftime("%y%m%d"))
OPTIONAL = st.fixed_dictionaries(
    {},
    optional={
        "10": ALNUM,
        "21": ALNUM,
        "11": DATES,
        "15": DATES,
        "17": DATES,
        "30": st.integers(1, 99_999_999).map(str),
        "3103": st.integers(0, 999_999).map(lambda grams: f"{grams:06d}"),
        "240": ALNUM,
        "91": ALNUM,
    },
)


@settings(max_examples=200)
@given(st.text("0123456789", min_size=13, max_size=13), OPTIONAL, st.randoms())
def test_two_parsers_read_the_same_elements(body: str, rest: dict[str, str], order: object) -> None:
    elements = [("01", f"{body}{check_digit(body)}"), *rest.items()]
    order.shuffle(elements)  # type: ignore[attr-defined]
    sent = "".join(
        ai + value + ("" if ai in {"01", "11", "15", "17", "3103"} else GS)
        for ai, value in elements
    )

    ours = message.parse(sent)
    theirs = GS1Message.parse(sent).element_strings

    assert list(ours) == elements
    assert [(each.ai.ai, each.value) for each in theirs] == elements
