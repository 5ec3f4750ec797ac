"""Keys looked after and got back: what happens when nobody comes, or the keys are not ours."""

from pathlib import Path

import pytest
from typing_extensions import override

from app.contract.escrow import escrow_purpose, recovery_purpose
from app.contract.messages import EscrowPut, EscrowTaken, RecoveryAnswer, RecoveryAsked
from app.custody import LOOK_EVERY_S, POLL_S, RETRY_S, KeyWatch, recover
from app.errors import Refusal, Trouble
from app.identity import letter
from app.keys import escrow
from app.keys.keyfile import NAME
from app.keys.rotation import KeyCare, Step
from app.opened import OpenBook
from app.settings import StationSettings
from app.sync import sentences
from app.sync.trouble import BadAnswer, Busy, CutOff, Unreachable
from tests.support.keys import by_keyring, by_passphrase, vault_in
from tests.support.leaks import ExpectedLogs

RECOVERY = b"\x21" * 32


class Desk:
    """A ledger whose administrators come after some questions, or never.

    Args:
        sealed: The keys in custody, sealed to the recovery key.
        vault: Whose they are.
        after: Questions until both have approved; None for never.
    """

    def __init__(self, sealed: str, vault: str, after: int | None = 0) -> None:
        self._sealed, self._vault, self._left = bytes.fromhex(sealed), vault, after
        self.asked: list[RecoveryAsked] = []

    def recovery(self, asked: RecoveryAsked) -> RecoveryAnswer:
        self.asked.append(asked)
        if self._left is None or self._left > 0:
            self._left = None if self._left is None else self._left - 1
            return RecoveryAnswer(state="wanted")
        plain = letter.open_letter(RECOVERY, self._sealed, escrow_purpose(self._vault))
        sealed = letter.seal_to(asked.public_key, plain, recovery_purpose(self._vault))
        return RecoveryAnswer(state="approved", vault=self._vault, sealed=sealed.hex())


def station(folder: Path) -> tuple[StationSettings, Desk]:
    """A station that was made by a keyring that is no more, and its keys in custody."""
    settings = StationSettings(folder)
    opened = OpenBook(settings, by_keyring())
    opened.close()
    sealed = escrow.seal_for(opened.vault, letter.public_of(RECOVERY))
    return settings, Desk(sealed, opened.vault.name)


def test_the_words_are_said_once_and_the_ledger_is_asked_until_two_have_come(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("recovered from the ledger's custody")
    settings, desk = station(tmp_path)
    desk._left = 3
    words, waits = list[str](), list[float]()

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return True

    recover(settings, by_passphrase(), "BER1/PACK-01", desk, (words.append, wait))

    assert len(words) == 1
    assert len(words[0].split("-")) == 4
    assert len(waits) == 3
    assert {asked.public_key for asked in desk.asked} == {desk.asked[0].public_key}
    OpenBook(settings, by_passphrase()).close()


class BadLine(Desk):
    """The line to it breaks off, the ledger is busy, and a proxy answers, while people wait."""

    def __init__(self, inner: Desk, *troubles: Exception) -> None:
        self._inner, self._troubles = inner, list(troubles)
        self.asked = inner.asked

    @override
    def recovery(self, asked: RecoveryAsked) -> RecoveryAnswer:
        if self.asked and self._troubles:
            raise self._troubles.pop(0)
        return self._inner.recovery(asked)


def test_a_line_that_breaks_while_two_are_awaited_only_costs_time(
    tmp_path: Path, expected_logs: ExpectedLogs
) -> None:
    expected_logs.expect("recovered from the ledger's custody")
    settings, desk = station(tmp_path)
    desk._left = 2
    cut, odd = CutOff("The connection broke off."), BadAnswer("Something else answered.")
    waits = list[float]()

    def wait(seconds: float) -> bool:
        waits.append(seconds)
        return True

    bad = BadLine(desk, cut, Busy("The ledger is busy.", 60), odd)
    recover(settings, by_passphrase(), "", bad, (lambda _words: None, wait))

    assert waits == [POLL_S, POLL_S, 60, POLL_S, POLL_S]
    OpenBook(settings, by_passphrase()).close()


def test_who_is_refused_while_waiting_is_told_at_once(tmp_path: Path) -> None:
    settings, desk = station(tmp_path)
    desk._left = None
    refused = BadLine(desk, Refusal("too_many_recoveries", "Too many ask. Try tomorrow."))

    with pytest.raises(Refusal, match="Try tomorrow"):
        recover(settings, by_passphrase(), "", refused, (lambda _: None, lambda _: True))


def test_a_ledger_that_is_away_at_the_first_question_is_said_and_nothing_waits(
    tmp_path: Path,
) -> None:
    settings, _ = station(tmp_path)

    class Away(Desk):
        @override
        def recovery(self, asked: RecoveryAsked) -> RecoveryAnswer:
            raise Unreachable(sentences.UNREACHABLE)

    with pytest.raises(Trouble, match="nothing was asked"):
        recover(settings, by_passphrase(), "", Away("", ""), (lambda _: None, lambda _: True))


@pytest.mark.parametrize("patience", [0, 400])
def test_nothing_is_changed_when_nobody_comes(tmp_path: Path, patience: int) -> None:
    settings, desk = station(tmp_path)
    desk._left, left = None, [patience]
    before = (tmp_path / NAME).read_bytes()

    def wait(_seconds: float) -> bool:
        left[0] -= 1
        return left[0] >= 0

    with pytest.raises(Trouble, match="have not approved yet"):
        recover(settings, by_passphrase(), "", desk, (lambda _words: None, wait))

    assert (tmp_path / NAME).read_bytes() == before
    assert len(desk.asked) <= 361


def test_keys_that_do_not_open_this_book_are_not_taken(tmp_path: Path) -> None:
    settings, _ = station(tmp_path / "a")
    _, desk = station(tmp_path / "b")
    before = (tmp_path / "a" / NAME).read_bytes()

    with pytest.raises(Trouble, match="do not open this book"):
        recover(settings, by_passphrase(), "", desk, (lambda _words: None, lambda _seconds: True))

    assert (tmp_path / "a" / NAME).read_bytes() == before


class Ledger:
    """Custody that is there, away, or does not speak to this station."""

    def __init__(self) -> None:
        self.error: Exception | None = None

    def escrow(self, put: EscrowPut) -> EscrowTaken:
        if self.error is not None:
            raise self.error
        return EscrowTaken(recovery_key=letter.public_of(RECOVERY), taken=bool(put.sealed))


def test_a_watch_looks_again_soon_after_trouble_and_later_when_all_is_well(tmp_path: Path) -> None:
    ledger, done = Ledger(), list[Step]()
    watch = KeyWatch(
        KeyCare(vault_in(tmp_path, by_keyring()), ledger, lambda *_: None), done.append
    )

    ledger.error = Trouble("The ledger cannot be reached.")
    assert watch.look() == RETRY_S
    ledger.error = Refusal("revoked", "This station is revoked.")
    assert watch.look() == RETRY_S
    ledger.error = None
    assert [watch.look(), watch.look()] == [LOOK_EVERY_S, LOOK_EVERY_S]

    assert done == [Step.ESCROWED]
