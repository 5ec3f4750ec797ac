"""Items, locations, parties and the company's rules: read, changed under a version, explained."""

from typing import Annotated

from msgspec import Meta, Raw

from app.contract.base import Answer, Code, Request, Sentence, Short
from app.contract.messages import ItemRow, LocationRow, Pack, PartyRow
from app.errors import Refusal
from app.ledger import changelog
from app.ledger.changelog import Change, Editor
from app.ledger.masterdata import Stored
from app.ledger.masterrules import Rules
from app.ledger.web.conditions import expected_version, version_tag
from app.ledger.web.route import Answered, Ask, Page, Param, Route, Scope

Amount = Annotated[int, Meta(ge=0, le=2**53)]


class ItemChange(Request, frozen=True):
    """What an item is to be, and why it is changed."""

    name: Annotated[str, Meta(max_length=200)]
    reason: Sentence
    unit: Short = "each"
    packs: Annotated[tuple[Pack, ...], Meta(max_length=100)] = ()
    weight_mg: Amount = 0
    spread_mg: Amount = 0
    home: Short = ""
    cost: Amount = 0
    tracking: Short = ""
    shelf_days: Amount = 0
    over_permille: Annotated[int, Meta(ge=-1, le=2**31)] = -1
    state: Short = "active"


class LocationChange(Request, frozen=True):
    """What a location is for, and why that is changed."""

    kind: Code
    reason: Sentence


class PartyChange(Request, frozen=True):
    """What a supplier, customer or carrier is to be, and why it is changed."""

    name: Annotated[str, Meta(max_length=200)]
    kind: Code
    reason: Sentence
    address: Annotated[tuple[Sentence, ...], Meta(max_length=10)] = ()
    email: Annotated[str, Meta(max_length=254)] = ""
    state: Short = "active"


class RulesChange(Request, frozen=True):
    """The company's rules of master data, and why they are changed."""

    rules: Rules
    reason: Sentence


class ItemShown(Answer, frozen=True):
    """An item and the semantic version of what it is now."""

    item: ItemRow
    release: str


class LocationShown(Answer, frozen=True):
    """A location, its version and semantic version."""

    location: LocationRow
    version: int
    release: str


class PartyShown(Answer, frozen=True):
    """A party and the semantic version of what it is now."""

    party: PartyRow
    release: str


class RulesShown(Answer, frozen=True):
    """The company's rules, their version and semantic version."""

    rules: Rules
    version: int
    release: str


def _editor(ask: Ask) -> Editor:
    if not ask.body.reason.strip():
        raise Refusal("bad_reason", "Say why in a few words; it is kept with the change.")
    return Editor(ask.bearer.actor, ask.body.reason)


def _item(stored: Stored[ItemRow]) -> Answered:
    shown = ItemShown(item=stored.row, release=stored.release)
    return Answered(shown, etag=version_tag(stored.version))


def _items(ask: Ask) -> Page[ItemRow]:
    (after,) = ask.after or ("",)
    rows = ask.service.master_data.items_after(str(after), ask.limit + 1)
    return ask.page(rows, lambda row: (row.sku,))


def _put_item(ask: Ask) -> Answered:
    wanted: ItemChange = ask.body
    row = ItemRow(
        sku=ask.path["sku"],
        name=wanted.name,
        unit=wanted.unit,
        packs=wanted.packs,
        weight_mg=wanted.weight_mg,
        spread_mg=wanted.spread_mg,
        home=wanted.home,
        cost=wanted.cost,
        tracking=wanted.tracking,
        shelf_days=wanted.shelf_days,
        over_permille=wanted.over_permille,
        state=wanted.state,
    )
    return _item(ask.service.master_data.edit_item(row, _editor(ask), expected_version(ask)))


def _location(stored: Stored[LocationRow]) -> Answered:
    shown = LocationShown(location=stored.row, version=stored.version, release=stored.release)
    return Answered(shown, etag=version_tag(stored.version))


def _put_location(ask: Ask) -> Answered:
    row = LocationRow(ask.site.site, ask.path["location"], ask.body.kind)
    return _location(
        ask.service.master_data.edit_location(row, _editor(ask), expected_version(ask))
    )


def _party(stored: Stored[PartyRow]) -> Answered:
    shown = PartyShown(party=stored.row, release=stored.release)
    return Answered(shown, etag=version_tag(stored.version))


def _put_party(ask: Ask) -> Answered:
    wanted: PartyChange = ask.body
    row = PartyRow(
        party=ask.path["party"],
        name=wanted.name,
        kind=wanted.kind,
        address=wanted.address,
        email=wanted.email,
        state=wanted.state,
    )
    return _party(ask.service.master_data.edit_party(row, _editor(ask), expected_version(ask)))


def _rules(stored: Stored[Rules]) -> Answered:
    shown = RulesShown(rules=stored.row, version=stored.version, release=stored.release)
    return Answered(shown, etag=version_tag(stored.version))


def _put_rules(ask: Ask) -> Answered:
    return _rules(
        ask.service.master_data.edit_rules(ask.body.rules, _editor(ask), expected_version(ask))
    )


def _history(ask: Ask) -> Page[Change]:
    (below,) = ask.after or (0,)
    name = ask.text("name")
    if ask.text("kind") == "location":
        name = f"{ask.site.site}/{name}"
    rows = changelog.history(
        ask.service.database, ask.text("kind"), name, int(below), ask.limit + 1
    )
    return ask.page(rows, lambda row: (row.version,))


