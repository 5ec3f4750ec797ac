"""Rotation and custody, step by step: whatever is lost whenever, a key in custody opens."""

from pathlib import Path

import pytest

from app.cache.keying import opens, rekey
from app.contract.escrow import escrow_purpose, recovery_purpose
from app.contract.messages import EscrowPut, EscrowTaken
from app.domain.text import Text, text
from app.errors import Trouble
from app.identity import letter
from app.keys import escrow
from app.keys.report import Due, warning
from app.keys.rotation import KeyCare, Step
from app.keys.troubles import KeyState, KeyTrouble
from app.keys.vault import Vault
from app.opened import open_book
from tests.support.keys import Calendar, by_keyring, by_passphrase, vault_in
from tests.support.leaks import ExpectedLogs

RECOVERY = b"\x21" * 32
MACHINE = b"\x22" * 32


class Keeper:
    """The ledger's custody: takes letters, unless it is away, and can read them all."""

    def __init__(self, private: bytes = RECOVERY) -> None:
        self.private, self.away, self.kept = private, False, list[EscrowPut]()

    def escrow(self, put: EscrowPut) -> EscrowTaken:
        if self.away:
            raise Trouble("The ledger cannot be reached.")
        key = letter.public_of(self.private) if self.private else ""
        if put.sealed and put.recovery_key == key:
            self.kept.append(put)
            return EscrowTaken(recovery_key=key, taken=True)
        return EscrowTaken(recovery_key=key)

    def to(self, machine: bytes) -> str:
        """What the newest letter says, sealed for a machine, as two administrators have it done."""
        newest = self.kept[-1]
        plain = letter.open_letter(
            self.private, bytes.fromhex(newest.sealed), escrow_purpose(newest.vault)
        )
        public = letter.public_of(machine)
        return letter.seal_to(public, plain, recovery_purpose(newest.vault)).hex()


def no_rekey(_old: bytes, _new: bytes) -> None:
    raise AssertionError("the book was given a key")


def test_new_keys_go_into_custody_once(tmp_path: Path) -> None:
    vault, keeper = vault_in(tmp_path, by_keyring()), Keeper()
    care = KeyCare(vault, keeper, no_rekey)

    assert [care.round(), care.round()] == [Step.ESCROWED, Step.NOTHING]

    (told, *_) = escrow.opened(keeper.to(MACHINE), MACHINE, vault.name)
    assert told.book == vault.book_key()
    assert told.wraps == vault.wrapping_keys()
    assert vault.device_seed().hex() not in keeper.kept[0].sealed


def test_a_letter_is_for_one_machine_and_one_set_of_keys(tmp_path: Path) -> None:
    vault, keeper = vault_in(tmp_path, by_keyring()), Keeper()
    KeyCare(vault, keeper, no_rekey).round()

    for private, name in ((b"\x23" * 32, vault.name), (MACHINE, "5f3e" * 8)):
        with pytest.raises(KeyTrouble) as raised:
            escrow.opened(keeper.to(MACHINE), private, name)
        assert raised.value.state is KeyState.LOST


def test_on_day_ninety_the_book_gets_a_key_and_the_old_one_opens_nothing(tmp_path: Path) -> None:
    """E5, with a calendar of the test's."""
    calendar, keeper = Calendar(), Keeper()
    vault, path = vault_in(tmp_path, by_keyring(), calendar), tmp_path / "book.db"
    old = vault.book_key()
    open_book(path, vault).close()
    care = KeyCare(vault, keeper, lambda before, after: rekey(path, before, after))

    calendar.pass_days(89)
    assert care.round() is Step.ESCROWED
    assert opens(path, old)
    calendar.pass_days(1)
    assert care.round() is Step.ROTATED

    assert not opens(path, old)
    assert opens(path, vault.book_key())
    assert vault.state.age_days == 0
    assert vault.state.escrowed
    assert care.round() is Step.NOTHING


