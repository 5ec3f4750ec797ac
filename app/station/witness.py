"""A station as witness of the ledger's feed: that a signed place was denied is recorded, once."""

from app.contract.messages import Checkpoint
from app.station import unattended
from app.station.ports import Clock, IdSource, Store

REASON = "history_rewritten"
_NOTE = "contradicted"
_TOLD_LENGTH = 200


def record(store: Store, clock: Clock, ids: IdSource, held: Checkpoint, told: str) -> None:
    """Record an event with what is held and what was told; once for each place held."""
    place = f"{held.epoch} {held.seq}"
    evidence: dict[str, str | int] = {
        "epoch": held.epoch,
        "seq": held.seq,
        "chain": held.chain,
        "at": held.at,
        "signature": held.signature,
        "told": told[:_TOLD_LENGTH],
    }
    event = unattended.event(store, clock, ids, REASON, evidence)
    with store.begin() as work:
        if work.note(_NOTE) == place:
            return
        work.append(event, (), event.correlation_id)
        work.set_note(_NOTE, place)
        work.commit()
