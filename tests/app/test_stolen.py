"""A2 and E6: a copied folder gives nothing away, and a backup comes back with the custody alone."""

import shutil
from base64 import b64encode
from pathlib import Path

from app.cache import backups
from app.cache.backing_up import BackupMaker
from app.clock import SystemClock
from app.contract.escrow import escrow_purpose, recovery_purpose
from app.contract.messages import RecoveryAnswer, RecoveryAsked
from app.custody import recover
from app.identity import letter
from app.keys import escrow
from app.opened import OpenBook, restore
from app.settings import StationSettings
from tests.support.keys import by_keyring, by_passphrase
from tests.support.leaks import ExpectedLogs

RECOVERY = b"\x21" * 32
# Names, codes, numbers and secrets as a book holds them.
KNOWN = (
    *("Anna Novak", "Omar Haddad", "PHB-0Z9Y8X7W6V5T4S3R", "p-anna", "274951"),
    *("ORD-48213", "SKU-1001", "Enamel mug, blue 350 ml", "Bamboo tray, large", "A-04-2"),
    *("04012345000000001", "2912345678905", "Hauptstr. 7, 04109 Leipzig", "PACK-01", "BER1"),
    *("RMA-7731", "LOT-2026-11", "SN-99120", "count of aisle 4", "kettles are late"),
)


class Approved:
    """A ledger at which two administrators are quick."""

    def __init__(self, sealed: str, vault: str) -> None:
        self._sealed, self._vault = bytes.fromhex(sealed), vault

    def recovery(self, asked: RecoveryAsked) -> RecoveryAnswer:
        plain = letter.open_letter(RECOVERY, self._sealed, escrow_purpose(self._vault))
        sealed = letter.seal_to(asked.public_key, plain, recovery_purpose(self._vault))
        return RecoveryAnswer(state="approved", vault=self._vault, sealed=sealed.hex())


def fill(opened: OpenBook) -> None:
    with opened.store.begin() as work:
        for number, known in enumerate(KNOWN):
            work.set_note(f"known-{number}", f"{known} {known}")
        work.commit()


def test_a_copy_of_the_folder_gives_nothing_away(tmp_path: Path) -> None:
    """Taken while the station runs: book, journal, shared memory, backup, keys and lock."""
    opened = OpenBook(StationSettings(tmp_path / "station"), by_keyring())
    opened.vault.put_secret("pepper", b"the pepper of this site")
    fill(opened)
    BackupMaker(backups.folder_of(tmp_path / "station"), opened.vault, SystemClock().now).make(
        opened.book
    )
    fill(opened)

    shutil.copytree(tmp_path / "station", tmp_path / "copy")

    opened.close()
    files = {path.name: path for path in (tmp_path / "copy").rglob("*") if path.is_file()}
    assert {"book.db", "book.db-wal", "book.db-shm", "keys.json"} <= files.keys()
    assert sum(path.stat().st_size for path in files.values()) > 100_000
    keys = (opened.vault.book_key(), opened.vault.device_seed(), b"the pepper of this site")
    wanted = [known.encode() for known in KNOWN] + [
        form for key in keys for form in (key, key.hex().encode(), b64encode(key))
    ]
    found = [
        (name, one) for name, path in files.items() for one in wanted if one in path.read_bytes()
    ]
    assert found == []


def test_a_backup_comes_back_on_another_machine_with_the_custody_alone(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("recovered from the ledger's custody")
    expected_logs.expect("the book was restored")
    opened = OpenBook(StationSettings(tmp_path / "station"), by_keyring())
    fill(opened)
    vault = opened.vault
    maker = BackupMaker(backups.folder_of(tmp_path / "station"), vault, SystemClock().now)
    made = maker.make(opened.book)
    opened.close()
    # Rotated since: the backup's key is wrapped by a key that went into custody with the others.
    vault.rewrap(by_keyring())
    desk = Approved(escrow.seal_for(vault, letter.public_of(RECOVERY)), vault.name)
    carried = tmp_path / "usb"
    shutil.copytree(made.path.parent, carried)
    machine, unlock = StationSettings(tmp_path / "machine"), by_passphrase()
    machine.data_dir.mkdir()

    recover(machine, unlock, "BER1/PACK-01", desk, (lambda _words: None, lambda _seconds: True))
    restore(machine, carried / made.path.name, unlock)

    again = OpenBook(machine, unlock)
    with again.store.begin() as work:
        assert work.note("known-5") == "ORD-48213 ORD-48213"
    assert again.vault.book_key() == vault.book_key()
    assert again.vault.device_seed() != vault.device_seed()
    again.close()
