"""The stage of the demo: a folder with a ledger of its own, sample goods, and a station's code.

Everything is done by the program's own commands, as IT would do it on a new site.
"""

import csv
import os
import re
import secrets
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.clock import SystemClock
from app.demo import program
from app.errors import Trouble
from app.paths import resources_dir

SITE = "DEMO"
STATION = "PACK-03"
# Of the range GS1 keeps for examples; no parcel on the road carries it.
COMPANY_PREFIX = "9521234"
# Starting a process and importing 300 items takes a second or two here.
COMMAND_WAIT_S = 120
STOP_WAIT_S = 15
_LISTENING = re.compile(r"listening on http://[^:]+:(\d+)")
_CODE = re.compile(r"\b([0-9A-HJKMNP-TV-Z]{10})\b")


@dataclass(frozen=True, slots=True)
class Person:
    """Someone of the sample set; the sample file tells everyone badge and PIN."""

    person: str
    name: str
    badge: str
    pin: str


class Scene:
    """A ledger process and what it was given.

    Args:
        folder: Where everything of this demo lies.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sample = resources_dir() / "sample"
        self.ledger_dir = folder / "ledger"
        self.log = folder / "demo.log"
        self.port = 0
        self._ledger: subprocess.Popen[str] | None = None

    def set_up(self) -> str:
        """Make the site, its people and goods; the station's one-time code."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._today()
        for arguments in self._set_up_commands():
            self.command(*arguments)
        return self.new_code()

    def _set_up_commands(self) -> list[list[str]]:
        at = ["--data-dir", str(self.ledger_dir)]
        files = ("items", "locations", "boxes", "users", "stock", "orders")
        return [
            ["ledger", "site", "add", SITE, "--company-prefix", COMPANY_PREFIX, *at],
            *(["import", name, str(self._file(name)), "--site", SITE, *at] for name in files),
        ]

    def _file(self, name: str) -> Path:
        ours = self.folder / f"{name}.csv"
        return ours if ours.exists() else self.sample / f"{name}.csv"

    def _today(self) -> None:
        """Orders of the sample are due on a day of the past; here they are due today."""
        today = SystemClock().now().date().isoformat()
        rows = (self.sample / "orders.csv").read_text(encoding="utf-8")
        due = re.sub(r",\d{4}-\d{2}-\d{2}T", f",{today}T", rows)
        (self.folder / "orders.csv").write_text(due, encoding="utf-8")

    def new_code(self) -> str:
        """A one-time code for the demo's station."""
        said = self.command(
            "ledger", "station", "add", SITE, STATION, "--data-dir", str(self.ledger_dir)
        )
        found = _CODE.search(said)
        if found is None:
            raise Trouble("The ledger gave no enrolment code. See the log.", detail=said)
        return found.group(1)

    def passphrase_file(self) -> Path:
        """What unlocks the keys of the demo's station, made at first use.

        A demo has no keyring to trust and nothing to guard: the passphrase lies beside the folder
        it opens, which no real station should do.
        """
        path = self.folder / "passphrase"
        if not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(24))
        return path

    def command(self, *arguments: str) -> str:
        """Run one command of the program to its end; what it printed.

        Raises:
            Trouble: It failed; its own sentence is passed on.
        """
        done = subprocess.run(  # noqa: S603 - our own program
            program.command(*arguments),
            capture_output=True,
            text=True,
            timeout=COMMAND_WAIT_S,
            check=False,
            cwd=Path(__file__).resolve().parents[2],
        )
        if done.returncode:
            raise Trouble(
                f"`packhouse {arguments[0]} {arguments[1]}` failed: {done.stderr or done.stdout}"
            )
        return done.stdout

    def open_ledger(self) -> None:
        """Start the ledger and wait until it listens."""
        self._ledger = program.start(
            ["ledger", "serve", "--data-dir", str(self.ledger_dir), "--port", "0"], self.log
        )
        output = self._ledger.stdout
        for line in output or ():
            found = _LISTENING.search(line)
            if found:
                self.port = int(found.group(1))
                return
        raise Trouble(f"The ledger did not start. See {self.log}.")

    def close_ledger(self) -> None:
        """Stop it orderly."""
        if self._ledger is not None:
            end(self._ledger)
            self._ledger = None

    # --------------------------------------------------------------------------- the sample's rows

    def people(self) -> list[Person]:
        """Who may sign in."""
        return [
            Person(row["user"], row["name"], row["badge"], row["pin"])
            for row in self._rows("users.csv")
        ]

    def gtins(self) -> dict[str, str]:
        """A barcode for every item."""
        return {row["sku"]: row["gtin"] for row in self._rows("items.csv") if row["gtin"]}

    def orders(self) -> list[str]:
        """Numbers of the orders, most urgent first as the task board has them."""
        rows = [row for row in self._rows("orders.csv") if row["priority"]]
        rows.sort(key=lambda row: (int(row["priority"]), row["ship_before"], row["order"]))
        return list(dict.fromkeys(row["order"] for row in rows))

    def units(self, order: str) -> int:
        """How many units an order wants."""
        return sum(
            int(row["quantity"]) for row in self._rows("orders.csv") if row["order"] == order
        )

    def _rows(self, name: str) -> Sequence[dict[str, str]]:
        with (self.sample / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))


def end(process: "subprocess.Popen[str]") -> None:
    """Ask a process to stop; after a while make it."""
    process.terminate()
    try:
        process.wait(STOP_WAIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
