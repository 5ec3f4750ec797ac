"""Master data: checked, versioned, explained, and never overwritten unseen; on both engines."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from app.contract.messages import (
    PROTOCOL_VERSION,
    ItemRow,
    LocationRow,
    MasterPage,
    MasterQuery,
    Pack,
    PartyRow,
    read_master_row,
)
from app.errors import Refusal
from app.ledger import changelog
from app.ledger.changelog import Editor
from app.ledger.database import Database
from app.ledger.mappings import Mapping
from app.ledger.masterrules import (
    FIRST,
    Rules,
    item_problems,
    location_problems,
    next_release,
    rules_problems,
)
from app.ledger.service import LedgerService
from tests.fakes.clock import FakeClock
from tests.ledger.conftest import MUG, SITE, TRAY, CountingSecrets, enrolled, stocked

INES = Editor("p-ines", "new supplier price")
OMAR = Editor("p-omar", "weighed again")
EACH = "04012345000016"
CASE = "14012345000013"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def shop(
    request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock
) -> Iterator[LedgerService]:
    """Halle Nord on either engine."""
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    if request.param == "postgresql":
        url = str(request.getfixturevalue("fresh_database"))
    database = Database(url)
    yield stocked(LedgerService(database, clock=clock, ids=CountingSecrets()))
    database.close()


def _refused(task: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refusal:
        task()
    return refusal.value.code


def test_a_change_keeps_who_why_before_and_after(shop: LedgerService) -> None:
    dearer = msgspec.structs.replace(MUG, cost=390)

    stored = shop.master_data.edit_item(dearer, INES, expected=1)

    newest, first = changelog.history(shop.database, "item", MUG.sku, 0, 10)
    before = msgspec.json.decode(newest.before, type=ItemRow)
    after = msgspec.json.decode(newest.after, type=ItemRow)
    assert (newest.actor, newest.reason) == ("p-ines", "new supplier price")
    assert (before.cost, after.cost) == (0, 390)
    assert (stored.version, stored.release) == (2, "1.1.0")
    assert (first.actor, first.release, bytes(first.before)) == ("import", FIRST, b"null")


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(shop: LedgerService) -> None:
    shop.master_data.edit_item(msgspec.structs.replace(MUG, cost=390), INES, expected=1)

    late = msgspec.structs.replace(MUG, weight_mg=312_000)
    code = _refused(lambda: shop.master_data.edit_item(late, OMAR, expected=1))

    assert code == "stale_version"
    assert shop.master_data.item(MUG.sku).row.cost == 390
    assert shop.master_data.item(MUG.sku).row.weight_mg == MUG.weight_mg


def test_of_editors_who_race_exactly_one_wins(shop: LedgerService) -> None:
    outcomes: list[str] = []
    together = threading.Barrier(4)

    def edit(cost: int) -> None:
        together.wait()
        try:
            row = msgspec.structs.replace(MUG, cost=cost)
            shop.master_data.edit_item(row, Editor(f"p-{cost}", "race"), expected=1)
        except Refusal as refusal:
            outcomes.append(refusal.code)
        else:
            outcomes.append("written")

    editors = [threading.Thread(target=edit, args=(cost,)) for cost in (1, 2, 3, 4)]
    for editor in editors:
        editor.start()
    for editor in editors:
        editor.join(30)

    assert sorted(outcomes) == ["stale_version"] * 3 + ["written"]
    assert shop.master_data.item(MUG.sku).version == 2


def test_something_new_is_added_with_version_0_and_only_then(shop: LedgerService) -> None:
    kettle = ItemRow("SKU-20001", "Kettle, copper", packs=(Pack(EACH, 1), Pack(CASE, 12)))

    assert _refused(lambda: shop.master_data.edit_item(kettle, INES, expected=3)) == "stale_version"
    stored = shop.master_data.edit_item(kettle, INES, expected=0)

    assert (stored.version, stored.release) == (1, FIRST)
    assert _refused(lambda: shop.master_data.edit_item(kettle, INES, expected=0)) == "stale_version"


def test_stations_are_told_of_every_version(shop: LedgerService) -> None:
    station = enrolled(shop, "PACK-01")
    shop.master_data.edit_party(PartyRow("S-1007", "Emaille Nord", "supplier"), INES, expected=0)

    page = station.ledger.master(MasterQuery(protocol=PROTOCOL_VERSION, epoch="", cursor=0))

    assert isinstance(page, MasterPage)
    assert read_master_row(page.rows[-1]) == PartyRow("S-1007", "Emaille Nord", "supplier")


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"name": ""}, "bad_name"),
        ({"unit": "dozen"}, "bad_unit"),
        ({"tracking": "maybe"}, "bad_tracking"),
        ({"state": "gone"}, "bad_state"),
        ({"weight_mg": -1}, "bad_weight_mg"),
        ({"weight_mg": 10**15}, "bad_weight_mg"),
        ({"cost": -390}, "bad_cost"),
        ({"shelf_days": 10**6}, "bad_shelf_days"),
        ({"over_permille": -2}, "bad_over_permille"),
        ({"sku": "§ 7"}, "bad_sku"),
        ({"packs": (Pack("4012345000017", 1),)}, "bad_packs"),
        ({"packs": (Pack("4.01E+12", 1),)}, "bad_packs"),
        ({"packs": (Pack(EACH, 0),)}, "bad_packs"),
        ({"packs": (Pack(EACH, 1), Pack(EACH, 6))}, "bad_packs"),
    ],
)
def test_an_item_that_breaks_a_rule_is_refused_by_column(
    ledger: LedgerService, change: dict[str, object], column: str
) -> None:
    row = msgspec.structs.replace(TRAY, **change)

    code = _refused(lambda: ledger.master_data.edit_item(row, INES, expected=1))

    assert code == column
    assert ledger.master_data.item(TRAY.sku).version == 1


def test_a_barcode_stands_for_one_item_only(shop: LedgerService) -> None:
    shop.master_data.edit_item(
        msgspec.structs.replace(MUG, packs=(Pack(EACH, 1),)), INES, expected=1
    )
    tray = msgspec.structs.replace(TRAY, packs=(Pack(EACH, 1),))

    refused = _refused(lambda: shop.master_data.edit_item(tray, OMAR, expected=1))
    applied = shop.imports.items([tray])

    assert refused == "barcode_exists"
    assert (applied.written, [problem.column for problem in applied.problems]) == (0, ["packs"])


def test_a_barcode_that_is_given_up_may_be_used_again(shop: LedgerService) -> None:
    shop.imports.items([msgspec.structs.replace(MUG, packs=(Pack(EACH, 1),))])

    # One file in which the tray takes over the mug's barcode.
    moved = shop.imports.items([MUG, msgspec.structs.replace(TRAY, packs=(Pack(EACH, 1),))])

    assert (moved.written, moved.problems) == (2, [])
    assert shop.mappings.meaning("gtin", "item", EACH).ours == TRAY.sku


def test_the_company_says_how_its_skus_look(shop: LedgerService) -> None:
    rules = Rules(sku_pattern=r"[A-Z]{2,4}-\d{4,6}", required=("name", "weight_mg"))
    shop.master_data.edit_rules(rules, INES, expected=0)

    odd = ItemRow("kettle 1", "Kettle", weight_mg=900_000)
    light = ItemRow("SKU-20002", "Kettle")
    applied = shop.imports.items([odd, light, TRAY], partial=True)

    assert [(p.index, p.column) for p in applied.problems] == [(0, "sku"), (1, "weight_mg")]
    assert applied.unchanged == 1
    assert shop.master_data.rules().version == 1


@pytest.mark.parametrize("pattern", ["(a+)+", "a|b", ".*", "a*b*c*d*", "[", "", "\\1", "x{1000}"])
def test_a_pattern_that_could_keep_the_ledger_busy_is_refused(pattern: str) -> None:
    assert [column for column, _ in rules_problems(Rules(sku_pattern=pattern))] == ["sku_pattern"]


def test_locations_and_parties_have_versions_as_well(shop: LedgerService) -> None:
    place = LocationRow(SITE, "A-04-2", "quarantine")
    maker = PartyRow("S-1007", "Emaille Nord GmbH", "supplier", email="post@emaille.example")

    moved = shop.master_data.edit_location(place, INES, expected=1)
    added = shop.master_data.edit_party(maker, INES, expected=0)

    assert (moved.version, moved.release, moved.row.kind) == (2, "2.0.0", "quarantine")
    assert (added.version, added.row.version) == (1, 1)
    assert _refused(lambda: shop.master_data.edit_location(place, OMAR, 1)) == "stale_version"
    assert _refused(lambda: shop.master_data.edit_party(maker, OMAR, 0)) == "stale_version"
    assert _refused(lambda: shop.master_data.location(SITE, "Z-99")) == "unknown_location"


@pytest.mark.parametrize("name", ["scrap", "customer", "supplier", "adjustment", "A" * 65, "A/1"])
def test_no_location_has_a_name_that_no_operation_could_mean(name: str) -> None:
    problems = location_problems(LocationRow(SITE, name, "bin"), Rules())

    assert [column for column, _ in problems] == ["location"]


@pytest.mark.parametrize(
    ("sku", "pattern"),
    [
        ("KT-\u0661\u0662\u0663\u0664", r"[A-Z]{2}-\d{4}"),
        ("KT-\uff11\uff12\uff13\uff14", r"[A-Z]{2}-\d{4}"),
        ("M" * 65, "[A-Z]+"),
    ],
)
def test_a_sku_is_one_that_every_keyboard_and_every_operation_can_name(
    sku: str, pattern: str
) -> None:
    row = msgspec.structs.replace(MUG, sku=sku)

    problems = item_problems(row, Rules(sku_pattern=pattern))

    assert [column for column, _ in problems] == ["sku"]


def test_the_number_of_a_version_says_how_much_changed() -> None:
    cased = msgspec.structs.replace(MUG, packs=(Pack(CASE, 12),))

    def after(**changes: object) -> str:
        return next_release(cased, msgspec.structs.replace(cased, **changes), "1.2.3")

    assert after(name="Mug") == "1.2.4"
    assert after(cost=1) == "1.3.0"
    assert after(packs=(Pack(CASE, 12), Pack(EACH, 1))) == "1.3.0"
    assert after(packs=(Pack(CASE, 6),)) == "2.0.0"
    assert after(packs=()) == "2.0.0"
    assert after(unit="g") == "2.0.0"


def test_a_code_means_something_from_one_day_to_another(shop: LedgerService) -> None:
    old = Mapping("shopify", "item", "4421-BLUE", MUG.sku, "2026-01-01", "2026-06-01")
    new = Mapping("shopify", "item", "4421-BLUE", TRAY.sku, "2026-06-01")
    shop.mappings.put(old, INES)
    shop.mappings.put(new, OMAR)

    assert shop.mappings.meaning("shopify", "item", "4421-BLUE", "2026-05-31").ours == MUG.sku
    assert shop.mappings.meaning("shopify", "item", "4421-BLUE", "2026-06-01").ours == TRAY.sku
    assert (
        _refused(lambda: shop.mappings.meaning("shopify", "item", "4421-BLUE", "2025-12-31"))
        == "unknown_code"
    )
    assert shop.mappings.all_of("shopify", ("", "", ""), 10) == [old, new]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ours": "SKU-NONE"}, "unknown_target"),
        ({"valid_from": "2026-03-01"}, "mapping_exists"),
        ({"kind": "ship"}, "bad_mapping"),
        ({"valid_to": "2025-01-01"}, "bad_mapping"),
        ({"system": "gtin"}, "bad_mapping"),
    ],
)
def test_a_code_cannot_mean_two_things_at_a_time_or_nothing(
    ledger: LedgerService, change: dict[str, str], code: str
) -> None:
    first = Mapping("sap", "item", "100442", MUG.sku, "2026-01-01")
    ledger.mappings.put(first, INES)
    other = msgspec.structs.replace(first, **({"ours": TRAY.sku} | change))

    assert _refused(lambda: ledger.mappings.put(other, OMAR)) == code


def test_ending_a_code_keeps_who_ended_it(shop: LedgerService) -> None:
    first = Mapping("sap", "location", "LGP-1", f"{SITE}/A-04-2", "2026-01-01")
    shop.mappings.put(first, INES)

    shop.mappings.put(msgspec.structs.replace(first, valid_to="2026-04-01"), OMAR)

    changes = changelog.history(shop.database, "mapping", "sap/location/LGP-1", 0, 10)
    assert [change.actor for change in changes] == ["p-omar", "p-ines"]
    assert (
        _refused(lambda: shop.mappings.meaning("sap", "location", "LGP-1", "2026-04-02"))
        == "unknown_code"
    )
