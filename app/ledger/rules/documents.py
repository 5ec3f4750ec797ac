"""Documents that are not orders, as rules change them: added, revised, told at every site."""

from typing import Any

import msgspec

from app.ledger.book import Book, DocumentBook
from app.ledger.case import Case, Decision


def find(case: Case, kind: str) -> DocumentBook | None:
    """The document of this kind that an operation is about."""
    named, number = case.document
    return case.book.documents.get((kind, number)) if named == kind else None


def revise(book: Book, decision: Decision, document: DocumentBook, **changes: Any) -> None:
    """Make a new version and tell it in the feed of every site that keeps the document."""
    document.row = msgspec.structs.replace(
        document.row, version=document.row.version + 1, **changes
    )
    tell(book, decision, document)


def add(book: Book, decision: Decision, document: DocumentBook) -> None:
    """Put a new document into the book and tell it."""
    book.documents[document.row.kind, document.row.document] = document
    tell(book, decision, document)


def tell(book: Book, decision: Decision, document: DocumentBook) -> None:
    """The current version, in the feed of every site that keeps the document."""
    document.changed = True
    for site_n in document.sites:
        if site_n == book.site_n:
            decision.rows.append(document.row)
        else:
            decision.abroad.append((site_n, document.row))
