"""Company-wide master data on the wire: items, locations, people, boxes, parties, lots."""

from typing import Annotated

from msgspec import Meta, Raw

from app.contract.base import MAX_PAGE_ROWS, Answer, Request, Seq, Short
from app.contract.operations import NotNow


class Pack(Answer, frozen=True):
    """A barcode that stands for `units` base units."""

    gtin: str
    units: int


class ItemRow(Answer, frozen=True, tag="item"):
    """One version of an item.

    Attributes:
        sku: Its name in operations.
        name: For people.
        unit: Base unit: each, g, ml or mm.
        packs: Barcodes and what they stand for.
        weight_mg: Of one base unit, 0 when unknown.
        spread_mg: How far single units lie from it.
        home: Where it is put away, or empty.
        version: Grows with every change.
        cost: Of one base unit in minor units of money, 0 when unknown.
        tracking: What must be captured: empty, lot, serial or lot+serial.
        shelf_days: How long it keeps, 0 when it does.
        over_permille: How much more of it may be received than expected; -1 leaves it to the site.
        state: active or retired.
    """

    sku: str
    name: str
    unit: str = "each"
    packs: tuple[Pack, ...] = ()
    weight_mg: int = 0
    spread_mg: int = 0
    home: str = ""
    version: int = 1
    cost: int = 0
    tracking: str = ""
    shelf_days: int = 0
    over_permille: int = -1
    state: str = "active"


class LocationRow(Answer, frozen=True, tag="location"):
    """A place in a site."""

    site: str
    location: str
    kind: str


class PersonRow(Answer, frozen=True, tag="person"):
    """Someone who works here; what they sign in with is in their credential.

    `employee` is who they are in the company: two accounts of one employee are one person.
    `pin_salt` and `pin_hash` are for stations of protocol 1 only.
    """

    person: str
    name: str
    role: str
    site: str
    badge_hash: str = ""
    pin_salt: str = ""
    pin_hash: str = ""
    active: bool = True
    employee: str = ""


class CredentialRow(Answer, frozen=True, tag="credential"):
    """How a person proves who they are at a station: their key, locked by badge and PIN.

    The ledger signs `credential_bytes` of `app.contract.chain`. A person's latest version holds.

    Attributes:
        person: Whose.
        version: Grows with every change of badge, PIN or role.
        site: Where it holds; empty for every site.
        role: What they are there.
        public_key: Of their user key, Ed25519, hex.
        salt: Of Argon2id, hex.
        memory_kib: Cost of Argon2id.
        passes: Cost of Argon2id.
        lanes: Cost of Argon2id.
        by_badge: The user key sealed under PIN and badge secret, hex.
        by_pin: The same under PIN and the site's pepper, or empty where a badge is needed.
        badge_hash: Finds the person behind a scanned badge.
        state: active or revoked.
        issued_at: When, ISO 8601 UTC.
        not_after: It ends then whatever happens, or empty.
        signature: The ledger key's.
    """

    person: str
    version: int
    site: str
    role: str
    public_key: str
    salt: str
    memory_kib: int
    passes: int
    lanes: int
    by_badge: str
    by_pin: str = ""
    badge_hash: str = ""
    state: str = "active"
    issued_at: str = ""
    not_after: str = ""
    signature: str = ""


class BoxRow(Answer, frozen=True, tag="box"):
    """A box preset: keys 1–4 at the bench."""

    box: str
    name: str
    tare_mg: int
    length_mm: int
    width_mm: int
    height_mm: int
    max_weight_mg: int


class PartyRow(Answer, frozen=True, tag="party"):
    """A supplier, customer or carrier."""

    party: str
    name: str
    kind: str
    address: tuple[str, ...] = ()
    email: str = ""
    state: str = "active"
    version: int = 1


class LotRow(Answer, frozen=True, tag="lot"):
    """A lot of an item: when it expires and whether it may be used, at every site.

    `state` is good, hold, quarantined, recalled, expired or damaged.
    """

    item: str
    lot: str
    expiry: str = ""
    state: str = "good"
    version: int = 1


MasterBody = ItemRow | LocationRow | PersonRow | CredentialRow | BoxRow | PartyRow | LotRow


class MasterQuery(Request, frozen=True):
    """Master rows after `cursor`."""

    protocol: int
    epoch: Short
    cursor: Seq
    limit: Annotated[int, Meta(ge=1, le=MAX_PAGE_ROWS)] = 1_000


class MasterPage(Answer, frozen=True, tag="master"):
    """Master rows in order; several versions of one thing may appear, the last one holds."""

    epoch: str
    rows: tuple[Raw, ...]
    cursor: int
    head: int


MasterAnswer = MasterPage | NotNow
