"""Simulated devices as a process of their own, worked by lines on its input.

    scale:    place 1250000 · lift · overload · unplug · plug · garbage · silent · fault NAME · well
    scanner:  scan CODE · scan-as ]C1 CODE · unplug · plug · fault NAME · well
    printer:  paper_out · paper_in · off · on · fault NAME · well
    each:     quit

When it is ready it writes its address, one line. A whole bench writes three (`scale serial://…`),
and its control lines begin with the device: `scale place 1250000`. `<GS>` in a code is GS.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import TextIO

from app.devices.sim.bench import TOO_MUCH_MG, model_for, scale_address, side_of
from app.devices.sim.faults import Fault, Faults
from app.devices.sim.printer import PrinterFault, SimPrinter
from app.devices.sim.pty_link import PtyLink
from app.devices.sim.scale import SimScale
from app.devices.sim.scanner import SimScanner
from app.errors import Trouble

DEVICES = ("scanner", "scale", "printer")
Act = Callable[[str], None]
Controls = dict[str, Act]


def run(
    device: str,
    protocol: str = "mt-sics",
    link: str | None = None,
    seed: int = 7,
    lines: Iterable[str] | None = None,
    out: TextIO | None = None,
) -> int:
    """Run a device, or with `bench` all three, until `quit` or the end of its input.

    Args:
        device: `scale`, `scanner`, `printer` or `bench`.
        protocol: What the scale speaks.
        link: Where the link to the terminal is put (the folder of the links, for `bench`).
        seed: Of every noise.
        lines: Control lines; the standard input without.
        out: Where addresses and complaints go; the standard output without.

    Returns:
        0; complaints about control lines are written and do not end it.
    """
    wanted = DEVICES if device == "bench" else (device,)
    told = sys.stdout if out is None else out
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="packhouse-sim-")))
        if link is not None and device == "bench":
            folder = Path(link)
        running: dict[str, Controls] = {}
        for name in wanted:
            place = Path(link) if link is not None and device != "bench" else folder / name
            address, running[name] = _start(name, protocol, place, seed, stack)
            told.write(f"{address}\n" if device != "bench" else f"{name} {address}\n")
        told.flush()
        _work(running, sys.stdin if lines is None else lines, told)
    return 0


def _start(
    name: str, protocol: str, place: Path, seed: int, stack: ExitStack
) -> tuple[str, Controls]:
    match name:
        case "scale":
            model = model_for("lb" if protocol.endswith("-lb") else "kg")
            platform = SimScale(seed, model)
            spoken = protocol.removesuffix("-lb")
            side = side_of(spoken, platform)
            line = stack.enter_context(closing(PtyLink(place, side, Faults(seed))))
            return scale_address(line.url, spoken, model), scale_controls(line, platform)
        case "scanner":
            scanner = stack.enter_context(closing(SimScanner(place, Faults(seed))))
            return scanner.line.url, scanner_controls(scanner)
        case "printer":
            printer = stack.enter_context(closing(SimPrinter(place.with_name("labels"))))
            return printer.url, printer_controls(printer)
        case _:
            raise Trouble(f"There is no simulated “{name}”. Use scale, scanner, printer or bench.")


def _work(running: dict[str, Controls], lines: Iterable[str], told: TextIO) -> None:
    for line in lines:
        command, _, rest = line.strip().partition(" ")
        if command == "quit":
            return
        name = next(iter(running))
        if len(running) > 1:
            name = command
            command, _, rest = rest.partition(" ")
        act = running.get(name, {}).get(command)
        try:
            if act is None:
                raise ValueError(line.strip())  # noqa: TRY301 - one complaint for both
            act(rest)
        except ValueError as error:
            if line.strip():
                told.write(f"not understood: {error}\n")
                told.flush()


def scale_controls(line: PtyLink, platform: SimScale) -> Controls:
    """What can be done to a scale."""
    return line_controls(line) | {
        "place": lambda weight: line.with_side(partial(platform.place, int(weight))),
        "lift": lambda _: line.with_side(platform.lift),
        "overload": lambda _: line.with_side(partial(platform.place, TOO_MUCH_MG)),
    }


def scanner_controls(scanner: SimScanner) -> Controls:
    """What can be done to a scanner."""

    def scan_as(rest: str) -> None:
        aim, _, code = rest.partition(" ")
        scanner.scan(code.replace("<GS>", "\x1d"), aim)

    return line_controls(scanner.line) | {
        "scan": lambda code: scanner.scan(code.replace("<GS>", "\x1d")),
        "scan-as": scan_as,
    }


def line_controls(line: PtyLink) -> Controls:
    """What can be done to a serial line."""

    def plug(_: str) -> None:
        line.faults.on.clear()
        line.replug()

    return {
        "unplug": lambda _: line.unplug(),
        "plug": plug,
        "garbage": lambda _: line.faults.on.add(Fault.GARBAGE),
        "silent": lambda _: line.faults.on.add(Fault.SILENT),
        "fault": lambda name: line.faults.on.add(Fault(name)),
        "well": lambda _: line.faults.on.clear(),
    }


def printer_controls(printer: SimPrinter) -> Controls:
    """What can be done to a printer."""
    return {
        "paper_out": lambda _: printer.on.add(PrinterFault.PAPER_OUT),
        "paper_in": lambda _: printer.on.discard(PrinterFault.PAPER_OUT),
        "off": lambda _: printer.on.add(PrinterFault.REFUSE),
        "on": lambda _: printer.on.clear(),
        "fault": lambda name: printer.on.add(PrinterFault(name)),
        "well": lambda _: printer.on.clear(),
    }


def main(device: str, arguments: Sequence[str]) -> int:
    """`run` from words: `--protocol P --link PATH --seed N`."""
    parser = argparse.ArgumentParser(prog=f"sim {device}")
    parser.add_argument("--protocol", default="mt-sics")
    parser.add_argument("--link")
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args(arguments)
    return run(device, chosen.protocol, chosen.link, chosen.seed)


run_scale = partial(main, "scale")
run_scanner = partial(main, "scanner")
run_printer = partial(main, "printer")
run_bench = partial(main, "bench")
