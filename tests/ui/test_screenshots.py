"""Pictures of every page: the same each time, in every theme and language."""

from pathlib import Path

import pytest
from PIL import Image, ImageChops
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.errors import Trouble
from app.station.screen import Page, Tone
from ui import contact_sheet
from ui.gallery.scenes import scenes
from ui.screenshots import LARGE_SIZE, SIZE, take
from ui.self_test import run

# Qt draws glyphs above 64 pixels from its cache or as paths, whichever is at hand; their edges then
# differ by a shade. A word that moved is many thousands.
GLYPH_TOLERANCE = 2_500


def test_every_page_and_every_tone_is_in_the_gallery() -> None:
    screens = [scene.screen for scene in scenes() if scene.screen is not None]

    assert {screen.page for screen in screens} == set(Page)
    assert {screen.prompt.tone for screen in screens} == set(Tone)
    names = [scene.name for scene in scenes()]
    assert len(set(names)) == len(names)


def differing_pixels(one: Path, other: Path) -> int:
    """How many pixels of two pictures are not the same."""
    with Image.open(one) as before, Image.open(other) as after:
        assert before.size == after.size
        difference = ImageChops.difference(before.convert("L"), after.convert("L"))
    return before.width * before.height - difference.histogram()[0]


def test_many_pictures_are_looked_at_together_each_with_its_name(
    qtbot: QtBot, tmp_path: Path
) -> None:
    pictures = take(tmp_path, of=scenes()[:10])

    sheets = contact_sheet.write(pictures, tmp_path)

    assert [sheet.name for sheet in sheets] == ["sheet-01.png", "sheet-02.png"]
    wide = contact_sheet.ACROSS * (contact_sheet.WIDTH_PX + contact_sheet.GAP_PX)
    first, second = (QImage(str(sheet)) for sheet in sheets)
    assert (first.width(), second.width()) == (wide, wide)
    assert first.height() == 3 * second.height()


def test_what_is_no_picture_makes_no_sheet(tmp_path: Path) -> None:
    (tmp_path / "home.png").write_bytes(b"not a picture")

    with pytest.raises(Trouble, match="is no picture"):
        contact_sheet.write([tmp_path / "home.png"], tmp_path)


# `make long` takes all.
SOME = slice(None, None, 8)
ALL = pytest.param(slice(None), marks=pytest.mark.long, id="all")


@pytest.mark.slow
@pytest.mark.parametrize("which", [pytest.param(SOME, id="some"), ALL])
def test_pictures_of_one_state_are_the_same_each_time(
    qtbot: QtBot, tmp_path: Path, which: slice
) -> None:
    first = take(tmp_path / "1", of=scenes()[which])
    second = take(tmp_path / "2", of=scenes()[which])

    differing = {
        one.name: pixels
        for one, other in zip(first, second, strict=True)
        if (pixels := differing_pixels(one, other)) > GLYPH_TOLERANCE
    }
    assert differing == {}


@pytest.mark.slow
@pytest.mark.parametrize("which", [pytest.param(SOME, id="some"), ALL])
@pytest.mark.parametrize(("scale", "size"), [(150, SIZE), (200, LARGE_SIZE)])
def test_large_text_in_german_makes_pictures_of_the_bench_screen(
    qtbot: QtBot, tmp_path: Path, scale: int, size: tuple[int, int], which: slice
) -> None:
    files = take(tmp_path, theme="dark", language="de", scale_percent=scale, of=scenes()[which])

    assert len(files) == len(scenes()[which])
    assert {QImage(str(file)).size().toTuple() for file in files} == {size}


def test_the_program_finds_everything_its_window_needs(qapp: QApplication) -> None:
    assert run() == []
