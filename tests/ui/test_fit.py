"""The rule that makes texts fit a box, without a window."""

from hypothesis import given
from hypothesis import strategies as st

from ui.widgets.fit import ELLIPSIS, LONG_WORD, Block, breakable, fit, unbroken

TITLE = Block("Scan Bamboo tray, large", 52, 30, bold=True, comfort=40)
DETAIL = Block("SKU-10987 · take from B-11-1 · 2 more of 3", 26, 20)
NOTE = Block("Scan the ACK card, or press F9.", 30, 20, bold=True)


def measure(text: str, size: int, bold: bool, width: int) -> tuple[int, int]:
    """Letters half as wide as high, wrapped at blanks."""
    letter = size // 2 + bold
    room = max(width // letter, 1)
    lines, line = 1, 0
    for word in text.split(" "):
        length = len(word)
        if line and line + 1 + length > room:
            lines, line = lines + 1, length
        else:
            line += length + (1 if line else 0)
    longest = max((len(word) for word in text.split(" ")), default=0)
    return min(max(longest * letter, line * letter), max(longest * letter, width)), lines * size


def test_what_has_room_keeps_its_size() -> None:
    fitted = fit((TITLE, DETAIL, NOTE), 1_400, 300, 5, measure)

    assert [one.size for one in fitted] == [52, 26, 30]
    assert not any(one.elided for one in fitted)


def test_detail_and_note_give_way_before_the_one_instruction() -> None:
    fitted = fit((TITLE, DETAIL, NOTE), 1_400, 110, 5, measure)

    assert fitted[0].size == 52
    assert fitted[1].size < 26
    assert fitted[2].size < 30


def test_at_the_floor_the_middle_is_elided_and_the_way_out_stays_whole() -> None:
    long = Block("Scanned SKU-20444. " * 20, 26, 20)

    title, detail, note = fit((TITLE, long, NOTE), 700, 120, 5, measure)

    assert detail.elided
    assert detail.text.endswith(ELLIPSIS)
    assert (title.text, note.text) == (TITLE.text, NOTE.text)
    assert title.height + detail.height + note.height + 10 <= 120


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=300),
    st.integers(200, 1_200),
    st.integers(90, 300),
)
def test_nothing_ever_goes_below_its_floor_or_beyond_the_box(
    text: str, width: int, height: int
) -> None:
    fitted = fit((Block(text, 52, 30, bold=True), NOTE), width, height, 5, measure)

    assert all(one.size >= floor for one, floor in zip(fitted, (30, 20), strict=True))
    one_line = measure("Xg", 30, True, width)[1] + measure("Xg", 20, True, width)[1] + 5
    assert sum(one.height for one in fitted) + 5 <= max(height, one_line)


@given(st.text(max_size=120))
def test_places_to_break_change_nothing_that_is_read(text: str) -> None:
    text = unbroken(text)

    assert unbroken(breakable(text)) == text


def test_only_words_no_line_can_hold_may_be_broken() -> None:
    code = "(01)04006381333931(10)L-2291(21)A0001"

    assert breakable("Bamboo tray, large") == "Bamboo tray, large"
    assert len(code) > LONG_WORD
    assert breakable(f"Scanned {code}") != f"Scanned {code}"
