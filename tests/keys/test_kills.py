"""kill -9 while keys change: one of them opens the book, and nothing is damaged."""

import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from app.cache.database import Book
from app.contract.escrow import escrow_purpose, recovery_purpose
from app.contract.messages import RecoveryAnswer, RecoveryAsked
from app.custody import recover
from app.identity import letter
from app.keys import escrow, keyfile
from app.keys.troubles import KeyTrouble
from app.keys.unlocking import Unlock
from app.keys.vault import Vault
from app.opened import OpenBook, rotate
from app.settings import StationSettings
from tests.support.keys import by_passphrase
from tests.support.killed import killed_after, killed_at
from tests.support.leaks import ExpectedLogs

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked")

BOOK_KEY, DEVICE_SEED = b"\x05" * 32, b"\x06" * 32
RECOVERY = b"\x21" * 32
# More file operations than any of these tasks makes; a task that ends before is done.
MOST_OPERATIONS = 60


def fill(opened: OpenBook, rows: int = 1) -> None:
    with opened.store.begin() as work:
        work.set_note("kettle", "ORD-48213")
        for number in range(rows):
            work.set_note(f"filler-{number}", "x" * 3_000)
        work.commit()


def check(settings: StationSettings, unlock: Unlock) -> bytes:
    """The book opens, is whole, and holds what it held; its key."""
    opened = OpenBook(settings, unlock)
    with opened.store.begin() as work:
        assert work.note("kettle") == "ORD-48213"
    with opened.book.reader.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA cipher_integrity_check").fetchall() == []
        assert connection.exec_driver_sql("PRAGMA quick_check").scalar_one() == "ok"
    opened.close()
    return opened.vault.book_key()


@pytest.mark.parametrize(
    "kills", [pytest.param(12, id="fast"), pytest.param(100, id="all", marks=pytest.mark.long)]
)
def test_a_rotation_killed_at_any_moment_leaves_a_book_that_opens(
    tmp_path: Path, kills: int
) -> None:
    """E2: the child rotates as fast as it can, and is killed within its first turns."""
    settings, unlock, chance = StationSettings(tmp_path), by_passphrase(), Random(kills)
    opened = OpenBook(settings, unlock)
    fill(opened, rows=800)
    opened.close()
    last, changed = opened.vault.book_key(), 0

    def turn_for_ever(began: Callable[[], None]) -> None:
        turning = OpenBook(settings, unlock)
        turning.close()
        began()
        while True:
            rotate(settings.book, turning.vault)

    for _ in range(kills):
        assert killed_after(chance.random() * 0.3, turn_for_ever)
        key = check(settings, unlock)
        changed += key != last
        last = key

    # Else the kills all came too early, and prove nothing.
    assert changed > kills // 4


def test_a_takeover_killed_at_any_file_operation_goes_on(tmp_path: Path) -> None:
    unlock, kills = by_passphrase(), 0
    for operation in range(1, MOST_OPERATIONS):
        settings = StationSettings(tmp_path / str(operation))
        keys = settings.data_dir / "keys"
        keys.mkdir(parents=True)
        (keys / "book.key").write_text(BOOK_KEY.hex())
        (keys / "device.key").write_text(DEVICE_SEED.hex())
        book = Book(settings.book, BOOK_KEY)
        with book.writer.begin() as connection:
            connection.exec_driver_sql("INSERT INTO note VALUES ('kettle', 'ORD-48213')")
        book.close()

        def take_over(settings: StationSettings = settings) -> None:
            OpenBook(settings, unlock)

        killed = killed_at(operation, settings.data_dir, take_over)

        assert check(settings, unlock) == BOOK_KEY
        # An empty folder may be left; a key is not.
        assert not keys.exists() or not any(keys.iterdir())
        assert not list(settings.data_dir.glob("*.new"))
        if not killed:
            break
        kills += 1

    assert 10 < kills < MOST_OPERATIONS - 1


class Approved:
    """A ledger at which two administrators are quick."""

    def __init__(self, sealed: str, vault: str) -> None:
        self._sealed, self._vault = bytes.fromhex(sealed), vault

    def recovery(self, asked: RecoveryAsked) -> RecoveryAnswer:
        plain = letter.open_letter(RECOVERY, self._sealed, escrow_purpose(self._vault))
        sealed = letter.seal_to(asked.public_key, plain, recovery_purpose(self._vault))
        return RecoveryAnswer(state="approved", vault=self._vault, sealed=sealed.hex())


def test_a_recovery_killed_at_any_file_operation_can_be_done_again(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("recovered from the ledger's custody")
    forgotten, new, kills = by_passphrase(), by_passphrase("another four long words"), 0
    for operation in range(1, MOST_OPERATIONS):
        settings = StationSettings(tmp_path / str(operation))
        opened = OpenBook(settings, forgotten)
        fill(opened)
        opened.close()
        vault = opened.vault
        desk = Approved(escrow.seal_for(vault, letter.public_of(RECOVERY)), vault.name)

        def get_back(settings: StationSettings = settings, desk: Approved = desk) -> None:
            recover(settings, new, "", desk, (lambda _words: None, lambda _seconds: True))

        killed = killed_at(operation, settings.data_dir, get_back)
        get_back()

        assert check(settings, new) == vault.book_key()
        found = keyfile.read(settings.data_dir)
        assert found is not None
        assert found.vault == vault.name
        if not killed:
            break
        kills += 1

    assert 3 < kills < MOST_OPERATIONS - 1


def test_a_new_lock_killed_at_any_file_operation_leaves_one_that_opens(tmp_path: Path) -> None:
    old, new, kills = by_passphrase(), by_passphrase("another four long words"), 0
    for operation in range(1, MOST_OPERATIONS):
        settings = StationSettings(tmp_path / str(operation))
        opened = OpenBook(settings, old)
        fill(opened)
        opened.close()
        vault = opened.vault

        def change(vault: Vault = vault) -> None:
            vault.rewrap(new)

        killed = killed_at(operation, settings.data_dir, change)

        try:
            key = check(settings, old)
        except KeyTrouble:
            key = check(settings, new)
        assert key == vault.book_key()
        if not killed:
            break
        kills += 1

    assert 1 < kills < MOST_OPERATIONS - 1
