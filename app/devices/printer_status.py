"""What a ZPL printer answers to `~HS`: three lines of numbers. Pure.

Newer printers do not answer at all while they are blocked, so that silence has a meaning too.
"""

import re
from dataclasses import dataclass

QUESTION = b"~HS"
# Three lines of at most 40 characters; more than this is no status.
LIMIT = 256
_LINE = re.compile(rb"\x02([0-9,]{3,64})\x03")


@dataclass(frozen=True, slots=True)
class HostStatus:
    """The part of the answer that decides about a label."""

    paper_out: bool
    paused: bool
    formats_waiting: int
    buffer_full: bool
    too_cold: bool
    too_hot: bool
    head_up: bool
    ribbon_out: bool
    labels_remaining: int

    @property
    def blocked(self) -> str:
        """Why no label can come out, with the next step; empty when one can."""
        for flag, sentence in (
            (self.paper_out, "The printer is out of labels. Put in a new roll."),
            (self.ribbon_out, "The printer is out of ribbon. Put in a new one."),
            (self.head_up, "The printer's head is open. Close it."),
            (self.paused, "The printer is paused. Press its pause key."),
            (self.too_cold, "The print head is too cold. Wait until it has warmed up."),
            (self.too_hot, "The print head is too hot. Wait until it has cooled down."),
            (self.buffer_full, "The printer's memory is full. Wait, or switch it off and on."),
        ):
            if flag:
                return sentence
        return ""

    @property
    def done(self) -> bool:
        """Nothing is left to print."""
        return self.formats_waiting == 0 and self.labels_remaining == 0


def status_of(data: bytes) -> HostStatus | None:
    """The status in `data`, or None while it is incomplete or no status at all."""
    lines = [line.split(b",") for line in _LINE.findall(data[:LIMIT])]
    if len(lines) < 3 or len(lines[0]) < 12 or len(lines[1]) < 9:
        return None
    first, second = lines[0], lines[1]
    if not all(field.isdigit() for field in first + second):
        return None
    return HostStatus(
        paper_out=first[1] == b"1",
        paused=first[2] == b"1",
        formats_waiting=int(first[4]),
        buffer_full=first[5] == b"1",
        too_cold=first[10] == b"1",
        too_hot=first[11] == b"1",
        head_up=second[2] == b"1",
        ribbon_out=second[3] == b"1",
        labels_remaining=int(second[8]),
    )
