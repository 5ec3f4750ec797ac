"""Writes the five tones of `resources/sounds`. Run once; the WAV files are part of the project.

    python tools/make_sounds.py

Each meaning has a melody of its own, so it is known without looking: up is good, low and long is
wrong, one in the middle asks for attention (`docs/decisions/0101-icons-fonts-sounds-sizes.md`).
"""

import math
import wave
from dataclasses import dataclass
from pathlib import Path

RATE = 44_100
# Soft edges: without them every tone begins and ends with a click.
EDGE_MS = 8
PEAK = 22_000
# A second, quieter octave makes a small loudspeaker audible through noise.
OVERTONE_PER_CENT = 25

HIGH, MIDDLE, LOW, LOWER = 1_318, 880, 330, 247


@dataclass(frozen=True, slots=True)
class Note:
    """A pitch in hertz (0 is silence) for some milliseconds."""

    hertz: int
    milliseconds: int


TONES: dict[str, tuple[Note, ...]] = {
    "accepted": (Note(HIGH, 70),),
    "line": (Note(1_047, 70), Note(1_568, 90)),
    "order": (Note(1_047, 70), Note(1_319, 70), Note(1_568, 110)),
    "wrong": (Note(LOW, 120), Note(LOWER, 130)),
    "attention": (Note(MIDDLE, 160),),
}


def samples(notes: tuple[Note, ...]) -> bytes:
    """16-bit mono samples of a melody."""
    data = bytearray()
    for note in notes:
        count = RATE * note.milliseconds // 1000
        edge = RATE * EDGE_MS // 1000
        for index in range(count):
            envelope = min(index, count - 1 - index, edge) / edge
            turn = 2 * math.pi * note.hertz * index / RATE
            wave_form = (
                math.sin(turn) * (100 - OVERTONE_PER_CENT) + math.sin(2 * turn) * OVERTONE_PER_CENT
            ) / 100
            data += round(PEAK * envelope * wave_form).to_bytes(2, "little", signed=True)
    return bytes(data)


def main() -> None:
    """Write every tone."""
    folder = Path(__file__).resolve().parents[1] / "resources" / "sounds"
    folder.mkdir(parents=True, exist_ok=True)
    for name, notes in TONES.items():
        with wave.open(str(folder / f"{name}.wav"), "wb") as target:
            target.setnchannels(1)
            target.setsampwidth(2)
            target.setframerate(RATE)
            target.writeframes(samples(notes))
        print(f"{name}.wav  {sum(note.milliseconds for note in notes)} ms")


if __name__ == "__main__":
    main()
