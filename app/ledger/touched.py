"""What a group of operations names, so that it can be read with one statement per table."""

from dataclasses import dataclass, field

from app.contract.messages import Operation, Reference
from app.domain.document import DocumentKind
from app.domain.operation import Kind, StockKey

ORDER = DocumentKind.ORDER.value
_DOCUMENTS = frozenset(kind.value for kind in DocumentKind) - {ORDER}
_CLAIMING = frozenset({Kind.CLAIM.value, Kind.RELEASE.value})
# Kinds whose original is an operation to be settled rather than taken back.
_SETTLING = frozenset({Kind.DECIDE.value, Kind.WITHDRAW.value})


@dataclass(slots=True)
class Touched:
    """What a group of operations names.

    Attributes:
        ids: The operations themselves.
        originals: Operations taken back.
        settled: Operations decided, withdrawn, or taken back before they were decided.
        orders: Orders that are worked on.
        documents: Other documents, by kind and number.
        claimed: Documents claimed or given back, by kind and number.
        filled: SKUs that are wanted at a place.
        stations: Names of stations a document is given to.
        promised: Orders that stock is promised to.
        parcels: Parcels that goods go into or leave in.
        seals: Parcels that are sealed or opened.
        adjusted: Who asks to adjust which SKU.
        taken_back: Who takes back which operation.
        counts: Stock keys counted, each with the position its station had seen.
        count_adjusts: Counts that adjustments follow from.
        partners: Names of other sites.
        keys: Stock keys at this site.
        abroad: Stock keys at other sites, by site number.
        far: Stock keys that may be at the other end of a transfer, by its number.
        items: SKUs.
        lots: Lots, by SKU and lot.
        serials: Serials, by SKU and serial.
        exceptions: Ids of exceptions somebody does something about.
        lots_changed: Lots, by SKU and lot, that may be made or changed.
        described: SKUs whose tolerance matters.
        strangers: Unidentified SKUs and what they are said to be.
        signers: People who ask or decide.
        seen_at: Places in the site's feed that stations had seen when they did.
        grants: Grants that were decided on.
    """

    ids: set[str] = field(default_factory=set)
    originals: set[str] = field(default_factory=set)
    settled: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    documents: set[tuple[str, str]] = field(default_factory=set)
    claimed: set[tuple[str, str]] = field(default_factory=set)
    filled: set[str] = field(default_factory=set)
    stations: set[str] = field(default_factory=set)
    promised: set[str] = field(default_factory=set)
    parcels: set[str] = field(default_factory=set)
    seals: set[str] = field(default_factory=set)
    adjusted: set[tuple[str, str]] = field(default_factory=set)
    taken_back: set[tuple[str, str]] = field(default_factory=set)
    counts: list[tuple[StockKey, int]] = field(default_factory=list)
    count_adjusts: set[str] = field(default_factory=set)
    partners: set[str] = field(default_factory=set)
    keys: set[StockKey] = field(default_factory=set)
    abroad: dict[int, set[StockKey]] = field(default_factory=dict)
    far: dict[str, set[StockKey]] = field(default_factory=dict)
    items: set[str] = field(default_factory=set)
    lots: set[tuple[str, str]] = field(default_factory=set)
    serials: set[tuple[str, str]] = field(default_factory=set)
    exceptions: set[str] = field(default_factory=set)
    lots_changed: set[tuple[str, str]] = field(default_factory=set)
    described: set[str] = field(default_factory=set)
    strangers: dict[str, set[str]] = field(default_factory=dict)
    signers: set[str] = field(default_factory=set)
    seen_at: set[int] = field(default_factory=set)
    grants: set[str] = field(default_factory=set)

    def add(self, op: Operation) -> None:
        """Everything an operation names by its lines and its reference."""
        for line in op.lines:
            self.items.add(line.item)
            if line.lot:
                self.lots.add((line.item, line.lot))
                if line.expiry:
                    self.lots_changed.add((line.item, line.lot))
            if line.serial:
                self.serials.add((line.item, line.serial))
        if op.reference is not None:
            self._add_reference(op.kind, op.reference)

    def _add_reference(self, operation_kind: str, reference: Reference) -> None:
        kind, number = reference.document_kind, reference.document
        if operation_kind in _CLAIMING:
            self.claimed.add((kind or ORDER, number))
        elif kind == ORDER and number:
            self.orders.add(number)
        if kind in _DOCUMENTS and number:
            self.documents.add((kind, number))
        if reference.site:
            self.partners.add(reference.site)
        if reference.original:
            if operation_kind == Kind.REVERSE:
                self.originals.add(reference.original)
            elif operation_kind in _SETTLING:
                self.settled.add(reference.original)
