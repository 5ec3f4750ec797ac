"""What a scan of the test code says about the scanner: how it comes, how it ends, what was altered.

A keyboard scanner presses keys of the layout it was set up for; where the computer has another one,
other characters arrive. The test code is made of those that the common layouts turn round.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.scan import Scan

# Letters, signs and digits that a German or French layout, or caps lock, turns into others.
TEST_CODE = "PH-Test:azAZqwm/09"
# Name of the keyboard-wedge scanner as a device, and of hands.
WEDGE, TYPED = "keyboard", "typed"

_US_DE = str.maketrans("yzYZ-/:_?", "zyZYß-Ö?_")
_US_FR = str.maketrans("qawzQAWZm:/-0123456789", "aqzwAQZW,M!)à&é\"'(-è_ç")
_DE_US = str.maketrans("yzYZ-:/_?", "zyZY/>&?_")
_FR_US = str.maketrans("aqzwAQZW:-m", "qawzQAWZ.6;")
LAYOUTS = {"us_de": _US_DE, "us_fr": _US_FR, "de_us": _DE_US, "fr_us": _FR_US}
SUFFIXES = ((b"\r\n", "CR LF"), (b"\r", "CR"), (b"\n", "LF"), (b"\t", "TAB"), (b"\x03", "ETX"))


class Verdict(StrEnum):
    """What came of one scan; only `GOOD` lets the step be passed."""

    GOOD = "good"
    CAPS = "caps"
    LAYOUT = "layout"
    ALTERED = "altered"
    CUT = "cut"
    NO_END = "no_end"
    BY_HAND = "by_hand"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known about the scanner.

    Attributes:
        verdict: Whether it may be used as it is.
        keyboard: It types; else it has a port of its own.
        suffix: What it ends a code with, in words of its handbook; empty for nothing.
        aim: Whether it says the kind of symbol in front.
        sent: Of an altered code, the first character that came as another.
        came: As which.
        shown: What arrived.
    """

    verdict: Verdict
    keyboard: bool
    suffix: str = ""
    aim: bool = False
    sent: str = ""
    came: str = ""
    shown: str = ""


def judge(scan: Scan) -> Finding:
    """What one scan, made while the test code was shown, says about the scanner."""
    verdict, sent, came = _verdict(scan)
    return Finding(
        verdict,
        scan.device == WEDGE,
        suffix_of(scan.raw),
        scan.aim is not None,
        sent,
        came,
        scan.text[: 2 * len(TEST_CODE)],
    )


def suffix_of(raw: bytes) -> str:
    """What a frame ends with."""
    return next((name for end, name in SUFFIXES if raw.endswith(end)), "")


def _verdict(scan: Scan) -> tuple[Verdict, str, str]:
    text = scan.text
    if text == TEST_CODE:
        if scan.device == TYPED:
            return Verdict.BY_HAND, "", ""
        open_end = not scan.terminated and scan.device != WEDGE
        return (Verdict.NO_END if open_end else Verdict.GOOD), "", ""
    if text == TEST_CODE.swapcase():
        return Verdict.CAPS, "", ""
    sent, came = _first_other(text)
    if any(text == TEST_CODE.translate(layout) for layout in LAYOUTS.values()):
        return Verdict.LAYOUT, sent, came
    if len(text) < len(TEST_CODE) and text and (_begins(text) or TEST_CODE.endswith(text)):
        return Verdict.CUT, "", ""
    alike = sum(one == other for one, other in zip(text, TEST_CODE, strict=False))
    if len(text) == len(TEST_CODE) and 2 * alike >= len(TEST_CODE):
        return Verdict.ALTERED, sent, came
    return Verdict.OTHER, "", ""


def _begins(text: str) -> bool:
    return TEST_CODE.startswith(text)


def _first_other(text: str) -> tuple[str, str]:
    pairs = zip(TEST_CODE, text, strict=False)
    return next(((sent, came) for sent, came in pairs if sent != came), ("", ""))
