"""What an answer must be before it is believed. Pure checks; the book checks again when it applies.

A ledger that is restored, cloned, half-upgraded or impersonated must not be able to make holes in a
station's book: what does not fit is refused as a whole, and asked for again.
"""

from binascii import Error as HexError
from binascii import unhexlify

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.contract import chain
from app.contract.messages import (
    ChangesPage,
    ChangesQuery,
    HighWater,
    MasterPage,
    MasterQuery,
    PostBatch,
    Posted,
    SnapshotPage,
    SnapshotQuery,
)
from app.domain.operation import Outcome
from app.errors import Refusal
from app.station.ports import Identity
from app.sync import sentences
from app.sync.trouble import BadAnswer

_OUTCOMES = frozenset(Outcome)
_FORGED = (
    "The ledger's signature is not the one this station was enrolled with. Everything recorded is"
    " kept. Ask IT whether the ledger was replaced."
)


def posted(batch: PostBatch, answer: Posted, identity: Identity) -> None:
    """Every operation sent has a result, in order, under the ledger's signed high-water mark.

    Raises:
        BadAnswer: The results are not those of this batch.
        Refusal: `bad_signature`, when the mark was not signed by the ledger we know.
    """
    sent = [operation.id for operation in batch.operations]
    if [result.id for result in answer.results] != sent:
        raise BadAnswer(
            sentences.NO_FIT, detail=f"{len(answer.results)} results for {len(sent)} operations"
        )
    for result in answer.results:
        if result.outcome not in _OUTCOMES:
            raise BadAnswer(sentences.NO_FIT, detail=f"outcome {result.outcome!r} of {result.id}")
    mark = answer.high_water
    last = batch.operations[-1]
    if mark.enrolment != batch.enrolment or mark.epoch != batch.epoch or mark.seq < last.seq:
        raise BadAnswer(sentences.NO_FIT, detail=f"mark {mark.enrolment} {mark.epoch} {mark.seq}")
    if mark.seq == last.seq and mark.digest != last.digest:
        raise BadAnswer(sentences.NO_FIT, detail=f"digest at {mark.seq} differs")
    signed(mark, identity.ledger_key)


def signed(mark: HighWater, ledger_key: str) -> None:
    """The mark carries the signature of the ledger this station was enrolled with.

    Raises:
        Refusal: `bad_signature`.
    """
    message = chain.mark_bytes(mark.enrolment, mark.epoch, mark.seq, mark.digest, mark.at)
    try:
        key = Ed25519PublicKey.from_public_bytes(unhexlify(ledger_key))
        key.verify(unhexlify(mark.signature), message)
    except (InvalidSignature, HexError, ValueError) as error:
        raise Refusal("bad_signature", _FORGED, detail=repr(error)) from error


def changes(query: ChangesQuery, page: ChangesPage) -> None:
    """Rows `cursor + 1 …` without a hole, not more than asked for, chained to what we hold.

    Raises:
        BadAnswer: Anything else.
    """
    if page.epoch != query.epoch or len(page.rows) > query.limit:
        raise BadAnswer(sentences.NO_FIT, detail=f"epoch {page.epoch}, {len(page.rows)} rows")
    digest = query.chain
    for place, row in enumerate(page.rows, query.cursor + 1):
        if row.seq != place:
            raise BadAnswer(sentences.NO_FIT, detail=f"row {row.seq} where {place} belongs")
        if row.master > page.master_head:
            raise BadAnswer(sentences.NO_FIT, detail=f"row {row.seq} needs master {row.master}")
        digest = chain.next_chain(digest, bytes(row.body))
    if page.cursor != query.cursor + len(page.rows) or page.head < page.cursor:
        raise BadAnswer(sentences.NO_FIT, detail=f"cursor {page.cursor} of {page.head}")
    if page.rows and page.chain != digest:
        raise BadAnswer(sentences.NO_FIT, detail=f"chain differs at {page.cursor}")


def master(query: MasterQuery, page: MasterPage) -> None:
    """A page that leads on from the cursor, and gets somewhere unless it is the end.

    Raises:
        BadAnswer: Anything else.
    """
    if query.epoch and page.epoch != query.epoch:
        raise BadAnswer(sentences.NO_FIT, detail=f"master of epoch {page.epoch}")
    if len(page.rows) > query.limit or not query.cursor <= page.cursor <= page.head:
        raise BadAnswer(sentences.NO_FIT, detail=f"master {len(page.rows)} rows to {page.cursor}")
    if page.cursor == query.cursor and page.cursor < page.head:
        raise BadAnswer(sentences.NO_FIT, detail=f"master stands still at {page.cursor}")


def snapshot(query: SnapshotQuery, page: SnapshotPage, before: SnapshotPage | None) -> None:
    """The page asked for, of the same picture as the page before.

    Raises:
        BadAnswer: Anything else.
    """
    if page.page != query.page or not page.snapshot or len(page.chain) != len(chain.GENESIS):
        raise BadAnswer(sentences.NO_FIT, detail=f"snapshot page {page.page} of {page.snapshot!r}")
    if not page.page < max(page.pages, 1):
        raise BadAnswer(sentences.NO_FIT, detail=f"snapshot page {page.page} of {page.pages}")
    if before is not None and _picture(before) != _picture(page):
        raise BadAnswer(sentences.NO_FIT, detail="the snapshot changed under way")


def _picture(page: SnapshotPage) -> tuple[str, str, int, str, int, int]:
    return (page.snapshot, page.epoch, page.cursor, page.chain, page.master_cursor, page.pages)
