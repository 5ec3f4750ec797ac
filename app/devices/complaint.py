"""What to say about a scale that says nothing that makes sense: a guess is better than "error"."""

import logging

from app.devices.parity import looks_like_7e1

log = logging.getLogger(__name__)

# Some twenty answers; what came before says nothing new.
REMEMBERED = 512
SILENT = (
    "The port is open, but the scale says nothing that makes sense. Check that it is on, and its"
    " protocol, speed and parity in the settings."
)


class Complaint:
    """What was heard of one port since the last thing that made sense.

    Args:
        device: Its name, for the log.
    """

    def __init__(self, device: str) -> None:
        self._device = device
        self._heard = bytearray()
        self._why = ""
        self._logged: set[str] = set()

    def heard(self, data: bytes) -> None:
        """Bytes came; nobody knows yet whether they make sense."""
        self._heard += data
        del self._heard[:-REMEMBERED]

    def error(self, why: str) -> None:
        """A frame was an error; each explanation is worth one line in the log."""
        self._why = why or self._why
        if why and why not in self._logged:
            self._logged.add(why)
            log.info("%s: %s", self._device, why)

    def sound(self) -> None:
        """It makes sense after all."""
        self._heard.clear()
        self._why = ""

    @property
    def sentence(self) -> str:
        """What is wrong, as far as the bytes tell."""
        if looks_like_7e1(bytes(self._heard)):
            return wrong_parity("scale")
        return self._why or SILENT


def wrong_parity(kind: str) -> str:
    """The sentence for a port that hands over parity bits."""
    return (
        f"The {kind} sends 7 bits with even parity and the port reads 8 without (8N1)."
        " Set bits=7&parity=E in its address."
    )
