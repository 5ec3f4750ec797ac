"""Master data edited at a station: signed, held against what was seen, told once."""

from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from msgspec import Raw

from app.conformance.probe import Probe
from app.contract import chain
from app.contract.messages import Edited, EditPut, ItemRow, LocationRow, Pack
from app.errors import Refusal
from app.identity.userkey import UserKey
from app.ledger import changelog
from app.ledger.changelog import Change
from app.ledger.service import LedgerService
from app.ledger.sites import Sites, Who
from app.ledger.tables import journal
from app.ledger.web.gate import Gate
from tests.ledger.conftest import MUG, SITE, TRAY, enrolled
from tests.ledger.test_grants import key_of

NULL = Raw(b"null")


def raw(row: Any) -> Raw:
    return Raw(msgspec.json.encode(row))


@pytest.fixture
def bench(either: LedgerService) -> Probe:
    return enrolled(either, "OFFICE-01")


@pytest.fixture
def carla(either: LedgerService) -> UserKey:
    return key_of(either, "p-carla", "controller")


def who(ledger: LedgerService, bench: Probe) -> Who:
    return Sites(ledger.database).who(bench.who.enrolment)


def mug(ledger: LedgerService) -> ItemRow:
    return ledger.master_data.item(MUG.sku).row


def put(
    ledger: LedgerService, bench: Probe, key: UserKey, before: Raw, after: Raw, **changes: Any
) -> EditPut:
    """A signed wish about the mugs, unless another thing is named."""
    plain = EditPut(
        what=changes.get("what", "item"),
        name=changes.get("name", MUG.sku),
        person=key.person,
        version=key.version,
        nonce=ledger.ids.random(32).hex(),
        signature="0" * 128,
        before=before,
        after=after,
        reason=changes.get("reason", "measured anew"),
    )
    signature = key.raw(chain.edit_bytes(bench.who.enrolment, plain))
    return msgspec.structs.replace(plain, signature=signature)


def edit(ledger: LedgerService, bench: Probe, wish: EditPut) -> Edited:
    return Gate(ledger).edit(who(ledger, bench), wish)


def changes(ledger: LedgerService) -> list[Change]:
    rows = changelog.history(ledger.database, "item", MUG.sku, 0, 20)
    return [row for row in rows if row.actor != "import"]


def told(ledger: LedgerService) -> int:
    with ledger.database.read() as connection:
        acts = sa.select(sa.func.count()).where(journal.c.action == "POST /v1/edits")
        return int(connection.execute(acts).scalar_one())


def test_a_change_is_made_in_the_name_of_who_signed_it_and_told_once(
    either: LedgerService, bench: Probe, carla: UserKey
) -> None:
    seen = mug(either)
    wanted = msgspec.structs.replace(seen, weight_mg=312_000)

    answer = edit(either, bench, put(either, bench, carla, raw(seen), raw(wanted)))
    again = edit(either, bench, put(either, bench, carla, raw(seen), raw(wanted)))

    assert (answer.outcome, again.outcome) == ("done", "done")
    assert mug(either).weight_mg == 312_000
    (change,) = changes(either)
    assert (change.actor, change.reason) == ("p-carla", "measured anew")
    with either.database.read() as connection:
        acts = connection.execute(
            sa.select(journal.c.after).where(journal.c.action == "POST /v1/edits")
        ).scalars()
        assert sum(b"312000" in bytes(after) for after in acts) == 1


def test_who_was_slower_is_told_what_it_is_now_and_changes_nothing(
    either: LedgerService, bench: Probe, carla: UserKey
) -> None:
    seen = mug(either)
    theirs = msgspec.structs.replace(seen, name="Enamel mug, navy")
    edit(either, bench, put(either, bench, carla, raw(seen), raw(theirs)))

    mine = msgspec.structs.replace(seen, weight_mg=1)
    answer = edit(either, bench, put(either, bench, carla, raw(seen), raw(mine)))

    assert answer.outcome == "stale"
    assert msgspec.json.decode(answer.current, type=ItemRow).name == "Enamel mug, navy"
    assert len(changes(either)) == 1


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"packs": (Pack("02900000000019", 1),)}, "bad_packs"),
    ({"packs": (Pack("02900000000025", 1),)}, "barcode_exists"),
    ({"name": ""}, "bad_name"),
    ({"name": "x" * 201}, "bad_name"),
    ({"tracking": "colour"}, "bad_tracking"),
    ({"weight_mg": -1}, "bad_weight_mg"),
)


