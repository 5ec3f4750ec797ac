"""Which serial ports this machine has, by names that survive replugging where there are such."""

from pathlib import Path

BY_ID = Path("/dev/serial/by-id")
# More than a bench has; a rack of modems is none.
MOST = 16


def ports_here(folder: Path = BY_ID) -> tuple[str, ...]:
    """Paths or names, sorted; USB devices under `by-id` where the system keeps that folder."""
    if folder.is_dir():
        return tuple(str(path) for path in sorted(folder.iterdir()))[:MOST]
    from serial.tools import list_ports

    return tuple(sorted(str(port.device) for port in list_ports.comports()))[:MOST]
