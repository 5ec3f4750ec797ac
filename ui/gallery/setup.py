"""The first run, step by step, and what can go wrong on each."""

from dataclasses import replace

from app.catalogue import languages
from app.domain.scan import Scan
from app.domain.text import text
from app.setup.answers import Answers, Step
from app.setup.machine import State
from app.setup.scanner_check import TEST_CODE, judge
from app.setup.screens import screen
from app.station.inbox import LinkState
from ui.gallery.bench import ONLINE, SETTLED
from ui.gallery.scene import Scene

_PORTS = (
    "/dev/serial/by-id/usb-Honeywell_1950_20266B00FA-if00",
    "/dev/serial/by-id/usb-FTDI_FT232R_A50285BI-if00",
)
_KNOWN = Answers(
    url="https://ledger:8800",
    station="PACK-03",
    site="BRE1",
    words="kugib-komot-vazos-lumob",
    scanner=f"serial://{_PORTS[0]}?baud=9600",
    scale=f"serial://{_PORTS[1]}?baud=9600",
    printer="tcp://10.0.4.17:9100?status=hs",
)
_NEW = Answers()
# What a scanner set to US keys types at a German keyboard.
_GERMAN = "PHßTestÖayAYqwm-09"
_FOOTER = replace(ONLINE, link=LinkState.NOT_SET_UP, person="", devices=())
_BARE = replace(_FOOTER, station="", site="")


def setup_scenes() -> tuple[Scene, ...]:
    """One for each step, and the trouble somebody will meet."""
    at = _at
    german = judge(Scan(b"", _GERMAN, None, "keyboard"))
    good = judge(Scan(f"{TEST_CODE}\r".encode(), TEST_CODE, "]C0", "scanner-1"))
    url = "https://ledger:8800"
    return (
        _scene("setup_1_language", State(_NEW)),
        _scene("setup_2_server", at(Step.SERVER, _NEW)),
        _scene(
            "setup_2_unreachable",
            at(Step.SERVER, replace(_NEW, url=url), wrong=text("setup.unreachable", url=url)),
        ),
        _scene("setup_2_consent", at(Step.CONSENT, replace(_NEW, url="http://ledger:8800"))),
        _scene(
            "setup_2_other_fingerprint",
            at(
                Step.TRUST,
                replace(_NEW, url=url),
                wrong=text("setup.why_other_fingerprint", url=url),
            ),
        ),
        _scene("setup_2_code", at(Step.CODE, replace(_NEW, url=url))),
        _scene(
            "setup_2_bad_code",
            at(Step.CODE, replace(_NEW, url=url), wrong=text("setup.why_bad_code")),
        ),
        _scene(
            "setup_2_asking",
            at(Step.CODE, replace(_NEW, url=url), busy=text("setup.enrolling")),
        ),
        _scene("setup_3_station", at(Step.STATION)),
        _scene("setup_4_scanner", at(Step.SCANNER, ports=_PORTS)),
        _scene("setup_4_scan", at(Step.SCAN)),
        _scene("setup_4_layout", at(Step.SCAN, finding=german)),
        _scene("setup_4_good", at(Step.SCAN, finding=good, passed=True)),
        _scene("setup_5_scale", at(Step.SCALE, ports=_PORTS)),
        _scene("setup_5_weigh", at(Step.WEIGH, reading=SETTLED, passed=True)),
        _scene("setup_5_printer", at(Step.PRINTER, replace(_KNOWN, printer=""))),
        _scene("setup_5_label", at(Step.LABEL)),
        _scene("setup_6_sound", at(Step.SOUND)),
    )


def _at(step: Step, answers: Answers = _KNOWN, **more: object) -> State:
    return State(replace(answers, step=step), **more)  # type: ignore[arg-type]  # fields of State


def _scene(name: str, state: State) -> Scene:
    footer = _FOOTER if state.answers.station else _BARE
    return Scene(name, screen(state, languages()), footer, state.reading)
