"""The token table: contrast, sizes, and that ok and wrong are told apart without colour."""

import itertools
import re

import pytest
from PySide6.QtGui import QColor, QFontMetrics
from PySide6.QtWidgets import QApplication

from app.errors import Refusal
from app.paths import resources_dir
from app.station.screen import Tone
from ui.theme import CODE_FAMILY, TEXT_FAMILY, THEMES, Theme, load_fonts, scale_for, tokens
from ui.widgets.scan_prompt import FORMS

TEXT_RATIO, PART_RATIO = 4.5, 3.0
MUST_READ = ("title", "counter", "note", "weight", "must_read")


def luminance(colour: QColor) -> float:
    """Relative luminance of WCAG 2."""
    parts = (colour.redF(), colour.greenF(), colour.blueF())
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def pairs() -> list[tuple[str, str, float]]:
    """Every ink on every ground it may stand on, and how much they must differ at least."""
    kinds = tokens()["kinds"]
    return [
        *((ink, ground, TEXT_RATIO) for ink in kinds["inks"] for ground in kinds["grounds"]),
        *((part, ground, PART_RATIO) for part in kinds["parts"] for ground in kinds["grounds"]),
        *((ink, shape, TEXT_RATIO) for ink, shape in kinds["solid"]),
    ]


@pytest.mark.parametrize("name", THEMES)
def test_every_ink_is_legible_on_every_ground(name: str) -> None:
    theme = Theme(name)

    poor = {
        f"{ink} on {ground}": round(contrast(theme.colour(ink), theme.colour(ground)), 2)
        for ink, ground, least in pairs()
        if contrast(theme.colour(ink), theme.colour(ground)) < least
    }

    assert poor == {}
    assert contrast(QColor("black"), theme.colour("paper")) >= 20


def test_every_colour_of_the_table_has_its_kind() -> None:
    kinds = tokens()["kinds"]
    solid = [token for pair in kinds["solid"] for token in pair]
    classed = [*kinds["inks"], *kinds["parts"], *kinds["grounds"], *solid, kinds["paper"]]

    # `accent` is an ink and a shape.
    assert set(classed) == set(tokens()["light"])
    assert len(classed) == len(set(classed)) + 1


def test_a_filled_shape_carries_its_own_ink_and_no_other() -> None:
    own = {shape: ink for ink, shape in tokens()["kinds"]["solid"]}
    template = (resources_dir() / "theme" / "app.qss").read_text(encoding="utf-8")
    filled = [
        (rule, dict(re.findall(r"(?<!-)\b(background|color): \$(\w+)", body)))
        for rule, body in re.findall(r"([^{}]+)\{([^{}]*)\}", template.replace("${", "$("))
    ]
    wrong = {
        rule.strip(): said
        for rule, said in filled
        if (ink := own.get(said.get("background", ""))) is not None and said.get("color") != ink
    }

    assert [said for _, said in filled if said.get("background") in own], "none was found"
    assert wrong == {}


@pytest.mark.parametrize("name", THEMES)
def test_every_form_of_the_prompt_is_legible(name: str) -> None:
    theme = Theme(name)

    for tone, form in FORMS.items():
        ratio = contrast(theme.colour(form.ink), theme.colour(form.ground))
        assert ratio >= TEXT_RATIO, f"{tone}: {ratio:.2f}"


@pytest.mark.parametrize("name", THEMES)
def test_a_grey_picture_still_tells_ok_from_wrong(name: str) -> None:
    theme = Theme(name)
    ok, wrong = FORMS[Tone.OK], FORMS[Tone.ERROR]

    assert ok.icon != wrong.icon
    grey = contrast(theme.colour(ok.ground), theme.colour(wrong.ground))
    frame = contrast(theme.colour(ok.ink), theme.colour(wrong.ink))
    assert max(grey, frame) >= 1.2, "neither ground nor ink differs in brightness"


def test_every_tone_has_a_shape_of_its_own() -> None:
    shapes = [(form.icon, form.dashed) for form in FORMS.values()]

    assert set(FORMS) == set(Tone)
    assert len(set(shapes)) == len(shapes)


def test_what_is_read_from_a_metre_is_thirty_pixels_or_more() -> None:
    sizes = tokens()["sizes"] | tokens()["frame"]

    assert {name: sizes[name] for name in MUST_READ if sizes[name] < 30} == {}
    assert (sizes["title"], sizes["detail"], sizes["counter"], sizes["icon"]) == (52, 26, 72, 112)


def test_no_text_is_smaller_than_eighteen_pixels() -> None:
    rules = re.findall(r"font-size: (\d+)px", Theme().qss())

    assert rules
    assert min(int(pixels) for pixels in rules) >= tokens()["sizes"]["min"] == 18


@pytest.mark.parametrize("name", THEMES)
def test_a_theme_has_every_colour_and_fills_the_whole_style_sheet(name: str) -> None:
    qss = Theme(name, 150).qss()

    assert set(tokens()[name]) == set(tokens()["light"])
    assert "$" not in qss


def test_the_text_scale_grows_what_is_read_and_the_frame_more_slowly() -> None:
    plain, large = Theme("light", 100), Theme("light", 150)

    assert large.px("title") == 78
    assert plain.px("small") < large.px("small") < plain.px("small") * 150 // 100


@pytest.mark.parametrize(
    ("asked", "height", "held"),
    [(100, 600, 100), (150, 800, 150), (200, 800, 150), (200, 1080, 200)],
)
def test_a_scale_the_screen_cannot_hold_is_lowered(asked: int, height: int, held: int) -> None:
    assert scale_for(asked, height) == held


def test_an_unknown_theme_names_the_ones_there_are() -> None:
    with pytest.raises(Refusal, match="light, dark, contrast"):
        Theme("sepia")


def test_the_shipped_fonts_are_found_with_their_licences(qapp: QApplication) -> None:
    assert {TEXT_FAMILY, CODE_FAMILY} <= set(load_fonts())
    licences = {path.name for path in (resources_dir() / "fonts").glob("OFL-*.txt")}
    assert licences == {"OFL-AtkinsonHyperlegibleNext.txt", "OFL-AtkinsonHyperlegibleMono.txt"}


def test_zero_and_o_one_and_l_differ_in_both_families(qapp: QApplication) -> None:
    load_fonts()

    for code in (False, True):
        font = Theme().font_px(64, code=code)
        shapes = {letter: QFontMetrics(font).tightBoundingRect(letter) for letter in "0O1lI"}
        drawn = {letter: picture(letter, code) for letter in "0O1lI"}
        assert all(not rect.isEmpty() for rect in shapes.values())
        assert all(drawn[a] != drawn[b] for a, b in itertools.combinations("0O1lI", 2))


def picture(letter: str, code: bool) -> bytes:
    from PySide6.QtGui import QImage, QPainter

    image = QImage(80, 80, QImage.Format.Format_Grayscale8)
    image.fill(255)
    painter = QPainter(image)
    painter.setFont(Theme().font_px(64, code=code))
    painter.drawText(8, 64, letter)
    painter.end()
    return bytes(image.constBits())
