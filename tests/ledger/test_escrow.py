"""Keys in custody: taken sealed, and given back by two administrators to the machine that asks."""

from pathlib import Path

import pytest

from app.contract.escrow import escrow_purpose, recovery_purpose
from app.contract.messages import EscrowPut, RecoveryAsked
from app.errors import Refusal
from app.identity import letter
from app.identity.envelope import WrongKeyError
from app.identity.userkey import CHEAP
from app.ledger import keepers as keeping
from app.ledger.escrow import MOST_WANTED, words_of
from app.ledger.keepers import Keepers
from app.ledger.service import LedgerService
from app.ledger.sites import Sites, Who
from tests.fakes.clock import FakeClock
from tests.ledger.conftest import SITE, CountingSecrets, enrolled
from tests.ledger.engines import both

__all__ = ["both"]

ANNA = ("p-anna", "kettle meadow trolley")
OMAR = ("p-omar", "lantern gravel pudding")
LENA = ("p-lena", "harbour socket thimble")
VAULT = "5f3e" * 8
KEYS = b'{"book": "the keys of a book"}'
MACHINE = b"\x09" * 32


def set_up(ledger: LedgerService) -> Keepers:
    made = keeping.set_up(dict((ANNA, OMAR, LENA)), CountingSecrets(), CHEAP)
    ledger.escrow.set_up(made)
    return made


def station(ledger: LedgerService) -> Who:
    return Sites(ledger.database).who(enrolled(ledger, "pack-1").who.enrolment)


def put(ledger: LedgerService, who: Who, keys: bytes = KEYS) -> bool:
    key = ledger.escrow.put(who, EscrowPut(vault=VAULT)).recovery_key
    sealed = letter.seal_to(key, keys, escrow_purpose(VAULT)).hex()
    return ledger.escrow.put(who, EscrowPut(vault=VAULT, recovery_key=key, sealed=sealed)).taken


def asked(vault: str = VAULT) -> RecoveryAsked:
    return RecoveryAsked(public_key=letter.public_of(MACHINE), vault=vault, station="pack-1")


def code_of(task: object, *arguments: object) -> str:
    with pytest.raises(Refusal) as raised:
        task(*arguments)  # type: ignore[operator]
    return raised.value.code


def test_two_administrators_give_a_machine_its_keys_back(both: LedgerService) -> None:
    keepers = set_up(both)
    assert put(both, station(both))
    assert both.escrow.listen(asked()).state == "wanted"
    words = words_of(asked().public_key)

    assert both.escrow.ask(words, ANNA, keepers, None).station == f"{SITE}/pack-1"
    heard = both.escrow.heard(asked())
    assert heard is not None
    assert (heard.state, heard.sealed) == ("asked", "")
    both.escrow.approve(words, OMAR, keepers)

    answer = both.escrow.heard(asked())
    assert answer is not None
    sealed = bytes.fromhex(answer.sealed)
    assert letter.open_letter(MACHINE, sealed, recovery_purpose(VAULT)) == KEYS
    with pytest.raises(WrongKeyError):
        letter.open_letter(b"\x08" * 32, sealed, recovery_purpose(VAULT))


def test_every_two_of_three_can_and_nobody_alone(both: LedgerService) -> None:
    keepers = set_up(both)
    put(both, station(both))
    both.escrow.listen(asked())
    words = words_of(asked().public_key)
    for first in (ANNA, OMAR, LENA):
        for second in (ANNA, OMAR, LENA):
            both.escrow.ask(words, first, keepers, None)
            if first is second:
                assert code_of(both.escrow.approve, words, second, keepers) == "same_person"
                continue
            both.escrow.approve(words, second, keepers)
            answer = both.escrow.heard(asked())
            assert answer is not None
            assert answer.state == "approved"


def test_the_second_administrator_cannot_begin(both: LedgerService) -> None:
    keepers = set_up(both)
    put(both, station(both))
    both.escrow.listen(asked())

    words = words_of(asked().public_key)

    assert code_of(both.escrow.approve, words, OMAR, keepers) == "not_asked"


@pytest.mark.parametrize(
    ("by", "code"),
    [
        (("p-anna", "kettle meadow trolle"), "wrong_passphrase"),
        (("p-anna", OMAR[1]), "wrong_passphrase"),
        (("p-erik", "kettle meadow trolley"), "not_a_keeper"),
    ],
)
def test_who_is_not_who_they_say_is_refused(
    ledger: LedgerService, by: tuple[str, str], code: str
) -> None:
    keepers = set_up(ledger)
    put(ledger, station(ledger))
    ledger.escrow.listen(asked())
    words = words_of(asked().public_key)

    assert code_of(ledger.escrow.ask, words, by, keepers, None) == code
    ledger.escrow.ask(words, LENA, keepers, None)
    assert code_of(ledger.escrow.approve, words, by, keepers) == code


