"""The vault: what is kept opens again, and only with the key it was kept under."""

import json
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from app.errors import Fault
from app.keys.keyfile import NAME
from app.keys.report import Due
from app.keys.troubles import KeyState, KeyTrouble
from app.keys.unlocking import Unlock
from app.keys.vault import MAX_SECRET_BYTES, Vault
from tests.fakes.keyring import MemoryKeyring
from tests.support.keys import Calendar, by_keyring, by_passphrase, vault_in

KEY = b"\x05" * 32


def state_of(task: Callable[[], object]) -> KeyState:
    """The state a call ends with."""
    with pytest.raises(KeyTrouble) as raised:
        task()
    return raised.value.state


@pytest.fixture(params=["keyring", "passphrase"])
def unlock(request: pytest.FixtureRequest) -> Unlock:
    return by_keyring() if request.param == "keyring" else by_passphrase()


def test_a_new_folder_gets_keys_that_open_again(tmp_path: Path, unlock: Unlock) -> None:
    first = vault_in(tmp_path, unlock)

    again = vault_in(tmp_path, unlock)

    assert again.book_key() == first.book_key()
    assert again.device_seed() == first.device_seed()
    assert first.book_key() != first.device_seed()
    assert len(first.book_key()) == len(first.device_seed()) == 32


def test_no_key_is_in_the_file_in_any_writing(tmp_path: Path, unlock: Unlock) -> None:
    vault = vault_in(tmp_path, unlock)
    vault.put_secret("pepper", KEY)

    content = (tmp_path / NAME).read_bytes()

    for key in (vault.book_key(), vault.device_seed(), KEY, *vault.wrapping_keys().values()):
        assert key not in content
        assert key.hex().encode() not in content.lower()


@pytest.mark.skipif(sys.platform == "win32", reason="modes are POSIX")
def test_the_key_file_is_its_owners_alone(tmp_path: Path, unlock: Unlock) -> None:
    vault_in(tmp_path, unlock)

    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600


def test_a_wrapped_key_comes_back_for_its_purpose_only(tmp_path: Path, unlock: Unlock) -> None:
    vault = vault_in(tmp_path, unlock)
    wrapped = vault.wrap("backup", KEY)

    assert vault.unwrap("backup", wrapped) == KEY
    assert state_of(lambda: vault.unwrap("export", wrapped)) is KeyState.LOST
    assert state_of(lambda: vault.unwrap("backup", "9:" + wrapped)) is KeyState.LOST
    assert state_of(lambda: vault.unwrap("backup", "")) is KeyState.LOST


def test_another_stations_vault_unwraps_nothing(tmp_path: Path, unlock: Unlock) -> None:
    wrapped = vault_in(tmp_path / "a", unlock).wrap("backup", KEY)
    other = vault_in(tmp_path / "b", by_keyring())

    assert state_of(lambda: other.unwrap("backup", wrapped)) is KeyState.LOST


def test_secrets_are_kept_by_name_over_a_restart(tmp_path: Path, unlock: Unlock) -> None:
    vault = vault_in(tmp_path, unlock)
    vault.put_secret("pepper", b"\x01" * 16)
    vault.put_secret("pepper", b"\x02" * 16)

    again = vault_in(tmp_path, unlock)

    assert again.secret("pepper") == b"\x02" * 16
    assert again.secret("salt") is None


def test_what_is_no_small_secret_is_refused(tmp_path: Path) -> None:
    vault = vault_in(tmp_path, by_keyring())

    with pytest.raises(Fault, match="too large"):
        vault.put_secret("book", b"x" * (MAX_SECRET_BYTES + 1))


def test_everything_opens_under_a_new_lock_and_nothing_under_the_old(tmp_path: Path) -> None:
    ring = MemoryKeyring()
    vault = vault_in(tmp_path, by_keyring(ring))
    vault.put_secret("pepper", b"\x01" * 16)
    wrapped, book, device = vault.wrap("backup", KEY), vault.book_key(), vault.device_seed()
    before, file_before = dict(ring.entries), (tmp_path / NAME).read_bytes()

    vault.rewrap(by_keyring(ring))

    again = vault_in(tmp_path, by_keyring(ring))
    assert (again.book_key(), again.device_seed()) == (book, device)
    assert again.unwrap("backup", wrapped) == KEY
    assert again.secret("pepper") == b"\x01" * 16
    assert again.wrap("backup", KEY).partition(":")[0] == "2"
    assert not before.items() & ring.entries.items()
    (tmp_path / NAME).write_bytes(file_before)
    assert state_of(lambda: vault_in(tmp_path, by_keyring(ring))) is KeyState.LOST


def test_a_new_passphrase_takes_the_place_of_the_old(tmp_path: Path) -> None:
    vault = vault_in(tmp_path, by_passphrase())
    book = vault.book_key()

    vault.rewrap(by_passphrase("another four long words"))

    assert vault_in(tmp_path, by_passphrase("another four long words")).book_key() == book
    wrong = by_passphrase()
    assert state_of(lambda: vault_in(tmp_path, wrong)) is KeyState.PASSPHRASE_WRONG


