"""`packhouse ledger user|break-glass|review …`, with the real cost of a PIN."""

import argparse
import io
import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from app.commands import ledger as ledger_command
from app.errors import Refusal
from app.identity.userkey import COST
from app.ledger.database import Database
from app.ledger.service import LedgerService
from app.ledger.tables import journal

Run = Callable[..., str]
PIN = "274951"


def badge(person: str) -> str:
    return f"PHB-{person:0<26}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    service = LedgerService(Database.in_folder(tmp_path / "ledger"))
    service.add_site("BER1")
    service.close()
    return tmp_path / "ledger"


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    parser = argparse.ArgumentParser()
    ledger_command.add_parser(parser.add_subparsers())

    def call(*words: str, proof: str = "") -> str:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{badge(proof)}\n{PIN}\n" if proof else ""))
        chosen = parser.parse_args(["ledger", *words, "--data-dir", str(folder)])
        chosen.handler(chosen)
        return capsys.readouterr().out

    return call


def hire(run: Run, person: str, role: str) -> None:
    site = "*" if role == "admin" else "BER1"
    secrets = ("--badge", badge(person), "--pin", PIN)
    assert run("user", "add", site, person, "Somebody", "--role", role, *secrets) == ""


def acts(folder: Path) -> list[tuple[str, str, str]]:
    """Who did what to whom, as the journal has it."""
    service = LedgerService(Database.in_folder(folder))
    with service.database.read() as connection:
        rows = connection.execute(
            sa.select(journal.c.actor, journal.c.action, journal.c.object).order_by(journal.c.n)
        )
        found = [(actor, action, what) for actor, action, what in rows]
        texts = repr(connection.execute(sa.select(journal)).all())
    service.close()
    assert PIN not in texts
    assert "PHB-" not in texts
    return found


def test_the_first_administrator_has_no_default_password_and_is_shown_theirs_once(
    run: Run, folder: Path
) -> None:
    assert run("user", "list") == "none yet\n"

    shown = run("user", "add", "*", "Ada Berg", "--role", "admin")

    id_, made, pin = (line.split()[1] for line in shown.splitlines())
    assert re.fullmatch(r"p-[0-9a-z]{6}", id_)
    assert re.fullmatch(r"PHB-[0-9A-HJKMNP-TV-Z]{26}", made)
    assert re.fullmatch(r"[0-9]{6}", pin)
    assert run("user", "list") == f"every site\t{id_}\tAda Berg\tadmin\tactive\n"
    service = LedgerService(Database.in_folder(folder))
    row = service.people.find(id_).credential
    service.close()
    assert row is not None
    assert (row.memory_kib, row.passes, row.lanes) == (COST.memory_kib, COST.passes, COST.lanes)
    (actor, action, what), *_ = acts(folder)
    assert actor.startswith("os:")
    assert (action, what) == ("user add", id_)


def test_the_glass_is_broken_by_two_persons_who_prove_who_they_are(run: Run, folder: Path) -> None:
    for person, role in (("p-anna", "clerk"), ("p-ben", "clerk"), ("p-mia", "site_manager")):
        hire(run, person, role)

    ask = ("break-glass", "ask", "p-anna", "supervisor", "--by", "p-ben", "--reason", "Ill")
    with pytest.raises(Refusal, match="not badge and PIN of p-ben"):
        run(*ask, proof="p-anna")
    id_ = run(*ask, proof="p-ben").strip()
    with pytest.raises(Refusal, match="not badge and PIN of p-mia"):
        run("break-glass", "approve", id_, "--by", "p-mia", proof="p-ben")
    lent = run("break-glass", "approve", id_, "--by", "p-mia", proof="p-mia")
    assert "p-anna is supervisor until" in lent
    assert "\tlent\tasked by p-ben\tapproved by p-mia\t" in run("break-glass", "list")
    assert run("break-glass", "end", id_, "--by", "p-mia", proof="p-mia") == f"{id_} ended\n"

    told = [(actor, action) for actor, action, _ in acts(folder)[3:]]
    assert [action for _, action in told] == [
        "proof refused", "break-glass ask", "proof refused", "break-glass approve",
        "break-glass end",
    ]  # fmt: skip
    assert [actor for actor, action in told if action != "proof refused"] == [
        "p-ben", "p-mia", "p-mia",
    ]  # fmt: skip


def test_a_review_is_begun_decided_closed_and_exported(run: Run, tmp_path: Path) -> None:
    hire(run, "p-mia", "site_manager")
    hire(run, "p-ada", "admin")
    id_ = run("review", "begin").strip()
    assert "p-mia\tsite_manager\tBER1\t" in run("review", "list", id_)

    run("review", "decide", id_, "p-mia", "keep", "--by", "p-ada", proof="p-ada")
    hire(run, "p-bea", "admin")
    run(
        "review", "decide", id_, "p-ada", "revoke", "--note", "Left", "--by", "p-bea",
        proof="p-bea",
    )  # fmt: skip
    closed = run("review", "close", id_)
    run("review", "export", id_, str(tmp_path / "q4.json"))

    assert closed == (
        "2 accounts = 2 reviewed (1 kept, 0 changed, 1 revoked, 0 deferred) + 0 suspended\n"
    )
    signed = msgspec.json.decode((tmp_path / "q4.json").read_bytes())
    assert sorted(signed) == ["body", "ledger_key", "signature"]
    assert "p-ada\tSomebody\tadmin\trevoked" in run("user", "list")


def test_an_authenticator_is_set_up_and_removed(run: Run, folder: Path) -> None:
    hire(run, "p-mia", "site_manager")

    uri = run("user", "totp", "add", "p-mia")
    assert uri.startswith("otpauth://totp/Packhouse:p-mia?secret=")
    assert "has no authenticator any more" in run("user", "totp", "remove", "p-mia")
    assert "has none" in run("user", "totp", "remove", "p-mia")

    seed = re.findall(r"secret=([A-Z2-7]+)", uri)[0]
    assert [action for _, action, _ in acts(folder)][1:] == [
        "user totp add", "user totp remove", "user totp remove",
    ]  # fmt: skip
    assert seed not in (folder / "ledger.sqlite").read_bytes().decode("latin-1")


def test_wrong_pins_are_forgiven_from_the_office(run: Run, folder: Path) -> None:
    hire(run, "p-anna", "clerk")

    assert "may try again" in run("user", "unlock", "p-anna", "--reason", "Wore gloves")

    assert acts(folder)[-1][1:] == ("user unlock", "p-anna")
    with pytest.raises(Refusal):
        run("user", "unlock", "p-nobody")
