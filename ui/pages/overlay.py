"""Pages of the window's own, laid over the current one: help and health. The task below goes on.

They have keys of their own, and they make way by themselves when the station has something to say
that cannot wait.
"""

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.text import Text
from app.station.screen import Action, Screen, Tone
from ui.pages.page import PageBody
from ui.widgets.kit import Kit

# What a person must see whatever lies over it.
URGENT = frozenset({Tone.ERROR, Tone.WARN})


@dataclass(frozen=True, slots=True)
class LocalKey:
    """A key that is answered inside the window."""

    action: Action
    run: Callable[[], None]


def local_key(key: str, label: Text, run: Callable[[], None], *, main: bool = False) -> LocalKey:
    """A key of an overlay; `local` is no intent of the station's."""
    return LocalKey(Action(key, "local", label, main=main), run)


class Overlay(PageBody):
    """Help, health or a quantity; `full` ones stand in for the prompt and the scan line too."""

    full = True
    title: str
    keys: tuple[LocalKey, ...]

    def __init__(self, kit: Kit, title: str) -> None:
        super().__init__(kit)
        self.title = title
        self.keys = ()

    def enter(self) -> None:
        """It is shown now."""

    def types(self, name: str) -> bool:  # noqa: ARG002 - pages with a line of their own look at it
        """Whether a key belongs to a line of this page, as a letter would."""
        return False

    @property
    def key_actions(self) -> tuple[Action, ...]:
        """The keys as the action bar shows them."""
        return tuple(key.action for key in self.keys)

    def take(self, action: Action) -> None:
        """One of its keys was pressed."""
        for key in self.keys:
            if key.action == action:
                key.run()
                return


def makes_way(overlay: Overlay, before: Screen, after: Screen) -> bool:
    """Whether the task has something to say that may not stay hidden below `overlay`."""
    if (before.page, before.document) != (after.page, after.document) or after.locked:
        return True
    if before.prompt == after.prompt:
        return False
    return not overlay.full or after.prompt.tone in URGENT
