"""Settings: one's own at once and by person, the station's by whoever may; where each is from."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from app.contract.messages import Operation
from app.station.configuration import CHANGEABLE, LEDGER, RESET, Origin, Setting
from app.station.events import SettingAsked
from app.station.flow import Trigger
from app.station.inbox import Intent
from app.station.own_settings import CHANGED, Mode, OwnSettingsFlow
from app.station.screen import Page, Tone, Wishes
from app.station.wishes import LANGUAGES, NAMES, SIZES, THEMES, VOLUMES, changed
from tests.station import table_walk
from tests.support.bench import TestBench
from tests.support.people import BADGE, BOSS_BADGE, OTHER_BADGE, PINS, WHOSE

UNTOLD = tuple(
    Setting(name, "mt-sics" if name == "scale_protocol" else "", Origin.DEFAULT)
    for name in CHANGEABLE
    if name not in ("language", "theme", "text_percent", "dpi", "printer")
)
TOLD = (
    *UNTOLD,
    Setting("language", "de", Origin.FILE),
    Setting("theme", "light", Origin.DEFAULT),
    Setting("text_percent", "125", Origin.FILE),
    Setting("dpi", "203", Origin.DEFAULT),
    Setting("printer", "tcp://10.0.4.17:9100", Origin.POLICY),
    Setting(LEDGER, "https://ledger:8800", Origin.FILE),
)
ASKED_FOR = table_walk.ASKED_FOR


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[TestBench]:
    """Anna at the Settings page of a station that was told everything."""
    made = TestBench(tmp_path)
    made.station.configured(TOLD)
    made.sign_in(BADGE)
    made.do(Intent.TASK, Page.SETTINGS.value)
    assert made.screen.page is Page.SETTINGS
    yield made
    made.book.close()


def value(bench: TestBench, key: str) -> tuple[object, object]:
    """Value and origin of a row, as codes."""
    assert bench.screen.choices is not None
    row = next(row for row in bench.screen.choices.rows if row.key == key)
    return tuple(getattr(cell, "code", cell) for cell in row.cells[1:])  # type: ignore[return-value]


def pick(bench: TestBench, key: str) -> None:
    bench.do(Intent.CHOOSE, key)


def boss_agrees(bench: TestBench) -> None:
    bench.scan(BOSS_BADGE)
    bench.enter_pin(PINS[BOSS_BADGE])


def asked(bench: TestBench) -> list[SettingAsked]:
    return [event for event in bench.events if isinstance(event, SettingAsked)]


def wished(bench: TestBench) -> Wishes:
    assert bench.screen.wishes is not None
    return bench.screen.wishes


def test_every_setting_says_where_it_came_from(bench: TestBench) -> None:
    assert value(bench, "own.language") == ("setup.language_de", "settings.from_file")
    assert value(bench, "own.volume") == ("setup.per_cent", "settings.from_default")
    assert value(bench, "scale") == ("settings.none", "settings.from_default")
    assert value(bench, "printer") == ("setup.plain", "settings.from_policy")
    assert value(bench, LEDGER) == ("setup.plain", "settings.from_file")


def test_ones_own_changes_at_once_and_needs_nobody(bench: TestBench) -> None:
    before = bench.kinds()
    pick(bench, "own.theme")
    bench.do(Intent.MAIN)

    assert value(bench, "own.theme") == ("setup.theme_dark", "settings.from_person")
    assert wished(bench).theme == "dark"
    assert wished(bench).language == "de", "what is not wished is as the station has it"
    assert bench.kinds() == before
    bench.do(Intent.UNDO)
    assert value(bench, "own.theme") == ("setup.theme_light", "settings.from_default")


def test_wishes_come_with_the_person_and_survive_a_stop(bench: TestBench) -> None:
    bench.do(Intent.WISH, "volume", "20")
    bench.do(Intent.WISH, "muted", "off")
    bench.do(Intent.SIGN_OUT)
    assert wished(bench).volume is None
    bench.sign_in(OTHER_BADGE)
    assert (wished(bench).volume, wished(bench).muted) == (None, None)
    bench.do(Intent.SIGN_OUT)

    again = bench.crash()
    again.sign_in(BADGE)
    assert (wished(again).volume, wished(again).muted) == (20, True)
    again.book.close()


def test_a_wish_that_cannot_be_granted_changes_nothing(bench: TestBench) -> None:
    before = wished(bench)
    for name, what in (("theme", "sepia"), ("volume", "101"), ("text_percent", "90"), ("x", "1")):
        bench.do(Intent.WISH, name, what)

    assert wished(bench) == before


def test_the_stations_settings_need_somebody_who_may(bench: TestBench) -> None:
    pick(bench, "scale_protocol")
    bench.do(Intent.MAIN)
    assert bench.screen.proof is not None
    bench.scan(BADGE)
    assert asked(bench) == [], "a clerk may not"
    boss_agrees(bench)

    assert asked(bench) == [SettingAsked("scale_protocol", "toledo-8217")]
    with bench.book.reader.connect() as connection:
        body = connection.exec_driver_sql(
            "SELECT body FROM operation WHERE kind = 'event' ORDER BY n DESC LIMIT 1"
        ).scalar_one()
    event = msgspec.json.decode(body, type=Operation)
    assert (event.reason, event.actor) == (CHANGED, WHOSE[BOSS_BADGE])
    assert event.evidence == {"setting": "scale_protocol", "value": "toledo-8217"}


def test_an_address_is_typed_and_tried_before_it_is_asked_for(bench: TestBench) -> None:
    pick(bench, "scanner")
    bench.do(Intent.MAIN)
    bench.do(Intent.CODE, "ttyACM0")
    assert (bench.title, bench.screen.prompt.tone) == ("settings.no_address", Tone.WARN)
    bench.do(Intent.CODE, "tcp://10.0.0.7:4001")
    boss_agrees(bench)

    assert asked(bench) == [SettingAsked("scanner", "tcp://10.0.0.7:4001")]


def test_a_step_up_that_is_left_changes_nothing(bench: TestBench) -> None:
    pick(bench, "dpi")
    bench.do(Intent.MAIN)
    bench.do(Intent.NO)
    bench.do(Intent.MAIN)
    bench.do(Intent.NO)

    assert asked(bench) == []


def test_what_the_administrator_laid_down_can_only_be_read(bench: TestBench) -> None:
    pick(bench, "printer")
    bench.do(Intent.MAIN)

    assert bench.title == "settings.policy"
    assert bench.screen.proof is None


def test_the_ledger_is_read_only_and_can_be_enrolled_again(bench: TestBench) -> None:
    pick(bench, LEDGER)
    bench.do(Intent.MAIN)
    boss_agrees(bench)

    assert asked(bench) == [SettingAsked("enrol", "")]


def test_safe_defaults_are_mine_alone_or_the_stations_too(bench: TestBench) -> None:
    bench.do(Intent.WISH, "text_percent", "200")
    bench.do(Intent.EMPTY)
    bench.do(Intent.YES)
    assert value(bench, "own.text_percent") == ("setup.per_cent", "settings.from_file")
    assert asked(bench) == []
    bench.do(Intent.EMPTY)
    bench.do(Intent.EMPTY)
    boss_agrees(bench)

    assert asked(bench) == [SettingAsked(RESET, "")]


@pytest.mark.parametrize("mode", Mode)
def test_every_mode_answers_every_trigger(bench: TestBench, mode: Mode) -> None:
    flow = bench.station.engine._flows[Page.SETTINGS]
    assert isinstance(flow, OwnSettingsFlow)
    for trigger in sorted(set(Trigger) - ASKED_FOR - {Trigger.SIGN_OUT, Trigger.BADGE}):
        if bench.screen.page is not Page.SETTINGS:
            bench.do(Intent.HOME)
            bench.do(Intent.ACKNOWLEDGE)
            bench.do(Intent.TASK, Page.SETTINGS.value)
        bench.do(Intent.NO) if bench.screen.proof is not None else None
        flow.mode = mode
        table_walk.happen(bench, trigger, "02900000000018", "ORD-48213")
        assert bench.screen.prompt.detail is not None, trigger
        assert table_walk.undecided(bench) == (0, 0), trigger


def test_every_value_that_is_offered_can_be_wished() -> None:
    offered = {
        "language": LANGUAGES,
        "theme": THEMES,
        "text_percent": SIZES,
        "volume": VOLUMES,
        "muted": ("on", "off"),
    }

    assert set(offered) == set(NAMES)
    for name, values in offered.items():
        for one in values:
            assert changed(Wishes(), name, str(one)) not in (None, Wishes()), (name, one)
