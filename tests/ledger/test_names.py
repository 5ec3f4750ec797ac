"""T12: who is forgotten is forgotten everywhere: in use, in history, in backups."""

import zipfile
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from app.commands.audit import verifier
from app.contract.messages import MasterPage, MasterQuery, PersonRow
from app.ledger.bundle import Bundles
from app.ledger.changelog import Editor
from app.ledger.names import ERASED, FOLDER, Names
from app.ledger.service import LedgerService
from app.ledger.tables import metadata
from tests.ledger.conftest import Enrol

NAME = "Annegret Novák"
HIRED = Editor("p-novak", "hired")
ANNA = PersonRow(person="p-anna", name=NAME, role="clerk", site="HAM")


@pytest.fixture
def known(ledger: LedgerService) -> LedgerService:
    with ledger.database.write() as connection:
        ledger.master_data.put_things(connection, "person", {"p-anna": ANNA}, HIRED)
    return ledger


def _everything(ledger: LedgerService) -> str:
    with ledger.database.read() as connection:
        rows = [
            repr(connection.execute(sa.select(table)).all()) for table in metadata.tables.values()
        ]
    return "".join(rows)


def _told(ledger: LedgerService, enrol: Enrol) -> list[str]:
    """Names a station is given."""
    station = enrol("PACK-01")
    page = station.ledger.master(MasterQuery(protocol=1, epoch="", cursor=0, limit=500))
    assert isinstance(page, MasterPage)
    rows = [msgspec.json.decode(raw) for raw in page.rows]
    return [row["name"] for row in rows if row["type"] == "person"]


def test_stations_and_administrators_see_a_name_and_no_table_does(
    known: LedgerService, enrol: Enrol
) -> None:
    assert [row.name for row in known.overview.people()] == [NAME]
    assert _told(known, enrol) == [NAME]
    assert NAME not in _everything(known)
    assert NAME.encode().hex() not in _everything(known)


@pytest.mark.parametrize("name", ["sealed: Anna", "sealed:00", "sealed:"])
def test_nobody_is_called_so_that_stations_learn_of_nobody(
    known: LedgerService, enrol: Enrol, name: str
) -> None:
    row = msgspec.structs.replace(ANNA, name=name)

    with known.database.write() as connection:
        known.master_data.put_things(connection, "person", {"p-anna": row}, HIRED)

    assert [row.name for row in known.overview.people()] == [name]
    assert _told(known, enrol)[-1] == name


def test_the_same_person_imported_again_is_no_change(known: LedgerService) -> None:
    with known.database.write() as connection:
        again = known.master_data.put_things(connection, "person", {"p-anna": ANNA}, HIRED)

    assert again == 0


def test_who_is_erased_is_nobody_in_use_in_history_and_in_every_file(
    known: LedgerService, enrol: Enrol, tmp_path: Path
) -> None:
    names = Names.of(known.database)
    before = _everything(known)

    assert names.erase("p-anna")

    assert [row.name for row in known.overview.people()] == [ERASED]
    assert _told(known, enrol) == [ERASED]
    assert all(row in _everything(known) for row in [ANNA.person])
    assert before.count("sealed:") == _everything(known).count("sealed:")
    files = [path.read_bytes() for path in (tmp_path / "ledger").rglob("*") if path.is_file()]
    assert files
    assert not any(NAME.encode() in content for content in files)
    assert list((tmp_path / "ledger" / FOLDER).iterdir()) == []
    assert not names.erase("p-anna")


def test_every_chain_still_holds_when_a_name_is_gone(
    known: LedgerService, enrol: Enrol, tmp_path: Path
) -> None:
    station = enrol("PACK-01")
    station.do(station.operation("event"))  # by p-anna
    site = known.site("HAM")
    before = Bundles(known.database, known.clock, known.key).write(tmp_path / "before.zip")

    Names.of(known.database).erase("p-anna")

    after = Bundles(known.database, known.clock, known.key).write(tmp_path / "after.zip")
    for made in (before, after):
        verifier().verify(made.path, known.key.public.hex())
    assert known.reconciliation.compare(site).differences == ()
    with zipfile.ZipFile(after.path) as bundle:
        said = b"".join(bundle.read(name) for name in bundle.namelist())
    assert b"p-anna" in said
    assert NAME.encode() not in said


def test_a_new_key_does_not_open_what_was_erased(known: LedgerService) -> None:
    names = Names.of(known.database)
    sealed = names.seal(ANNA)
    names.erase("p-anna")

    names.seal(ANNA)

    assert names.open(sealed).name == ERASED


def test_keys_are_for_the_ledgers_account_alone(known: LedgerService, tmp_path: Path) -> None:
    folder = tmp_path / "ledger" / FOLDER

    assert folder.stat().st_mode & 0o077 == 0
