"""The first run: every step with everything that may happen, broken off and resumed."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.catalogue import Catalogue, languages
from app.domain.device import DeviceChanged, DeviceKind, DeviceState
from app.domain.scan import Scan
from app.domain.text import Text, text
from app.domain.weight import Reading, WeightState
from app.errors import PackhouseError, Refusal, Trouble
from app.setup import address
from app.setup.answers import PAGES, Answers, Step, begun, forget, keep, page_of, resumed
from app.setup.hands import failed
from app.setup.happenings import (
    Enrol,
    Failed,
    Finish,
    Found,
    Happening,
    Order,
    Play,
    Pressed,
    Reach,
    Reached,
    Typed,
)
from app.setup.machine import Machine
from app.setup.scanner_check import LAYOUTS, TEST_CODE, Verdict, judge
from app.setup.screens import screen
from app.setup.station import FirstRun
from app.setup.table import TABLE, first_run
from app.station.events import Event, ScreenChanged
from app.station.inbox import Do, Intent, Printed, PrintState
from app.station.screen import Screen, Sound, Tone
from app.sync.trouble import Unproven, Unreachable
from tests.fakes.hands import KNOWN, WEIGHT, FakeHands

LANGUAGES = languages()
CODE = "4Q7ZK2M9XB"
FINGERPRINT = "41f09c2e" * 4
GOOD_SCAN = Scan(f"{TEST_CODE}\r".encode(), TEST_CODE, None, "scanner-1")
EVERYTHING: tuple[Happening, ...] = (
    *(Pressed(intent) for intent in Intent),
    *(Pressed(Intent.CHOOSE, word) for word in ("de", "larger", "demo", "wedge", "leave_out", "7")),
    Typed("https://ledger:8800"),
    Typed("nonsense, at length"),
    GOOD_SCAN,
    Scan(b"4006381333931\r", "4006381333931", None, "scanner-1"),
    WEIGHT,
    Reading(WeightState.ERROR),
    DeviceChanged("scale-1", DeviceKind.SCALE, DeviceState.LOST, "The cable is out."),
    Printed("setup", PrintState.PRINTED),
    Printed("setup", PrintState.FAILED, "No route to the printer."),
    Found(("/dev/ttyUSB0",)),
    Reached(),
    KNOWN,
    Failed(text("setup.why_bad_code"), "bad_code"),
)


def at(step: Step, **answers: str | bool) -> Machine:
    known = {"url": "https://ledger:8800", "station": "PACK-03", "site": "BRE1"}
    known |= {"words": KNOWN.words, **answers}  # type: ignore[dict-item]
    return first_run(Answers(step=step, **known), LANGUAGES)  # type: ignore[arg-type]


def play(machine: Machine, *happenings: Happening) -> list[Order]:
    return [order for happening in happenings for order in machine.happen(happening)]


@pytest.mark.parametrize("step", Step)
def test_whatever_happens_on_a_step_the_page_says_what_to_do(step: Step) -> None:
    english = Catalogue.load("en", strict=True)

    for happening in EVERYTHING:
        machine = at(step)
        machine.begin()
        machine.happen(happening)
        shown = screen(machine.state, LANGUAGES)
        assert english.say(shown.prompt.title)
        assert shown.prompt.detail is not None
        assert english.say(shown.prompt.detail), happening
        for action in shown.actions:
            assert english.say(action.label)
        for fact in shown.facts:
            assert english.say(fact.label)
            assert english.say(fact.said)


@pytest.mark.parametrize("step", [step for step in Step if step is not Step.DONE])
def test_every_key_that_is_shown_does_something(step: Step) -> None:
    machine = at(step, printer="tcp://10.0.4.17:9100")
    machine.state = replace(machine.state, ports=("/dev/ttyUSB0",), passed=True)

    for action in screen(machine.state, LANGUAGES).actions:
        tried = Machine(machine.state.answers, LANGUAGES, TABLE)
        tried.state = machine.state
        orders = tried.happen(Pressed(Intent(action.intent), action.argument))
        assert (tried.state, orders) != (machine.state, ()), action
        # A line must be typed first, or something was said not to have come out well.
        typed = (Step.CODE, Step.TRUST, Step.SERVER, Step.PRINTER)
        assert tried.state.wrong is None or tried.state.step in typed, action


def test_the_happy_way_goes_through_all_six_pages() -> None:
    machine = first_run(Answers(), LANGUAGES)
    seen = [page_of(machine.state.step)]
    story: tuple[Happening, ...] = (
        Pressed(Intent.CHOOSE, "de"),
        Pressed(Intent.CHOOSE, "larger"),
        Pressed(Intent.MAIN),
        Typed("ledger:8800"),
        Typed(FINGERPRINT),
        Reached(),
        Typed(CODE),
        KNOWN,
        Pressed(Intent.MAIN),
        Found(("/dev/ttyACM0", "/dev/ttyUSB0")),
        Pressed(Intent.CHOOSE, "/dev/ttyACM0"),
        GOOD_SCAN,
        Pressed(Intent.MAIN),
        Pressed(Intent.CHOOSE, "/dev/ttyUSB0"),
        WEIGHT,
        Pressed(Intent.MAIN),
        Typed("10.0.4.17:9100"),
        Printed("setup", PrintState.PRINTED),
        Pressed(Intent.YES),
        Pressed(Intent.MAIN),
    )
    orders: list[Order] = []
    for happening in story:
        orders += machine.happen(happening)
        seen.append(page_of(machine.state.step))

    answers = machine.state.answers
    assert sorted(set(seen)) == list(range(len(PAGES)))
    assert seen == sorted(seen), "no page is shown twice"
    assert orders[-1] == Finish(demo=False)
    assert (answers.language, answers.text_percent) == ("de", 125)
    assert (answers.station, answers.site) == ("PACK-03", "BRE1")
    assert answers.scanner == "serial:///dev/ttyACM0?baud=9600"
    assert answers.scale == "serial:///dev/ttyUSB0?baud=9600"
    assert answers.printer == "tcp://10.0.4.17:9100?status=hs"


def test_one_scanned_line_does_the_whole_second_page() -> None:
    machine = first_run(Answers(step=Step.SERVER), LANGUAGES)

    (reach,) = play(machine, Typed(f"https://ledger:8800 {CODE} {FINGERPRINT}"))
    assert isinstance(reach, Reach)
    assert reach.answers.fingerprint == FINGERPRINT
    (enrol,) = play(machine, Reached())
    assert isinstance(enrol, Enrol)

    assert enrol.code == CODE
    assert CODE not in repr(enrol)
    assert machine.state.code == ""


def test_plain_http_is_never_used_before_somebody_accepted_it() -> None:
    machine = first_run(Answers(step=Step.SERVER), LANGUAGES)

    assert play(machine, Typed("http://ledger:8800")) == []
    assert machine.state.step is Step.CONSENT
    assert not [order for order in play(machine, Pressed(Intent.MAIN)) if isinstance(order, Reach)]
    (reach,) = play(machine, Pressed(Intent.YES))

    assert isinstance(reach, Reach)
    assert reach.answers.plain_http


def test_plain_http_on_this_machine_asks_nothing() -> None:
    machine = first_run(Answers(step=Step.SERVER), LANGUAGES)

    (reach,) = play(machine, Typed("http://127.0.0.1:8800"))

    assert isinstance(reach, Reach)
    assert not reach.answers.plain_http


@pytest.mark.parametrize(
    ("error", "code", "step"),
    [
        (Unreachable("The ledger cannot be reached."), "setup.unreachable", Step.SERVER),
        (Unproven("Cannot prove it."), "setup.unproven", Step.SERVER),
        (Refusal("other_fingerprint", "Another."), "setup.why_other_fingerprint", Step.TRUST),
        (Refusal("bad_fingerprint", "None."), "setup.why_bad_fingerprint", Step.TRUST),
        (Trouble("The disk is full. Make room."), "setup.trouble", Step.SERVER),
    ],
)
def test_what_went_wrong_is_said_where_it_is_mended(
    error: PackhouseError, code: str, step: Step
) -> None:
    machine = first_run(Answers(step=Step.SERVER), LANGUAGES)
    play(machine, Typed(f"https://ledger:8800 {CODE} {FINGERPRINT}"))

    play(machine, failed(error, "https://ledger:8800"))

    assert machine.state.step is step
    assert machine.state.wrong is not None
    assert machine.state.wrong.code == code
    assert machine.state.busy is None
    assert screen(machine.state, LANGUAGES).prompt.tone is Tone.WARN


def test_a_wrong_code_is_typed_again() -> None:
    machine = at(Step.CODE, station="")
    play(machine, Typed("0000000000"), failed(Refusal("bad_code", "Wrong."), ""))

    (again,) = play(machine, Typed(CODE))

    assert isinstance(again, Enrol)
    assert not again.again


def test_the_wrong_bench_is_enrolled_anew_and_esc_keeps_it() -> None:
    machine = at(Step.STATION)
    play(machine, Pressed(Intent.CHOOSE, "other"))
    assert machine.state.step is Step.CODE

    (enrol,) = play(machine, Typed(CODE))
    kept = at(Step.STATION)
    play(kept, Pressed(Intent.CHOOSE, "other"), Pressed(Intent.NO))

    assert isinstance(enrol, Enrol)
    assert enrol.again
    assert kept.state.step is Step.STATION


def test_while_something_is_done_nothing_else_is_taken() -> None:
    machine = at(Step.CODE)
    play(machine, Typed(CODE))

    assert play(machine, Typed(CODE), Pressed(Intent.NO)) == [Play(Sound.ATTENTION)] * 2
    assert machine.state.busy is not None
    assert screen(machine.state, LANGUAGES).actions == ()


def test_no_check_is_passed_without_its_result_or_leaving_it_out() -> None:
    for step, good, onward in (
        (Step.SCAN, GOOD_SCAN, Step.SCALE),
        (Step.WEIGH, WEIGHT, Step.PRINTER),
    ):
        barred, passed, left_out = at(step), at(step), at(step)
        play(barred, Pressed(Intent.MAIN))
        play(passed, good, Pressed(Intent.MAIN))
        play(left_out, Pressed(Intent.CHOOSE, "leave_out"))
        assert (barred.state.step, barred.state.wrong is not None) == (step, True)
        assert passed.state.step is left_out.state.step is onward


def test_an_empty_scale_is_not_enough_and_a_lost_one_is_said() -> None:
    machine = at(Step.WEIGH)
    play(machine, Reading(WeightState.ZERO, 0))
    assert not machine.state.passed

    lost = DeviceChanged("scale-1", DeviceKind.SCALE, DeviceState.LOST, "The cable is out.")
    play(machine, lost)

    assert machine.state.wrong == text("setup.device_gone", sentence="The cable is out.")


def test_a_printer_that_fails_goes_back_to_its_address() -> None:
    machine = at(Step.PRINTER)
    play(machine, Typed("10.0.4.17:9100"), Printed("setup", PrintState.FAILED, "No route."))

    assert machine.state.step is Step.PRINTER
    assert machine.state.wrong == text("setup.print_failed", sentence="No route.")


# ------------------------------------------------------------------------------------ the scanner


@pytest.mark.parametrize(
    ("scan", "verdict"),
    [
        (GOOD_SCAN, Verdict.GOOD),
        (Scan(TEST_CODE.encode(), TEST_CODE, None, "keyboard", terminated=False), Verdict.GOOD),
        (Scan(TEST_CODE.encode(), TEST_CODE, None, "scanner-1", terminated=False), Verdict.NO_END),
        (Scan(TEST_CODE.encode(), TEST_CODE, None, "typed"), Verdict.BY_HAND),
        (Scan(b"", TEST_CODE.swapcase(), None, "keyboard"), Verdict.CAPS),
        *((Scan(b"", TEST_CODE.translate(one), None, "keyboard"), Verdict.LAYOUT)
          for one in LAYOUTS.values()),
        (Scan(b"", TEST_CODE[:9], None, "keyboard"), Verdict.CUT),
        (Scan(b"", TEST_CODE[9:], None, "keyboard"), Verdict.CUT),
        (Scan(b"", TEST_CODE.replace("m", "n"), None, "keyboard"), Verdict.ALTERED),
        (Scan(b"", "4006381333931", None, "scanner-1"), Verdict.OTHER),
        (Scan(b"", "", None, "scanner-1"), Verdict.OTHER),
    ],
)  # fmt: skip
def test_the_test_code_tells_what_is_wrong_with_a_scanner(scan: Scan, verdict: Verdict) -> None:
    assert judge(scan).verdict is verdict


def test_every_layout_alters_the_test_code() -> None:
    altered = [TEST_CODE.translate(layout) for layout in LAYOUTS.values()]

    assert len({TEST_CODE, TEST_CODE.swapcase(), *altered}) == len(LAYOUTS) + 2


def test_how_a_scanner_comes_and_ends_is_told() -> None:
    serial = judge(Scan(f"]C0{TEST_CODE}\r\n".encode(), TEST_CODE, "]C0", "scanner-1"))
    wedge = judge(Scan(TEST_CODE.encode(), TEST_CODE, None, "keyboard", terminated=False))
    german = judge(Scan(b"", TEST_CODE.translate(LAYOUTS["us_de"]), None, "keyboard"))

    assert (serial.keyboard, serial.suffix, serial.aim) == (False, "CR LF", True)
    assert (wedge.keyboard, wedge.suffix, wedge.aim) == (True, "", False)
    assert (german.sent, german.came) == ("-", "ß")


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("ledger:8800", "https://ledger:8800"),
        ("https://ledger.example:8800/path", "https://ledger.example:8800"),
        ("http://10.0.0.5:8800", "http://10.0.0.5:8800"),
        ("https://[fe80::1]:8800", "https://[fe80::1]:8800"),
        ("ftp://ledger", None),
        ("https://anna:secret@ledger", None),
        ("https://ledger:notaport", None),
        ("not an address", "https://not"),
        ("a..b", None),
        ("", None),
    ],
)
def test_an_address_is_read_as_it_is_typed(line: str, url: str | None) -> None:
    told = address.read(line)

    assert (told.url if told is not None else None) == url


# --------------------------------------------------------------------------- broken off and resumed


@pytest.mark.parametrize("step", Step)
def test_a_run_that_was_broken_off_goes_on_where_it_was(step: Step, tmp_path: Path) -> None:
    answers = at(step).state.answers
    keep(tmp_path, answers)

    assert resumed(tmp_path, Answers()) == answers


def test_without_an_enrolment_it_goes_back_to_the_ledger(tmp_path: Path) -> None:
    keep(tmp_path, Answers(step=Step.SCAN))

    assert resumed(tmp_path, Answers()).step is Step.SERVER


def test_a_file_that_cannot_be_read_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "setup.json").write_text("{", encoding="utf-8")

    assert begun(tmp_path)
    assert resumed(tmp_path, Answers(language="de")) == Answers(language="de")
    forget(tmp_path)
    assert not begun(tmp_path)


# --------------------------------------------------------------------------- behind the window


class Watched:
    """A first run one can wait for."""

    def __init__(self, folder: Path, error: PackhouseError | None = None) -> None:
        self.hands = FakeHands(folder, error=error)
        self.over: list[str | PackhouseError] = []
        self.run = FirstRun(
            resumed(folder, Answers()), LANGUAGES, self.hands, lambda it: isinstance(it, Trouble)
        )
        self.run.when_over(self.over.append)
        self._screen: list[Screen] = []
        self.run.subscribe(self._hear)
        self.run.start()

    def _hear(self, event: Event) -> None:
        if isinstance(event, ScreenChanged):
            self._screen.append(event.screen)

    def until(self, title: str) -> Screen:
        import time

        until = time.monotonic() + 5
        while time.monotonic() < until:
            if self._screen and self._screen[-1].prompt.title == Text(title):
                return self._screen[-1]
            self.run._stopped.wait(0.01)
        raise AssertionError(f"{title} never came: {self._screen[-1].prompt.title}")


def test_cards_and_a_scanned_line_do_it_without_a_keyboard(tmp_path: Path) -> None:
    watched = Watched(tmp_path)

    def scan(code: str) -> None:
        watched.run.put(Scan(f"{code}\r".encode(), code, None, "scanner-1"))

    scan("CMD:QTY-8")
    scan("CMD:MAIN")
    scan(f"https://ledger:8800 {CODE} {FINGERPRINT}")
    watched.until("setup.station")
    scan("CMD:MAIN")
    watched.until("setup.scanner")
    scan("CMD:QTY-1")
    watched.until("setup.scan")
    scan(TEST_CODE)
    assert watched.until("setup.scan_good").facts
    scan("CMD:MAIN")
    scale = watched.until("setup.scale")
    watched.run.put(Do(Intent.CHOOSE, "leave_out"))
    watched.until("setup.printer")
    watched.run.put(Do(Intent.CODE, "10.0.4.17"))
    watched.until("setup.label")
    scan("CMD:YES")
    watched.until("setup.sound")
    scan("CMD:MAIN")
    watched.until("setup.done")
    watched.run.stop()

    assert watched.over == ["station"]
    assert watched.hands.done == ["reach https://ledger:8800", "enrol", "listen "]
    assert scale.wishes is not None
    assert scale.wishes.text_percent == 125
    assert not begun(tmp_path)


def test_stopped_in_the_middle_it_is_taken_up_there(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.run.put(Do(Intent.MAIN))
    watched.run.put(Do(Intent.CODE, f"https://ledger:8800 {CODE} {FINGERPRINT}"))
    watched.until("setup.station")
    watched.run.put(Do(Intent.MAIN))
    watched.until("setup.scanner")
    watched.run.stop()

    again = Watched(tmp_path)
    shown = again.until("setup.scanner")
    again.run.stop()

    assert shown.done == page_of(Step.SCANNER)
    assert CODE not in (tmp_path / "setup.json").read_text(encoding="utf-8")


def test_keys_that_need_a_passphrase_are_asked_for_and_the_code_is_tried_again(
    tmp_path: Path,
) -> None:
    locked = Trouble("The keys need a passphrase. Type one.")
    keep(tmp_path, Answers(step=Step.CODE, url="https://ledger:8800"))
    watched = Watched(tmp_path, locked)
    watched.run.put(Do(Intent.CODE, CODE))
    watched.until("setup.enrolling")
    for _ in range(200):
        if watched.over:
            break
        watched.run._stopped.wait(0.01)
    watched.hands.error = None
    watched.run.unlocked()
    watched.until("setup.station")
    watched.run.stop()

    assert watched.over == [locked]
