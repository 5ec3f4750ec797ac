"""Who signs an operation is fixed when it is recorded, and travels beside its bytes."""

from pathlib import Path

import msgspec

from app.contract import chain
from app.contract.messages import Operation
from app.domain.operation import Kind
from app.identity.userkey import CHEAP, UserKey, is_signed
from app.station.gate import new_gate
from app.station.inbox import LinkState
from app.station.turn import Draft, Session, Surroundings, Turn
from app.station.unlocking import DirectUnlocker
from tests.support.bench import TestBench

ANNA = UserKey("p-anna", 3, b"\x01" * 32)
OLU = UserKey("p-olu", 1, b"\x02" * 32)


def public(key: UserKey) -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(key.seed).public_key().public_bytes_raw().hex()


def around(bench: TestBench) -> Surroundings:
    return Surroundings(
        bench.store.identity(),
        bench.clock,
        bench.ids,
        Session("p-anna", "Anna", "clerk", 3, ANNA),
        bench.store.position(),
        LinkState.OFFLINE,
        None,
        new_gate(DirectUnlocker(lambda: b"", CHEAP), bench.clock),
    )


def test_what_two_people_signed_is_sent_as_they_signed_it(tmp_path: Path) -> None:
    bench = TestBench(tmp_path)
    here = around(bench)
    with bench.store.begin() as work:
        turn = Turn(work, here)
        draft = Draft(Kind.ADJUST, reason="damaged", grant="g-1")
        wanted = turn.record(draft, bench.ids.new_id(), signers=(ANNA, OLU))
        work.commit()

    batch = bench.store.next_batch(100, bench.signer)

    assert batch is not None
    sent = next(one for one in batch.operations if one.id == wanted)
    content = chain.content_hash(bytes(sent.body))
    assert [(one.person, one.version) for one in sent.signatures] == [("p-anna", 3), ("p-olu", 1)]
    for signed, key in zip(sent.signatures, (ANNA, OLU), strict=True):
        assert is_signed(signed, public(key), content)
    body = msgspec.json.decode(sent.body, type=Operation)
    assert (body.actor, body.grant) == ("p-anna", "g-1")
    bench.book.close()


def test_a_supervisor_acts_at_the_clerks_bench_under_their_own_name(tmp_path: Path) -> None:
    bench = TestBench(tmp_path)
    olu = Session("p-olu", "Olu", "supervisor", 1, OLU)
    here = around(bench)
    with bench.store.begin() as work:
        turn = Turn(work, here)
        wanted = turn.record(Draft(Kind.DECIDE), bench.ids.new_id(), signers=(OLU,), by=olu)
        work.commit()

    with bench.store.begin() as work:
        body = work.recorded(wanted)

    assert body is not None
    assert (body.actor, body.role) == ("p-olu", "supervisor")
    bench.book.close()
