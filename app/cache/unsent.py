"""What a ledger has not confirmed, for a person to review: bodies, links, signatures as stored."""

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import select

from app.cache.store import CacheStore
from app.cache.tables import former_link, operation
from app.contract.messages import Signed

# Operations in memory at once; a station that was cut off for weeks has tens of thousands.
_PAGE = 500

_signatures = msgspec.json.Decoder(tuple[Signed, ...])


class Link(msgspec.Struct, frozen=True):
    """A place in a chain."""

    enrolment: str
    seq: int
    digest: str


class Unsent(msgspec.Struct, frozen=True, kw_only=True):
    """One operation.

    Attributes:
        link: Its place in the present chain.
        former: Its places in chains of earlier enrolments.
        content_hash: SHA-256 of the canonical bytes of `body`.
        transport: `unsent` or `acknowledged`; or `confirmed`, when the ledger holds it.
        outcome: Of a confirmed one: `held`.
        signatures: Of the people who signed it.
        body: As recorded, the very bytes.
    """

    link: Link
    former: tuple[Link, ...]
    content_hash: str
    transport: str
    outcome: str
    code: str
    signatures: tuple[Signed, ...]
    body: msgspec.Raw


def unsent(store: CacheStore) -> Iterator[Unsent]:
    """Everything not confirmed, and what the ledger holds for a decision, as it was recorded."""
    o = operation.c
    after = 0
    while True:
        with store.begin() as work:
            rows = work.connection.execute(
                select(operation)
                .where(o.n > after, (o.transport != "confirmed") | (o.outcome == "held"))
                .order_by(o.n)
                .limit(_PAGE)
            ).all()
            former = _former(work.connection, [row.n for row in rows])
        if not rows:
            return
        for row in rows:
            yield Unsent(
                link=Link(row.enrolment, row.seq, row.digest),
                former=former.get(row.n, ()),
                content_hash=row.content_hash,
                transport=row.transport,
                outcome=row.outcome,
                code=row.code,
                signatures=_signatures.decode(row.signatures) if row.signatures else (),
                body=msgspec.Raw(row.body),
            )
        after = rows[-1].n


def _former(connection: Any, numbers: list[int]) -> dict[int, tuple[Link, ...]]:
    f = former_link.c
    found: dict[int, tuple[Link, ...]] = {}
    for row in connection.execute(
        select(f.n, f.enrolment, f.seq, f.digest).where(f.n.in_(numbers)).order_by(f.n, f.seq)
    ):
        found[row.n] = (*found.get(row.n, ()), Link(row.enrolment, row.seq, row.digest))
    return found
