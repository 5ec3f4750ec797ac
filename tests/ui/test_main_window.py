"""The frame: it renders screens, passes intents on, and knows no rule."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.domain.device import DeviceChanged, DeviceKind, DeviceState
from app.domain.scan import Scan
from app.domain.text import text
from app.station.events import (
    Broken,
    FooterChanged,
    ReadingShown,
    ScanDecided,
    ScanHeard,
    ScreenChanged,
    Sounded,
)
from app.station.inbox import Do, Intent
from app.station.screen import Action, Page, Sound, Tone
from tests.ui.conftest import Bench
from ui.gallery.bench import OFFLINE, ONLINE, SETTLED
from ui.gallery.packing import LONG, LONG_NAME, NEXT, WRONG
from ui.gallery.scenes import scenes
from ui.widgets.footer import Lamp

F_KEYS = {f"F{number}": getattr(Qt.Key, f"Key_F{number}") for number in range(1, 13)}
KEYS = F_KEYS | {
    "Esc": Qt.Key.Key_Escape,
    "Enter": Qt.Key.Key_Return,
    "PgDn": Qt.Key.Key_PageDown,
}


def press(bench: Bench, name: str) -> None:
    """The key goes to whoever has the focus."""
    target = QApplication.focusWidget() or bench.window
    if name in KEYS:
        QTest.keyClick(target, KEYS[name])
    else:
        QTest.keyClicks(target, name)


def scene(name: str) -> ScreenChanged:
    screen = next(one.screen for one in scenes() if one.name == name)
    assert screen is not None
    return ScreenChanged(screen)


def test_a_screen_is_rendered_whole(bench: Bench) -> None:
    bench.show(NEXT)

    assert bench.window.prompt.shown[0].split() == ["Scan", "Bamboo", "tray,", "large"]
    assert bench.window.prompt.tone is Tone.ASK
    assert [button.action for button in bench.window.action_bar.buttons] == list(NEXT.actions)
    assert bench.window.stack.currentWidget() is bench.window.pages[Page.PACK]


def test_before_the_book_is_open_the_page_says_so(bench: Bench) -> None:
    assert bench.window.prompt.tone is Tone.BUSY
    assert bench.window.prompt.shown[0] == "Opening the book…"
    assert bench.window.action_bar.buttons == ()


@pytest.mark.parametrize(
    ("key", "asked"),
    [
        ("F4", Do(Intent.UNDO)),
        ("F6", Do(Intent.SHORT)),
        ("F8", Do(Intent.PAUSE)),
    ],
)
def test_a_key_puts_its_intent_into_the_inbox(bench: Bench, key: str, asked: Do) -> None:
    bench.show(NEXT)

    press(bench, key)

    assert bench.station.asked == [asked]


def test_no_button_can_take_the_focus_or_be_a_default(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(demo=True)
    for one in scenes():
        if one.screen is not None:
            bench.show(one.screen)

    buttons = bench.window.findChildren(QPushButton)

    assert len(buttons) > 20
    for button in buttons:
        assert button.focusPolicy() is Qt.FocusPolicy.NoFocus, button.text()
        assert not button.isDefault(), button.text()
        assert not button.autoDefault(), button.text()


def test_a_barred_key_says_what_is_missing_and_asks_nothing(bench: Bench) -> None:
    bench.show(NEXT)

    press(bench, "F10")

    assert bench.station.asked == []
    assert "7" in bench.window.strip.text
    assert bench.beeper.played == [Sound.ATTENTION]


def test_a_barred_button_tells_a_screen_reader_why(bench: Bench) -> None:
    bench.show(NEXT)

    weigh = next(b for b in bench.window.action_bar.buttons if b.action and b.action.key == "F10")

    assert "7" in weigh.accessibleDescription()
    assert weigh.toolTip() == weigh.accessibleDescription()


def test_what_was_said_goes_with_the_next_step(bench: Bench) -> None:
    bench.show(NEXT)
    press(bench, "F10")

    bench.show(replace(NEXT, prompt=replace(NEXT.prompt, done=4)))

    assert bench.window.strip.text == ""


@pytest.mark.parametrize("key", ["Enter", " ", "Esc", "F4", "F6", "F8", "F10", "F1", "F12", "PgDn"])
def test_only_acknowledging_leaves_an_error(bench: Bench, key: str) -> None:
    bench.show(WRONG)

    press(bench, key)

    assert bench.station.asked == []
    assert bench.window.overlay is None


def test_f9_acknowledges_an_error(bench: Bench) -> None:
    bench.show(WRONG)

    press(bench, "F9")

    assert bench.station.asked == [Do(Intent.ACKNOWLEDGE)]


def test_a_code_typed_into_an_error_still_reaches_the_station_which_refuses_it(
    bench: Bench,
) -> None:
    bench.show(WRONG)

    press(bench, "40063")
    press(bench, "Enter")

    assert bench.station.asked == [Do(Intent.CODE, "40063")]


def test_a_typed_code_goes_in_with_enter_and_the_line_is_empty_again(bench: Bench) -> None:
    bench.show(NEXT)

    press(bench, " ORD-48213 ")
    press(bench, "Enter")

    assert bench.station.asked == [Do(Intent.CODE, "ORD-48213")]
    assert bench.window.scan_line.text() == ""


@pytest.mark.parametrize("board", ["home", "exceptions", "receive_list"])
def test_a_typed_code_does_not_also_open_the_row_that_is_chosen(bench: Bench, board: str) -> None:
    bench.window.show_screen(scene(board).screen)

    press(bench, "ORD-48213")
    press(bench, "Enter")

    assert bench.station.asked == [Do(Intent.CODE, "ORD-48213")]


def test_digits_answer_a_question_unless_a_code_is_being_typed(bench: Bench) -> None:
    bench.window.show_screen(scene("pack_short").screen)

    press(bench, "A1")
    press(bench, "Esc")
    bench.station.inbox.clear()
    bench.window.scan_line.clear()
    press(bench, "2")

    assert bench.station.asked == [Do(Intent.REASON, "not_reached")]


def test_esc_never_discards_a_scan_it_goes_back_one_step(bench: Bench) -> None:
    bench.window.show_screen(scene("pack_short").screen)

    press(bench, "Esc")

    assert bench.station.asked == [Do(Intent.NO)]


def test_a_held_key_counts_once(bench: Bench) -> None:
    bench.show(NEXT)
    target = bench.window.scan_line
    for repeated in (False, True, True):
        event = QKeyEvent(
            QEvent.Type.KeyPress,
            Qt.Key.Key_F4.value,
            Qt.KeyboardModifier.NoModifier,
            "",
            repeated,
        )
        QApplication.sendEvent(target, event)

    assert bench.station.asked == [Do(Intent.UNDO)]


def test_the_focus_stays_in_the_scan_line_through_every_page(bench: Bench) -> None:
    for one in scenes():
        if one.screen is not None:
            bench.show(one.screen)
            assert bench.window.focusWidget() is bench.window.scan_line, one.name


def test_a_quantity_is_asked_in_place_and_the_instruction_stays(bench: Bench) -> None:
    bench.show(NEXT)

    press(bench, "F7")
    assert bench.window.overlay is bench.window.quantity
    assert not bench.window.prompt.isHidden()
    press(bench, "12")
    press(bench, "Enter")

    assert bench.station.asked == [Do(Intent.QUANTITY, "12")]
    assert bench.window.overlay is None


def test_a_quantity_never_takes_more_than_five_digits(bench: Bench) -> None:
    bench.show(NEXT)
    press(bench, "F7")

    press(bench, "4006381333931")
    press(bench, "Enter")

    assert bench.station.asked == [Do(Intent.QUANTITY, "40063")]


@pytest.mark.parametrize(("key", "name"), [("F1", "help"), ("F12", "health")])
def test_help_and_health_lie_over_the_task_and_give_it_back(
    bench: Bench, key: str, name: str
) -> None:
    bench.show(NEXT)

    press(bench, key)
    assert bench.window.overlay is getattr(bench.window, name)
    press(bench, "Esc")

    assert bench.window.overlay is None
    assert bench.window.prompt.shown[0].split()[0] == "Scan"
    assert bench.station.asked == []


@pytest.mark.parametrize("after", ["wrong", "page"])
def test_an_overlay_makes_way_for_what_cannot_wait(bench: Bench, after: str) -> None:
    bench.show(NEXT)
    press(bench, "F12")

    bench.show(WRONG if after == "wrong" else scene("home").screen)

    assert bench.window.overlay is None
    assert not bench.window.prompt.isHidden()


def test_an_overlay_stays_while_the_task_goes_on_quietly(bench: Bench) -> None:
    bench.show(NEXT)
    press(bench, "F12")

    bench.show(replace(NEXT, prompt=replace(NEXT.prompt, done=4)))

    assert bench.window.overlay is bench.window.health


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("scale", [100, 150])
def test_no_text_widens_the_window_or_makes_it_higher(
    make_bench: Callable[..., Bench], language: str, scale: int
) -> None:
    bench = make_bench(language=language, scale=scale)

    for one in scenes():
        if one.screen is not None:
            bench.show(one.screen)
            bench.bridge.announce(FooterChanged(OFFLINE))
            QApplication.processEvents()
            assert bench.window.size().toTuple() == (1280, 800), one.name
            for part in (bench.window.prompt, bench.window.scan_line, bench.window.action_bar):
                assert part.geometry().right() < 1280, one.name


def test_the_window_can_be_as_small_as_the_smallest_bench_screen(bench: Bench) -> None:
    bench.show(LONG)

    bench.window.resize(800, 600)
    QApplication.processEvents()

    assert bench.window.size().toTuple() == (800, 600)
    assert bench.window.prompt.height() >= 112


def test_a_very_long_name_is_legible_or_elided_but_never_cut(bench: Bench) -> None:
    bench.show(LONG)

    title = bench.window.prompt.shown[0]
    assert title.endswith("…") or LONG_NAME in title
    assert LONG_NAME in bench.window.prompt.accessibleName()


def test_the_footer_shows_everything_on_every_page(bench: Bench) -> None:
    bench.bridge.announce(FooterChanged(OFFLINE))
    QApplication.processEvents()

    for one in scenes():
        if one.screen is not None:
            bench.show(one.screen)
            assert bench.window.footer.isVisible(), one.name
    assert bench.window.footer.shown == (
        "Offline since 09:41 — work continues",
        "Outbox 14 waiting · oldest 10 min",
        "2 need you",
        "Scanner ready",
        "Scale ready",
        "Label printer lost — reconnecting",
        "Sound on",
        "Station PACK-03 · A. Novak · 09:52",
    )


def test_no_lamp_of_the_footer_is_cut_when_its_words_grow(bench: Bench) -> None:
    for footer in (ONLINE, OFFLINE, replace(OFFLINE, outbox=12_345, oldest_s=500_000)):
        bench.bridge.announce(FooterChanged(footer))
        for _ in range(3):
            QApplication.processEvents()
        lamps = [one for one in bench.window.footer.findChildren(Lamp) if one.isVisible()]
        cut = [one.text for one in lamps if one.width() < one.sizeHint().width()]
        assert cut == []


def test_events_of_the_station_reach_sound_scale_and_footer(bench: Bench) -> None:
    for event in (FooterChanged(ONLINE), ReadingShown(SETTLED), Sounded(Sound.LINE)):
        bench.station.announce(event)
    QApplication.processEvents()

    assert bench.beeper.played == [Sound.LINE]
    assert "Scale 2.413 kg stable" in bench.window.footer.shown


def test_a_skipped_read_is_seen_and_the_panel_stays_the_last_scans(bench: Bench) -> None:
    bench.show(NEXT)
    why = text("scan.bounce", ms=200)
    bench.station.announce(ScanDecided(1, "4006381333931", "applied", None))
    QApplication.processEvents()
    assert bench.window.strip.text == ""

    bench.station.announce(ScanDecided(2, "4006381333931", "duplicate", why))
    QApplication.processEvents()

    assert bench.window.strip.text == "Same code again after 200 ms: not counted"
    assert bench.window.prompt.tone is NEXT.prompt.tone


def test_a_refused_scan_says_why_where_the_panel_does_not(bench: Bench) -> None:
    bench.show(NEXT)
    why = text("pack.not_now", step="label")
    bench.station.announce(ScanDecided(1, "00340123450000000994", "refused", why))
    QApplication.processEvents()
    assert bench.window.strip.text.startswith("That is not possible in this step.")

    bench.show(WRONG)
    bench.station.announce(ScanDecided(2, "4006381333931", "refused", WRONG.prompt.title))
    QApplication.processEvents()

    assert bench.window.strip.text == ""


def test_a_scan_that_is_not_answered_at_once_is_being_saved(bench: Bench, qtbot: QtBot) -> None:
    bench.show(NEXT)
    bench.bridge.send(Scan(b"4006381333931\r", "4006381333931"))
    assert bench.window.strip.text == ""

    qtbot.waitUntil(lambda: bench.window.strip.text == "Saving…", timeout=5_000)
    bench.station.announce(ScanDecided(1, "4006381333931", "applied", None))
    qtbot.waitUntil(lambda: bench.window.strip.text == "", timeout=5_000)


def test_a_scan_of_a_scanner_on_its_own_line_is_being_saved_too(bench: Bench, qtbot: QtBot) -> None:
    bench.show(NEXT)
    bench.station.announce(ScanHeard())

    qtbot.waitUntil(lambda: bench.window.strip.text == "Saving…", timeout=5_000)
    bench.station.announce(ScanDecided(1, "4006381333931", "applied", None))
    qtbot.waitUntil(lambda: bench.window.strip.text == "", timeout=5_000)


def test_an_answer_in_time_needs_no_word(bench: Bench, qtbot: QtBot) -> None:
    bench.show(NEXT)
    bench.bridge.send(Scan(b"4006381333931\r", "4006381333931"))
    bench.station.announce(ScanDecided(1, "4006381333931", "applied", None))

    with qtbot.waitSignal(bench.bridge.scan_decided, timeout=5_000):
        pass

    assert not bench.window._saving._late.isActive()


def test_training_says_so_in_stripes_and_in_a_word_and_real_work_does_not(
    make_bench: Callable[..., Bench],
) -> None:
    real, demo = make_bench(), make_bench(demo=True)

    assert real.window.training is None
    band = demo.window.training
    assert band is not None
    assert band.said == "TRAINING: nothing here is real"
    picture = demo.window.grab().toImage()
    edge = {picture.pixelColor(x, picture.height() - 2).name() for x in range(200)}
    assert len(edge) > 1, "the border has stripes"
    assert demo.window.size().toTuple() == (1280, 800)


def test_a_weight_of_before_is_gone_when_the_scale_is_lost(bench: Bench) -> None:
    for event in (FooterChanged(ONLINE), ReadingShown(SETTLED)):
        bench.station.announce(event)
    bench.station.announce(DeviceChanged("scale-1", DeviceKind.SCALE, DeviceState.LOST))
    QApplication.processEvents()

    assert "Scale lost — reconnecting" in bench.window.footer.shown
    assert not any("2.413" in said for said in bench.window.footer.shown)


def test_a_fault_of_ours_is_said_and_the_task_stays(bench: Bench) -> None:
    bench.show(NEXT)

    bench.station.announce(Broken("Something went wrong. What was recorded is safe.", "KeyError"))
    QApplication.processEvents()

    assert "recorded is safe" in bench.window.strip.text
    assert bench.window.prompt.tone is Tone.ASK


def test_without_a_station_the_window_says_why_and_can_be_closed(bench: Bench) -> None:
    bench.window.end("Packhouse is already running on /data. Use that window.")

    assert "already running" in bench.window.prompt.accessibleName()
    press(bench, "Esc")

    assert not bench.window.isVisible()
    assert bench.station.asked == []


def test_the_simulated_bench_is_there_in_the_demo_alone_and_has_keys(
    make_bench: Callable[..., Bench],
) -> None:
    real, demo = make_bench(), make_bench(demo=True)
    demo.show(NEXT)

    for number in range(1, 10):
        demo.window.press(f"Ctrl+{number}")

    assert real.window.simulator is None
    assert demo.controls.pressed[:3] == ["scan_right", "scan_wrong", "scan_ack"]
    assert len(set(demo.controls.pressed)) == 9


def test_an_action_without_an_f_key_keeps_its_place_among_the_answers(bench: Bench) -> None:
    bench.window.show_screen(scene("pack_weigh_off").screen)

    keys = [b.action.key for b in bench.window.action_bar.buttons if b.action is not None]

    assert keys == ["1", "2", "3", "F4"]


def test_a_label_with_an_ampersand_makes_no_mnemonic(bench: Bench) -> None:

    action = Action("F6", Intent.SHORT, text("ui.sentence", sentence="Short & damaged"))
    bench.show(replace(NEXT, actions=(action,)))

    assert "Short && damaged" in bench.window.action_bar.buttons[0].text()
