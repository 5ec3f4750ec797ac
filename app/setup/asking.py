"""Pages 1 to 3 of the first run: how it looks, which ledger, and who the station is."""

from dataclasses import replace

from app.domain.text import text
from app.setup import address
from app.setup.answers import Step
from app.setup.happenings import Enrol, Finish, Known, Order, Play, Pressed, Reach, Reached, Typed
from app.setup.machine import Machine
from app.station.inbox import Intent
from app.station.screen import Sound

# The steps of the text size; below a hundred nobody reads it from a metre.
SIZES = (100, 125, 150, 175, 200)
# What is shown of a line that is no address.
MOST = 60
THEMES = ("light", "dark", "contrast")


def language(m: Machine, pressed: Pressed) -> tuple[Order, ...]:
    """Everything on this page shows at once what it changes."""
    answers = m.state.answers
    what = pressed.argument
    match pressed.intent:
        case Intent.CHOOSE if what in m.languages:
            return m.go(Step.LANGUAGE, language=what)
        case Intent.CHOOSE if what in ("larger", "smaller"):
            size = beside(SIZES, answers.text_percent, 1 if what == "larger" else -1)
            return m.go(Step.LANGUAGE, text_percent=size)
        case Intent.CHOOSE if what == "theme":
            place = THEMES.index(answers.theme) if answers.theme in THEMES else -1
            return m.go(Step.LANGUAGE, theme=THEMES[(place + 1) % len(THEMES)])
        case Intent.MAIN:
            return m.go(Step.SERVER)
        case _:
            return m.wrong(text("setup.not_here"))


def server(m: Machine, typed: Typed) -> tuple[Order, ...]:
    """An address, or the whole line; plain http to another machine asks first."""
    told = address.read(typed.line)
    if told is None:
        return m.wrong(text("setup.bad_address", line=typed.line[:MOST]))
    m.state = replace(m.state, code=told.code)
    m.go(Step.SERVER, url=told.url, fingerprint=told.fingerprint, plain_http=False)
    if told.secure:
        return _try(m) if told.fingerprint else m.go(Step.TRUST)
    return _try(m) if told.harmless else m.go(Step.CONSENT)


def _try(m: Machine) -> tuple[Order, ...]:
    m.go(Step.TRUST if m.state.answers.url.startswith("https:") else Step.SERVER)
    m.busy(text("setup.reaching", url=m.state.answers.url))
    return (Reach(m.state.answers),)


def server_key(m: Machine, pressed: Pressed) -> tuple[Order, ...]:
    """Back, or the demo."""
    match pressed.intent:
        case Intent.NO:
            return m.go(Step.LANGUAGE)
        case Intent.CHOOSE if pressed.argument == "demo":
            m.busy(text("setup.demo_starts"))
            return (Finish(demo=True),)
        case Intent.MAIN if m.state.answers.fingerprint or m.state.answers.plain_http:
            return _try(m)
        case Intent.MAIN if m.state.answers.url:
            return server(m, Typed(m.state.answers.url))
        case _:
            return m.wrong(text("setup.type_address"))


def consent(m: Machine, pressed: Pressed) -> tuple[Order, ...]:
    """Nobody is sent over plain http without having said so."""
    match pressed.intent:
        case Intent.YES:
            m.go(Step.SERVER, plain_http=True)
            return _try(m)
        case Intent.NO:
            return m.go(Step.SERVER)
        case _:
            return m.wrong(text("setup.yes_or_no"))


def trust(m: Machine, typed: Typed) -> tuple[Order, ...]:
    """The fingerprint that is printed beside the code."""
    m.go(Step.TRUST, fingerprint="".join(typed.line.split()))
    return _try(m)


def trust_key(m: Machine, pressed: Pressed) -> tuple[Order, ...]:
    """Back; or on, when the authority is pinned already."""
    match pressed.intent:
        case Intent.NO:
            return m.go(Step.SERVER)
        case Intent.MAIN:
            return _try(m)
        case _:
            return m.wrong(text("setup.type_fingerprint"))


def reached(m: Machine, _reached: Reached) -> tuple[Order, ...]:
    """The ledger is the one: now the code, at once when the line held it."""
    told = m.state.code
    m.go(Step.CODE)
    return code(m, Typed(told)) if told else (Play(Sound.ACCEPTED),)


def code(m: Machine, typed: Typed) -> tuple[Order, ...]:
    """Trade it in; a code that is refused is typed anew."""
    answers = m.state.answers
    m.state = replace(m.state, code="")
    m.busy(text("setup.enrolling"))
    return (Enrol(answers, typed.line, again=bool(answers.station)),)


def code_key(m: Machine, pressed: Pressed) -> tuple[Order, ...]:
    """Back, or on with the station there is."""
    match pressed.intent:
        case Intent.NO:
            return m.go(Step.STATION if m.state.answers.station else Step.SERVER)
        case _:
            return m.wrong(text("setup.type_code"))


def known(m: Machine, known: Known) -> tuple[Order, ...]:
    """The ledger says who this is."""
    found = {"station": known.station, "site": known.site, "words": known.words}
    return (*m.go(Step.STATION, **found), Play(Sound.ACCEPTED))


def station(m: Machine, pressed: Pressed) -> tuple[Order, ...]:
    """The person at the bench knows which bench it is."""
    match pressed.intent:
        case Intent.MAIN:
            return m.go(Step.SCANNER)
        case Intent.CHOOSE if pressed.argument == "other":
            return (*m.go(Step.CODE), *m.wrong(text("setup.other_station")))
        case _:
            return m.wrong(text("setup.yes_or_other"))


def beside(values: tuple[int, ...], value: int, step: int) -> int:
    """The next of a few sizes in that direction; the last one stays."""
    place = min(range(len(values)), key=lambda at: abs(values[at] - value))
    return values[min(max(place + step, 0), len(values) - 1)]
