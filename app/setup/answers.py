"""What the first run has found out so far, and how it is kept, so that it can be broken off.

Not for secrets: the one-time code and a passphrase are handed on once and never stand here.
"""

import os
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import msgspec

from app.contract.codec import UNREADABLE
from app.errors import Trouble

FILE_NAME = "setup.json"


class Step(StrEnum):
    """Where the person is; each belongs to one of the six pages."""

    LANGUAGE = "language"
    SERVER = "server"
    CONSENT = "consent"
    TRUST = "trust"
    CODE = "code"
    STATION = "station"
    SCANNER = "scanner"
    SCAN = "scan"
    SCALE = "scale"
    WEIGH = "weigh"
    PRINTER = "printer"
    LABEL = "label"
    SOUND = "sound"
    DONE = "done"


PAGES: tuple[tuple[Step, ...], ...] = (
    (Step.LANGUAGE,),
    (Step.SERVER, Step.CONSENT, Step.TRUST, Step.CODE),
    (Step.STATION,),
    (Step.SCANNER, Step.SCAN),
    (Step.SCALE, Step.WEIGH, Step.PRINTER, Step.LABEL),
    (Step.SOUND, Step.DONE),
)


def page_of(step: Step) -> int:
    """Which of the six pages, from 0."""
    return next(place for place, steps in enumerate(PAGES) if step in steps)


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything that is remembered from step to step.

    Attributes:
        step: Where to go on.
        language: Code of a catalogue.
        theme: Of the window.
        text_percent: Text size.
        url: Of the ledger.
        plain_http: Whether a person accepted http to another machine.
        fingerprint: Of the ledger's authority, as typed.
        station: As the ledger says after the enrolment; empty before.
        site: Likewise.
        words: Four words of the device key, for a person to compare.
        scanner: Address of its port; empty for one that types.
        scale: Address of its port; empty for none.
        scale_protocol: What it speaks.
        printer: Its address; empty for none.
    """

    step: Step = Step.LANGUAGE
    language: str = "en"
    theme: str = "light"
    text_percent: int = 100
    url: str = ""
    plain_http: bool = False
    fingerprint: str = ""
    station: str = ""
    site: str = ""
    words: str = ""
    scanner: str = ""
    scale: str = ""
    scale_protocol: str = "mt-sics"
    printer: str = ""


def begun(folder: Path) -> bool:
    """Whether a first run was begun in this folder and not finished."""
    return (folder / FILE_NAME).exists()


def resumed(folder: Path, fresh: Answers) -> Answers:
    """Where the last run was broken off; a file that cannot be read begins anew.

    Args:
        folder: The station's data folder.
        fresh: What a new run begins with.
    """
    try:
        kept = msgspec.json.decode((folder / FILE_NAME).read_bytes(), type=Answers)
    except (OSError, *UNREADABLE):
        return fresh
    if not kept.station and page_of(kept.step) >= page_of(Step.STATION):
        return replace(kept, step=Step.SERVER)
    return kept


def keep(folder: Path, answers: Answers) -> None:
    """Remember where the person is: to a temporary name, then renamed into place.

    Raises:
        Trouble: The disk refuses.
    """
    path = folder / FILE_NAME
    part = path.with_suffix(".new")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(msgspec.json.encode(answers))
        part.replace(path)
    except OSError as error:
        raise Trouble(
            f"{path} could not be written. Check the disk and the rights of the folder.",
            detail=str(error),
        ) from error


def forget(folder: Path) -> None:
    """The first run is over."""
    (folder / FILE_NAME).unlink(missing_ok=True)
