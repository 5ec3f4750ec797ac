"""Where a text of a table is broken into lines: at blanks, and within a word that is too long."""

from app.labels.measure import ELLIPSIS, printable, text_width


def broken(said: str, height: int, width: int, most: int) -> tuple[str, ...]:
    """A text as lines that fit into `width` dots; the last of `most` says that there was more.

    Args:
        said: What is written.
        height: Of the field of a line in dots.
        width: Of the field in dots.
        most: Lines.
    """
    clean = printable(said)
    if text_width(clean, height) <= width:
        return (clean,) if clean else ()
    lines: list[str] = []
    line = ""
    for word in clean.split(" "):
        longer = f"{line} {word}" if line else word
        if text_width(longer, height) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, height, width)
        lines += full
    lines.append(line)
    if len(lines) > most:
        return (*lines[: most - 1], lines[most - 1] + ELLIPSIS)
    return tuple(lines)


def _pieces(word: str, height: int, width: int) -> list[str]:
    """A word in parts that fit, each at least one letter."""
    parts = [""]
    for letter in word:
        if parts[-1] and text_width(parts[-1] + letter, height) > width:
            parts.append("")
        parts[-1] += letter
    return parts
