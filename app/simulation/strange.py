"""Operations no flow makes: of a kind the ledger does not know, or under an id already used."""

from app.contract.messages import AsOf, Operation
from app.simulation.bench import Bench
from app.simulation.world import World


def record(world: World, bench: Bench, kind: str, id_: str) -> str:
    """Let a bench record something strange, as a later program or a broken source of ids would.

    Args:
        world: For the time.
        bench: Where.
        kind: Kind of the operation.
        id_: Its id.
    """
    identity = bench.store.identity()
    position = bench.store.position()
    body = Operation(
        id=id_,
        kind=kind,
        contract_version=1,
        site=identity.site,
        actor="p-novak",
        role="clerk",
        source_system="packhouse",
        correlation_id=world.ids.new_id(),
        recorded_at="2026-11-23T07:30:00.000Z",
        as_of=AsOf(epoch=position.epoch, cursor=position.cursor),
        reason="strange",
    )
    with bench.store.begin() as work:
        work.append(body, (), body.correlation_id)
        work.commit()
    return body.id
