"""Events that are nobody's doing, in the station's own chain: enrolled, keys changed, denied."""

from app.contract.messages import CONTRACT_VERSION, AsOf, Operation
from app.domain.operation import Kind
from app.station.ports import Clock, Identity, IdSource, Position, Store

_NOBODY, _NONE = "nobody", "none"
_SYSTEM = "packhouse"


def event(
    store: Store, clock: Clock, ids: IdSource, reason: str, evidence: dict[str, str | int]
) -> Operation:
    """An event in nobody's name, not recorded yet.

    Args:
        store: Whose identity and position it has.
        clock: When it is.
        ids: Name it.
        reason: What happened, a stable word.
        evidence: What there is to say; no secrets.
    """
    return event_of((store.identity(), store.position()), clock, ids, reason, evidence)


def event_of(
    whose: tuple[Identity, Position],
    clock: Clock,
    ids: IdSource,
    reason: str,
    evidence: dict[str, str | int],
) -> Operation:
    """The same, where identity and position are not those of the book yet."""
    (identity, position), moment = whose, clock.now()
    return Operation(
        id=ids.new_id(),
        kind=Kind.EVENT,
        contract_version=CONTRACT_VERSION,
        site=identity.site,
        actor=_NOBODY,
        role=_NONE,
        source_system=_SYSTEM,
        correlation_id=ids.new_id(),
        recorded_at=moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z",
        as_of=AsOf(epoch=position.epoch, cursor=position.cursor),
        reason=reason,
        evidence=evidence,
    )


def record(
    store: Store, clock: Clock, ids: IdSource, reason: str, evidence: dict[str, str | int]
) -> None:
    """Record such an event; as `event`."""
    told = event(store, clock, ids, reason, evidence)
    with store.begin() as work:
        work.append(told, (), told.correlation_id)
        work.commit()
