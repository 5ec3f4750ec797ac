"""Makes a few texts fit a box: all at their own size, else smaller step by step, else elided.

Pure arithmetic over a `measure` function, so the rule is tested without a window. The box never
grows: that is what keeps a long German sentence from widening the window.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

ELLIPSIS = "…"
# Qt may break a line here, and draws nothing.
BREAK = "\N{ZERO WIDTH SPACE}"
# A GS1 element string or a German compound; anything shorter fits into a line as a whole.
LONG_WORD = 24
# Each step takes 6 %: fine enough that nobody sees a jump, and 52 px reach 30 px in nine steps.
STEP_PER_CENT = 94
# A sentence is cut at most this often while it is being elided (halving: 2^12 characters).
ELIDE_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Block:
    """One text with the size it should have and the smallest it may have.

    Attributes:
        text: What it says.
        size: Pixels it should have.
        floor: Pixels it has at least.
        bold: Measured and drawn bold.
        comfort: Pixels down to which others give way before it does; 0 is its floor.
    """

    text: str
    size: int
    floor: int
    bold: bool = False
    comfort: int = 0


@dataclass(frozen=True, slots=True)
class Fitted:
    """What to draw: a text, maybe shortened, at a size."""

    text: str
    size: int
    height: int
    elided: bool = False


# (text, pixel size, bold, width) → (width needed, height needed) when wrapped into that width.
Measure = Callable[[str, int, bool, int], tuple[int, int]]


def breakable(text: str) -> str:
    """`text` with places to break inside words no line can hold: a GS1 code has no blank."""
    words = (BREAK.join(word) if len(word) > LONG_WORD else word for word in text.split(" "))
    return " ".join(words)


def unbroken(text: str) -> str:
    """The text without those places."""
    return text.replace(BREAK, "")


def fit(
    blocks: Sequence[Block], width: int, height: int, gap: int, measure: Measure
) -> tuple[Fitted, ...]:
    """Sizes and texts with which `blocks`, one above the other, fit into `width` × `height`.

    A text at its floor stays there. When all are at their floors what lies between first and last
    is elided before either of them.
    """
    sizes = [block.size for block in blocks]
    while True:
        fitted = [
            _measured(block, size, width, measure)
            for block, size in zip(blocks, sizes, strict=True)
        ]
        if _fits(fitted, width, height, gap):
            return tuple(result for result, _ in fitted)
        # Whoever is furthest above what is comfortable, relatively, gives way.
        open_to = [index for index, block in enumerate(blocks) if sizes[index] > block.floor]
        if not open_to:
            break
        chosen = max(open_to, key=lambda index: (_ease(blocks[index], sizes[index]), index))
        sizes[chosen] = max(blocks[chosen].floor, sizes[chosen] * STEP_PER_CENT // 100)
    return _elide(blocks, width, height, gap, measure)


def _ease(block: Block, size: int) -> int:
    """How far above its comfort a text is, in per cent."""
    return size * 100 // (block.comfort or block.floor)


def _measured(block: Block, size: int, width: int, measure: Measure) -> tuple[Fitted, int]:
    needed, tall = measure(block.text, size, block.bold, width)
    return Fitted(block.text, size, tall), needed


def _fits(fitted: Sequence[tuple[Fitted, int]], width: int, height: int, gap: int) -> bool:
    used = sum(result.height for result, _ in fitted) + gap * max(len(fitted) - 1, 0)
    return used <= height and all(needed <= width for _, needed in fitted)


def _elide(
    blocks: Sequence[Block], width: int, height: int, gap: int, measure: Measure
) -> tuple[Fitted, ...]:
    """All at their floors. First and last keep a line each; what lies between is cut first."""
    room = height - gap * max(len(blocks) - 1, 0)
    lines = [measure("Xg", block.floor, block.bold, width)[1] for block in blocks]
    results: dict[int, Fitted] = {}
    # The way out (last) and the instruction (first) are worth more than the detail between them.
    order = [0, *range(len(blocks) - 1, 0, -1)]
    left = room
    for place, index in enumerate(order):
        reserved = sum(lines[later] for later in order[place + 1 :])
        result = _cut(blocks[index], width, max(left - reserved, lines[index]), measure)
        results[index] = result
        left -= result.height
    return tuple(results[index] for index in range(len(blocks)))


def _cut(block: Block, width: int, height: int, measure: Measure) -> Fitted:
    """The longest beginning of the text that fits, with an ellipsis."""

    def fits(text: str) -> tuple[bool, int]:
        needed, tall = measure(text, block.floor, block.bold, width)
        return needed <= width and tall <= height, tall

    whole, tall = fits(block.text)
    if whole:
        return Fitted(block.text, block.floor, tall)
    low, high = 0, len(block.text)
    for _ in range(ELIDE_ROUNDS):
        if low >= high:
            break
        middle = (low + high + 1) // 2
        if fits(block.text[:middle].rstrip() + ELLIPSIS)[0]:
            low = middle
        else:
            high = middle - 1
    short = block.text[:low].rstrip() + ELLIPSIS
    return Fitted(short, block.floor, fits(short)[1], elided=True)
