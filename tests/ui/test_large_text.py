"""Large text in German on the screen of a bench: what is read stays whole, decoration gives way."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication

from app.station.screen import Page
from tests.ui.conftest import Bench
from ui.gallery.scenes import scenes
from ui.pages.pack import PackPage
from ui.pages.sign_in import SignInPage
from ui.pages.task import TaskPage
from ui.widgets.choice_table import ChoiceTable

# Fewer characters of a name than these do not tell two items apart.
NAME_WHOLE = 7


def name_px(table: ChoiceTable) -> tuple[int, int]:
    """Width of the column of names, and of so many characters in it."""
    place, column = next(
        (place, one) for place, one in enumerate(table.rows.columns, 1) if not one.characters
    )
    return table.columnWidth(place), table.column_px(column, NAME_WHOLE)


def test_names_in_lists_are_legible_beside_codes_and_facts(
    make_bench: Callable[..., Bench],
) -> None:
    bench = make_bench(scale=150, language="de")
    seen: set[str] = set()
    squeezed: dict[str, tuple[int, int]] = {}

    for scene in scenes():
        screen = scene.screen
        if screen is None or not screen.choices or not screen.choices.rows:
            continue
        bench.show(screen)
        QApplication.processEvents()
        page = bench.window.pages[screen.page]
        page = page.task if isinstance(page, PackPage) else page
        if not isinstance(page, TaskPage):
            continue
        width, least = name_px(page.tables[screen.choices.columns])
        seen.add(scene.name)
        if width < least:
            squeezed[scene.name] = (width, least)

    assert {"count_here", "pick_cart"} <= seen
    assert squeezed == {}


def test_no_number_of_a_parcel_or_entry_is_cut_in_the_facts(
    make_bench: Callable[..., Bench],
) -> None:
    bench = make_bench(scale=150, language="de")
    cut = {}

    for scene in scenes():
        screen = scene.screen
        if screen is not None and scene.name in {"undo_shipped", "audit_entry", "pack_parcels"}:
            bench.show(screen)
            QApplication.processEvents()
            page = bench.window.pages[screen.page]
            page = page.task if isinstance(page, PackPage) else page
            assert isinstance(page, TaskPage)
            cut[scene.name] = page.facts.width() < page.facts.least_px

    assert cut == {"undo_shipped": False, "audit_entry": False, "pack_parcels": False}


@pytest.mark.parametrize("name", ["sign_in_disabled", "sign_in_expired", "sign_in_refused"])
def test_why_nobody_is_signed_in_is_said_whole(make_bench: Callable[..., Bench], name: str) -> None:
    bench = make_bench(scale=150, language="de")

    screen = next(scene.screen for scene in scenes() if scene.name == name)
    assert screen is not None
    bench.show(screen)
    QApplication.processEvents()

    assert not any("…" in shown for shown in bench.window.prompt.shown)


@pytest.mark.parametrize("name", ["sign_in", "sign_in_pin"])
def test_whose_pin_it_is_is_said_whole(make_bench: Callable[..., Bench], name: str) -> None:
    bench = make_bench(scale=150, language="de")
    screen = next(scene.screen for scene in scenes() if scene.name == name)
    assert screen is not None

    bench.show(screen)
    QApplication.processEvents()

    page = bench.window.pages[Page.SIGN_IN]
    assert isinstance(page, SignInPage)
    for whose in ("Anna Novak", "José Ignacio Fernández de la Torre"):
        page.whose.setText(page.kit.words.of("ui.pin_of", name=whose))
        QApplication.processEvents()
        assert page.whose.height() >= page.whose.heightForWidth(page.whose.width())


def test_what_the_pack_page_asks_is_never_cut_short(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(scale=150, language="de")

    cut = {}
    for scene in scenes():
        if scene.screen is not None and scene.screen.page is Page.PACK:
            bench.show(scene.screen)
            QApplication.processEvents()
            said = [text for text in bench.window.prompt.shown if text.endswith("…")]
            # A name longer than any panel, on purpose; and what is being done has an ellipsis.
            if said and scene.name != "pack_5000_lines" and " …" not in said[0]:
                cut[scene.name] = said

    assert cut == {}