_MUG = ItemRow(
    sku="SKU-10442",
    name="Enamel mug, blue 350 ml",
    packs=(Pack("04012345000016", 1), Pack("14012345000013", 12)),
    weight_mg=182_000,
    cost=390,
    version=3,
)
_MUG_CHANGE = ItemChange(
    name=_MUG.name, packs=_MUG.packs, weight_mg=182_000, cost=390, reason="new supplier price"
)
_BIN = LocationRow("BER1", "A-04-2", "bin")
_MAKER = PartyRow(party="S-1007", name="Emaille Nord GmbH", kind="supplier", version=2)

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET", path="/v1/items", summary="Items by SKU.", scope=Scope.READ, handle=_items,
        answer=Page[ItemRow], example=Page(rows=(_MUG,)), paged=True,
    ),
    Route(
        method="GET", path="/v1/items/{sku}", summary="An item.", scope=Scope.READ,
        handle=lambda ask: _item(ask.service.master_data.item(ask.path["sku"])),
        answer=ItemShown, example=ItemShown(item=_MUG, release="1.1.0"), conditional=True,
        codes=("unknown_item",),
    ),
    Route(
        method="PUT", path="/v1/items/{sku}",
        summary="Change an item, or add it with If-Match: \"0\".",
        scope=Scope.MASTER, handle=_put_item, conditional=True,
        question=ItemChange, example_question=_MUG_CHANGE,
        answer=ItemShown, example=ItemShown(item=_MUG, release="1.1.0"),
        codes=("stale_version", "barcode_exists", "bad_sku", "bad_packs", "bad_reason"),
    ),
    Route(
        method="GET", path="/v1/locations/{location}", summary="A location.", scope=Scope.READ,
        handle=lambda ask: _location(
            ask.service.master_data.location(ask.site.site, ask.path["location"])
        ),
        answer=LocationShown,
        example=LocationShown(location=_BIN, version=1, release="1.0.0"),
        conditional=True, at_site=True, codes=("unknown_location",),
    ),
    Route(
        method="PUT", path="/v1/locations/{location}",
        summary="Change what a location is for, or add it with If-Match: \"0\".",
        scope=Scope.MASTER, handle=_put_location, conditional=True, at_site=True,
        question=LocationChange,
        example_question=LocationChange(kind="quarantine", reason="shelf is damp"),
        answer=LocationShown,
        example=LocationShown(location=_BIN, version=2, release="2.0.0"),
        codes=("stale_version", "bad_location", "bad_kind", "bad_reason"),
    ),
    Route(
        method="GET", path="/v1/parties/{party}", summary="A supplier, customer or carrier.",
        scope=Scope.READ,
        handle=lambda ask: _party(ask.service.master_data.party(ask.path["party"])),
        answer=PartyShown, example=PartyShown(party=_MAKER, release="1.0.1"), conditional=True,
        codes=("unknown_party",),
    ),
    Route(
        method="PUT", path="/v1/parties/{party}",
        summary="Change a supplier, customer or carrier, or add it with If-Match: \"0\".",
        scope=Scope.MASTER, handle=_put_party, conditional=True,
        question=PartyChange,
        example_question=PartyChange(
            name="Emaille Nord GmbH", kind="supplier", reason="renamed after merger"
        ),
        answer=PartyShown, example=PartyShown(party=_MAKER, release="1.0.1"),
        codes=("stale_version", "bad_name", "bad_kind", "bad_email", "bad_reason"),
    ),
    Route(
        method="GET", path="/v1/master-rules", summary="The company's rules of master data.",
        scope=Scope.READ, handle=lambda ask: _rules(ask.service.master_data.rules()),
        answer=RulesShown, example=RulesShown(rules=Rules(), version=0, release="1.0.0"),
        conditional=True,
    ),
    Route(
        method="PUT", path="/v1/master-rules",
        summary="Change the company's rules of master data.",
        scope=Scope.ADMIN, handle=_put_rules, conditional=True,
        question=RulesChange,
        example_question=RulesChange(
            rules=Rules(sku_pattern=r"[A-Z]{2,4}-\d{4,6}"), reason="one pattern for all sites"
        ),
        answer=RulesShown,
        example=RulesShown(
            rules=Rules(sku_pattern=r"[A-Z]{2,4}-\d{4,6}"), version=1, release="2.0.0"
        ),
        codes=("stale_version", "bad_sku_pattern", "bad_required", "bad_reason"),
    ),
    Route(
        method="GET", path="/v1/changes-of-master-data",
        summary="Who changed something, why, before and after; newest first.",
        scope=Scope.READ, handle=_history, at_site=True, paged=True,
        query=(
            Param(
                "kind", required=True, choices=("item", "location", "party", "box", "rules"),
                description="What it is.",
            ),
            Param("name", required=True, maximum=200, description="Its SKU, location or number."),
        ),
        answer=Page[Change],
        example=Page(
            rows=(
                Change(
                    kind="item", name="SKU-10442", version=3, release="1.1.0",
                    at="2026-03-02T07:14:05.120Z", actor="p-ines", reason="new supplier price",
                    before=Raw(b"null"), after=Raw(b"null"),
                ),
            )
        ),
    ),
)  # fmt: skip
