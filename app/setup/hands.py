"""What the first run may do to the world, and what went wrong said in the person's language."""

from collections.abc import Callable
from typing import Protocol

from app.domain.device import DeviceChanged
from app.domain.scan import Scan
from app.domain.text import text
from app.domain.weight import Reading
from app.errors import PackhouseError, Refusal
from app.setup.answers import Answers
from app.setup.happenings import Failed, Known
from app.station.inbox import Printed
from app.sync.trouble import Unproven, Unreachable

Heard = Scan | Reading | DeviceChanged | Printed
Tell = Callable[[Heard], None]
# Refusals with a sentence of their own in every language; others are passed on as they are.
_SAID = frozenset(
    {
        "bad_code",
        "bad_fingerprint",
        "no_fingerprint",
        "other_fingerprint",
        "other_site",
        "too_old",
    }
)


class Hands(Protocol):
    """Ledger, devices and files, as the first run needs them. Each may raise a `PackhouseError`."""

    def ports(self) -> tuple[str, ...]:
        """Serial ports, by names that survive replugging."""
        ...

    def reach(self, answers: Answers) -> None:
        """Ask whether the ledger is there, and pin its authority."""
        ...

    def enrol(self, answers: Answers, code: str, *, again: bool) -> Known:
        """Trade a one-time code for an identity."""
        ...

    def listen(self, url: str, tell: Tell) -> None:
        """Open this scanner, and let go of the one before; none for an empty address."""
        ...

    def weigh(self, url: str, protocol: str, tell: Tell) -> None:
        """Ask this scale, and let go of the device before."""
        ...

    def print(self, url: str, station: str, tell: Tell) -> None:
        """Print a test label."""
        ...

    def let_go(self) -> None:
        """Close every device."""
        ...

    def keep(self, answers: Answers) -> None:
        """Remember where the person is, and what was found out."""
        ...

    def finish(self, answers: Answers) -> None:
        """The first run is over: what was found out becomes the settings."""
        ...


def failed(error: PackhouseError, url: str) -> Failed:
    """What went wrong, with what to do next."""
    code = error.code if isinstance(error, Refusal) else ""
    if isinstance(error, Unproven):
        return Failed(text("setup.unproven", url=url), "unproven")
    if isinstance(error, Unreachable):
        return Failed(text("setup.unreachable", url=url), "unreachable")
    if code in _SAID:
        return Failed(text(f"setup.why_{code}", url=url), code)
    return Failed(text("setup.trouble", sentence=error.say), code)
