"""What a revoked station kept, as a file that proves itself; without a ledger."""

from argparse import Namespace
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.cache.unsent import Unsent
from app.commands import station_identity, unsent_file
from app.contract import chain
from app.errors import Refusal, Trouble
from app.ledger.proofs import is_signed
from app.settings import StationSettings
from tests.support.enrolled import Folder
from tests.support.keys import passphrase_file
from tests.support.synced import SITE, RealLedger

pytestmark = pytest.mark.system

STATION = "Bench 4"


@pytest.fixture
def revoked(tmp_path: Path) -> Folder:
    """Three mugs confirmed, then revoked; two that were sent are held, two never left."""
    ledger = RealLedger(tmp_path / "ledger")
    bench = Folder(tmp_path / STATION, ledger.url)
    bench.enrol(ledger.service.identity.add_station(SITE, STATION).code)
    bench.record(3)
    assert bench.sync() is None
    ledger.service.identity.revoke(SITE, STATION)
    bench.record(2)
    stopped = bench.sync()
    assert stopped is not None
    ledger.go_down()
    bench.record(2)
    return bench


def written(bench: Folder, path: Path) -> list[dict[str, Any]]:
    with bench.opened() as opened:
        unsent_file.write(opened, path)
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]


def test_what_was_not_confirmed_is_in_the_file_as_it_was_recorded(
    revoked: Folder, tmp_path: Path
) -> None:
    path = tmp_path / "unsent.jsonl"

    head, *lines, last = written(revoked, path)

    assert [line["body"]["id"] for line in lines] == revoked.ids()[3:]
    for line, raw in zip(lines, path.read_bytes().splitlines()[1:-1], strict=True):
        body = bytes(msgspec.json.decode(raw, type=Unsent).body)
        assert chain.content_hash(body) == line["content_hash"]
    digests = [line["link"]["digest"] for line in lines]
    assert digests[-1] == head["digest"]
    assert last["operations"] == len(lines) == 4
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_file_shows_when_somebody_changed_it(revoked: Folder, tmp_path: Path) -> None:
    path = tmp_path / "unsent.jsonl"
    head, *_, last = written(revoked, path)
    *before, _ = path.read_bytes().splitlines(keepends=True)

    assert sha256(b"".join(before)).hexdigest() == last["sha256"]
    signed = unsent_file.file_bytes(last["operations"], last["sha256"])
    assert is_signed(head["device_key"], signed, last["signature"])
    end = chain.head_bytes(head["enrolment"], head["seq"], head["digest"])
    assert is_signed(head["device_key"], end, head["head_signature"])


def test_no_file_is_overwritten_and_a_bad_place_leaves_none(
    revoked: Folder, tmp_path: Path
) -> None:
    path = tmp_path / "unsent.jsonl"
    path.write_text("something else", encoding="ascii")

    with revoked.opened() as opened:
        with pytest.raises(Refusal, match="exists already"):
            unsent_file.write(opened, path)
        with pytest.raises(Trouble, match="somewhere else"):
            unsent_file.write(opened, tmp_path / "nowhere" / "unsent.jsonl")

    assert path.read_text(encoding="ascii") == "something else"


def test_the_command_writes_it_and_the_book_keeps_everything(
    revoked: Folder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = str(passphrase_file(tmp_path))
    path = tmp_path / "unsent.jsonl"
    before = revoked.ids("unsent")

    chosen = Namespace(enrol="", again=False, new_key=False, export_unsent=path)
    settings = StationSettings(data_dir=revoked.path, passphrase_file=secret)
    code = station_identity.run(settings, chosen)

    assert code == 0
    assert "operations written" in capsys.readouterr().out
    assert revoked.ids("unsent") == before
    assert revoked.events()[-1] == "unsent_exported"
