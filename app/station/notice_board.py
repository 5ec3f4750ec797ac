"""What the station tells the world: events to listeners, the screen, the footer, trouble.

Memory only; everything it tells is in the book already.
"""

import dataclasses
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.domain.device import DeviceChanged
from app.domain.text import Text, text
from app.errors import PackhouseError
from app.station import events
from app.station.configuration import Setting
from app.station.inbox import LinkChanged, LinkState
from app.station.ports import Clock, Identity, OutboxState
from app.station.screen import Page, Prompt, Screen, Sound, Tone

log = logging.getLogger(__name__)

Listener = Callable[[events.Event], None]


@dataclass(slots=True)
class Link:
    """What the sync last said of the link."""

    state: LinkState = LinkState.OFFLINE
    since: str = ""
    sentence: str = ""
    skew_ms: int | None = None
    last_sync: str = ""

    def changed(self, change: LinkChanged) -> None:
        """Take over the sync's view."""
        self.state, self.since, self.sentence = change.state, change.since, change.sentence
        if change.skew_ms is not None:
            self.skew_ms = change.skew_ms


class NoticeBoard:
    """Announces; says each screen and each footer once.

    Args:
        clock: For the age of the outbox.
        identity: Station and site of the footer.
    """

    def __init__(self, clock: Clock, identity: Identity) -> None:
        self._clock = clock
        self._identity = identity
        self._listeners: list[Listener] = []
        # Those that failed with what they were told last: said once, until they do better.
        self._failing: list[Listener] = []
        self._screen: Screen | None = None
        self._footer: events.Footer | None = None
        self.link = Link()
        self.devices: dict[str, DeviceChanged] = {}
        self.warning: Text | None = None
        self.settings: tuple[Setting, ...] = ()

    def subscribe(self, listener: Listener) -> None:
        """Hear every event from now on, what is shown at present first."""
        self._listeners.append(listener)
        if self._screen is not None:
            self._tell(listener, events.ScreenChanged(self._screen))
        if self._footer is not None:
            self._tell(listener, events.FooterChanged(self._footer))
        for device in self.devices.values():
            self._tell(listener, device)

    @property
    def screen(self) -> Screen | None:
        """What is shown at present."""
        return self._screen

    def announce(self, event: events.Event) -> None:
        """Tell every listener; one that fails stops nobody's work, and is told what comes next.

        One label that cannot be made must not be the last one of the shift.
        """
        for listener in tuple(self._listeners):
            self._tell(listener, event)

    def _tell(self, listener: Listener, event: events.Event) -> None:
        try:
            listener(event)
        except Exception:
            if listener not in self._failing:
                self._failing.append(listener)
                log.exception("a listener failed with %s", type(event).__name__)
        else:
            if listener in self._failing:
                self._failing.remove(listener)

    def show(self, screen: Screen) -> None:
        """A new screen, unless it is the one already shown."""
        if screen != self._screen:
            self._screen = screen
            self.announce(events.ScreenChanged(screen))

    def trouble(self, page: Page, error: PackhouseError) -> None:
        """The book could not take it: nothing was counted; the sentence says why and what to do."""
        log.error("%s", error)
        self.announce(events.Sounded(Sound.WRONG))
        said = text("trouble.sentence", sentence=error.say)
        prompt = Prompt(Tone.ERROR, "octagon-x", text("trouble.title"), said, text("trouble.note"))
        screen = self._screen or Screen(page, text("trouble.title"), prompt)
        self._screen = None
        self.announce(events.ScreenChanged(dataclasses.replace(screen, prompt=prompt)))

    def footer(self, outbox: OutboxState, person: str, runs_out: Text | None) -> None:
        """A new footer, unless nothing in it changed."""
        footer = events.Footer(
            link=self.link.state,
            since=self.link.since,
            outbox=outbox.waiting,
            oldest_s=self._age_s(outbox.oldest_at),
            need_you=outbox.need_you,
            last_sync=self.link.last_sync,
            skew_ms=self.link.skew_ms,
            station=self._identity.station,
            site=self._identity.site,
            person=person,
            devices=tuple(self.devices.values()),
            warning=self.warning,
            runs_out=runs_out,
            said=self.link.sentence,
        )
        if footer != self._footer:
            self._footer = footer
            self.announce(events.FooterChanged(footer))

    def warn(self, warning: Text | None) -> None:
        """Something is wrong with the disk or the backups; None when it is not any more."""
        self.warning = warning
        if self._footer is not None and self._footer.warning != warning:
            self._footer = dataclasses.replace(self._footer, warning=warning)
            self.announce(events.FooterChanged(self._footer))

    def _age_s(self, at: str) -> int:
        if not at:
            return 0
        return max(0, int((self._clock.now() - datetime.fromisoformat(at)).total_seconds()))
