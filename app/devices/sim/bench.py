"""A whole simulated bench: scanner, scale and printer on real pseudo-terminals and a real port."""

from functools import partial
from pathlib import Path

from app.devices.sim.faults import Fault, Faults
from app.devices.sim.mt_sics_side import MtSicsSide
from app.devices.sim.printer import PrinterFault, SimPrinter
from app.devices.sim.pty_link import PtyLink, Side
from app.devices.sim.scale import Model, SimScale
from app.devices.sim.scanner import SimScanner
from app.devices.sim.toledo_side import ToledoSide
from app.errors import Trouble

# A hundred kilograms on a scale for thirty.
TOO_MUCH_MG = 100_000_000


class SimBench:
    """Runs from the moment it is made until `close`; the methods are what hands would do.

    Args:
        folder: For the links to the terminals and the labels.
        seed: Of every noise.
        protocol: What the scale speaks.
        link: Where the scale's link goes instead of into the folder.
    """

    def __init__(
        self, folder: Path, seed: int, protocol: str = "mt-sics", link: Path | None = None
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._protocol = protocol
        self.labels_folder = folder / "labels"
        self.platform = SimScale(seed)
        self.scale = PtyLink(
            link or folder / "scale", side_of(protocol, self.platform), Faults(seed)
        )
        self.scanner = SimScanner(folder / "scanner", Faults(seed + 1))
        self.printer = SimPrinter(self.labels_folder)

    @property
    def scanner_url(self) -> str:
        """Address of the scanner."""
        return self.scanner.line.url

    @property
    def scale_url(self) -> str:
        """Address of the scale."""
        return scale_address(self.scale.url, self._protocol, self.platform.model)

    @property
    def printer_url(self) -> str:
        """Address of the printer."""
        return self.printer.url

    def scan(self, code: str, aim: str | None = None) -> None:
        """Pull the trigger on a code."""
        self.scanner.scan(code, aim)

    def place(self, weight_mg: int) -> None:
        """Put a box on the scale."""
        self.scale.with_side(partial(self.platform.place, weight_mg))

    def lift(self) -> None:
        """Take the box off."""
        self.scale.with_side(self.platform.lift)

    def overload(self) -> None:
        """Sit down on the scale."""
        self.place(TOO_MUCH_MG)

    def unplug_scale(self) -> None:
        """Pull the scale's cable."""
        self.scale.unplug()

    def plug_scale(self) -> None:
        """Put it back, and end every fault of its line."""
        self.scale.faults.on.clear()
        self.scale.replug()

    def garbage_scale(self) -> None:
        """The scale's line picks up noise until it is plugged in again."""
        self.scale.faults.on.add(Fault.GARBAGE)

    def silence_scale(self) -> None:
        """The scale is switched off while its cable stays in; `plug_scale` ends it."""
        self.scale.faults.on.add(Fault.SILENT)

    def unplug_scanner(self) -> None:
        """Pull the scanner's cable."""
        self.scanner.line.unplug()

    def plug_scanner(self) -> None:
        """Put it back."""
        self.scanner.line.replug()

    def paper_out(self) -> None:
        """The roll is used up."""
        self.printer.on.add(PrinterFault.PAPER_OUT)

    def paper_in(self) -> None:
        """A new roll is in."""
        self.printer.on.discard(PrinterFault.PAPER_OUT)

    def printer_off(self) -> None:
        """Switch the printer off."""
        self.printer.on.add(PrinterFault.REFUSE)

    def printer_on(self) -> None:
        """Switch it on, with every fault ended."""
        self.printer.on.clear()

    def close(self) -> None:
        """Clear the bench."""
        self.printer.close()
        self.scanner.close()
        self.scale.close()


def side_of(protocol: str, platform: SimScale) -> Side:
    """The scale's side of a protocol.

    Raises:
        Trouble: No such protocol.
    """
    match protocol:
        case "mt-sics":
            return MtSicsSide(platform)
        case "toledo-8217":
            return ToledoSide(platform)
        case _:
            raise Trouble(f"No simulated scale speaks “{protocol}”. Use mt-sics or toledo-8217.")


def scale_address(url: str, protocol: str, model: Model) -> str:
    """The address of a simulated scale, with the unit where its frames do not say it."""
    return f"{url}?unit={model.unit}" if protocol == "toledo-8217" else url


def model_for(unit: str) -> Model:
    """A scale that shows kilograms or pounds.

    Raises:
        Trouble: No such unit.
    """
    match unit:
        case "kg":
            return Model()
        case "lb":
            # 60 lb in steps of a hundredth.
            return Model(27_215_542, 4_536, 453_592, "lb", 2)
        case _:
            raise Trouble(f"No simulated scale shows “{unit}”. Use kg or lb.")
