"""`packhouse demo --script`: a whole shift through the real window, with an outage and a power cut.

Five orders online; the link is cut; twenty more; kill -9 in the middle of the next; the same order
finished after the restart; the link comes back. Ledger, station and this conductor are separate
processes; the conductor acts through device bytes alone and compares the books at the end with a
checker that imports nothing of the program.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random

from app.demo import program
from app.demo.clerk import Clerk, Goods
from app.demo.link import Link
from app.demo.scene import Scene, end
from app.demo.witness import Witness
from app.devices.sim.bench import SimBench
from app.errors import Trouble
from app.settings import has_display

ONLINE, OFFLINE = 5, 20
# Larger orders would only make the play longer, and some are too heavy for a bench scale.
MOST_UNITS = 9
# Draining a few hundred operations takes well under a second; a slow machine gets a minute.
DRAIN_WAIT_S = 60.0
OFFLINE_WAIT_S = 30.0


class Shift:
    """One scripted shift.

    Args:
        folder: Where ledger, station and log lie.
        seed: Chance of mistakes and of the devices' noise.
        pictures: Folder for screenshots, or None.
        flags: More flags for the station's window (theme, language).
    """

    def __init__(self, folder: Path, seed: int, pictures: Path | None, flags: list[str]) -> None:
        self._scene = Scene(folder)
        self._folder = folder
        self._chance = Random(seed)  # noqa: S311 - mistakes of a clerk, not secrets
        self._seed = seed
        self._pictures = pictures
        self._flags = flags
        self._station: subprocess.Popen[str] | None = None

    def play(self) -> int:
        """Play it; exit code 0 only if the books agree."""
        code = self._scene.set_up()
        self._scene.open_ledger()
        bench = SimBench(self._folder / "devices", self._seed)
        try:
            with Link(self._scene.port) as link:
                self._work(bench, link, code)
        finally:
            if self._station is not None:
                end(self._station)
            bench.close()
            self._scene.close_ledger()
        return self._compare()

    def _work(self, bench: SimBench, link: Link, code: str) -> None:
        orders = [o for o in self._scene.orders() if self._units(o) <= MOST_UNITS]
        goods = Goods(self._scene.gtins())
        person = self._scene.people()[0]
        witness = self._open_station(bench, link, code)
        clerk = Clerk(bench, witness, goods, self._chance, self._press)
        clerk.sign_in(person.badge, person.pin)
        witness.wait_until(lambda: witness.link == "online", "online", OFFLINE_WAIT_S)
        for order in orders[:ONLINE]:
            clerk.pack(order)
        say(f"{ONLINE} orders packed online")
        link.cut()
        witness.wait_until(lambda: witness.link != "online", "offline", OFFLINE_WAIT_S)
        for order in orders[ONLINE : ONLINE + OFFLINE]:
            clerk.pack(order)
        say(f"link cut; {OFFLINE} orders packed offline, {witness.outbox} operations waiting")
        order = max(orders[ONLINE + OFFLINE :], key=self._units)
        clerk.open_order(order)
        packed = clerk.pack_units(most=max(1, self._units(order) // 2))
        self._kill()
        say(f"kill -9 in the middle of {order}, {packed} units in the box")
        witness = self._open_station(bench, link, "")
        clerk = Clerk(bench, witness, goods, self._chance, self._press)
        clerk.sign_in(person.badge, person.pin)
        witness.wait_until(lambda: witness.screen.get("document") == order, f"{order} again")
        if witness.done != packed:
            raise Trouble(f"{order} resumed at {witness.done} units instead of {packed}.")
        clerk.pack_units()
        clerk.weigh_and_hand_over()
        say(f"started again at unit {packed} and finished {order}")
        link.restore()
        witness.wait_until(
            lambda: witness.link == "online" and witness.outbox == 0, "all sent", DRAIN_WAIT_S
        )
        say("link restored, outbox empty")

    def _units(self, order: str) -> int:
        return self._scene.units(order)

    def _open_station(self, bench: SimBench, link: Link, code: str) -> Witness:
        arguments = ["station", "--data-dir", str(self._folder / "station"), "--ledger", link.url]
        arguments += ["--passphrase-file", str(self._scene.passphrase_file())]
        arguments += ["--scanner", bench.scanner_url, "--scale", bench.scale_url]
        arguments += ["--printer", bench.printer_url, "--events", *self._flags]
        if code:
            arguments += ["--enrol", code]
        if self._pictures is not None:
            arguments += ["--screenshots", str(self._pictures)]
        environment = {} if has_display() else {"QT_QPA_PLATFORM": "offscreen"}
        self._station = program.start(arguments, self._scene.log, environment=environment)
        return Witness(self._station.stdout)

    def _press(self, intent: str, argument: str) -> None:
        """Press keys of the station's window, as lines on its stdin."""
        keys = self._station.stdin if self._station is not None else None
        if keys is None:
            raise Trouble("There is no station whose keys could be pressed.")
        keys.write(json.dumps({"do": intent, "argument": argument}) + "\n")
        keys.flush()

    def _kill(self) -> None:
        if self._station is None:
            raise Trouble("There is no station to kill.")
        self._station.kill()
        self._station.wait()

    def _compare(self) -> int:
        done = subprocess.run(  # noqa: S603 - our own checker
            [*checker_command(), *self._books()], capture_output=True, text=True, check=False
        )
        say(done.stdout.strip() or done.stderr.strip())
        say("the books agree" if done.returncode == 0 else "THE BOOKS DIFFER")
        return done.returncode

    def _books(self) -> list[str]:
        station = self._folder / "station"
        return [
            str(station / "book.db"),
            str(station / "keys.json"),
            str(self._scene.passphrase_file()),
            str(self._scene.ledger_dir / "ledger.sqlite"),
        ]


def checker_command() -> list[str]:
    """How to run the checker: the packaged program carries no interpreter to run a file with."""
    if getattr(sys, "frozen", False):
        return [*program.command("demo"), "--check-books"]
    return [sys.executable, str(Path(__file__).with_name("checker.py"))]


def say(sentence: str) -> None:
    """Tell the person watching how far the shift is."""
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


def run(seed: int, data_dir: Path | None, pictures: Path | None, flags: list[str]) -> int:
    """Play the shift in `data_dir`, or in a folder that is removed afterwards."""
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
        say(f"screenshots: {pictures}")
    if data_dir is not None:
        return Shift(data_dir, seed, pictures, flags).play()
    with tempfile.TemporaryDirectory(prefix="packhouse-demo-") as folder:
        return Shift(Path(folder), seed, pictures, flags).play()
