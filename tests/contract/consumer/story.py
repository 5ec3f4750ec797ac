"""Everything a station asks its ledger from its first day on, put by the code of the station."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.contract.digest import EMPTY, to_texts
from app.contract.messages import PROTOCOL_VERSION, DigestQuery
from app.custody import recover
from app.errors import Trouble
from app.identity.userkey import UserKey
from app.keys.keyfile import NAME
from app.keys.opening import Contents, make_vault, open_vault
from app.keys.rotation import KeyCare, Step
from app.keys.signing import DeviceSigner
from app.settings import StationSettings
from app.station import edit_asking
from app.station.edit_job import Draft, EditJob
from app.station.events import EditAsked, GrantAsked
from app.station.flow import Happening, Trigger
from app.station.granting import Asking, Granting
from app.station.turn import Session, Turn
from app.sync import asking
from app.sync.exchange import Exchange
from app.sync.newkey import KeyChange
from app.sync.outcomes import Idle, Moved
from app.sync.skew import Skew
from app.sync.tokens import TokenSource
from tests.contract.consumer.stage import STATION, Given
from tests.fakes.clock import CountingIds, FakeClock
from tests.ledger.conftest import SITE
from tests.support.keys import by_passphrase
from tests.support.synced import SyncedBench

VAULT = "5f3e" * 8
PLACE = "A-04-2"
_KEYS = Contents(b"\x11" * 32, b"\x12" * 32, {1: b"\x13" * 32}, 1)
_STEPS = 20


class Keys:
    """Device keys of which the next one lies ready."""

    def __init__(self, present: DeviceSigner) -> None:
        self._present = present
        self.pending: DeviceSigner | None = DeviceSigner(b"\x0b" * 32)
        self.former: DeviceSigner | None = None
        self.is_due = False
        self.sign = present.sign
        self.public_key = present.public_key

    def begin(self) -> DeviceSigner:
        raise AssertionError("it lies ready")

    def promote(self) -> None:
        assert self.pending is not None
        self.sign, self.public_key = self.pending.sign, self.pending.public_key
        self.pending = None


def play(folder: Path, url: str, given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first code to the day the keys are lost."""
    drawn = count(1)
    monkeypatch.setattr(secrets, "token_hex", lambda n: Random(next(drawn)).randbytes(n).hex())
    monkeypatch.setattr("app.custody.new_key", lambda: b"\x0c" * 32)
    bench = SyncedBench(folder / "bench", url, given.code, clock=FakeClock())
    try:
        bench._ids = cast("Any", CountingIds())
        _work(bench)
        _ask_for_people(bench, given)
        _give_keys(folder / "keys", bench)
        _change_key(bench)
        _lose_keys(folder / "keys", bench)
    finally:
        bench.close()


def _work(bench: SyncedBench) -> None:
    """A picture, three receipts, the feed, and whether both books agree."""
    exchange = Exchange(bench.desk, bench.ledger)
    _until_idle(lambda: exchange.pull(0))
    bench.receive_many(3, quantity=4)
    assert exchange.push() == Moved(3, more=False)
    _until_idle(lambda: exchange.pull(0))
    assert bench.transports() == {"confirmed": 3}
    where = bench.store.position()
    query = DigestQuery(
        protocol=PROTOCOL_VERSION,
        epoch=where.epoch,
        cursor=where.cursor,
        chain=where.chain,
        buckets=to_texts(EMPTY),
    )
    bench.ledger.digest(query)


def _until_idle(step: Callable[[], object]) -> None:
    for _ in range(_STEPS):
        if step() == Idle():
            return
    raise AssertionError("never idle")


def _ask_for_people(bench: SyncedBench, given: Given) -> None:
    """A grant, the reorder point of an item, and a place that is blocked."""
    turn = _turn(bench)
    granting = Granting()
    granting.asking = Asking(_session(given.decides), 0)
    granting.happen(turn, Happening(Trigger.SIGN_IN_PIN, argument=given.totp))
    edit_asking.look(turn, EditJob(job="j-1", key="item/SKU-10221"), given.edits)
    job = EditJob(job="j-2", key=f"place/{PLACE}", seen=Draft(kind="bin"))
    job = EditJob(job="j-2", key=job.key, seen=job.seen, draft=Draft(kind="blocked"))
    edit_asking.send(turn, job, given.edits, "shelf is damp")
    for event in turn.announce:
        match event:
            case GrantAsked(request):
                assert asking.grant(bench.ledger, request).sentence == ""
            case EditAsked(put):
                assert asking.edit(bench.ledger, put).sentence == ""
            case other:
                raise AssertionError(f"{other} was not asked for")


def _session(key: UserKey) -> Session:
    return Session(key.person, key.person, "supervisor", key.version, key)


def _turn(bench: SyncedBench) -> Turn:
    """As much of a turn as asking needs."""
    around = SimpleNamespace(ids=CountingIds(900), identity=bench.identity, clock=FakeClock())
    turn = SimpleNamespace(around=around, announce=[], fate=None, after_commit=lambda _: None)
    return cast("Turn", turn)


def _give_keys(folder: Path, bench: SyncedBench) -> None:
    """Into the ledger's custody."""
    folder.mkdir(mode=0o700)
    at = datetime(2026, 11, 23, tzinfo=UTC)
    make_vault(folder, by_passphrase(), lambda: at, _KEYS, name=VAULT)
    vault = open_vault(folder, folder / "book.db", by_passphrase(), lambda: at)
    assert KeyCare(vault, bench.ledger, lambda *_: None).round() is Step.ESCROWED


def _change_key(bench: SyncedBench) -> None:
    """The next device key is taken into use, and signs for the next token."""
    gate = bench.ledger._tokens._gate
    keys, skew = Keys(bench.signer), Skew(FakeClock())
    who, known = bench.identity.enrolment, bench.identity.ledger_key
    change = KeyChange(cast("Any", gate), who, keys, lambda: 3, lambda _key: None)
    TokenSource(gate, who, keys, skew, audience=known, change=change).current()
    assert keys.pending is None


def _lose_keys(folder: Path, bench: SyncedBench) -> None:
    """Somebody asks for them on a new machine; nobody has approved yet."""
    assert (folder / NAME).exists()
    gate = bench.ledger._tokens._gate
    settings = StationSettings(folder)
    with pytest.raises(Trouble, match="have not approved yet"):
        recover(
            settings, by_passphrase(), f"{SITE}/{STATION}", cast("Any", gate),
            (lambda _words: None, lambda _seconds: False),
        )  # fmt: skip
