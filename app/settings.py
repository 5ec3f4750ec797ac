"""Settings of a station: read once from its data folder and the command line, then handed down.

`station.toml` in the data folder is written by the program itself when a flag changes something, so
that a station started without flags does what it did last time. It holds no secret.
"""

import os
import sys
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path

import platformdirs

from app.errors import Trouble
from app.station.configuration import CHANGEABLE, LEDGER, Origin, Setting

FILE_NAME = "station.toml"
APP_NAME = "packhouse"
DATA_DIR_VARIABLE = "PACKHOUSE_DATA_DIR"
POLICY_VARIABLE = "PACKHOUSE_POLICY"
# Where systemd puts what a unit names in LoadCredential= or LoadCredentialEncrypted=.
CREDENTIALS_VARIABLE = "CREDENTIALS_DIRECTORY"
CREDENTIAL = "packhouse.passphrase"
# Longer than any passphrase; a larger file is another one, named by mistake.
MAX_PASSPHRASE_BYTES = 1_024


@dataclass(frozen=True, slots=True)
class StationSettings:
    """Everything a station is told from outside.

    Attributes:
        data_dir: Folder of the book, the keys, the lock and the log.
        ledger: Base URL of the ledger, e.g. `http://10.0.0.5:8800`; empty without one.
        scanner: Port URL of the scanner, or empty (a keyboard-wedge scanner needs none).
        wedge_gs: What a keyboard-wedge scanner types for GS besides Ctrl+], blanks between:
            `^] |`; empty for nothing else.
        scale: Port URL of the scale, or empty.
        scale_protocol: `mt-sics` or `toledo-8217`.
        printer: Port URL of the label printer (`tcp://host:9100`), or a folder for label files.
        language: `en` or `de`.
        theme: `light`, `dark` or `contrast`.
        text_percent: Text size, 100 to 200.
        dpi: Dots per inch of the label printer.
        passphrase_file: File with the passphrase that unlocks the keys; empty for the keyring. The
            file is no part of the data folder: on the same disk it guards nothing.
        plain_http: 1 when a person accepted plain http to another machine.
        client_cert: PEM file of this station's own certificate and key, where the ledger's TLS
            asks for one; or empty.
    """

    data_dir: Path
    ledger: str = ""
    scanner: str = ""
    wedge_gs: str = ""
    scale: str = ""
    scale_protocol: str = "mt-sics"
    printer: str = ""
    language: str = "en"
    theme: str = "light"
    text_percent: int = 100
    dpi: int = 203
    passphrase_file: str = ""
    plain_http: int = 0
    client_cert: str = ""

    @property
    def book(self) -> Path:
        """The station's database."""
        return self.data_dir / "book.db"


def default_data_dir(chosen: Path | None) -> Path:
    """The data folder: as chosen, else from the environment, else the platform's place for it."""
    if chosen is not None:
        return chosen
    named = os.environ.get(DATA_DIR_VARIABLE)
    return Path(named) if named else Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))


def passphrase(settings: StationSettings) -> str | None:
    """The passphrase of the keys: from the file of the settings, else from systemd; None without.

    Raises:
        Trouble: The file cannot be read, is none, or others may read it.
    """
    if settings.passphrase_file:
        return _passphrase_in(Path(settings.passphrase_file))
    folder = os.environ.get(CREDENTIALS_VARIABLE)
    path = Path(folder) / CREDENTIAL if folder else None
    return _passphrase_in(path) if path is not None and path.exists() else None


def _passphrase_in(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        raw = path.read_bytes()
        if len(raw) > MAX_PASSPHRASE_BYTES:
            raise ValueError("too long for a passphrase")  # noqa: TRY301 - told in one place
        text = raw.decode("utf-8")
    except (OSError, ValueError) as error:
        raise Trouble(
            f"The passphrase file {path} cannot be read. Name another one with --passphrase-file.",
            detail=str(error),
        ) from error
    if sys.platform != "win32" and mode & 0o077:
        raise Trouble(
            f"The passphrase file {path} can be read by others. Run `chmod 600 {path}`, then start "
            "again."
        )
    return text


def has_display() -> bool:
    """Whether a window can be opened; only Linux runs without a screen."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform != "linux" or any(os.environ.get(name) for name in names)


def paint_offscreen() -> None:
    """Let Qt paint into memory; for pictures on a machine without a screen."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"


def load(data_dir: Path, changes: dict[str, str | int]) -> StationSettings:
    """Settings of the folder with the changes of this start; the changes are remembered.

    What the machine's administrator has laid down (`policy_file`) wins over both, and is written
    nowhere else.

    Raises:
        Trouble: A file cannot be read, or holds something that is no setting.
    """
    told = _stored(data_dir / FILE_NAME) | changes
    if changes:
        save(replace(StationSettings(data_dir), **told))  # type: ignore[arg-type]
    fixed = _stored(policy_file())
    return replace(StationSettings(data_dir), **(told | fixed))  # type: ignore[arg-type]


def policy_file() -> Path:
    """What holds for every station of this machine, laid down by whoever administers it."""
    named = os.environ.get(POLICY_VARIABLE)
    if named:
        return Path(named)
    return Path(platformdirs.site_config_dir(APP_NAME, appauthor=False)) / FILE_NAME


def configuration(settings: StationSettings) -> tuple[Setting, ...]:
    """Every setting that is offered or shown at the bench, with where its value came from.

    Args:
        settings: What holds now; a demo's were never in a file.

    Raises:
        Trouble: The administrator's file cannot be read, or holds something that is no setting.
    """
    fixed, delivered = _stored(policy_file()), defaults() | {LEDGER: ""}

    def origin(name: str) -> Origin:
        if name in fixed:
            return Origin.POLICY
        return Origin.DEFAULT if getattr(settings, name) == delivered[name] else Origin.FILE

    return tuple(
        Setting(name, str(getattr(settings, name)), origin(name)) for name in (*CHANGEABLE, LEDGER)
    )


def defaults() -> dict[str, str | int]:
    """What can be changed at the bench, as it was delivered."""
    return {
        field.name: field.default
        for field in fields(StationSettings)
        if field.name in CHANGEABLE and isinstance(field.default, str | int)
    }


def _stored(path: Path) -> dict[str, str | int]:
    if not path.exists():
        return {}
    try:
        stored = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise Trouble(
            f"The settings in {path} cannot be read. Correct the file, or remove it to start "
            "with the defaults; the book is not touched.",
            detail=str(error),
        ) from error
    known = {
        one.name: type(one.default) for one in fields(StationSettings) if one.name != "data_dir"
    }
    strange = sorted(stored.keys() - known.keys())
    if strange:
        raise Trouble(f"{path} holds “{strange[0]}”, which is no setting. Remove that line.")
    wrong = sorted(name for name, value in stored.items() if type(value) is not known[name])
    if wrong:
        kind = "a whole number" if known[wrong[0]] is int else "a text in quotes"
        raise Trouble(f"{path}: “{wrong[0]}” must be {kind}. Correct that line, or remove it.")
    return stored


def save(settings: StationSettings) -> None:
    """Write the settings file: to a temporary name, then renamed into place."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = []
    for field in fields(StationSettings):
        value = getattr(settings, field.name)
        if field.name == "data_dir" or value == field.default:
            continue
        lines.append(
            f"{field.name} = {value}" if isinstance(value, int) else _text(field.name, value)
        )
    path = settings.data_dir / FILE_NAME
    temporary = path.with_suffix(".new")
    temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
    temporary.replace(path)


def _text(name: str, value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{name} = "{escaped}"'
