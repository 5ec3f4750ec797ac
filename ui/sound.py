"""The five tones. They are played after the commit they stand for, and never stop the work.

`Beeper` is what the window needs; `MiniaudioBeeper` plays on the machine's sound card, imported
late because that costs 46 ms. A machine without a card gets silence, and the footer says so.
"""

import logging
import os
import sys
import threading
import wave
from collections.abc import Generator
from pathlib import Path
from typing import Any, Protocol

from app.paths import resources_dir
from app.station.screen import Sound

log = logging.getLogger(__name__)

VOLUME_STEP, VOLUME_MAX = 20, 100
DEFAULT_VOLUME = 80
CARDS = Path("/proc/asound/cards")
# What the device asks for at once: 20 ms keeps the answer well inside the tenth of a second.
BUFFER_MS = 20


class Beeper(Protocol):
    """What the window plays tones with. Nothing here raises or waits."""

    muted: bool
    volume: int

    @property
    def working(self) -> bool:
        """Whether tones can be heard at all."""
        ...

    def play(self, sound: Sound) -> None:
        """Play `sound` now; a tone still playing gives way."""
        ...

    def close(self) -> None:
        """Let go of the sound card."""
        ...


class SilentBeeper:
    """No sound card, or none wanted."""

    def __init__(self) -> None:
        self.muted = False
        self.volume = DEFAULT_VOLUME

    @property
    def working(self) -> bool:
        """Never."""
        return False

    def play(self, sound: Sound) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


class LateBeeper:
    """Silent until the real one is there: the sound card is opened after the window is painted."""

    def __init__(self) -> None:
        self._inner: Beeper = SilentBeeper()

    def use(self, inner: Beeper) -> None:
        """From now on this one plays, as loud as chosen so far."""
        inner.muted, inner.volume = self._inner.muted, self._inner.volume
        self._inner = inner

    @property
    def muted(self) -> bool:
        """Whether it is switched off."""
        return self._inner.muted

    @muted.setter
    def muted(self, muted: bool) -> None:
        self._inner.muted = muted

    @property
    def volume(self) -> int:
        """Per cent."""
        return self._inner.volume

    @volume.setter
    def volume(self, volume: int) -> None:
        self._inner.volume = volume

    @property
    def working(self) -> bool:
        """Whether tones can be heard."""
        return self._inner.working

    def play(self, sound: Sound) -> None:
        """Play `sound`."""
        self._inner.play(sound)

    def close(self) -> None:
        """Let go of the sound card."""
        self._inner.close()


def read_tone(path: Path) -> tuple[int, bytes]:
    """Sample rate and 16-bit mono samples of a tone."""
    with wave.open(str(path), "rb") as source:
        return source.getframerate(), source.readframes(source.getnframes())


class MiniaudioBeeper:
    """Plays through miniaudio; one device stays open, so a tone starts within its buffer.

    Args:
        miniaudio: The imported module.
        folder: Where the WAV files lie.
    """

    def __init__(self, miniaudio: Any, folder: Path) -> None:
        self.muted = False
        self.volume = DEFAULT_VOLUME
        self._tones = {sound: read_tone(folder / f"{sound.value}.wav") for sound in Sound}
        rates = {rate for rate, _ in self._tones.values()}
        self._scaled: dict[tuple[Sound, int], bytes] = {}
        self._lock = threading.Lock()
        self._pending = b""
        self._device = miniaudio.PlaybackDevice(
            output_format=miniaudio.SampleFormat.SIGNED16,
            nchannels=1,
            sample_rate=rates.pop(),
            buffersize_msec=BUFFER_MS,
            app_name="Packhouse",
        )
        feed = self._feed()
        next(feed)
        self._device.start(feed)

    @property
    def working(self) -> bool:
        """Whether there is a real sound card behind it, and not miniaudio's Null backend."""
        return bool(self._device.backend != "Null")

    def play(self, sound: Sound) -> None:
        """Hand the samples to the device's own thread."""
        if self.muted or self.volume <= 0:
            return
        key = (sound, self.volume)
        if key not in self._scaled:
            self._scaled[key] = scaled(self._tones[sound][1], self.volume)
        samples = self._scaled[key]
        with self._lock:
            self._pending = samples

    def close(self) -> None:
        """Stop and close the device."""
        try:
            self._device.close()
        except Exception:
            log.warning("The sound card did not close.", exc_info=True)

    def _feed(self) -> Generator[bytes, int, None]:
        """Runs on the device's thread: the tone while it lasts, else silence."""
        wanted = yield b""
        while True:
            size = wanted * 2
            with self._lock:
                chunk, self._pending = self._pending[:size], self._pending[size:]
            wanted = yield chunk.ljust(size, b"\0")


def scaled(samples: bytes, volume: int) -> bytes:
    """16-bit samples at `volume` per cent."""
    if volume >= VOLUME_MAX:
        return samples
    values = memoryview(samples).cast("h")
    return b"".join(
        (value * volume // VOLUME_MAX).to_bytes(2, "little", signed=True) for value in values
    )


def open_beeper() -> Beeper:
    """The best beeper this machine has; silence rather than an error."""
    if not sound_system():
        log.info("This machine has no sound.")
        return SilentBeeper()
    try:
        import miniaudio

        return MiniaudioBeeper(miniaudio, resources_dir() / "sounds")
    except Exception as error:  # noqa: BLE001 — no sound card, driver or library: silence then
        log.warning("No sound: %s", error)
        return SilentBeeper()


def sound_system() -> bool:
    """Whether this machine can have sound: where there is none, ALSA complains at length."""
    if not sys.platform.startswith("linux"):
        return True
    runtime = Path(f"/run/user/{os.getuid()}")
    if any((runtime / name).exists() for name in ("pulse/native", "pipewire-0")):
        return True
    try:
        return "no soundcards" not in CARDS.read_text(encoding="utf-8")
    except OSError:
        return False
