"""What the station was told from outside, as a value: rules see it and cannot read the files.

`app.bootstrap` hands it in, and writes what a supervisor changes.
"""

from dataclasses import dataclass
from enum import StrEnum


class Origin(StrEnum):
    """Where a setting's value came from."""

    DEFAULT = "default"
    FILE = "file"
    POLICY = "policy"
    """Of the machine's administrator: it cannot be changed at the bench."""
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of the station.

    Attributes:
        name: As in `station.toml`.
        value: As text; empty for none.
        origin: Where it came from.
    """

    name: str
    value: str
    origin: Origin


# What is offered at the bench, in this order, and what each may be; an empty tuple is typed.
CHANGEABLE: dict[str, tuple[str, ...]] = {
    "scanner": (),
    "wedge_gs": (),
    "scale": (),
    "scale_protocol": ("mt-sics", "toledo-8217"),
    "printer": (),
    "dpi": ("203", "300"),
    "language": ("de", "en"),
    "theme": ("light", "dark", "contrast"),
    "text_percent": ("100", "125", "150", "175", "200"),
}
LEDGER = "ledger"
# Asked for instead of a name: everything changeable as it was delivered, or a new enrolment.
RESET, ENROL = "*", "enrol"
