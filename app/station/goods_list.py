"""The list of deliveries or returns to choose from: by arrow keys, by Enter, or by scanning one."""

from collections.abc import Collection

from app.domain.text import Text, text
from app.station.documents import Place
from app.station.lists import Choice, ColumnView, ListView, Mark
from app.station.ports import Work
from app.station.task import PREFIX
from app.station.wording import due

# One page of the list: more than fits a screen, few enough to read at once.
PAGE_ROWS = 50
COLUMNS = (
    ColumnView(text("goods.column_document"), 12, code=True),
    ColumnView(text("goods.column_party")),
    ColumnView(text("goods.column_due"), 11),
    ColumnView(text("goods.column_units"), 9),
)


def view(
    work: Work, kind: str, states: Collection[str], place: Place | None, about: tuple[str, ...]
) -> ListView:
    """One page of the documents of a kind that may be worked on.

    Args:
        work: The open transaction.
        kind: Their kind.
        states: States they may be in.
        place: Where the page begins.
        about: Now (ISO 8601), the page's word for saved jobs, and the key that is looked at.
    """
    now, page, chosen = about
    # One more than is shown tells whether there is another page.
    rows = work.document_heads(kind, states, PAGE_ROWS + 1, place)
    found = tuple(
        Choice(
            row.document,
            (
                row.document,
                _party(work, row.party),
                due(row.due, now),
                text("goods.units", n=row.units),
            ),
            _mark(work, page, row.document, row.due, now),
        )
        for row in rows[:PAGE_ROWS]
    )
    keys = [row.key for row in found]
    return ListView(
        name=text("goods.list"),
        columns=COLUMNS,
        rows=found,
        total=work.document_count(kind, states),
        chosen=chosen if chosen in keys else (keys[0] if keys else ""),
        more=len(rows) > PAGE_ROWS,
        empty=_EMPTY[kind],
    )


def after(work: Work, kind: str, states: Collection[str], place: Place | None) -> Place | None:
    """Where the next page begins; None when this is the last, so that it starts anew."""
    rows = work.document_heads(kind, states, PAGE_ROWS + 1, place)
    if len(rows) <= PAGE_ROWS:
        return None
    return rows[PAGE_ROWS - 1].place


def _party(work: Work, party: str) -> str:
    known = work.party(party) if party else None
    return known.name if known is not None else party


def _mark(work: Work, page: str, number: str, before: str, now: str) -> Mark:
    if work.note(f"{PREFIX}{page}/{number}") is not None:
        return Mark.PAUSED
    return Mark.URGENT if before and before < now else Mark.NONE


_EMPTY: dict[str, Text] = {
    "inbound": text("receive.none"),
    "return": text("take_back.none"),
}
