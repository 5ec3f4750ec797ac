"""How every page of the floor answers a scan, on papers of ten lines and of five thousand.

From the barcode at the port to the painted answer, in a hall of a hundred thousand items; and what
made the window hang for more than a tenth of a second meanwhile, by file and line.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from app.contract.messages import DocumentLine, DocumentRow, LocationRow
from app.ledger.database import Database
from app.ledger.service import LedgerService
from app.ledger.transfers import Call
from app.station.inbox import Do, Intent
from bench import hall
from bench.painted import Stopwatch, drive
from bench.processes import LedgerProcess, Neighbours
from bench.rows import Beside, Row, percentile
from bench.shift import BenchStation
from bench.sync import wait_for
from ui.application import Program
from ui.stall import Stall

ITEMS = int(os.environ.get("BENCH_ITEMS", "100000"))
FEW, MANY = 10, 5_000
SCANS = 40
ANSWER_S = 10.0
# The trigger of the same scanner: twice the same code sooner is one pull.
BETWEEN_S = 0.35
DOCK, OTHER = "DOCK-1", "BRE"


@dataclass(frozen=True, slots=True)
class Task:
    """A page, and how somebody gets to where goods are scanned.

    Attributes:
        name: Of the page, in the figures.
        opening: Scanned one after the other; `{n}` is the number of lines.
        after: Cards that end a unit.
        leaving: Cards back to the board.
        many: Lines of its long paper; the ledger asks for a transfer in one operation.
        follows: Goods are scanned in the order the page asks for them.
    """

    name: str
    opening: tuple[str, ...]
    after: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ("CMD:PAUSE",)
    follows: bool = False
    many: int = MANY


TASKS = (
    Task("pack", ("ORDER-{n}",)),
    Task("receive", ("ASN-{n}",)),
    Task("return", ("RMA-{n}",), ("CMD:NO",)),
    Task("count", ("CNT-{n}", "LOC:R01-01")),
    Task("transfer", ("TR-{n}",), many=500),
    Task("pick", ("CMD:TASK-PICK", "PICK-{n}", "TOTE:T-{n}", "CMD:MAIN"), follows=True, many=FEW),
    Task("lookup", ("CMD:LOOKUP",), (), ("CMD:NO", "CMD:NO"), many=FEW),
)


def measure() -> Iterator[Row]:
    """Every page, with few lines and with many."""
    with TemporaryDirectory(prefix="packhouse-bench-") as named:
        folder = Path(named)
        service = LedgerService(Database.in_folder(folder / "ledger"))
        _fill(service)
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
        self._pause = Event()

    def work(self, port: int, watch: Stopwatch, program: Program) -> None:
        """Everything, from the badge to the last page."""
        self._pause.wait(3.0)  # the station opens, and its scanner with it
        self._port, self._watch, self._program = port, watch, program
        self._scan(hall.BADGE)
        program.bridge.send(Do(Intent.SIGN_IN_PIN, hall.PIN))
        self._pause.wait(3.0)
        self.stalls.clear()  # the start is measured by `bench.startup`
        for task in TASKS:
            for lines in sorted({FEW, task.many}):
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

    def _page(self, task: Task, lines: int) -> None:
        for code in task.opening:
            self.opened[task.name, lines] = self._scan(code.format(n=lines))
        took = self.took[task.name, lines] = []
        for number in range(min(SCANS, lines)):
            wanted = self._wanted() if task.follows else hall.gtin13(number)
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
        self._pause.wait(BETWEEN_S)
        begun = self._watch.start()
        os.write(self._port, code.encode() + b"\r")
        if not self._watch.done.wait(ANSWER_S):
            title = self._program.window.screen_value.prompt.title
            raise TimeoutError(f"{code} was not painted: {title}")
        return (self._watch.painted_at - begun) * 1e3


def _fill(service: LedgerService) -> None:
    """The hall, and a paper of each kind with ten and with five thousand lines."""
    hall.fill(service, items=ITEMS, balances=ITEMS, lines=0, each=10)
    service.add_site(OTHER, company_prefix="4012346")
    service.imports.locations(
        [LocationRow(hall.SITE, DOCK, "dock"), LocationRow(hall.SITE, "RET-A", "returns")]
    )
    where = service.site(hall.SITE)
    for lines in (FEW, 500, MANY):
        rows = tuple(DocumentLine(n + 1, hall.sku(n), 2) for n in range(lines))
        orders = [hall.order(f"{name}-{lines}", lines, 2) for name in ("ORDER", "PICK")]
        service.imports.orders(hall.SITE, orders)
        inbound = DocumentRow("inbound", f"ASN-{lines}", 1, "expected", lines=rows)
        back = DocumentRow("return", f"RMA-{lines}", 1, "authorised", lines=rows)
        service.announcements.put(hall.SITE, [inbound, back])
        counted = tuple(DocumentLine(n + 1, hall.sku(n), 0, "R01-01") for n in range(lines))
        service.counts.plan(where, DocumentRow("count", f"CNT-{lines}", 0, "", lines=counted))
        if lines == MANY:
            continue
        moved = DocumentRow(
            "transfer", f"TR-{lines}", 0, "", origin=hall.SITE, destination=OTHER, lines=rows
        )
        service.transfers.ask(where, moved, Call("office"))
