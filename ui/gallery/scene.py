"""One picture of the gallery: a page in a believable state."""

from dataclasses import dataclass, field

from app.domain.weight import Reading
from app.station.events import Footer
from app.station.screen import Screen
from ui.gallery.bench import ONLINE, RESTING


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture.

    Attributes:
        name: File name without its ending.
        screen: What the station announced; None before it opened.
        footer: What the footer shows.
        reading: Live reading.
        overlay: `help`, `health` or `quantity`, laid over the page.
        keys: Keys pressed before the picture is taken.
        demo: With the simulated bench at the right.
    """

    name: str
    screen: Screen | None
    footer: Footer = ONLINE
    reading: Reading | None = RESTING
    overlay: str = ""
    keys: tuple[str, ...] = field(default=())
    demo: bool = False
