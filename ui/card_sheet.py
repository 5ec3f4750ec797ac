"""The sheet of command cards as a file: `packhouse cards --to FILE.pdf`."""

from pathlib import Path

from app.catalogue import Catalogue
from app.labels.label import Label
from app.labels.sheet import Card, pages
from app.station.card_sheet import sheet
from ui.label_picture import to_pdf
from ui.theme import load_fonts


def drawn(language: str) -> tuple[Label, ...]:
    """Every page of the sheet, its names in `language`."""
    say = Catalogue.load(language).say
    return pages(
        [
            (say(group.title), [Card(card.code, say(card.name)) for card in group.cards])
            for group in sheet()
        ]
    )


def write(path: Path, language: str) -> int:
    """Write the sheet as PDF; how many cards are on it.

    Raises:
        Trouble: The file could not be written.
        Refusal: There is no such language.
    """
    load_fonts()
    first, *more = drawn(language)
    to_pdf(first, path, *more)
    return sum(len(group.cards) for group in sheet())
