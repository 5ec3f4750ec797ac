"""A setting that is changed while the station runs: tried first, then written."""

from dataclasses import replace

from app.devices.devices import scale, scanner
from app.devices.printer_address import printer_at
from app.settings import StationSettings, defaults, load
from app.station.configuration import RESET


def changed(settings: StationSettings, name: str, value: str) -> StationSettings:
    """The settings with one of them changed, or all that can be as delivered; written.

    Args:
        settings: What holds now.
        name: One of `CHANGEABLE`, or `RESET`.
        value: As text.

    Raises:
        Trouble: No device can be made of it, or the disk refuses; what held goes on holding.
    """
    changes = _wanted(name, value)
    _try(replace(load(settings.data_dir, {}), **changes))  # type: ignore[arg-type]
    return load(settings.data_dir, changes)


def devices_of(settings: StationSettings) -> tuple[str | int, ...]:
    """What the threads of the devices are started with."""
    scales = (settings.scale, settings.scale_protocol)
    return (settings.scanner, *scales, settings.printer, settings.dpi)


def _wanted(name: str, value: str) -> dict[str, str | int]:
    """By the names and kinds of the settings."""
    if name == RESET:
        return defaults()
    number = isinstance(defaults().get(name), int)
    return {name: int(value) if number else value}


def _try(settings: StationSettings) -> None:
    """Make the devices; they are not opened."""
    if settings.scanner:
        scanner("scanner-1", settings.scanner)
    if settings.scale:
        scale("scale-1", settings.scale, settings.scale_protocol)
    printer_at(settings.printer or "none:")
