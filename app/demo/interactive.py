"""The demo at the window: how it is set up, and what the panel's buttons do to its devices."""

import logging
import threading
from pathlib import Path
from random import Random

from app.bootstrap import Workstation, build
from app.demo.link import Link
from app.demo.scene import Person, Scene
from app.devices.sim.bench import SimBench
from app.errors import PackhouseError
from app.reports.making import Paper
from app.settings import StationSettings
from app.station.events import Event, ScreenChanged
from app.station.inbox import Do, Intent
from app.station.screen import Page, ProofState, Screen

log = logging.getLogger(__name__)

# A heavy parcel's worth when the screen does not say what the box should weigh.
SOME_WEIGHT_MG = 1_250_000


class DemoBench:
    """The simulated bench of the demo, and the station beside it.

    Args:
        folder: Where ledger, station and log lie.
        seed: Noise of the devices.
        language: Of the window.
        theme: Of the window.

    Attributes:
        draws: Draws reports; the window gives it.
    """

    def __init__(self, folder: Path, seed: int, language: str, theme: str) -> None:
        self._folder = folder
        self._seed = seed
        self._look = (language, theme)
        self._scene = Scene(folder)
        self._chance = Random(seed)  # noqa: S311 - which wrong item is scanned
        self._screen: Screen | None = None
        self._clerk: Person | None = None
        self._workstation: Workstation | None = None
        self._gtins: dict[str, str] = {}
        self._bench: SimBench | None = None
        self._link: Link | None = None
        self.draws: Paper | None = None
        self._plugged = self._paper = True
        self._busy = threading.Lock()

    # ------------------------------------------------------------------------ set up, take down

    def start(self) -> Workstation:
        """Make the demo's ledger and station and start them; takes a few seconds the first time."""
        fresh = not self._scene.ledger_dir.exists()
        code = self._scene.set_up() if fresh else ""
        self._scene.open_ledger()
        self._clerk = self._scene.people()[0]
        self._gtins = self._scene.gtins()
        self._bench = SimBench(self._folder / "devices", self._seed)
        self._link = Link(self._scene.port)
        language, theme = self._look
        settings = StationSettings(
            data_dir=self._folder / "station",
            ledger=self._link.url,
            scanner=self._bench.scanner_url,
            scale=self._bench.scale_url,
            printer=self._bench.printer_url,
            language=language,
            theme=theme,
            passphrase_file=str(self._scene.passphrase_file()),
        )
        workstation = self._workstation = build(settings, code)
        workstation.paper = self.draws
        workstation.subscribe(self._see)
        workstation.start()
        return workstation

    def close(self) -> None:
        """Take everything down again; the folder stays."""
        if self._bench is not None:
            self._bench.close()
        if self._link is not None:
            self._link.close()
        self._scene.close_ledger()

    def _see(self, event: Event) -> None:
        if isinstance(event, ScreenChanged):
            self._screen = event.screen

    # --------------------------------------------------------------------------------- the buttons

    def press(self, name: str) -> None:
        """Do what a button of the panel says."""
        bench = self._bench
        if bench is None:
            return
        with self._busy:
            try:
                self._press(bench, name)
            except PackhouseError:
                log.exception("the simulated bench did not do “%s”", name)

    def _press(self, bench: SimBench, name: str) -> None:
        match name:
            case "scan_right":
                self._do_right(bench)
            case "scan_wrong":
                bench.scan(self._wrong_code())
            case "scan_ack":
                bench.scan("CMD:ACK")
            case "box_on":
                bench.place(self._right_weight())
            case "box_off":
                bench.lift()
            case "scale_plug":
                (bench.unplug_scale if self._plugged else bench.plug_scale)()
                self._plugged = not self._plugged
            case "garbage":
                bench.garbage_scale()
            case "paper":
                (bench.paper_out if self._paper else bench.paper_in)()
                self._paper = not self._paper
            case "link" if self._link is not None:
                (self._link.cut if self._link.up else self._link.restore)()
            case _:
                log.info("no button of the bench is called %s", name)

    def _do_right(self, bench: SimBench) -> None:
        pin = self._pin()
        if pin and self._workstation is not None:
            self._workstation.put(Do(Intent.SIGN_IN_PIN, pin))
        else:
            bench.scan(self._right_code())

    def _pin(self) -> str:
        """What a clerk types now: the PIN, after the badge was scanned; else nothing."""
        proof = self._screen.proof if self._screen is not None else None
        asked = proof is not None and proof.state is ProofState.PIN
        return self._clerk.pin if asked and self._clerk is not None else ""

    def _right_code(self) -> str:
        """What a clerk would scan now."""
        screen = self._screen
        if screen is None or screen.page is Page.SIGN_IN:
            return self._clerk.badge if self._clerk is not None else ""
        if screen.page is Page.HOME:
            return screen.queue[0].order if screen.queue else "CMD:NEXT"
        if screen.label is not None:
            return f"]C100{screen.label.sscc}"
        line = next((line for line in screen.lines if line.line == screen.current), None)
        return self._gtins.get(line.sku, line.sku) if line is not None else "CMD:MAIN"

    def _wrong_code(self) -> str:
        ordered = {line.sku for line in self._screen.lines} if self._screen else set()
        return self._gtins[self._chance.choice([sku for sku in self._gtins if sku not in ordered])]

    def _right_weight(self) -> int:
        weigh = self._screen.weigh if self._screen else None
        return weigh.expected.expected_mg if weigh is not None else SOME_WEIGHT_MG
