"""What this station holds against the ledger: checkpoints for whoever checks an audit bundle."""

from typing import Any

import sqlalchemy as sa

from app.cache.store import CacheStore
from app.cache.tables import operation
from app.contract import chain
from app.station.ports import Signer

CONFIRMED = "confirmed"


def checkpoints(store: CacheStore, sign: Signer) -> list[dict[str, Any]]:
    """The newest place of the feed the ledger has signed, and the end of the own chain it has told.

    In the shape of a bundle's `checkpoints.json`. What was recorded and is not confirmed yet is
    left out: a bundle made before it arrived is whole without it.
    """
    found: list[dict[str, Any]] = []
    point = store.checkpoint()
    if point is not None and point.seq:
        found.append(
            {
                "file": "feed",
                "chain": point.site,
                "epoch": point.epoch,
                "seq": point.seq,
                "digest": point.chain,
                "master": point.master,
                "at": point.at,
                "signature": point.signature,
            }
        )
    enrolment = store.identity().enrolment
    o = operation.c
    with store.begin() as work:
        last = work.connection.execute(
            sa.select(o.seq, o.digest)
            .where(o.enrolment == enrolment, o.transport == CONFIRMED)
            .order_by(o.seq.desc())
            .limit(1)
        ).first()
    if last is not None:
        signature = sign.sign(chain.head_bytes(enrolment, last.seq, last.digest))
        found.append(
            {"file": "events", "chain": enrolment, "seq": last.seq, "digest": last.digest}
            | {"signature": signature}
        )
    return found
