"""A real Secret Service: keys survive the session, and every mood of it is told in words."""

import sys
from pathlib import Path

import pytest

from app.keys.troubles import SENTENCES, KeyState
from tests.support.session import MISSING, in_session

ROOT = Path(__file__).parents[2]
OPEN = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from app.errors import PackhouseError
from app.opened import OpenBook
from app.settings import StationSettings
try:
    opened = OpenBook(StationSettings(Path(sys.argv[2])))
except PackhouseError as error:
    print(error.say)
else:
    print(opened.vault.state.backend, opened.vault.content.active.check)
    opened.close()
"""

pytestmark = [
    pytest.mark.needs_keyring,
    pytest.mark.system,
    pytest.mark.skipif(bool(MISSING), reason=f"no {', '.join(MISSING)}: run `make setup-tests`"),
]


def opened(home: Path, password: str = "login-pw") -> str:
    """What opening a station says in a session."""
    command = (sys.executable, "-c", OPEN, ROOT, home / "station")
    return in_session(home, *command, password=password).stdout.strip()


def test_a_key_in_the_keyring_opens_the_book_in_the_next_session(tmp_path: Path) -> None:
    first = opened(tmp_path)

    assert first.startswith("SecretService.Keyring ")
    assert opened(tmp_path) == first


def test_a_keyring_with_another_password_says_so(tmp_path: Path) -> None:
    opened(tmp_path)

    assert opened(tmp_path, password="another-pw") == SENTENCES[KeyState.WRONG_PASSWORD]


def test_a_locked_keyring_says_so_and_makes_no_keys(tmp_path: Path) -> None:
    said = opened(tmp_path, password="")

    assert said == SENTENCES[KeyState.LOCKED]
    assert not (tmp_path / "station" / "keys.json").exists()


def test_a_keyring_that_was_emptied_says_that_the_key_is_lost(tmp_path: Path) -> None:
    opened(tmp_path)
    for ring in (tmp_path / "data" / "keyrings").glob("*"):
        ring.unlink()

    assert opened(tmp_path) == SENTENCES[KeyState.LOST]
