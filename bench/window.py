"""How every page of the floor answers a scan, on papers of ten lines and of five thousand.

From the barcode at the port to the painted answer, in a hall of a hundred thousand items; and what
made the window hang for more than a tenth of a second meanwhile, by file and line. `BENCH_ITEMS`
sets the items, `BENCH_TASKS` the pages, by their names here.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from app.ledger.database import Database
from app.ledger.service import LedgerService
from app.station.inbox import Do, Intent
from bench import hall
from bench.painted import Stopwatch, drive
from bench.papers import FEW, MANY, MIDDLE, fill, picker
from bench.processes import LedgerProcess, Neighbours
from bench.rows import Beside, Row, percentile
from bench.shift import BenchStation
from bench.sync import wait_for
from ui.application import Program
from ui.stall import Stall

ITEMS = int(os.environ.get("BENCH_ITEMS", "100000"))
SCANS = 40
ANSWER_S = 10.0
# A quick hand. The trigger of the same scanner: twice the same code sooner is one pull.
BETWEEN_S, AGAIN_S = 0.15, 0.35


@dataclass(frozen=True, slots=True)
class Task:
    """A page, and how somebody gets to where goods are scanned.

    Attributes:
        name: Of the page, in the figures.
        opening: Scanned one after the other; `{n}` is the number of lines.
        after: Cards that end a unit.
        leaving: Cards back to the board.
        papers: Lines of its papers; the ledger asks for a transfer in one operation.
        alone: A round is a person's own, and is gone on with: each paper has another picker, who
            scans in the order the page asks for.
        first: Item that is scanned first; those on no paper lie at one place only.
    """

    name: str
    opening: tuple[str, ...]
    after: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ("CMD:PAUSE",)
    papers: tuple[int, ...] = (FEW, MANY)
    alone: bool = False
    first: int = 0


TASKS = (
    Task("pack", ("ORDER-{n}",)),
    Task("receive", ("ASN-{n}",)),
    Task("return", ("RMA-{n}",), ("CMD:MAIN", "CMD:MAIN")),
    Task("count", ("CNT-{n}", "LOC:R01-01")),
    Task("move", ("CMD:TASK-MOVE",), ("LOC:R20-20",), papers=(FEW,), first=MANY),
    Task("transfer_ship", ("TR-{n}",), papers=(FEW, MIDDLE)),
    Task("transfer_receive", ("TB-{n}", "LOC:R01-01"), papers=(FEW, MIDDLE)),
    Task(
        "pick",
        ("CMD:TASK-PICK", "PICK-{n}", "TOTE:T-{n}", "CMD:MAIN"),
        papers=(FEW, MIDDLE, MANY),
        alone=True,
    ),
    Task("lookup", ("CMD:LOOKUP",), (), ("CMD:NO", "CMD:NO"), papers=(FEW,)),
)


def measure() -> Iterator[Row]:
    """Every page, with few lines and with many."""
    with TemporaryDirectory(prefix="packhouse-bench-") as named:
        folder = Path(named)
        service = LedgerService(Database.in_folder(folder / "ledger"))
        fill(service, ITEMS)
        station = BenchStation(folder / "station", service, hall.SITE, "pack-1")
        service.close()
        with LedgerProcess("--data-dir", str(folder / "ledger")) as ledger:
            with station.hand_over(ledger=ledger.url) as before:
                wait_for(lambda: before.views.health().cursor > 0)
            neighbours, clerk = Neighbours(), _Clerk()
            used = time.process_time() + ledger.cpu_s
            drive(
                lambda line: station.hand_over(ledger=ledger.url, scanner=line),
                clerk.work,
                clerk.stalls.append,
            )
            others = neighbours.percent(time.process_time() + ledger.cpu_s - used)
            beside: Beside = {"items": ITEMS, "others_cpu_percent": others}
        yield from _rows(clerk, beside)


def _rows(clerk: "_Clerk", beside: Beside) -> Iterator[Row]:
    for (task, lines), took in clerk.took.items():
        if not took:
            continue
        figures = {"p50": percentile(took, 50), "p95": percentile(took, 95), "max": max(took)}
        for name, value in figures.items():
            yield Row(f"window_{task}_{lines}_{name}_ms", value, "ms", len(took), beside)
    for (task, lines), milliseconds in clerk.opened.items():
        yield Row(f"window_{task}_{lines}_open_ms", milliseconds, "ms", 1, beside)
    scans = sum(len(took) for took in clerk.took.values())
    places = Counter(stall.place for stall in clerk.stalls)
    worst = max(clerk.stalls, key=lambda stall: stall.milliseconds, default=None)
    told = {**beside, "worst": worst.place if worst else "", "places": len(places)}
    yield Row("window_stalls", len(clerk.stalls), "over 100 ms", scans, told)
    if worst is not None:
        yield Row("window_worst_stall_ms", worst.milliseconds, "ms", 1, told)


class _Clerk:
    """Goes through all pages, and keeps how long each answer took."""

    def __init__(self) -> None:
        self.took: dict[tuple[str, int], list[float]] = {}
        self.opened: dict[tuple[str, int], float] = {}
        self.stalls: list[Stall] = []
        self._pause, self._last = Event(), ""

    def work(self, port: int, watch: Stopwatch, program: Program) -> None:
        """Everything, from the badge to the last page."""
        self._pause.wait(3.0)  # the station opens, and its scanner with it
        self._port, self._watch, self._program = port, watch, program
        self._sign_in(hall.BADGE)
        self.stalls.clear()  # the start is measured by `bench.startup`
        for task in wanted_tasks():
            for lines in task.papers:
                try:
                    self._page(task, lines)
                except TimeoutError as late:
                    print(f"{task.name} with {lines} lines: {late}", flush=True)
                    self._leave()

    def _leave(self) -> None:
        """Whatever the page says: back to the board."""
        for card in ("CMD:ACK", "CMD:NO", "CMD:ACK", "CMD:HOME"):
            os.write(self._port, card.encode() + b"\r")
            self._pause.wait(1.0)

    def _sign_in(self, badge: str) -> None:
        self._scan(badge)
        self._program.bridge.send(Do(Intent.SIGN_IN_PIN, hall.PIN))
        self._pause.wait(3.0)

    def _page(self, task: Task, lines: int) -> None:
        if task.alone:
            self._scan("CMD:SIGN-OUT")
            self._sign_in(picker(lines))
        self.opened[task.name, lines] = max(
            self._scan(code.format(n=lines)) for code in task.opening
        )
        took = self.took[task.name, lines] = []
        for number in range(min(SCANS, lines)):
            wanted = self._wanted() if task.alone else hall.gtin13(task.first + number)
            took.append(self._scan(wanted))
            took += [self._scan(card) for card in task.after]
        for card in task.leaving:
            self._scan(card)

    def _wanted(self) -> str:
        """What the page asks for."""
        screen = self._program.window.screen_value
        sku = next(line.sku for line in screen.lines if line.line == screen.current)
        return hall.gtin13(int(sku.rpartition("-")[2]))

    def _scan(self, code: str) -> float:
        self._pause.wait(AGAIN_S if code == self._last else BETWEEN_S)
        self._last = code
        begun = self._watch.start()
        os.write(self._port, code.encode() + b"\r")
        if not self._watch.done.wait(ANSWER_S):
            title = self._program.window.screen_value.prompt.title
            raise TimeoutError(f"{code} was not painted: {title}")
        return (self._watch.painted_at - begun) * 1e3


def wanted_tasks() -> tuple[Task, ...]:
    """The pages that are asked for; all of them when none is."""
    named = os.environ.get("BENCH_TASKS", "").split()
    return tuple(task for task in TASKS if not named or task.name in named)
