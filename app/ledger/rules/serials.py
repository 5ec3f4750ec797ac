"""One serial is one unit: in the book more than once, it is an exception until it is not.

No constraint forbids it, because stations that were apart record what they saw. Places outside the
building do not count: a unit that was handed over may come back.
"""

from app.ledger import goods_contradictions as found
from app.ledger.book import Book, Cell
from app.ledger.case import Decision


def follow(decision: Decision, book: Book) -> None:
    """Judge the serials an effect has moved, after it was applied."""
    cells = [cell for cell, _, _ in decision.effect.postings]
    cells += [cell for _, cell, _, _ in decision.effect.abroad]
    for name in dict.fromkeys(_named(cells)):
        known = book.goods.serials.get(name)
        if known is None:
            continue
        twice = known.units > 1
        if twice:
            decision.contradictions.append(found.serial_twice(*name, known.places))
        elif known.twice:
            decision.closes.append(found.serial_cause(*name))
        known.twice = twice


def _named(cells: list[Cell]) -> list[tuple[str, str]]:
    return [(cell.key.item, cell.key.serial) for cell in cells if cell.key.serial]
