"""T8: a command that changes a ledger leaves exactly one event in its journal; others none."""

import argparse
import inspect
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.commands import registry
from app.errors import PackhouseError
from app.ledger.journal import Event, event_of
from app.ledger.service import LedgerService
from app.ledger.tables import journal
from tests.ledger.conftest import SITE, enrolled, stocked
from tests.support import prepared

Handler = Callable[[argparse.Namespace], int]

THRESHOLD = [SITE, "SKU-10221", "--location", "A-04-2"]
DAYS = ["--from", "2026-01-01", "--to", "2026-01-31", "--reason", "court"]
ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "resources" / "sample"

# Commands of these areas are told and tested beside them; that they use the same helper, here.
ELSEWHERE = ("ledger user", "ledger review", "ledger break-glass", "ledger recover", "ledger tls")
READ = {
    "ledger site list",
    "ledger station list",
    "ledger policy show",
    "ledger policy history",
    "ledger threshold list",
    "ledger key list",
    "ledger jobs list",
    "audit verify",
    "audit key",
    "audit witness",
    "audit archive list",
    "audit archive verify",
    "audit hold list",
}
CHANGE = {
    "ledger site add": "site add",
    "ledger station add": "station add",
    "ledger station revoke": "station revoke",
    "ledger policy set": "policy set",
    "ledger threshold set": "threshold set",
    "ledger threshold remove": "threshold remove",
    "ledger key add": "key add",
    "ledger key revoke": "key revoke",
    "ledger order cancel": "order cancel",
    "ledger order hold": "order hold",
    "ledger order release": "order release",
    "ledger order share-out": "order share-out",
    "ledger compare": "compare begun",
    "ledger reconcile": "reconcile begun",
    "ledger jobs run": "job run begun",
    "ledger backup": "backup begun",
    "ledger restored": "ledger restored",
    "import": "import items",
    "audit export": "audit export begun",
    "audit archive key": "archive key",
    "audit retain": "retain begun",
    "audit erase": "erase name",
    "audit hold add": "hold add",
    "audit hold release": "hold release",
}
# Told beside their own tests: a file restored, PostgreSQL's rights, a day closed with its files.
BY_THEMSELVES = {"ledger restore", "ledger roles", "audit archive close", "ledger serve"}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    registry.add_all(parser.add_subparsers(dest="command"))
    return parser


