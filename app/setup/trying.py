"""Pages 4 to 6 of the first run: scanner, scale and printer, each tried, and the sounds."""

from dataclasses import replace

from app.domain.device import DeviceChanged, DeviceKind, DeviceState
from app.domain.scan import Scan
from app.domain.text import Text, text
from app.domain.weight import Reading
from app.setup.answers import Step
from app.setup.asking import MOST
from app.setup.happenings import Found, Order, Play, Pressed, Typed
from app.setup.machine import Machine
from app.setup.scanner_check import Verdict, judge
from app.station.inbox import Intent, Printed, PrintState
from app.station.screen import Sound

PROTOCOLS = ("mt-sics", "toledo-8217")


def found(m: Machine, found: Found) -> tuple[Order, ...]:
    """The ports of this machine."""
    m.state = replace(m.state, ports=found.ports)
    return ()


def scanner(m: Machine, pressed: Pressed) -> tuple[Order, ...]:
    """It types, or it has a port; or there is none yet."""
    match pressed.intent:
        case Intent.CHOOSE if pressed.argument == "wedge":
            return m.go(Step.SCAN, scanner="")
        case Intent.CHOOSE if pressed.argument == "leave_out":
            return m.go(Step.SCALE, scanner="")
        case Intent.CHOOSE if pressed.argument:
            return m.go(Step.SCAN, scanner=f"serial://{pressed.argument}?baud=9600")
        case Intent.NO:
            return m.go(Step.STATION)
        case _:
            return m.wrong(text("setup.choose_scanner"))


def scanner_typed(m: Machine, typed: Typed) -> tuple[Order, ...]:
    """The address of a scanner that is not in the list."""
    return _device_at(m, typed.line, Step.SCAN, "scanner")


def scan(m: Machine, scan: Scan) -> tuple[Order, ...]:
    """The test code, or something else."""
    finding = judge(scan)
    good = finding.verdict is Verdict.GOOD
    m.state = replace(m.state, finding=finding, passed=good, wrong=None)
    return (Play(Sound.ACCEPTED if good else Sound.WRONG),)


def scan_typed(m: Machine, typed: Typed) -> tuple[Order, ...]:
    """What came key by key at the pace of a hand."""
    return scan(m, Scan(typed.line.encode(), typed.line, None, "typed"))


def scan_key(m: Machine, pressed: Pressed) -> tuple[Order, ...]:
    """On with a scanner that works, or without one."""
    return _checked(m, pressed, Step.SCALE, Step.SCANNER, text("setup.scan_first"))


def scanner_state(m: Machine, device: DeviceChanged) -> tuple[Order, ...]:
    """Whether its port could be opened."""
    return _device(m, device, DeviceKind.SCANNER)


def scale(m: Machine, pressed: Pressed) -> tuple[Order, ...]:
    """A port and what is spoken there, or none."""
    answers = m.state.answers
    match pressed.intent:
        case Intent.CHOOSE if pressed.argument == "leave_out":
            return m.go(Step.PRINTER, scale="")
        case Intent.CHOOSE if pressed.argument == "protocol":
            other = PROTOCOLS[PROTOCOLS.index(answers.scale_protocol) - 1]
            return m.go(Step.SCALE, scale_protocol=other)
        case Intent.CHOOSE if pressed.argument:
            return m.go(Step.WEIGH, scale=_scale_at(m, pressed.argument))
        case Intent.NO:
            return m.go(Step.SCANNER)
        case _:
            return m.wrong(text("setup.choose_scale"))


def _scale_at(m: Machine, port: str) -> str:
    sics = m.state.answers.scale_protocol == "mt-sics"
    return f"serial://{port}?baud=9600" + ("" if sics else "&bits=7&parity=E&unit=kg")


def scale_typed(m: Machine, typed: Typed) -> tuple[Order, ...]:
    """The address of a scale that is not in the list."""
    return _device_at(m, typed.line, Step.WEIGH, "scale")


