"""A step of the first run as a `Screen`: one instruction, its check, the keys.

Lines are typed on some steps, so that those have no digits among their keys.
"""

from app.domain.text import Text, text
from app.domain.weight import WeightRange, WeightState
from app.setup.answers import PAGES, Step, page_of
from app.setup.asking import THEMES
from app.setup.machine import State
from app.setup.scanner_check import TEST_CODE, Finding, Verdict
from app.station.cases import Fact
from app.station.inbox import Intent
from app.station.screen import Action, Page, Prompt, Screen, Sound, Tone, WeighView, Wishes, trail

# Pictures of the prompt, step by step.
_ICONS = {
    Step.LANGUAGE: "users",
    Step.SERVER: "cloud-check",
    Step.CONSENT: "shield-alert",
    Step.TRUST: "cloud-check",
    Step.CODE: "id-card",
    Step.STATION: "map-pin",
    Step.SCANNER: "usb",
    Step.SCAN: "scan-barcode",
    Step.SCALE: "scale",
    Step.WEIGH: "scale",
    Step.PRINTER: "printer",
    Step.LABEL: "printer",
    Step.SOUND: "volume-2",
    Step.DONE: "circle-check",
}
# No box is held against it: any weight will do.
_ANY = WeightRange(0, 0, 0)
# A bench has a few ports; digits 2 to 8 name them.
MOST_PORTS = 7
# What of a port's name fits on a key.
_PORT_SHOWN = 28


def screen(state: State, languages: tuple[str, ...]) -> Screen:
    """What the window shows now."""
    answers, step = state.answers, state.step
    place = page_of(step)
    pages = (text(f"setup.page_{n}") for n in range(1, len(PAGES) + 1))
    return Screen(
        page=Page.SETUP,
        title=text("setup.title"),
        subtitle=text("setup.page", n=place + 1, of=len(PAGES)),
        steps=trail(pages, place),
        done=place,
        total=len(PAGES),
        prompt=_prompt(state),
        scan_hint=text(f"setup.hint_{_hint(step)}"),
        actions=() if state.busy is not None else _actions(state, languages),
        facts=_facts(state),
        symbol=TEST_CODE if step is Step.SCAN else "",
        weigh=WeighView(_ANY, state.reading) if step is Step.WEIGH else None,
        wishes=Wishes(answers.language, answers.theme, answers.text_percent),
    )


def _hint(step: Step) -> str:
    typed = {Step.SERVER, Step.TRUST, Step.CODE, Step.SCANNER, Step.SCALE, Step.PRINTER}
    return step.value if step in typed else "keys"


def _prompt(state: State) -> Prompt:
    step = state.step
    title = text(f"setup.{step.value}")
    if state.busy is not None:
        return Prompt(Tone.BUSY, "loader", state.busy, text("setup.wait"))
    if state.wrong is not None:
        return Prompt(Tone.WARN, "triangle-alert", title, state.wrong)
    if step is Step.SCAN and state.finding is not None:
        return _scanned(state.finding)
    if step is Step.WEIGH:
        return _weighed(state, title)
    tone = Tone.WARN if step is Step.CONSENT else Tone.ASK
    return Prompt(tone, _ICONS[step], title, _detail(state))


def _detail(state: State) -> Text:
    answers, step = state.answers, state.step
    match step:
        case Step.CONSENT:
            return text("setup.consent_detail", url=answers.url)
        case Step.SERVER if answers.url:
            return text("setup.server_again", url=answers.url)
        case Step.STATION:
            return text("setup.station_detail", station=answers.station, site=answers.site)
        case Step.SCALE:
            return text("setup.scale_detail", protocol=answers.scale_protocol)
        case Step.PRINTER if answers.printer:
            return text("setup.printer_again", url=answers.printer)
        case _:
            return text(f"setup.{step.value}_detail")


def _scanned(finding: Finding) -> Prompt:
    if finding.verdict is Verdict.GOOD:
        return Prompt(Tone.OK, "circle-check", text("setup.scan_good"), text("setup.scan_go_on"))
    params = {"sent": finding.sent, "came": finding.came, "code": finding.shown}
    detail = text(f"setup.scan_{finding.verdict.value}_detail", **params)
    return Prompt(
        Tone.ERROR, "octagon-x", text(f"setup.scan_{finding.verdict.value}"), detail,
        text("setup.scan_again"),
    )  # fmt: skip


def _weighed(state: State, title: Text) -> Prompt:
    if state.passed:
        return Prompt(Tone.OK, "circle-check", text("setup.weigh_good"), text("setup.go_on"))
    reading = state.reading
    if reading is not None and reading.state is WeightState.ZERO:
        return Prompt(Tone.ASK, "scale", title, text("setup.weigh_zero"))
    if reading is not None and reading.state is WeightState.ERROR:
        return Prompt(Tone.WARN, "triangle-alert", title, text("setup.weigh_error"))
    return Prompt(Tone.ASK, "scale", title, text("setup.weigh_detail"))


def _facts(state: State) -> tuple[Fact, ...]:
    answers = state.answers
    match state.step:
        case Step.LANGUAGE:
            return (
                _fact("text_size", text("setup.per_cent", n=answers.text_percent)),
                _fact("theme", text(f"setup.theme_{answers.theme}")),
                _fact("sample", text("setup.sample_text")),
            )
        case Step.CODE | Step.TRUST:
            return (_fact("ledger", text("setup.plain", it=answers.url)),)
        case Step.STATION:
            return (
                _fact("station_name", text("setup.plain", it=answers.station)),
                _fact("warehouse", text("setup.plain", it=answers.site)),
                _fact("ledger", text("setup.plain", it=answers.url)),
                _fact("words", text("setup.plain", it=answers.words)),
            )
        case Step.SCAN if state.finding is not None:
            return _about_scanner(state.finding)
        case Step.SOUND:
            return _summary(state)
        case _:
            return ()