def test_the_file_of_the_recovery_key_gives_nothing_to_one_passphrase(tmp_path: Path) -> None:
    keepers = keeping.set_up(dict((ANNA, OMAR)), CountingSecrets(), CHEAP)
    keeping.write(tmp_path, keepers)

    read = keeping.read(tmp_path)

    assert read == keepers
    halves = keeping.first_half(read, *ANNA)
    assert code_of(keeping.second_half, read, *ANNA, halves) == "same_person"
    for half in halves.values():
        with pytest.raises(WrongKeyError):
            letter.open_letter(MACHINE, bytes.fromhex(half), "packhouse recovery key 1")
    private = keeping.second_half(read, *OMAR, halves)
    assert letter.public_of(private) == read.public_key


def test_one_administrator_is_not_enough_to_set_up(tmp_path: Path) -> None:
    assert (
        code_of(keeping.set_up, {ANNA[0]: ANNA[1]}, CountingSecrets(), CHEAP) == "too_few_keepers"
    )
    weak = {ANNA[0]: ANNA[1], OMAR[0]: "short"}
    assert code_of(keeping.set_up, weak, CountingSecrets(), CHEAP) == "weak_passphrase"
    assert code_of(keeping.read, tmp_path) == "no_recovery"


def test_keys_for_a_recovery_key_that_is_no_more_are_not_taken(both: LedgerService) -> None:
    old = set_up(both)
    who = station(both)
    put(both, who)
    new = keeping.set_up(dict((OMAR, LENA)), both.ids, CHEAP)
    both.escrow.set_up(new)
    sealed = letter.seal_to(old.public_key, KEYS, escrow_purpose(VAULT)).hex()

    answer = both.escrow.put(
        who, EscrowPut(vault=VAULT, recovery_key=old.public_key, sealed=sealed)
    )

    assert not answer.taken
    assert answer.recovery_key == new.public_key
    assert put(both, who)


def test_a_ledger_without_recovery_says_so_and_takes_nothing(both: LedgerService) -> None:
    answer = both.escrow.put(station(both), EscrowPut(vault=VAULT))

    assert (answer.recovery_key, answer.taken) == ("", False)


def test_newer_keys_take_the_place_of_older_ones(both: LedgerService) -> None:
    keepers, who = set_up(both), station(both)
    put(both, who, b"old")
    put(both, who, b"new")
    both.escrow.listen(asked())
    words = words_of(asked().public_key)
    both.escrow.ask(words, ANNA, keepers, None)
    both.escrow.approve(words, OMAR, keepers)

    answer = both.escrow.heard(asked())

    assert answer is not None
    opened = letter.open_letter(MACHINE, bytes.fromhex(answer.sealed), recovery_purpose(VAULT))
    assert opened == b"new"


def test_a_machine_that_lost_its_key_file_too_is_named_by_the_administrator(
    both: LedgerService,
) -> None:
    keepers = set_up(both)
    put(both, station(both))
    both.escrow.listen(asked(vault=""))
    words = words_of(asked().public_key)
    assert code_of(both.escrow.ask, words, ANNA, keepers, None) == "nothing_in_escrow"

    both.escrow.ask(words, ANNA, keepers, (SITE, "pack-1"))
    both.escrow.approve(words, OMAR, keepers)

    answer = both.escrow.heard(asked(vault=""))
    assert answer is not None
    assert answer.vault == VAULT


@pytest.mark.parametrize("asked_for", [False, True])
def test_a_machine_that_nobody_answered_in_a_day_may_ask_again(
    both: LedgerService, clock: FakeClock, asked_for: bool
) -> None:
    keepers = set_up(both)
    put(both, station(both))
    both.escrow.listen(asked())
    words = words_of(asked().public_key)
    if asked_for:
        both.escrow.ask(words, ANNA, keepers, None)

    clock.pass_ms(25 * 3_600_000)
    assert both.escrow.heard(asked()) is None
    both.escrow.listen(asked())

    both.escrow.ask(words, ANNA, keepers, None)
    both.escrow.approve(words, OMAR, keepers)
    heard = both.escrow.heard(asked())
    assert heard is not None
    assert heard.state == "approved"


def test_strangers_who_ask_are_few_and_forgotten(ledger: LedgerService, clock: FakeClock) -> None:
    keepers = set_up(ledger)
    for number in range(MOST_WANTED):
        key = letter.public_of(bytes([number + 1] * 32))
        ledger.escrow.listen(RecoveryAsked(public_key=key))
    assert code_of(ledger.escrow.listen, asked()) == "too_many_recoveries"

    clock.pass_ms(25 * 3_600_000)
    ledger.escrow.listen(asked())

    assert [wish.words for wish in ledger.escrow.wishes()] == [words_of(asked().public_key)]
    clock.pass_ms(25 * 3_600_000)
    words = words_of(asked().public_key)
    assert code_of(ledger.escrow.ask, words, ANNA, keepers, None) == "unknown_recovery"
