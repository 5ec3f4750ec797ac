"""The hands of the first run: the real ledger, the real devices, the files of the station."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app import settings as told
from app.bootstrap import enrol
from app.clock import SystemClock
from app.contract import fingerprint
from app.custody import dial
from app.devices import devices
from app.devices.ports_here import ports_here
from app.devices.printer import PrinterThread
from app.devices.runner import DeviceThread
from app.errors import Refusal, Trouble
from app.labels.code import code_label
from app.labels.zpl import to_zpl
from app.opened import OpenBook
from app.settings import StationSettings
from app.setup import answers as kept
from app.setup.answers import Answers, Step
from app.setup.hands import Tell
from app.setup.happenings import Known
from app.setup.scanner_check import TEST_CODE
from app.station.ports import Identity
from app.sync.once import asked_once
from app.sync.pins import Pins

if TYPE_CHECKING:
    from app.keys.unlocking import Unlock

# Name of the one job the first run prints.
JOB = "setup"


class RealHands:
    """Does what is wanted; every method may wait for the world, and none forever.

    Args:
        folder: The station's data folder.
        unlock: What unlocks the keys; asked anew at each try.
    """

    def __init__(self, folder: Path, unlock: "Callable[[StationSettings], Unlock]") -> None:
        self._folder, self._unlock = folder, unlock
        self._clock = SystemClock()
        self._open: DeviceThread | PrinterThread | None = None

    def ports(self) -> tuple[str, ...]:
        """Serial ports, by names that survive replugging."""
        return ports_here()

    def reach(self, answers: Answers) -> None:
        """Pin the authority a person named, then ask over a connection that proves itself.

        Raises:
            Refusal: No fingerprint, or another authority.
            Trouble: It cannot be reached.
        """
        if answers.url.startswith("https:"):
            pins = Pins(self._folder)
            if answers.fingerprint:
                pins.pin_fingerprint(answers.url, answers.fingerprint)
            elif not pins.pem:
                raise Refusal("no_fingerprint", "The fingerprint is missing. Type it first.")
        dialled = dial(self._settings(answers))
        try:
            with asked_once():
                dialled.gate.hello()
        finally:
            dialled.wire.close()

    def enrol(self, answers: Answers, code: str, *, again: bool) -> Known:
        """Make the keys and the book where there are none, and trade the code in.

        Raises:
            PackhouseError: The code is refused, or keys, disk or ledger are out of reach.
        """
        settings = self._settings(answers)
        opened = OpenBook(settings, self._unlock(settings))
        try:
            if opened.store.enrolled() and not again:
                # Killed between the ledger's answer and our remembering it: no code is spent twice.
                known = opened.store.identity()
            else:
                known = enrol(opened, code, again=again)
            key = bytes.fromhex(opened.signer.public_key)
        finally:
            opened.close()
        return Known(known.station, known.site, fingerprint.words(fingerprint.of(key)))

    def listen(self, url: str, tell: Tell) -> None:
        """Open this scanner; one that types needs no port."""
        self.let_go()
        if url:
            device = devices.scanner("scanner-1", url)
            self._begin(DeviceThread(device, tell, self._clock.monotonic_ns))

    def weigh(self, url: str, protocol: str, tell: Tell) -> None:
        """Ask this scale.

        Raises:
            Trouble: An option of the address makes no sense.
        """
        self.let_go()
        device = devices.scale("scale-1", url, protocol)
        self._begin(DeviceThread(device, tell, self._clock.monotonic_ns))

    def print(self, url: str, station: str, tell: Tell) -> None:
        """Print a label that says which station it is from.

        Raises:
            Trouble: The address is none of a printer.
        """
        self.let_go()
        printer = PrinterThread("printer-1", url, tell)
        self._begin(printer)
        dpi = told.load(self._folder, {}).dpi
        printer.print(JOB, to_zpl(code_label(TEST_CODE, station, dpi)))

    def _begin(self, device: DeviceThread | PrinterThread) -> None:
        self._open = device
        device.start()

    def let_go(self) -> None:
        """Close what is open."""
        device, self._open = self._open, None
        if device is not None:
            device.stop()

    def keep(self, answers: Answers) -> None:
        """The settings first: with them a station starts even if the rest is lost.

        Raises:
            Trouble: The disk refuses.
        """
        try:
            told.load(self._folder, _changes(answers))
        except OSError as error:
            raise Trouble(
                f"The settings in {self._folder} could not be written. Check the disk.",
                detail=str(error),
            ) from error
        kept.keep(self._folder, answers)

    def finish(self, answers: Answers) -> None:
        """What was found out is in the settings; the first run is over."""
        self.let_go()
        self.keep(answers)
        kept.forget(self._folder)

    def _settings(self, answers: Answers) -> StationSettings:
        return replace(told.load(self._folder, {}), **_changes(answers))  # type: ignore[arg-type]


def _changes(answers: Answers) -> dict[str, str | int]:
    """What was found out, by the names of the settings."""
    return {
        "ledger": answers.url,
        "plain_http": int(answers.plain_http),
        "scanner": answers.scanner,
        "scale": answers.scale,
        "scale_protocol": answers.scale_protocol,
        "printer": answers.printer,
        "language": answers.language,
        "theme": answers.theme,
        "text_percent": answers.text_percent,
    }


def enrol_again(settings: StationSettings, known: Identity) -> None:
    """Let the first run begin at its code; book and keys stay, and so does what it knows.

    Raises:
        Trouble: The disk refuses.
    """
    named = replace(begin(settings), step=Step.CODE, station=known.station, site=known.site)
    kept.keep(settings.data_dir, named)


def begin(settings: StationSettings) -> Answers:
    """Where the first run of this folder begins, or goes on."""
    fresh = Answers(
        language=settings.language,
        theme=settings.theme,
        text_percent=settings.text_percent,
        url=settings.ledger,
        plain_http=bool(settings.plain_http),
        scanner=settings.scanner,
        scale=settings.scale,
        scale_protocol=settings.scale_protocol,
        printer=settings.printer,
    )
    return kept.resumed(settings.data_dir, fresh)