def _about_scanner(finding: Finding) -> tuple[Fact, ...]:
    kind = "setup.is_keyboard" if finding.keyboard else "setup.is_serial"
    end = text("setup.plain", it=finding.suffix) if finding.suffix else text("setup.no_suffix")
    aim = "setup.aim_yes" if finding.aim else "setup.aim_no"
    return (
        _fact("kind", text(kind)),
        _fact("suffix", end),
        _fact("aim", text(aim)),
        _fact("came", text("setup.plain", it=finding.shown)),
    )


def _summary(state: State) -> tuple[Fact, ...]:
    answers = state.answers
    said = (
        ("station_name", f"{answers.station} · {answers.site}"),
        ("scanner_at", answers.scanner),
        ("scale_at", answers.scale),
        ("printer_at", answers.printer),
    )
    none = text("setup.none")
    return tuple(
        _fact(name, text("setup.plain", it=value) if value.strip(" ·") else none)
        for name, value in said
    )


def _fact(name: str, said: Text) -> Fact:
    return Fact(text(f"setup.fact_{name}"), said)


_BACK = Action("Esc", Intent.NO, text("key.back"))
_CAME_OUT = (
    Action("1", Intent.YES, text("setup.key_came_out")),
    Action("2", Intent.NO, text("setup.key_no_label")),
)
_GO_ON = Action("F10", Intent.MAIN, text("setup.key_go_on"), main=True)
# Steps whose keys are always the same.
_PLAIN: dict[Step, tuple[Action, ...]] = {Step.TRUST: (_BACK, _GO_ON), Step.LABEL: _CAME_OUT}


def _actions(state: State, languages: tuple[str, ...]) -> tuple[Action, ...]:
    match state.step:
        case Step.LANGUAGE:
            return (*_looks(state, languages), _GO_ON)
        case Step.SERVER:
            return _addressed("demo", "setup.key_demo", state.answers.url)
        case Step.CONSENT:
            return (Action("1", Intent.YES, text("setup.key_accept")), _BACK)
        case Step.STATION:
            other = _choose("F6", "other", text("setup.key_other"))
            return (other, _right(text("setup.key_right")))
        case Step.SCANNER | Step.SCALE:
            return _ports(state)
        case Step.SCAN | Step.WEIGH:
            return _tried(state)
        case Step.PRINTER:
            return _addressed("leave_out", "setup.key_no_printer", state.answers.printer)
        case Step.SOUND:
            return (*_tones(), _BACK, _right(text("setup.key_finish")))
        case step:
            return _PLAIN.get(step, (_BACK,))


def _addressed(argument: str, label: str, known: str) -> tuple[Action, ...]:
    """A line is typed; F10 tries the one that is known already."""
    again = (_GO_ON,) if known else ()
    return (_choose("F6", argument, Text(label)), _BACK, *again)


def _tried(state: State) -> tuple[Action, ...]:
    """On only when the check came out well; what is not there can be left out."""
    why = text("setup.scan_first" if state.step is Step.SCAN else "setup.weigh_first")
    label = text("setup.key_go_on")
    main = Action("F10", Intent.MAIN, label, enabled=state.passed, why_not=why, main=True)
    return (_choose("F6", "leave_out", text("setup.key_without")), _BACK, main)


def _looks(state: State, languages: tuple[str, ...]) -> tuple[Action, ...]:
    named = tuple(
        _choose(str(n), code, text(f"setup.language_{code}")) for n, code in enumerate(languages, 1)
    )
    place = THEMES.index(state.answers.theme) if state.answers.theme in THEMES else -1
    after = THEMES[(place + 1) % len(THEMES)]
    return (
        *named,
        _choose("7", "smaller", text("setup.key_smaller")),
        _choose("8", "larger", text("setup.key_larger")),
        _choose("9", "theme", text(f"setup.key_theme_{after}")),
    )


def _ports(state: State) -> tuple[Action, ...]:
    scanner = state.step is Step.SCANNER
    wedge = (_choose("1", "wedge", text("setup.key_wedge")),) if scanner else ()
    ports = (
        _choose(str(n), port, text("setup.plain", it=short(port)))
        for n, port in enumerate(state.ports[:MOST_PORTS], 2)
    )
    protocol = () if scanner else (_choose("F7", "protocol", text("setup.key_protocol")),)
    none = "setup.key_no_scanner" if scanner else "setup.key_no_scale"
    return (*wedge, *ports, *protocol, _choose("F6", "leave_out", text(none)), _BACK)


def short(port: str) -> str:
    """The end of a port's path, by which people know it; the name of its maker stays."""
    name = port.rsplit("/", 1)[-1].removeprefix("usb-")
    return name if len(name) <= _PORT_SHOWN else f"{name[: _PORT_SHOWN - 1]}…"


def _tones() -> tuple[Action, ...]:
    return tuple(
        _choose(str(n), sound.value, text(f"setup.sound_{sound.value}"))
        for n, sound in enumerate(Sound, 1)
    )


def _choose(key: str, argument: str, label: Text) -> Action:
    return Action(key, Intent.CHOOSE, label, argument=argument)


def _right(label: Text) -> Action:
    return Action("F10", Intent.MAIN, label, main=True)
