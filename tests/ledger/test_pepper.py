"""The pepper of a site: one for each, the same for every process, never that of another ledger."""

from pathlib import Path

from app.ledger.database import Database
from app.ledger.pepper import PEPPER_BYTES, pepper_of
from app.ledger.service import LedgerService


def _pepper(service: LedgerService, site_n: int) -> bytes:
    with service.database.read() as connection:
        return pepper_of(connection, site_n)


def test_each_site_has_a_pepper_of_its_own(either: LedgerService) -> None:
    other = either.add_site("MUC", company_prefix="4012345")

    peppers = {_pepper(either, either.site("HAM").n), _pepper(either, other.n)}

    assert len(peppers) == 2
    assert {len(pepper) for pepper in peppers} == {PEPPER_BYTES}


def test_a_pepper_is_the_same_after_a_restart_and_another_one_at_another_ledger(
    ledger: LedgerService, tmp_path: Path
) -> None:
    before = _pepper(ledger, 1)
    again = LedgerService(Database(ledger.database.url))
    stranger = LedgerService(Database.in_folder(tmp_path / "another"))

    assert _pepper(again, 1) == before
    assert _pepper(stranger, 1) != before
    again.close()
    stranger.close()
