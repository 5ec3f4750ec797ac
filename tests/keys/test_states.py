"""E3: seven states of the keyring, each with one sentence; never a plaintext key on the disk."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from app.keys import keyrings
from app.keys.keyfile import NAME
from app.keys.keyrings import PinnedKeyring, system_keyring
from app.keys.troubles import SENTENCES, KeyState, KeyTrouble
from app.keys.unlocking import Unlock
from tests.fakes.keyring import (
    NO_KEYRING,
    PROMPT_DISMISSED,
    WRONG_PASSWORD,
    AskingKeyring,
    BrokenKeyring,
    ForgetfulKeyring,
    MemoryKeyring,
    OtherKeyring,
)
from tests.support.keys import by_keyring, vault_in

ROOT = Path(__file__).parents[2]


def state_of(task: Callable[[], object]) -> KeyTrouble:
    with pytest.raises(KeyTrouble) as raised:
        task()
    return raised.value


@pytest.mark.parametrize(
    ("backend", "state"),
    [
        (BrokenKeyring(NO_KEYRING), KeyState.ABSENT),
        (BrokenKeyring(PROMPT_DISMISSED), KeyState.LOCKED),
        (BrokenKeyring(WRONG_PASSWORD), KeyState.WRONG_PASSWORD),
        (BrokenKeyring(OSError("dbus is gone")), KeyState.REFUSES),
        (ForgetfulKeyring(), KeyState.FORGETS),
    ],
)
def test_a_keyring_that_does_not_work_makes_no_keys(
    tmp_path: Path, backend: KeyringBackend, state: KeyState
) -> None:
    trouble = state_of(lambda: vault_in(tmp_path, by_keyring(backend)))

    assert (trouble.state, trouble.say) == (state, SENTENCES[state])
    assert list(tmp_path.iterdir()) == []


def test_a_keyring_that_asks_a_person_who_is_not_there_is_given_up(tmp_path: Path) -> None:
    asking = AskingKeyring()

    trouble = state_of(lambda: vault_in(tmp_path, by_keyring(asking, limit_s=0.05)))

    assert trouble.state is KeyState.SLOW
    assert list(tmp_path.iterdir()) == []
    asking.end.set()


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (OtherKeyring(), KeyState.CHANGED),
        (MemoryKeyring(), KeyState.LOST),
        (BrokenKeyring(WRONG_PASSWORD), KeyState.WRONG_PASSWORD),
    ],
)
def test_a_station_whose_keyring_changed_says_so_and_touches_nothing(
    tmp_path: Path, now: KeyringBackend, state: KeyState
) -> None:
    vault_in(tmp_path, by_keyring(MemoryKeyring()))
    before = (tmp_path / NAME).read_bytes()

    trouble = state_of(lambda: vault_in(tmp_path, by_keyring(now)))

    assert trouble.state is state
    assert (tmp_path / NAME).read_bytes() == before


def test_another_key_under_our_name_is_not_ours(tmp_path: Path) -> None:
    ring = MemoryKeyring()
    vault_in(tmp_path, by_keyring(ring))
    ring.entries = dict.fromkeys(ring.entries, "A" * 43 + "=")

    assert state_of(lambda: vault_in(tmp_path, by_keyring(ring))).state is KeyState.LOST


@pytest.mark.parametrize("text", ["not base64!", "c2hvcnQ=", ""])
def test_an_entry_that_is_no_key_is_not_ours(tmp_path: Path, text: str) -> None:
    ring = MemoryKeyring()
    vault_in(tmp_path, by_keyring(ring))
    ring.entries = dict.fromkeys(ring.entries, text)

    assert state_of(lambda: vault_in(tmp_path, by_keyring(ring))).state is KeyState.LOST


def test_only_keys_are_put_into_the_keyring(tmp_path: Path) -> None:
    """44 characters: Windows keeps no more than 1,280, and roams what it keeps."""
    ring = MemoryKeyring()
    vault = vault_in(tmp_path, by_keyring(ring))
    vault.put_secret("pepper", b"\x01" * 32)

    assert [len(text) for text in ring.entries.values()] == [44]
    assert {service for service, _ in ring.entries} == {keyrings.SERVICE}


def test_no_probe_is_left_behind() -> None:
    ring = MemoryKeyring()

    PinnedKeyring(ring).probe()

    assert ring.entries == {}


def test_without_any_allowed_keyring_nothing_else_is_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(keyrings, "_allowed", lambda: iter(()))

    assert state_of(system_keyring).state is KeyState.ABSENT


def test_every_state_has_a_sentence_with_a_next_step() -> None:
    assert SENTENCES.keys() == set(KeyState)
    for sentence in SENTENCES.values():
        assert sentence.endswith(".")
        assert sentence.count(". ") >= 1 or "; " in sentence


EVIL = "import pathlib; pathlib.Path({marker!r}).touch()\n"
PROBE = """
import sys
from app.keys.keyrings import system_keyring
from app.keys.troubles import KeyTrouble
try:
    print(system_keyring().name)
except KeyTrouble as trouble:
    print(trouble.state)
import keyring.core
print(type(keyring.core._keyring_backend).__module__ if keyring.core._keyring_backend else "none")
"""


@pytest.mark.parametrize("evil", ["environment", "keyringrc"])
@pytest.mark.skipif(sys.platform != "linux", reason="the files are XDG's")
def test_nobody_else_chooses_the_keyring(tmp_path: Path, evil: str) -> None:
    """The null backend by environment, foreign code by a file in the home folder: both ignored."""
    marker, config = tmp_path / "ran", tmp_path / "config" / "python_keyring"
    config.mkdir(parents=True)
    (tmp_path / "evil").mkdir()
    (tmp_path / "evil" / "backdoor.py").write_text(EVIL.format(marker=str(marker)))
    env = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    if evil == "environment":
        env["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    else:
        env["XDG_CONFIG_HOME"] = str(tmp_path / "config")
        (config / "keyringrc.cfg").write_text(
            f"[backend]\ndefault-keyring=backdoor.Keyring\nkeyring-path={tmp_path / 'evil'}\n"
        )

    done = subprocess.run(
        [sys.executable, "-c", PROBE], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )

    # There is no session bus here: the state is that of the allowed keyrings, and no other.
    assert done.stdout.split() == ["absent", "none"]
    assert not marker.exists()


def test_a_keyring_that_works_is_used_again(tmp_path: Path) -> None:
    entries: dict[tuple[str, str], str] = {}
    first = vault_in(tmp_path, by_keyring(MemoryKeyring(entries)))

    again = vault_in(tmp_path, by_keyring(MemoryKeyring(entries)))

    assert again.book_key() == first.book_key()
    assert again.state.backend == "keyring.MemoryKeyring"
    assert isinstance(by_keyring(), Unlock)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a keyring")
@pytest.mark.system
def test_a_station_with_nothing_to_unlock_it_says_what_to_do_and_ends(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ui", "station", "--headless", "--data-dir", tmp_path / "station"],
        cwd=ROOT,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == f"packhouse: {SENTENCES[KeyState.ABSENT]}\n"
    assert not (tmp_path / "station" / "keys.json").exists()