def weigh(m: Machine, reading: Reading) -> tuple[Order, ...]:
    """Something lies on it, and it says what: it works."""
    before = m.state.passed
    works = before or (reading.usable and bool(reading.weight_mg))
    m.state = replace(m.state, reading=reading, passed=works, wrong=None)
    return (Play(Sound.ACCEPTED),) if works and not before else ()


def weigh_key(m: Machine, pressed: Pressed) -> tuple[Order, ...]:
    """On with a scale that works, or without one."""
    return _checked(m, pressed, Step.PRINTER, Step.SCALE, text("setup.weigh_first"))


def scale_state(m: Machine, device: DeviceChanged) -> tuple[Order, ...]:
    """Whether it answers."""
    return _device(m, device, DeviceKind.SCALE)


def printer(m: Machine, pressed: Pressed) -> tuple[Order, ...]:
    """None, or back."""
    match pressed.intent:
        case Intent.CHOOSE if pressed.argument == "leave_out":
            return m.go(Step.SOUND, printer="")
        case Intent.NO:
            return m.go(Step.SCALE)
        case Intent.MAIN if m.state.answers.printer:
            return m.go(Step.LABEL)
        case _:
            return m.wrong(text("setup.type_printer"))


def printer_typed(m: Machine, typed: Typed) -> tuple[Order, ...]:
    """An address; a name alone is a printer in the network."""
    line = typed.line if "://" in typed.line else f"tcp://{typed.line}?status=hs"
    return _device_at(m, line, Step.LABEL, "printer")


def printed(m: Machine, printed: Printed) -> tuple[Order, ...]:
    """What the printer said; whether a label came out is seen by a person."""
    if printed.state is PrintState.FAILED:
        m.go(Step.PRINTER)
        return m.wrong(text("setup.print_failed", sentence=printed.detail))
    m.state = replace(m.state, busy=None)
    return (Play(Sound.ATTENTION),)


def label(m: Machine, pressed: Pressed) -> tuple[Order, ...]:
    """Did it come out?"""
    match pressed.intent:
        case Intent.YES | Intent.MAIN:
            return m.go(Step.SOUND)
        case Intent.NO:
            return (*m.go(Step.PRINTER), *m.wrong(text("setup.no_label")))
        case _:
            return m.wrong(text("setup.yes_or_no"))


def sound(m: Machine, pressed: Pressed) -> tuple[Order, ...]:
    """Heard, or not; a bench without sound works, and its footer says so."""
    match pressed.intent:
        case Intent.MAIN | Intent.YES:
            return m.go(Step.DONE)
        case Intent.CHOOSE if pressed.argument == "leave_out":
            return m.go(Step.DONE)
        case Intent.CHOOSE if pressed.argument in {sound.value for sound in Sound}:
            return (Play(Sound(pressed.argument)),)
        case Intent.NO:
            return m.go(Step.PRINTER)
        case _:
            return m.wrong(text("setup.not_here"))


def _checked(
    m: Machine, pressed: Pressed, onward: Step, back: Step, first: Text
) -> tuple[Order, ...]:
    match pressed.intent:
        case Intent.MAIN if m.state.passed:
            return m.go(onward)
        case Intent.CHOOSE if pressed.argument == "leave_out":
            return m.go(onward)
        case Intent.NO:
            return m.go(back)
        case _:
            return m.wrong(first)


def _device_at(m: Machine, line: str, step: Step, name: str) -> tuple[Order, ...]:
    if "://" not in line:
        return m.wrong(text("setup.bad_device", line=line[:MOST]))
    return m.go(step, **{name: line})


def _device(m: Machine, device: DeviceChanged, kind: DeviceKind) -> tuple[Order, ...]:
    if device.kind is kind:
        gone = device.state in (DeviceState.ABSENT, DeviceState.LOST)
        wrong = text("setup.device_gone", sentence=device.detail) if gone else None
        m.state = replace(m.state, device=device, wrong=wrong)
    return ()
