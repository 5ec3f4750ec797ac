"""Settings: the list, a value that is typed, what an administrator laid down, safe defaults."""

from app.station.configuration import CHANGEABLE, LEDGER, Origin, Setting
from app.station.own_settings_screen import page, rows_of
from app.station.screen import Screen, Wishes
from ui.gallery.scene import Scene

_TOLD = {
    "scanner": ("serial:///dev/serial/by-id/usb-Honeywell_1950-if00?baud=115200", Origin.FILE),
    "scale": ("serial:///dev/serial/by-id/usb-FTDI_FT232R-if00?baud=9600", Origin.FILE),
    "scale_protocol": ("mt-sics", Origin.DEFAULT),
    "printer": ("tcp://10.0.4.17:9100?status=hs", Origin.POLICY),
    "dpi": ("203", Origin.DEFAULT),
    "language": ("en", Origin.DEFAULT),
    "theme": ("light", Origin.DEFAULT),
    "text_percent": ("125", Origin.FILE),
}
_SETTINGS = (
    *(Setting(name, *_TOLD.get(name, ("", Origin.DEFAULT))) for name in CHANGEABLE),
    Setting(LEDGER, "https://ledger:8800", Origin.FILE),
)
_WISHES = Wishes(theme="dark", volume=40)


def settings_scenes() -> tuple[Scene, ...]:
    """What somebody will meet there."""
    return (
        Scene("settings", _shown("own.volume")),
        Scene("settings_station", _shown("scale_protocol")),
        Scene("settings_type", _shown("scanner", "type")),
        Scene("settings_reset", _shown("own.language", "reset")),
    )


def _shown(chosen: str, mode: str = "list") -> Screen:
    return page(rows_of(_WISHES, _SETTINGS, signed_in=True), chosen, mode, None)
