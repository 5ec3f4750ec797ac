"""A running station writes what somebody takes away: its log as a file, and diagnostics."""

import zipfile
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import msgspec
import pytest

from app.bootstrap import Workstation
from app.cache.store import IDENTITY
from app.opened import OpenBook
from app.settings import StationSettings
from app.station.audit_log import Limits
from app.station.events import LogAsked, LogTaken
from app.station.ports import Identity
from tests.support.keys import by_passphrase

pytestmark = pytest.mark.system
WAIT_S = 20
AT = "2026-11-23T09:52:00.000Z"


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Workstation]:
    opened = OpenBook(StationSettings(tmp_path / "station"), by_passphrase())
    identity = Identity("enr-1", "PACK-03", "HAM", "epoch-one", "0" * 64)
    with opened.store.begin() as work:
        work.set_note(IDENTITY, msgspec.json.encode(identity).decode())
        work.commit()
    with Workstation(opened) as running:
        yield running


def asked() -> LogAsked:
    taken: Future[LogTaken] = Future()
    return LogAsked("op-0000ab", Limits(kind="event"), AT, "p-adeyemi", "HAM", "PACK-03", taken)


def test_the_log_is_written_beside_the_book_while_the_station_works(
    station: Workstation, tmp_path: Path
) -> None:
    wanted = asked()
    station.station.call(lambda: station.station.engine.board.announce(wanted))

    taken = wanted.taken.result(WAIT_S)

    assert (taken.trouble, taken.entries) == ("", 0)
    path = Path(taken.path)
    assert path == tmp_path / "station" / "exports" / "audit-PACK-03-20261123T095200-0000ab.csv"
    assert "only kind,event" in path.read_text(encoding="utf-8-sig")


def test_diagnostics_of_a_running_station_tell_its_settings(station: Workstation) -> None:
    path = station.views.diagnose(())

    with zipfile.ZipFile(path) as zipped:
        assert '"scale_protocol": "mt-sics"' in zipped.read("about.json").decode()
    assert station.views.sending().next_try_s is None