def test_no_book_gets_a_key_that_the_ledger_has_not_got(tmp_path: Path) -> None:
    """Else a keyring lost that night would take the book with it."""
    calendar, keeper = Calendar(), Keeper()
    vault = vault_in(tmp_path, by_keyring(), calendar)
    calendar.pass_days(90)

    def checked(_old: bytes, new: bytes) -> None:
        inside = escrow.opened(keeper.to(MACHINE), MACHINE, vault.name)
        assert new in [one.book for one in inside]

    keeper.away = True
    with pytest.raises(Trouble, match="reached"):
        KeyCare(vault, keeper, checked).round()
    assert vault.content.active.version == 1
    keeper.away = False

    assert KeyCare(vault, keeper, checked).round() is Step.ROTATED


def test_somebody_may_ask_for_a_rotation_at_any_time(tmp_path: Path) -> None:
    vault, changed = vault_in(tmp_path, by_keyring()), list[tuple[bytes, bytes]]()
    old = vault.book_key()

    KeyCare(vault, Keeper(), lambda *keys: changed.append(keys)).round(rotate=True)

    assert changed == [(old, vault.book_key())]
    assert vault.book_key() != old


def test_a_rekey_that_failed_is_done_by_a_later_round(tmp_path: Path) -> None:
    vault, changed = vault_in(tmp_path, by_keyring()), list[tuple[bytes, bytes]]()

    def busy(_old: bytes, _new: bytes) -> None:
        raise Trouble("The book is in use.")

    with pytest.raises(Trouble, match="in use"):
        KeyCare(vault, Keeper(), busy).round(rotate=True)
    pending = vault.book_keys()[1]

    KeyCare(vault, Keeper(), lambda *keys: changed.append(keys)).round()

    assert vault.book_key() == pending


def test_without_recovery_set_up_rotation_goes_on_and_is_said(tmp_path: Path) -> None:
    calendar, keeper = Calendar(), Keeper(b"")
    vault = vault_in(tmp_path, by_keyring(), calendar)
    calendar.pass_days(90)

    assert KeyCare(vault, keeper, lambda *_: None).round() is Step.ROTATED

    assert not vault.state.escrowed


def test_another_recovery_key_gets_the_keys_anew(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("another recovery key")
    vault: Vault = vault_in(tmp_path, by_keyring())
    KeyCare(vault, Keeper(), no_rekey).round()
    other = Keeper(b"\x31" * 32)

    assert KeyCare(vault, other, no_rekey).round() is Step.ESCROWED

    assert other.kept[-1].recovery_key == letter.public_of(other.private)


def test_once_a_year_the_keyring_gets_a_new_key_and_the_book_keeps_its_own(tmp_path: Path) -> None:
    calendar, unlock = Calendar(), by_keyring()
    vault = vault_in(tmp_path, unlock, calendar)
    calendar.pass_days(80)
    KeyCare(vault, Keeper(), lambda *_: None, unlock).round(rotate=True)
    book, lock = vault.book_key(), vault.content.lock
    calendar.pass_days(285)
    care = KeyCare(vault, Keeper(), lambda *_: None, unlock)

    assert care.round() is Step.REWRAPPED

    assert vault.content.lock != lock
    assert vault.book_key() == book
    assert vault_in(tmp_path, unlock, calendar).book_key() == book
    assert care.round() is Step.ROTATED


def test_a_passphrase_is_changed_by_people_alone(tmp_path: Path) -> None:
    calendar, unlock = Calendar(), by_passphrase()
    vault = vault_in(tmp_path, unlock, calendar)
    calendar.pass_days(400)

    steps = [KeyCare(vault, Keeper(), lambda *_: None, unlock).round() for _ in range(2)]

    assert steps == [Step.ROTATED, Step.NOTHING]
    assert Due.REWRAP in vault.state.due


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (79, None),
        (80, text("keys.rotate_soon", days=10)),
        (89, text("keys.rotate_soon", days=1)),
        (91, text("keys.rotate", days=91)),
    ],
)
def test_the_footer_says_in_time_that_the_key_grows_old(
    tmp_path: Path, days: int, said: Text | None
) -> None:
    calendar = Calendar()
    vault = vault_in(tmp_path, by_keyring(), calendar)
    calendar.pass_days(days)

    assert warning(vault.state) == said
