"""A station's files opened: old plaintext keys taken over, rotations finished, troubles named."""

import os
from pathlib import Path
from random import Random

import pytest

from app.cache.database import Book
from app.cache.diagnosis import Diagnosis
from app.cache.keying import opens, rekey
from app.errors import Trouble
from app.keys.keyfile import NAME
from app.keys.troubles import KeyState, KeyTrouble
from app.keys.wrapping import new_key
from app.opened import BookTrouble, OpenBook, rotate
from app.settings import StationSettings
from tests.support.keys import by_keyring, by_passphrase, passphrase_file

BOOK_KEY, DEVICE_SEED = b"\x05" * 32, b"\x06" * 32


def settings_in(folder: Path) -> StationSettings:
    return StationSettings(folder / "station")


def fill(opened: OpenBook) -> None:
    with opened.store.begin() as work:
        work.set_note("kettle", "ORD-48213")
        work.commit()


def note(opened: OpenBook) -> str | None:
    with opened.store.begin() as work:
        return work.note("kettle")


def old_station(folder: Path) -> StationSettings:
    """A folder as the version before left it: a book, and its keys in the clear."""
    settings = settings_in(folder)
    keys = settings.data_dir / "keys"
    keys.mkdir(parents=True)
    (keys / "book.key").write_text(BOOK_KEY.hex())
    (keys / "device.key").write_text(DEVICE_SEED.hex())
    Book(settings.book, BOOK_KEY).close()
    return settings


def test_a_book_is_found_again(tmp_path: Path) -> None:
    unlock = by_keyring()
    opened = OpenBook(settings_in(tmp_path), unlock)
    fill(opened)
    opened.close()

    again = OpenBook(settings_in(tmp_path), unlock)

    assert note(again) == "ORD-48213"
    again.close()


def test_a_passphrase_file_unlocks_a_station_without_a_keyring(tmp_path: Path) -> None:
    settings = StationSettings(tmp_path / "station", passphrase_file=str(passphrase_file(tmp_path)))
    opened = OpenBook(settings)
    fill(opened)
    opened.close()

    again = OpenBook(settings)

    assert note(again) == "ORD-48213"
    assert again.vault.state.backend == "passphrase"
    again.close()


def test_a_passphrase_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = passphrase_file(tmp_path)
    path.chmod(0o644)

    with pytest.raises(Trouble, match="chmod 600"):
        OpenBook(StationSettings(tmp_path / "station", passphrase_file=str(path)))


def test_plaintext_keys_are_sealed_and_gone(tmp_path: Path) -> None:
    settings = old_station(tmp_path)

    opened = OpenBook(settings, by_keyring())

    assert opened.vault.book_key() == BOOK_KEY
    assert opened.vault.device_seed() == DEVICE_SEED
    assert not (settings.data_dir / "keys").exists()
    opened.close()


@pytest.mark.parametrize("gone", [("book.key",), ("book.key", "device.key")])
def test_a_takeover_that_was_killed_goes_on(tmp_path: Path, gone: tuple[str, ...]) -> None:
    """Killed between the sealing and the last removal, with one file overwritten already."""
    settings, unlock = old_station(tmp_path), by_keyring()
    OpenBook(settings, unlock).close()
    keys = settings.data_dir / "keys"
    keys.mkdir()
    (keys / "book.key").write_text(BOOK_KEY.hex())
    (keys / "device.key").write_text(DEVICE_SEED.hex())
    for name in gone:
        (keys / name).write_bytes(os.urandom(64))

    opened = OpenBook(settings, unlock)

    assert opened.vault.book_key() == BOOK_KEY
    assert not keys.exists()
    opened.close()


def test_key_files_of_another_station_are_left_alone(tmp_path: Path) -> None:
    settings, unlock = settings_in(tmp_path), by_keyring()
    OpenBook(settings, unlock).close()
    strange = settings.data_dir / "keys" / "book.key"
    strange.parent.mkdir()
    strange.write_text(BOOK_KEY.hex())

    with pytest.raises(KeyTrouble) as raised:
        OpenBook(settings, unlock)

    assert raised.value.state is KeyState.STRANGE_PLAINTEXT
    assert strange.read_text() == BOOK_KEY.hex()