def test_what_breaks_a_rule_is_answered_by_its_field_and_not_done(
    either: LedgerService, bench: Probe, carla: UserKey
) -> None:
    either.imports.items([msgspec.structs.replace(TRAY, packs=(Pack("02900000000025", 1),))])
    seen = mug(either)

    for change, code in WRONG:
        wanted = msgspec.structs.replace(seen, **change)
        answer = edit(either, bench, put(either, bench, carla, raw(seen), raw(wanted)))

        assert (answer.outcome, answer.code) == ("refused", code)
        assert answer.sentence
    assert changes(either) == []


def test_a_station_adds_nothing_and_renames_nothing(
    either: LedgerService, bench: Probe, carla: UserKey
) -> None:
    other = ItemRow("SKU-NEW", "New")
    added = put(either, bench, carla, NULL, raw(other), name="SKU-NEW")
    seen = mug(either)
    renamed = put(either, bench, carla, raw(seen), raw(other))

    said = [edit(either, bench, wish).code for wish in (added, renamed)]

    assert said == ["unknown_name", "unknown_name"]


def test_a_location_gets_another_kind_and_an_item_a_reorder_point(
    either: LedgerService, bench: Probe, carla: UserKey
) -> None:
    here = LocationRow(SITE, "A-04-2", "bin")
    blocked = LocationRow(SITE, "A-04-2", "blocked")
    place = put(either, bench, carla, raw(here), raw(blocked), what="location", name="A-04-2")
    looked = put(either, bench, carla, NULL, NULL, what="reorder")
    point = put(either, bench, carla, NULL, raw({"low": 12}), what="reorder")

    answers = [edit(either, bench, wish) for wish in (place, looked, point)]

    assert [one.outcome for one in answers] == ["done", "seen", "done"]
    assert bytes(answers[1].current) == b"null"
    assert either.master_data.location(SITE, "A-04-2").row.kind == "blocked"
    (made,) = either.replenishment.thresholds(either.site(SITE))
    assert (made.item, made.low, made.actor) == (MUG.sku, 12, "p-carla")
    assert told(either) == 2


def test_who_may_not_edit_or_did_not_sign_changes_nothing(
    either: LedgerService, bench: Probe, carla: UserKey
) -> None:
    seen, clerk = mug(either), key_of(either, "p-clerk", "clerk")
    wanted = raw(msgspec.structs.replace(seen, weight_mg=1))
    good = put(either, bench, carla, raw(seen), wanted)
    wishes = [
        put(either, bench, clerk, raw(seen), wanted),
        msgspec.structs.replace(good, after=raw(msgspec.structs.replace(seen, weight_mg=2))),
        msgspec.structs.replace(good, person="p-nobody"),
        msgspec.structs.replace(good, version=9),
    ]

    codes = []
    for wish in wishes:
        with pytest.raises(Refusal) as refusal:
            edit(either, bench, wish)
        codes.append(refusal.value.code)

    assert codes == [
        "not_permitted",
        "bad_person_signature",
        "unknown_person",
        "stale_credential",
    ]
    assert changes(either) == []


def test_a_signed_wish_counts_once(either: LedgerService, bench: Probe, carla: UserKey) -> None:
    seen = mug(either)
    wish = put(
        either, bench, carla, raw(seen), raw(msgspec.structs.replace(seen, weight_mg=312_000))
    )
    edit(either, bench, wish)

    with pytest.raises(Refusal):
        edit(either, bench, wish)
