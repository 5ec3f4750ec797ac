"""Does the installed program stand? Everything `app` needs, tried once in an empty folder."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from app.errors import PackhouseError


def run() -> list[str]:
    """Try everything; the sentences of what failed."""
    problems = []
    with tempfile.TemporaryDirectory(prefix="packhouse-self-test-") as folder:
        for check in (_book, _keys, _languages, _sample, _label):
            problem = _tried(check, Path(folder))
            if problem:
                problems.append(problem)
    return problems


def _tried(check: Callable[[Path], None], folder: Path) -> str:
    try:
        check(folder)
    except PackhouseError as error:
        return f"{check.__name__.strip('_')}: {error.say}"
    except Exception as error:  # noqa: BLE001 - a self-test reports whatever is broken
        return f"{check.__name__.strip('_')}: {error!r}. Install the program again."
    return ""


def _book(folder: Path) -> None:
    from app.cache.database import Book

    Book(folder / "book.db", b"\x01" * 32).close()


def _keys(folder: Path) -> None:
    """Keys are made, sealed, put into custody and read again; every keyring's code is there."""
    import keyring.backends.kwallet
    import keyring.backends.SecretService  # noqa: F401 - named by the platform, so easily left out

    from app.clock import SystemClock
    from app.identity import letter
    from app.keys.escrow import seal_for
    from app.keys.opening import open_vault
    from app.keys.unlocking import Unlock

    unlock = Unlock(passphrase=lambda: "does the installed program stand")
    vault = open_vault(folder, folder / "keys-test.db", unlock, SystemClock().now)
    seal_for(vault, letter.public_of(vault.device_seed()))


def _languages(_folder: Path) -> None:
    from app.catalogue import Catalogue

    for language in ("en", "de"):
        Catalogue.load(language)


def _sample(_folder: Path) -> None:
    from app.paths import resources_dir

    for name in ("items.csv", "locations.csv", "stock.csv", "orders.csv"):
        if not (resources_dir() / "sample" / name).stat().st_size:
            raise FileNotFoundError(name)


def _label(_folder: Path) -> None:
    import msgspec

    from app.domain.gtin import check_digit
    from app.labels.job import rendered
    from app.station.pack_job import LabelContent

    number = "34012345000000000"
    sscc = number + str(check_digit(number))
    content = LabelContent("ORD-1", ("A", "B"), "DPD", 1_000_000, sscc, 1, 1, "S", "", False)
    if not rendered(msgspec.json.encode(content).decode(), 203).startswith(b"^XA"):
        raise ValueError("the label does not render")