def test_a_rotation_keeps_both_keys_until_the_book_opened_with_the_new(tmp_path: Path) -> None:
    unlock = by_keyring()
    vault = vault_in(tmp_path, unlock)
    old = vault.book_key()
    new = vault.begin_rotation()

    assert vault_in(tmp_path, unlock).book_keys() == (old, new)
    assert vault.begin_rotation() == new
    vault.promote()

    assert vault_in(tmp_path, unlock).book_keys() == (new,)
    assert vault.content.active.version == 2


def test_a_rotation_that_did_not_happen_is_forgotten(tmp_path: Path) -> None:
    vault = vault_in(tmp_path, by_keyring())
    old = vault.book_key()
    vault.begin_rotation()

    vault.drop_pending()

    assert vault.book_keys() == (old,)


@pytest.mark.parametrize(
    ("days", "due"),
    [
        (0, (Due.ESCROW,)),
        (79, (Due.ESCROW,)),
        (80, (Due.ROTATE_SOON, Due.ESCROW)),
        (89, (Due.ROTATE_SOON, Due.ESCROW)),
        (90, (Due.ROTATE, Due.ESCROW)),
        (365, (Due.ROTATE, Due.ESCROW, Due.REWRAP, Due.RENEW_DEVICE)),
    ],
)
def test_what_is_due_is_said_in_time(tmp_path: Path, days: int, due: tuple[Due, ...]) -> None:
    calendar = Calendar()
    vault = vault_in(tmp_path, by_keyring(), calendar)

    calendar.pass_days(days)

    assert vault.state.age_days == days
    assert vault.state.due == due


def test_the_escrow_is_due_again_after_every_change_of_its_keys(tmp_path: Path) -> None:
    vault = vault_in(tmp_path, by_keyring())
    vault.remember_escrow(vault.custody(), "ab" * 32)
    assert vault.state.escrowed

    vault.put_secret("pepper", KEY)
    assert vault.state.escrowed
    vault.begin_rotation()
    vault.promote()

    assert not vault.state.escrowed


def test_a_changed_key_file_is_noticed(tmp_path: Path) -> None:
    """Dates and numbers are not secret, but whoever sets one back puts off a rotation."""
    unlock = by_keyring()
    vault_in(tmp_path, unlock)
    path = tmp_path / NAME
    content = json.loads(path.read_text())
    content["active"]["made_at"] = "2030-01-01T00:00:00Z"
    path.write_text(json.dumps(content))

    assert state_of(lambda: vault_in(tmp_path, unlock)) is KeyState.FILE_DAMAGED


def test_any_flipped_bit_of_the_key_file_is_told_in_words(tmp_path: Path) -> None:
    unlock = by_keyring()
    book = vault_in(tmp_path, unlock).book_key()
    path, chance = tmp_path / NAME, Random(20261121)
    whole = path.read_bytes()
    found = 0

    for _ in range(300):
        flipped = bytearray(whole)
        flipped[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        path.write_bytes(flipped)
        try:
            assert vault_in(tmp_path, unlock).book_key() == book
        except KeyTrouble:
            found += 1

    path.write_bytes(whole)
    assert vault_in(tmp_path, unlock).book_key() == book
    assert found == 300


def test_keys_are_never_made_over_an_existing_book(tmp_path: Path) -> None:
    (tmp_path / "book.db").write_bytes(os.urandom(4096))

    assert state_of(lambda: vault_in(tmp_path, by_keyring())) is KeyState.FILE_GONE
    assert not (tmp_path / NAME).exists()


def test_a_short_passphrase_makes_no_keys(tmp_path: Path) -> None:
    weak = by_passphrase("123456")

    assert state_of(lambda: vault_in(tmp_path, weak)) is KeyState.PASSPHRASE_WEAK
    assert not (tmp_path / NAME).exists()


def test_a_passphrase_station_without_one_says_what_to_do(tmp_path: Path) -> None:
    vault_in(tmp_path, by_passphrase())
    nothing = by_passphrase(None)

    assert state_of(lambda: vault_in(tmp_path, nothing)) is KeyState.PASSPHRASE_NEEDED


def test_a_line_end_of_an_editor_is_not_part_of_the_passphrase(tmp_path: Path) -> None:
    made = vault_in(tmp_path, by_passphrase("kettle meadow trolley nine"))

    again = vault_in(tmp_path, by_passphrase("kettle meadow trolley nine\r\n"))

    assert again.book_key() == made.book_key()


def test_what_a_vault_shows_of_itself_holds_no_key(tmp_path: Path) -> None:
    vault: Vault = vault_in(tmp_path, by_keyring())
    shown = f"{vault!r} {vault.state!r} {vault.content!r}"

    assert vault.book_key().hex() not in shown
    assert repr(vault.book_key()) not in shown


def test_a_key_file_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    unlock = by_keyring()
    vault_in(tmp_path, unlock)
    path = tmp_path / NAME
    newer = path.read_text().replace('"format":1', '"format":2')
    path.write_text(newer)

    assert state_of(lambda: vault_in(tmp_path, unlock)) is KeyState.FILE_NEWER
    assert path.read_text() == newer


def test_a_key_file_says_nothing_of_what_it_does_not_have(tmp_path: Path) -> None:
    """A field that a later version adds has a default, so that files of today are whole for it."""
    vault_in(tmp_path, by_keyring())

    told = json.loads((tmp_path / NAME).read_text())

    assert told.keys() == {"format", "vault", "lock", "active", "device", "wraps", "book", "seal"}
    assert told["book"] == {"cipher": 4, "page": 4096, "salt": ""}
