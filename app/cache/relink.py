"""Linking operations anew, in another enrolment's chain; their ids and bodies stay what they are.

Only what the ledger has not confirmed is linked anew. The chain of a new enrolment begins with the
digest the old one ended with, so that it can be followed from the first operation of the book to
the last. Where an operation stood before stays in `former_link`.
"""

import msgspec
from sqlalchemy import ColumnElement, bindparam, insert, select, update

from app.cache import snapshots, waiting
from app.cache.tables import former_link, operation
from app.cache.work import HEAD, CacheWork, Head
from app.contract import chain


def begin(work: CacheWork, enrolment: str) -> int:
    """Begin the chain of a new enrolment and link into it what is not confirmed.

    Returns:
        How many operations were linked anew.
    """
    before = work.head()
    _set_head(work, Head(enrolment, 0, before.digest if before else chain.GENESIS))
    return _append(work, operation.c.transport != "confirmed")


def adopt(work: CacheWork) -> int:
    """Link what is not confirmed and stands in an earlier chain to the end of the present one.

    After a restore of the ledger anything may be sent again, and only the present chain is sent.

    Returns:
        How many operations were linked anew.
    """
    head = work.head()
    if head is None:
        return 0
    return _append(
        work, operation.c.transport != "confirmed", operation.c.enrolment != head.enrolment
    )


def forget_outcomes(work: CacheWork) -> None:
    """The ledger is another one than it was: nothing is confirmed, everything is to be sent."""
    snapshots.forget_confirmed(work.connection)
    work.connection.execute(
        update(operation).values(transport="unsent", outcome="", code="", sentence="", feed_seq=0)
    )
    waiting.put_all(work.connection, ())
    work.rebuild_effects()


def _append(work: CacheWork, *which: ColumnElement[bool]) -> int:
    """Link operations to the end of the present chain, in the order they were recorded."""
    head = work.head()
    if head is None:
        return 0
    o = operation.c
    rows = work.connection.execute(
        select(o.n, o.enrolment, o.seq, o.digest, o.content_hash).where(*which).order_by(o.n)
    ).all()
    seq, digest = head.seq, head.digest
    links = []
    for row in rows:
        seq += 1
        digest = chain.next_digest(digest, head.enrolment, seq, row.content_hash)
        links.append({"b_n": row.n, "b_seq": seq, "b_digest": digest})
    if links:
        work.connection.execute(
            insert(former_link),
            [
                {"n": row.n, "enrolment": row.enrolment, "seq": row.seq, "digest": row.digest}
                for row in rows
            ],
        )
        work.connection.execute(_RELINK, [{"b_enrolment": head.enrolment, **one} for one in links])
        _set_head(work, Head(head.enrolment, seq, digest))
    return len(links)


_RELINK = (
    update(operation)
    .where(operation.c.n == bindparam("b_n"))
    .values(
        enrolment=bindparam("b_enrolment"),
        seq=bindparam("b_seq"),
        digest=bindparam("b_digest"),
        transport="unsent",
        feed_seq=0,
    )
)


def _set_head(work: CacheWork, head: Head) -> None:
    work.set_note(HEAD, msgspec.json.encode(head).decode())