def _leaves(parser: argparse.ArgumentParser, name: str = "") -> Iterator[tuple[str, Handler]]:
    groups = [one for one in parser._actions if isinstance(one, argparse._SubParsersAction)]
    if not groups:
        yield name.strip(), parser.get_default("handler")
    for group in groups:
        for word, below in group.choices.items():
            yield from _leaves(below, f"{name} {word}")


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger in which every command finds what it is about."""
    where = tmp_path_factory.mktemp("furnished") / "ledger"
    service = stocked(LedgerService(prepared.ledger(where)))
    enrolled(service, "PACK-01")
    service.api_keys.add("shop", ["read"], actor="p-novak")
    service.people.add(SITE, "p-anna", "Anna Weber", "clerk", ("PHB-ANNA-0001-0001", "482913"))
    service.close()
    _run(where, "import", "items", str(SAMPLE / "items.csv"))
    _run(where, "import", "locations", str(SAMPLE / "locations.csv"))
    _run(where, "import", "orders", str(SAMPLE / "orders.csv"))
    low = ["--low", "2", "--fill-to", "9", "--actor", "p-novak"]
    _run(where, "ledger", "threshold", "set", *THRESHOLD, *low)
    _run(where, "audit", "hold", "add", "case-1", *DAYS)
    return where


@pytest.fixture
def folder(furnished: Path, tmp_path: Path) -> Path:
    return shutil.copytree(furnished, tmp_path / "ledger")


def _events(folder: Path) -> list[Event]:
    database = prepared.ledger(folder)
    with database.read() as connection:
        rows = connection.execute(sa.select(journal).order_by(journal.c.n)).all()
    database.close()
    return [event_of(row) for row in rows]


def _run(folder: Path, *words: str) -> None:
    chosen = _parser().parse_args([*words, "--data-dir", str(folder)])
    chosen.handler(chosen)


def _words(tmp_path: Path) -> dict[str, list[str]]:
    """Words after the name of each command, for a call that succeeds."""
    stock = tmp_path / "stock.csv"
    stock.write_text("sku,quantity\nSKU-10221,40\nSKU-10987,25\n", encoding="utf-8")
    order = "ORD-48201"
    return {
        "ledger site add": ["MUC"],
        "ledger station add": [SITE, "PACK-02"],
        "ledger station revoke": [SITE, "PACK-01"],
        "ledger policy set": [
            SITE, "count_tolerance=2", "--actor", "p-novak", "--reason", "Start with little",
        ],
        "ledger threshold set": [*THRESHOLD, "--low", "3", "--fill-to", "9", "--actor", "p-novak"],
        "ledger threshold remove": THRESHOLD,
        "ledger key add": ["erp", "--scope", "read", "--actor", "p-novak"],
        "ledger key revoke": ["shop"],
        "ledger order cancel": [order],
        "ledger order hold": [order],
        "ledger order release": [order],
        "ledger compare": [str(stock)],
        "ledger jobs run": ["expire_lots"],
        "ledger backup": ["--to", str(tmp_path / "backup.sqlite")],
        "import": ["items", str(SAMPLE / "items.csv")],
        "audit export": [str(tmp_path / "audit.zip")],
        "audit erase": ["p-anna", "--reason", "asked for it"],
        "audit hold add": ["case-2", *DAYS],
        "audit hold release": ["case-1", "--reason", "over"],
    }  # fmt: skip


def test_every_command_is_told_reads_or_is_told_beside_its_area() -> None:
    found = {
        name: handler
        for name, handler in _leaves(_parser())
        if name.split()[0] in {"ledger", "audit", "import"}
    }

    rest = found.keys() - CHANGE.keys() - READ - BY_THEMSELVES
    assert {name for name in rest if not name.startswith(ELSEWHERE)} == set()
    assert CHANGE.keys() | READ | BY_THEMSELVES <= found.keys()
    modules = {inspect.getmodule(found[name]) for name in rest}
    telling = re.compile(r"change_ledger\(|journal\.act\(")
    silent = [one.__name__ for one in modules if one and not telling.search(inspect.getsource(one))]
    assert silent == []


@pytest.mark.parametrize("name", CHANGE)
def test_a_command_that_changes_something_leaves_one_event(
    name: str, folder: Path, tmp_path: Path
) -> None:
    words = _words(tmp_path).get(name, [])
    before = len(_events(folder))

    _run(folder, *name.split(), *words)

    (event,) = _events(folder)[before:]
    assert event.action == CHANGE[name]
    assert event.role == "operator"
    assert event.address == "local"
    assert event.device.startswith("host:")
    assert all((event.actor, event.object, event.transaction, event.at))


@pytest.mark.parametrize(
    "name", sorted(READ - {"audit verify", "audit witness", "ledger jobs list"})
)
def test_a_command_that_only_reads_leaves_none(name: str, folder: Path) -> None:
    before = len(_events(folder))
    words = [SITE] if name.startswith(("ledger policy", "ledger threshold")) else []
    _run(folder, *name.split(), *words)

    assert len(_events(folder)) == before


def test_a_command_that_is_refused_changes_nothing_and_leaves_none(folder: Path) -> None:
    before = len(_events(folder))

    for words in (
        ["ledger", "site", "add", SITE],
        ["ledger", "key", "add", "shop", "--scope", "fly", "--actor", "p-novak"],
        ["ledger", "policy", "set", SITE, "speed=9", "--actor", "p-novak", "--reason", "x"],
        ["audit", "hold", "release", "nothing", "--reason", "x"],
        ["audit", "erase", "p-nobody", "--reason", "x"],
    ):
        with pytest.raises(PackhouseError):
            _run(folder, *words)

    assert len(_events(folder)) == before


def test_the_newest_backup_alone_has_the_keys_of_names(folder: Path, tmp_path: Path) -> None:
    """T12: a backup of before says no name once the next one is made."""
    _run(folder, "ledger", "backup", "--to", str(tmp_path / "one.sqlite"))
    restored = tmp_path / "restored"
    _run(restored, "ledger", "restore", "--from", str(tmp_path / "one.sqlite"))
    _run(folder, "audit", "erase", "p-anna", "--reason", "asked for it")
    _run(folder, "ledger", "backup", "--to", str(tmp_path / "two.sqlite"))
    later = tmp_path / "later"
    _run(later, "ledger", "restore", "--from", str(tmp_path / "one.sqlite"))

    assert _names(restored) == ["Anna Weber"]
    assert _names(later) == ["(erased)"]
    assert [event.action for event in _events(later)][-1] == "restore"


def _names(folder: Path) -> list[str]:
    database = prepared.ledger(folder)
    service = LedgerService(database)
    found = [row.name for row in service.overview.people()]
    service.close()
    return found
