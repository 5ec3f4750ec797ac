"""Goods that are announced: inbounds and return authorisations, from imports and the office.

A version says what is expected; what has come derives from operations alone, and so does the state,
until the office shuts a document. The rules while goods come in: `app.ledger.rules.expecting`.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import DocumentRow
from app.domain.goods_in import SHUT_AT
from app.errors import Refusal
from app.ledger import goods_contradictions as found
from app.ledger import papers, tracking
from app.ledger.book import Book, DocumentBook
from app.ledger.clock import Clock, IdSource
from app.ledger.company import Company
from app.ledger.database import Database
from app.ledger.imports import Applied, RowProblem
from app.ledger.pages import Closing, Pages, Row
from app.ledger.rules import expecting
from app.ledger.rules.expecting import SORTS
from app.ledger.sites import SiteRef, find_site
from app.ledger.tables import item
from app.ledger.touched import Touched
from app.ledger.writing import Writer

# As long as a reference of an operation may be.
MAX_NAME = 64
CLOSED, CANCELLED, OPEN = "closed", "cancelled", "open"


class _NothingWritten(Exception):
    """Takes back what was only put there to be locked."""


_encode = msgspec.json.Encoder().encode


class Announcements:
    """Writes them.

    Args:
        database: The ledger's.
        clock: For deadlines of exceptions.
        ids: Names exceptions.
    """

    def __init__(self, database: Database, clock: Clock, ids: IdSource) -> None:
        self._database = database
        self._clock = clock
        self._writer = Writer(database, ids)

    def put(self, site_name: str, rows: Sequence[DocumentRow], *, partial: bool = False) -> Applied:
        """Add documents, or new versions of those that differ, in one transaction.

        Versions and states of `rows` are not looked at. All or none are written, unless the good
        ones are wanted without the others (`partial`): those of unknown items, and those that are
        closed or cancelled.

        Raises:
            Refusal: `unknown_site`.
        """
        applied = Applied()
        with suppress(_NothingWritten), self._database.write() as connection:
            site = find_site(connection, site_name)
            flaws = dict(self._flaws(connection, rows))
            good = [row for index, row in enumerate(rows) if index not in flaws]
            book = self._open(connection, site, good)
            places = {(row.kind, row.document): index for index, row in enumerate(rows)}
            for key, known in sorted(book.documents.items()):
                if SHUT_AT in known.row.details:
                    sentence = _IS_SHUT.format(key[1], known.row.state)
                    flaws[places[key]] = ("document", sentence)
            applied.problems = [RowProblem(index, *said) for index, said in sorted(flaws.items())]
            if applied.problems and not partial:
                raise _NothingWritten
            pages = Pages()
            for row in sorted(good, key=lambda one: (one.kind, one.document)):
                if places[row.kind, row.document] not in flaws:
                    self._put_one(book, pages.rows, row)
            self._writer.write(connection, book, pages)
            applied.written = sum(known.changed for known in book.documents.values())
            applied.unchanged = len(book.documents) - applied.written - _shut_among(book)
        return applied

    def edit(self, site_name: str, row: DocumentRow, expected: int) -> DocumentRow:
        """Change one document if it is still at `expected`; 0 means that it must be new.

        Raises:
            Refusal: `stale_version`, `already_closed` for one that is shut, or `bad_<column>`.
        """
        with self._database.write() as connection:
            site = find_site(connection, site_name)
            for _, (column, sentence) in self._flaws(connection, [row]):
                raise Refusal(f"bad_{column}", sentence)
            book = self._open(connection, site, [row])
            known = book.documents[row.kind, row.document]
            # One that goods have named before anybody announced it is still to be added.
            version = known.row.version if known.row.lines else 0
            if version != expected:
                raise Refusal("stale_version", _STALE.format(version))
            if SHUT_AT in known.row.details:
                raise Refusal("already_closed", _IS_SHUT.format(row.document, known.row.state))
            pages = Pages()
            self._put_one(book, pages.rows, row)
            if known.changed:
                self._writer.write(connection, book, pages)
        return known.row

    def set_state(
        self, site_name: str, kind: str, number: str, state: str, expected: int | None = None
    ) -> DocumentRow:
        """Close, cancel or open again.

        Args:
            site_name: Where.
            kind: Inbound or return.
            number: The document.
            state: `closed` gives up what has not come; `cancelled` is for one of which nothing has
                come; `open` lets the state follow from what was counted again.
            expected: The version that is meant, if it matters.

        Raises:
            Refusal: `unknown_document`, `stale_version`, or `already_receiving` for one that cannot
                be cancelled because goods have come.
        """
        with self._database.write() as connection:
            site = find_site(connection, site_name)
            book = self._read(connection, site, [(kind, number)])
            known = book.documents.get((kind, number))
            if known is None:
                raise Refusal("unknown_document", f"There is no {kind} {number} at this site.")
            if expected is not None and expected != known.row.version:
                raise Refusal("stale_version", _STALE.format(known.row.version))
            if state == CANCELLED and any(known.tallies.values()):
                raise Refusal(
                    "already_receiving",
                    f"Goods have come for {number}. Close it instead, or take the records back.",
                )
            pages = Pages()
            self._shut(book, pages.rows, known, state)
            if known.changed:
                self._writer.write(connection, book, pages)
        return known.row

    # ------------------------------------------------------------------ inside

    def _flaws(
        self, connection: Connection, rows: Sequence[DocumentRow]
    ) -> Iterable[tuple[int, tuple[str, str]]]:
        skus = {line.item for row in rows for line in row.lines}
        known = set(
            connection.execute(
                sa.select(item.c.sku).where(self._database.in_set(item.c.sku, sorted(skus)))
            ).scalars()
        )
        last = {(row.kind, row.document): index for index, row in enumerate(rows)}
        for index, row in enumerate(rows):
            missing = next((line.item for line in row.lines if line.item not in known), "")
            if not 1 <= len(row.document) <= MAX_NAME:
                yield index, ("document", f"A number has 1 to {MAX_NAME} characters. Shorten it.")
            elif missing:
                yield index, ("sku", f"Item {missing} is not known. Import items first.")
            elif not row.lines:
                yield index, ("line", f"{row.document} has no lines. Say what is expected.")
            elif len({line.line for line in row.lines}) < len(row.lines):
                yield index, ("line", f"{row.document} has a line number twice. Number them anew.")
            elif last[row.kind, row.document] != index:
                yield index, ("document", f"{row.document} is there twice. Send it once.")

    def _open(self, connection: Connection, site: SiteRef, rows: Sequence[DocumentRow]) -> Book:
        """Read and lock documents; those that are new are locked by being there."""
        keys = sorted({(row.kind, row.document) for row in rows})
        if keys:
            connection.execute(
                sa.text(
                    "INSERT INTO document (site_n, kind, document, state, version, shipped, body) "
                    "VALUES (:site_n, :kind, :document, '', 0, 0, :body) ON CONFLICT DO NOTHING"
                ),
                [
                    {
                        "site_n": site.n,
                        "kind": kind,
                        "document": number,
                        "body": _encode(
                            DocumentRow(kind=kind, document=number, version=0, state="")
                        ),
                    }
                    for kind, number in keys
                ],
            )
        return self._read(connection, site, keys, (line.item for row in rows for line in row.lines))

    def _read(
        self,
        connection: Connection,
        site: SiteRef,
        keys: Iterable[tuple[str, str]],
        items: Iterable[str] = (),
    ) -> Book:
        book = Book(site.n, site.site, self._clock.now())
        touched = Touched(documents=set(keys), described=set(items))
        Company(self._database).read(connection, book, touched)
        papers.read(self._database, connection, book, touched)
        tracking.read_first(self._database, connection, book, touched)
        return book

    def _put_one(self, book: Book, rows: list[Row], row: DocumentRow) -> None:
        known = book.documents[row.kind, row.document]
        before = known.row
        if before == msgspec.structs.replace(row, version=before.version, state=before.state):
            return
        was = {line.line: line.quantity for line in before.lines}
        known.row = msgspec.structs.replace(row, version=before.version + 1, state=before.state)
        book.goods.expected.pop((row.kind, row.document), None)
        self._tell(book, rows, known)
        if not before.lines:
            rows.append(Closing(found.unknown_cause(row.kind, row.document)))
        rows.extend(_judged(book, known, was))

    def _tell(self, book: Book, rows: list[Row], known: DocumentBook) -> None:
        """The new version, in the state that follows from what was counted."""
        expected = expecting.expectation(book, known)
        state = expecting.state_of(SORTS[known.row.kind], known, expected)
        known.row = msgspec.structs.replace(known.row, state=state)
        known.changed = True
        rows.append(known.row)

    def _shut(self, book: Book, rows: list[Row], known: DocumentBook, state: str) -> None:
        row, is_shut = known.row, SHUT_AT in known.row.details
        if state == row.state or (state == OPEN and not is_shut):
            return
        details = {name: value for name, value in row.details.items() if name != SHUT_AT}
        if state != OPEN:
            details[SHUT_AT] = expecting.come(known)
        known.row = msgspec.structs.replace(
            row, version=row.version + 1, state=state, details=details
        )
        self._tell(book, rows, known)
        if state == OPEN:
            rows.append(Closing(found.late_cause(row.kind, row.document)))


def _judged(book: Book, known: DocumentBook, was: Mapping[int, int]) -> Iterable[Row]:
    """What a new version contradicts of what has come, and what it has settled."""
    kind, number = known.row.kind, known.row.document
    expected = expecting.expectation(book, known)
    for (line, measure), now in sorted(known.tallies.items()):
        if measure != expecting.RECEIVED or now <= 0:
            continue
        if line == 0:
            if not was:
                yield found.stray(kind, number, "goods nobody named a line for"), ""
            continue
        asked = expected.lines[line].quantity if line in expected.lines else 0
        allowed = expecting.most(book, SORTS[kind], expected, line)
        if now > asked and asked < was.get(line, 0):
            yield found.cut(kind, number, line, now, asked), ""
        elif now > allowed:
            yield found.over(kind, number, line, now, allowed), ""
        if now <= allowed:
            yield Closing(found.over_cause(kind, number, line))
        if now <= asked:
            yield Closing(found.cut_cause(kind, number, line))


def _shut_among(book: Book) -> int:
    return sum(SHUT_AT in known.row.details for known in book.documents.values())


_IS_SHUT = "{} is {} already; it was left as it is. Open it again first."
_STALE = "Somebody was faster: this is at version {} now. Read it anew and decide again."
