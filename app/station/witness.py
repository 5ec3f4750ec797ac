"""A station as witness of the ledger's feed: that a signed place was denied is recorded, once."""

from app.contract.messages import CONTRACT_VERSION, AsOf, Checkpoint, Operation
from app.domain.operation import Kind
from app.station.ports import Clock, IdSource, Store

REASON = "history_rewritten"
_NOTE = "contradicted"
# It is nobody's doing: recorded in nobody's name, in this station's own chain.
_NOBODY, _NONE = "nobody", "none"
_SYSTEM = "packhouse"
_TOLD_LENGTH = 200


def record(store: Store, clock: Clock, ids: IdSource, held: Checkpoint, told: str) -> None:
    """Record an event with what is held and what was told; once for each place held."""
    place = f"{held.epoch} {held.seq}"
    identity, position = store.identity(), store.position()
    moment = clock.now()
    with store.begin() as work:
        if work.note(_NOTE) == place:
            return
        event = Operation(
            id=ids.new_id(),
            kind=Kind.EVENT,
            contract_version=CONTRACT_VERSION,
            site=identity.site,
            actor=_NOBODY,
            role=_NONE,
            source_system=_SYSTEM,
            correlation_id=ids.new_id(),
            recorded_at=moment.strftime("%Y-%m-%dT%H:%M:%S.")
            + f"{moment.microsecond // 1000:03d}Z",
            as_of=AsOf(epoch=position.epoch, cursor=position.cursor),
            reason=REASON,
            evidence={
                "epoch": held.epoch,
                "seq": held.seq,
                "chain": held.chain,
                "at": held.at,
                "signature": held.signature,
                "told": told[:_TOLD_LENGTH],
            },
        )
        work.append(event, (), event.correlation_id)
        work.set_note(_NOTE, place)
        work.commit()
