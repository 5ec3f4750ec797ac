"""A beeper that remembers what it played."""

from app.station.screen import Sound
from ui.sound import DEFAULT_VOLUME


class FakeBeeper:
    """Plays into a list."""

    def __init__(self) -> None:
        self.muted = False
        self.volume = DEFAULT_VOLUME
        self.working = True
        self.played: list[Sound] = []
        self.closed = False

    def play(self, sound: Sound) -> None:
        if not self.muted:
            self.played.append(sound)

    def close(self) -> None:
        self.closed = True
