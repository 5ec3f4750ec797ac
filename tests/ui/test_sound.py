"""The five tones: what they sound like, and that they never stop the work."""

import sys
from collections.abc import Generator
from types import SimpleNamespace
from typing import Any

import pytest

from app.paths import resources_dir
from app.station.screen import Sound
from tests.support.leaks import ExpectedLogs
from tools.make_sounds import EDGE_MS, RATE, TONES, samples
from ui.sound import (
    LateBeeper,
    MiniaudioBeeper,
    SilentBeeper,
    open_beeper,
    read_tone,
    scaled,
)

FOLDER = resources_dir() / "sounds"


class FakeDevice:
    """A sound card that asks for frames when the test says so."""

    backend = "ALSA"

    def __init__(self, **settings: Any) -> None:
        self.settings = settings
        self.closed = False

    def start(self, feed: Generator[bytes, int, None]) -> None:
        self.feed = feed

    def pull(self, frames: int) -> bytes:
        return self.feed.send(frames)

    def close(self) -> None:
        self.closed = True


class FakeMiniaudio:
    """The part of miniaudio that is used."""

    SampleFormat = SimpleNamespace(SIGNED16=2)

    def __init__(self) -> None:
        self.device: FakeDevice | None = None

    def PlaybackDevice(self, **settings: Any) -> FakeDevice:  # noqa: N802 — miniaudio's own name
        self.device = FakeDevice(**settings)
        return self.device


def playing() -> tuple[MiniaudioBeeper, FakeDevice]:
    library = FakeMiniaudio()
    beeper = MiniaudioBeeper(library, FOLDER)
    assert library.device is not None
    return beeper, library.device


@pytest.mark.parametrize("sound", Sound)
def test_every_tone_is_between_60_and_250_ms_with_soft_edges(sound: Sound) -> None:
    rate, data = read_tone(FOLDER / f"{sound.value}.wav")
    values = memoryview(data).cast("h").tolist()
    edge = rate * EDGE_MS // 1000 // 4

    assert rate == RATE
    assert 60 <= len(values) * 1000 // rate <= 250
    loudest = max(map(abs, values))
    assert max(map(abs, values[:edge])) < loudest // 2
    assert max(map(abs, values[-edge:])) < loudest // 2
    assert loudest < 32_767, "it clips"


def test_good_goes_up_and_wrong_goes_down_and_lasts() -> None:
    pitches = {name: [note.hertz for note in notes] for name, notes in TONES.items()}
    lengths = {name: sum(note.milliseconds for note in notes) for name, notes in TONES.items()}

    assert len(pitches["accepted"]) == 1
    assert pitches["line"] == sorted(pitches["line"])
    assert pitches["order"] == sorted(pitches["order"])
    assert pitches["wrong"] == sorted(pitches["wrong"], reverse=True)
    assert max(pitches["wrong"]) < min(pitches["accepted"] + pitches["line"])
    assert lengths["wrong"] > lengths["accepted"]


def test_the_shipped_files_are_what_the_tool_writes() -> None:
    assert set(TONES) == {sound.value for sound in Sound}
    for name, notes in TONES.items():
        shipped = memoryview(read_tone(FOLDER / f"{name}.wav")[1]).cast("h").tolist()
        made = memoryview(samples(notes)).cast("h").tolist()
        assert len(shipped) == len(made)
        # The last bit of a sine may differ between C libraries.
        assert max(abs(one - other) for one, other in zip(shipped, made, strict=True)) <= 1


def test_a_tone_starts_with_the_next_buffer_and_ends_in_silence() -> None:
    beeper, device = playing()
    tone = read_tone(FOLDER / "accepted.wav")[1]

    beeper.volume = 100
    assert device.pull(100) == bytes(200)
    beeper.play(Sound.ACCEPTED)
    played = b"".join(device.pull(441) for _ in range(len(tone) // 882 + 1))

    assert played.startswith(tone)
    assert device.pull(10) == bytes(20)


def test_a_later_tone_takes_over_from_an_earlier_one() -> None:
    beeper, device = playing()
    beeper.volume = 100

    beeper.play(Sound.ORDER)
    device.pull(441)
    beeper.play(Sound.WRONG)

    assert device.pull(441) == read_tone(FOLDER / "wrong.wav")[1][:882]


def test_muted_or_at_no_volume_nothing_is_played() -> None:
    beeper, device = playing()

    beeper.muted = True
    beeper.play(Sound.WRONG)
    beeper.muted, beeper.volume = False, 0
    beeper.play(Sound.WRONG)

    assert device.pull(441) == bytes(882)


def test_volume_scales_every_sample() -> None:
    loud = (1_000).to_bytes(2, "little") + (-1_000).to_bytes(2, "little", signed=True)

    assert memoryview(scaled(loud, 50)).cast("h").tolist() == [500, -500]
    assert scaled(loud, 100) is loud


def test_closing_a_sound_card_that_was_pulled_out_raises_nothing(
    expected_logs: ExpectedLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected_logs.expect("did not close")
    beeper, device = playing()

    def gone() -> None:
        msg = "no such device"
        raise OSError(msg)

    monkeypatch.setattr(device, "close", gone)
    beeper.close()


def test_without_the_library_there_is_silence_instead_of_an_error(
    expected_logs: ExpectedLogs, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected_logs.expect("No sound")
    monkeypatch.setattr("ui.sound.sound_system", lambda: True)
    monkeypatch.setitem(sys.modules, "miniaudio", None)

    beeper = open_beeper()
    beeper.play(Sound.ACCEPTED)
    beeper.close()

    assert not beeper.working


def test_a_machine_without_a_card_is_silent_without_a_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ui.sound.sound_system", lambda: False)

    assert isinstance(open_beeper(), SilentBeeper)


def test_the_real_library_plays_on_its_null_backend_too() -> None:
    import miniaudio

    class NullBackend:
        """The library, without looking for cards."""

        SampleFormat = miniaudio.SampleFormat

        @staticmethod
        def PlaybackDevice(**settings: Any) -> Any:  # noqa: N802 — miniaudio's own name
            return miniaudio.PlaybackDevice(backends=[miniaudio.Backend.NULL], **settings)

    beeper = MiniaudioBeeper(NullBackend(), FOLDER)
    assert not beeper.working
    try:
        for sound in Sound:
            beeper.play(sound)
    finally:
        beeper.close()


def test_a_late_beeper_keeps_what_was_chosen_before_the_card_was_open() -> None:
    late, inner = LateBeeper(), SilentBeeper()
    late.muted, late.volume = True, 40

    late.use(inner)

    assert (inner.muted, inner.volume) == (True, 40)
    assert not late.working
