"""What stations sign is kept, batch by batch, and found again by the night's check."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.conformance.probe import moved
from app.contract.chain import head_bytes
from app.ledger import marks
from app.ledger.database import FILE_NAME
from app.ledger.journal import Act, Actor, tell, told
from app.ledger.service import LedgerService
from app.ledger.tables import journal, journal_mark, station_mark
from tests.fakes.clock import FakeClock
from tests.ledger.conftest import MUG, SITE, Enrol, enrolled
from tests.ledger.damage import on_sqlite

NOVAK = Actor("p-novak", "operator", "local", "host:desk")


def _marks(service: LedgerService) -> list[tuple[int, str, str]]:
    m = station_mark.c
    with service.database.read() as connection:
        rows = connection.execute(sa.select(m.seq, m.digest, m.signature).order_by(m.seq))
        return [(row.seq, row.digest, row.signature) for row in rows]


def test_the_end_of_every_batch_is_kept_as_it_was_signed(either: LedgerService) -> None:
    station = enrolled(either, "PACK-01")
    for _ in range(6):
        station.record(station.operation("event"))

    station.post(1, 2)
    station.post(1, 2)  # the answer was lost
    station.post(2, 5)  # overlaps what is known
    station.post(6, 6)

    ends = [station.sent[seq - 1] for seq in (2, 5, 6)]
    assert _marks(either) == [
        (end.seq, end.digest, station.device.sign(_head(station.who.enrolment, end)))
        for end in ends
    ]


def _head(enrolment: str, end: object) -> bytes:
    return head_bytes(enrolment, end.seq, end.digest)  # type: ignore[attr-defined]


def test_old_marks_give_way_to_the_last_of_their_hour(
    either: LedgerService, clock: FakeClock
) -> None:
    station = enrolled(either, "PACK-01")
    for _ in range(3):
        for _ in range(2):
            station.do(station.operation("event"))
        clock.pass_ms(3_600_000)
    assert marks.thin_out(either.database, clock) == 0

    clock.pass_ms(marks.KEPT_FOR // timedelta(milliseconds=1))

    assert marks.thin_out(either.database, clock) == 3
    assert [seq for seq, _, _ in _marks(either)] == [2, 4, 6]


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("UPDATE station_mark SET signature = replace(signature, '1', '2')", "mark"),
        ("UPDATE station_mark SET digest = replace(digest, '1', '2')", "mark"),
        ("UPDATE operation SET digest = replace(digest, 'a', 'b') WHERE kind = 'move'", "chain"),
        ("UPDATE site_mark SET chain = replace(chain, 'a', 'b')", "checkpoint"),
        ("UPDATE journal SET actor = 'p-other'", "journal"),
        ("UPDATE journal SET hash = replace(hash, 'a', 'b')", "journal"),
    ],
)
def test_the_night_finds_what_no_longer_fits_its_signature(
    statement: str, check: str, ledger: LedgerService, enrol: Enrol, tmp_path: Path
) -> None:
    station = enrol("PACK-01")
    station.do(station.operation("move", moved(MUG.sku, 1, "A-04-2", "B-11-1")))
    with ledger.journal.act(NOVAK, "site add", "MUC"):
        ledger.add_site("MUC")
    site = ledger.site(SITE)
    ledger.checkpoints.keep(site)
    assert ledger.reconciliation.run(site).found == 0

    on_sqlite(tmp_path / "ledger" / FILE_NAME, statement)

    found = ledger.reconciliation.run(site)
    assert check in {one.check for one in found.differences}
    shown = ledger.exception_queue
    assert shown is not None
    with ledger.database.read() as connection:
        opened = connection.exec_driver_sql("SELECT code FROM exception WHERE state = 'open'")
        assert "books_differ" in set(opened.scalars())


def test_the_end_of_the_journal_is_signed_once(either: LedgerService) -> None:
    with either.journal.act(NOVAK, "site add", "MUC"):
        either.add_site("MUC")

    assert [either.journal.sign(), either.journal.sign()] == [1, 0]
    with either.database.read() as connection:
        assert connection.execute(sa.select(journal_mark.c.n)).scalars().all() == [1]


def test_acts_at_the_same_time_are_one_chain(either: LedgerService) -> None:
    """The journal is the last lock: whoever acts waits for its end, and for nothing else."""
    failures: list[BaseException] = []

    def act(name: str) -> Callable[[], None]:
        def run() -> None:
            try:
                for n in range(10):
                    with either.journal.act(NOVAK, "site add", f"{name}{n}"):
                        either.add_site(f"{name}{n}")
            except BaseException as error:  # noqa: BLE001 - told by the test itself
                failures.append(error)

        return run

    threads = [threading.Thread(target=act(name)) for name in ("A", "B", "C")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert failures == []
    assert either.reconciliation.compare(either.site(SITE)).differences == ()
    with either.database.read() as connection:
        numbers = connection.execute(sa.select(journal.c.n).order_by(journal.c.n)).scalars().all()
    assert numbers == list(range(1, 31))


def test_secrets_are_not_written_down(ledger: LedgerService) -> None:
    with ledger.journal.act(NOVAK, "user add", "p-anna"):
        tell(after={"role": "clerk", "pin": "482913", "keys": [{"token": "abc", "badge": ""}]})

    with ledger.database.read() as connection:
        after = connection.execute(sa.select(journal.c.after)).scalar_one()
    assert b"482913" not in after
    assert b"abc" not in after
    assert b"clerk" in after


def test_a_large_state_is_kept_as_its_hash(ledger: LedgerService) -> None:
    act = Act(NOVAK, "import items", "items.csv", "t-1")
    act.after = told({"rows": ["x" * 100] * 100})

    assert len(act.after) < 120
    assert b"sha256" in act.after