def test_no_plaintext_is_lost_when_there_is_nothing_to_seal_it_with(tmp_path: Path) -> None:
    settings = old_station(tmp_path)

    with pytest.raises(KeyTrouble):
        OpenBook(settings, by_passphrase("short"))

    assert (settings.data_dir / "keys" / "book.key").read_text() == BOOK_KEY.hex()
    assert not (settings.data_dir / NAME).exists()


def test_after_a_rotation_the_old_key_opens_nothing(tmp_path: Path) -> None:
    settings, unlock = settings_in(tmp_path), by_keyring()
    opened = OpenBook(settings, unlock)
    fill(opened)
    old = opened.vault.book_key()
    opened.close()

    rotate(settings.book, opened.vault)

    again = OpenBook(settings, unlock)
    assert note(again) == "ORD-48213"
    assert again.vault.book_key() != old
    again.close()
    assert not opens(settings.book, old)


@pytest.mark.parametrize("rekeyed", [False, True])
def test_a_rotation_killed_between_its_steps_is_tidied_up(tmp_path: Path, rekeyed: bool) -> None:
    settings, unlock = settings_in(tmp_path), by_keyring()
    opened = OpenBook(settings, unlock)
    fill(opened)
    opened.close()
    old, new = opened.vault.book_key(), opened.vault.begin_rotation()
    if rekeyed:
        rekey(settings.book, old, new)

    again = OpenBook(settings, unlock)

    assert note(again) == "ORD-48213"
    assert again.vault.book_keys() == ((new,) if rekeyed else (old,))
    again.close()


def _damage(path: Path, chance: Random) -> None:
    """Flip, cut or wipe a part of a closed book."""
    raw = bytearray(path.read_bytes())
    match chance.randrange(3):
        case 0:
            raw[chance.randrange(16, 4096)] ^= 1 << chance.randrange(8)
        case 1:
            raw[:4096] = bytes(4096)
        case _:
            del raw[: chance.randrange(1, 2000)]
            raw += bytes(4096 - len(raw) % 4096)
            raw[4096:8192] = path.read_bytes()[4096:8192]
    path.write_bytes(raw)


def test_a_wrong_key_and_a_damaged_book_are_told_apart(tmp_path: Path) -> None:
    """Ten of each (security.md E4); SQLCipher says `file is not a database` to all twenty."""
    chance, told = Random(20261121), []
    for number in range(20):
        settings, unlock = settings_in(tmp_path / str(number)), by_keyring()
        opened = OpenBook(settings, unlock)
        fill(opened)
        opened.close()
        if number % 2:
            _damage(settings.book, chance)
        else:
            rekey(settings.book, opened.vault.book_key(), new_key())
        with pytest.raises(BookTrouble) as raised:
            OpenBook(settings, unlock)
        told.append(raised.value.diagnosis)

    assert told == [Diagnosis.OTHER_KEY, Diagnosis.DAMAGED] * 10


def test_a_letter_in_the_place_of_the_book_is_kept_and_told(tmp_path: Path) -> None:
    settings, unlock = settings_in(tmp_path), by_keyring()
    OpenBook(settings, unlock).close()
    letter = b"not a database at all, but somebody's letter" * 200
    settings.book.write_bytes(letter)

    with pytest.raises(BookTrouble) as raised:
        OpenBook(settings, unlock)

    assert raised.value.diagnosis is Diagnosis.NOT_A_BOOK
    assert settings.book.read_bytes() == letter


def test_the_cipher_says_nothing_past_the_log(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """SQLCipher writes its own complaints to stderr, with file names, unless it is told not to."""
    settings, unlock = settings_in(tmp_path), by_keyring()
    OpenBook(settings, unlock).close()
    raw = bytearray(settings.book.read_bytes())
    raw[5000] ^= 1
    raw[100] ^= 1
    settings.book.write_bytes(raw)

    with pytest.raises(BookTrouble):
        OpenBook(settings, unlock)

    assert capfd.readouterr() == ("", "")
