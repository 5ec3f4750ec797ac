"""Signing in, the task board, weighing, the label, health and help, on a fake station."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from typing_extensions import override

from app.domain.weight import Reading, WeightRange, WeightState
from app.errors import Trouble
from app.station.events import FooterChanged, ReadingShown
from app.station.inbox import Do, Intent
from app.station.screen import AttentionRow, Page, Screen, Sound
from app.station.views import Health
from tests.support.leaks import ExpectedLogs
from tests.ui.conftest import Bench
from ui.gallery.bench import ATTENTION, HEAVY, MOVING, OFFLINE, PEOPLE, QUEUE, RESTING, SETTLED
from ui.gallery.book import HEALTH, GalleryViews
from ui.gallery.packing import NEXT
from ui.gallery.scenes import scenes
from ui.pages.health import HealthPage
from ui.pages.home import HomePage
from ui.pages.pack import PackPage
from ui.pages.sign_in import SignInPage
from ui.widgets.health_said import printable
from ui.widgets.scale_readout import position


def screen(name: str) -> Screen:
    found = next(one.screen for one in scenes() if one.name == name)
    assert found is not None
    return found


def keys(bench: Bench, *names: str) -> None:
    for name in names:
        bench.window.press(name)


# ------------------------------------------------------------------------------------- sign-in


def sign_in_page(bench: Bench) -> SignInPage:
    page = bench.window.pages[Page.SIGN_IN]
    assert isinstance(page, SignInPage)
    return page


def test_a_person_and_a_pin_sign_in_without_a_mouse(bench: Bench) -> None:
    bench.show(screen("sign_in"))

    keys(bench, "Down", "Down", "4", "7", "1", "1", "Enter")

    assert bench.station.asked == [Do(Intent.SIGN_IN_PIN, "4711", "p-lena")]


def test_a_pin_is_shown_as_dots_and_forgotten_when_another_person_is_chosen(bench: Bench) -> None:
    bench.show(screen("sign_in"))
    page = sign_in_page(bench)

    keys(bench, "4", "7")
    assert page.pad.display.text() == "••"
    assert "4" not in page.pad.display.accessibleName()
    keys(bench, "Down")

    assert page.pad.filled == 0


def test_a_half_typed_pin_does_not_survive_leaving_the_page(bench: Bench) -> None:
    bench.show(screen("sign_in"))
    keys(bench, "4", "7")

    bench.show(screen("home"))

    assert sign_in_page(bench).pad.filled == 0


def test_a_pin_takes_no_more_digits_than_a_pin_has(bench: Bench) -> None:
    bench.show(screen("sign_in"))

    keys(bench, *"4006381333931", "Enter")

    assert bench.station.asked == [Do(Intent.SIGN_IN_PIN, "400638133393", PEOPLE[0].person)]


def test_whoever_was_chosen_stays_chosen_when_the_list_is_synced(bench: Bench) -> None:
    bench.show(screen("sign_in"))
    keys(bench, "Down")

    bench.show(replace(screen("sign_in"), people=PEOPLE[1:]))

    chosen = sign_in_page(bench).people.person
    assert chosen == PEOPLE[1]


# ---------------------------------------------------------------------------------------- home


def home_page(bench: Bench) -> HomePage:
    page = bench.window.pages[Page.HOME]
    assert isinstance(page, HomePage)
    return page


def test_enter_takes_the_next_order_and_arrows_choose_another(bench: Bench) -> None:
    bench.show(screen("home"))

    keys(bench, "Enter", "Down", "Down", "Enter")

    assert bench.station.asked == [Do(Intent.NEXT), Do(Intent.OPEN, "ORD-48213")]


def test_paused_work_stands_first(bench: Bench) -> None:
    bench.show(replace(screen("home"), queue=tuple(reversed(QUEUE))))

    assert home_page(bench).queue.rows.rows[0].order == "ORD-48190"


def test_a_choice_stays_with_its_order_when_the_queue_moves(bench: Bench) -> None:
    bench.show(screen("home"))
    keys(bench, "Down", "Down")

    bench.show(replace(screen("home"), queue=QUEUE[1:]))
    assert home_page(bench).queue.chosen == "ORD-48213"
    bench.show(replace(screen("home"), queue=QUEUE[2:]))

    assert home_page(bench).queue.chosen == ""


def test_what_needs_this_person_is_a_whole_sentence(bench: Bench) -> None:
    bench.show(screen("home_attention"))

    assert home_page(bench).attention.shown == tuple(row.sentence for row in ATTENTION)


def test_attention_is_bounded_and_the_count_tells_the_truth(bench: Bench) -> None:
    many = tuple(
        AttentionRow(f"exc-{n}", "low", f"Line {n} is short.", "2026-11-20T09:00:00Z")
        for n in range(40)
    )

    bench.show(replace(screen("home_attention"), attention=many))

    assert len(home_page(bench).attention.shown) == 20
    assert "40" in home_page(bench).attention_title.text()


# ---------------------------------------------------------------------------------------- pack


def pack_page(bench: Bench) -> PackPage:
    page = bench.window.pages[Page.PACK]
    assert isinstance(page, PackPage)
    return page


def weigh(bench: Bench, reading: Reading | None) -> PackPage:
    bench.show(screen("pack_weigh"))
    if reading is not None:
        bench.station.announce(ReadingShown(reading))
        QApplication.processEvents()
    return pack_page(bench)


@pytest.mark.parametrize(
    ("reading", "weight", "state", "verdict"),
    [
        (None, "—", "waiting", ""),
        (MOVING, "1.207 kg", "moving", ""),
        (SETTLED, "2.413 kg", "stable", "Within the expected range."),
        (HEAVY, "2.871 kg", "stable", "Too heavy by 445 g."),
        (replace(SETTLED, weight_mg=2_380_500), "2.381 kg", "stable", "Too light by 9.5 g."),
        (Reading(WeightState.OVER), "—", "overload", ""),
        (RESTING, "0 g", "zero, stable", ""),
    ],
)
def test_the_live_weight_is_said_with_its_state(
    bench: Bench, reading: Reading | None, weight: str, state: str, verdict: str
) -> None:
    page = weigh(bench, reading)

    said = (page.scale.weight.text(), page.scale.state.text(), page.scale.verdict.text())
    assert said == (weight, state, verdict)


def test_the_live_weight_can_be_read_from_the_far_end_of_the_bench(bench: Bench) -> None:
    page = weigh(bench, SETTLED)
    QApplication.processEvents()

    assert page.scale.weight.font().pixelSize() >= 40


def test_the_needle_lies_where_the_weight_lies() -> None:
    expected = WeightRange(1_000, 1_500, 2_000)

    places = [position(mg, expected, 400) for mg in (0, 1_000, 1_500, 2_000, 9_000)]

    assert places == [0, 100, 200, 300, 400]
    assert position(5, WeightRange(5, 5, 5), 400) in range(401)


def test_a_digit_chooses_a_box_while_weighing_and_only_then(bench: Bench) -> None:
    bench.show(NEXT)
    keys(bench, "3")
    bench.show(screen("pack_weigh"))
    keys(bench, "3", "9")

    assert bench.station.asked == [Do(Intent.BOX, "3")]


def test_the_chosen_box_is_told_by_words_not_by_colour_alone(bench: Bench) -> None:
    bench.show(screen("pack_weigh"))

    names = [button.accessibleName() for button in pack_page(bench).boxes.buttons]

    assert [name for name in names if "chosen" in name] == ["Box M 35×25×15, chosen"]


def test_the_label_is_the_printed_one_and_its_job_is_told_in_words(bench: Bench) -> None:
    for name, said in (
        ("pack_label", "Printing… 1 of 1"),
        ("pack_label_unknown", "Printed? Look at the printer"),
        ("pack_hand_over", "Printed"),
    ):
        bench.show(screen(name))
        label = pack_page(bench).label
        assert label.state.text() == said
        assert label.sscc.text().startswith("(00) 3 2900001")
        assert not label.paper._picture.isNull()


# -------------------------------------------------------------------------------------- health


def opened_health(bench: Bench) -> HealthPage:
    bench.show(NEXT)
    bench.bridge.announce(FooterChanged(OFFLINE))
    QApplication.processEvents()
    keys(bench, "F12")
    bench.bridge.drain()
    return bench.window.health


def test_health_says_it_in_words_and_proves_it_with_the_sum(bench: Bench) -> None:
    page = opened_health(bench)

    assert page.top.text() == "2 things need you: see the marked lines. Last sync 11 min ago."
    assert page.tally.text().endswith("None missing.")
    assert len(page.outbox.rows.rows) == 16
    assert page.tape.rows.rows[0].shown == "4006381333931"


def test_health_and_the_board_say_in_german_what_ledger_and_devices_said_in_english(
    make_bench: Callable[..., Bench],
) -> None:
    page = opened_health(make_bench(language="de"))

    assert page.sending.text().startswith("Letzte Antwort: Das Hauptbuch ist nicht zu erreichen.")
    first = page.outbox.rows
    assert first.data(first.index(0, 5)).startswith("Auftrag ORD-48177 wird an PACK-01 bearbeitet.")


def test_health_says_when_it_is_tried_again_what_the_ledger_said_and_how_old_the_backup_is(
    bench: Bench,
) -> None:
    page = opened_health(bench)

    assert page.sending.text() == (
        "Last answer: The ledger cannot be reached. Work goes on and is kept here; it is sent by "
        "itself when the connection is back."
        " Next try in 12 seconds; F10 tries now."
    )
    assert "last backup 46 min ago" in page.positions.text()
    assert "feed to 48,211, signed 09:40" in page.positions.text()
    assert "256 orders" in page.positions.text()


def test_diagnostics_are_written_where_they_are_found_and_their_path_is_copied(
    bench: Bench,
) -> None:
    page = opened_health(bench)
    assert not page.written.isVisible()

    keys(bench, "5")
    bench.bridge.drain()

    assert page.written.isVisible()
    assert "diagnostics-20261120T095200.zip" in page.written.text()
    assert QApplication.clipboard().text().endswith("diagnostics-20261120T095200.zip")


def test_diagnostics_that_could_not_be_written_are_said(
    bench: Bench, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("could not be written")

    class Full(GalleryViews):
        @override
        def diagnose(self, devices: Sequence[str]) -> str:
            raise Trouble("The diagnostics could not be written to exports. Free some space.")

    bench.station.views = Full()
    page = opened_health(bench)
    keys(bench, "5")
    bench.bridge.drain()

    assert page.written.text().endswith("Free some space.")


def test_a_sum_that_does_not_meet_is_shouted(bench: Bench) -> None:
    class Short(GalleryViews):
        @override
        def health(self) -> Health:
            return replace(HEALTH, tally=replace(HEALTH.tally, captured=129))

    bench.station.views = Short()

    page = opened_health(bench)

    assert page.tally.text().startswith("THE SUM DOES NOT MEET")


def test_a_book_that_cannot_be_read_is_said_and_the_page_stays(
    bench: Bench, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("The book could not be read")

    class Broken(GalleryViews):
        @override
        def health(self) -> Health:
            raise ZeroDivisionError

    bench.station.views = Broken()

    assert "could not be read" in opened_health(bench).top.text()


def test_a_line_that_needs_somebody_is_shown_whole_and_esc_goes_a_step_back(bench: Bench) -> None:
    page = opened_health(bench)

    keys(bench, "Down", "Up", "Enter")
    bench.bridge.drain()

    assert page.record.isVisible()
    said = {label.text() for label in page.record.findChildren(QLabel) if label.isVisible()}
    assert {"Anna Novak", "Clerk", "ORD-48177"} <= said
    assert "Order ORD-48177 is worked on at PACK-01. Ask there, or take another." in said
    assert not page.devices.isVisible()

    keys(bench, "Esc")
    assert (page.record.isVisible(), page.devices.isVisible()) == (False, True)
    keys(bench, "Esc")
    assert bench.window.overlay is None


def test_a_test_label_is_asked_for_and_where_to_look_is_said(bench: Bench) -> None:
    page = opened_health(bench)

    keys(bench, "6")

    assert bench.station.asked == [Do(Intent.TEST_LABEL)]
    assert "goes to the printer" in page.written.text()


def test_send_now_asks_for_a_sync_and_sounds_are_tested_one_by_one(bench: Bench) -> None:
    opened_health(bench)

    keys(bench, "F10", *"11111")

    assert bench.station.asked == [Do(Intent.SYNC_NOW)]
    assert bench.beeper.played == list(Sound)


def test_silence_is_shown_in_the_footer(bench: Bench) -> None:
    opened_health(bench)

    keys(bench, "2")
    bench.window._tick()

    assert bench.beeper.muted
    assert "Sound off" in bench.window.footer.shown


def test_the_volume_goes_in_steps_and_never_to_nothing(bench: Bench) -> None:
    opened_health(bench)

    keys(bench, *"33333333")
    quietest = bench.beeper.volume
    keys(bench, *"44444444")

    assert (quietest, bench.beeper.volume) == (20, 100)


def test_the_last_bytes_of_a_device_are_shown_as_they_came(bench: Bench) -> None:
    page = opened_health(bench)

    bench.station.announce(ReadingShown(SETTLED))
    QApplication.processEvents()

    last = {row.device.device: row.last for row in page.devices.rows.rows}
    assert last["scale-1"] == r"S S      2.413 kg\x0d\x0a"


def test_bytes_that_are_no_text_are_escaped() -> None:
    assert printable(b"\x02A\xff\r") == r"\x02A\xff\x0d"


# ---------------------------------------------------------------------------------------- help


def test_help_lists_the_keys_of_this_page_with_what_is_missing(
    make_bench: Callable[..., Bench],
) -> None:
    bench = make_bench()
    bench.show(NEXT)

    keys(bench, "F1")

    listed = [label.text() for label in bench.window.help.here._labels]
    assert listed[::2] == ["F4", "F5", "F6", "F7", "F8", "F10"]
    assert "7" in listed[-1]
