"""The parcel label: 4 × 6 in, address on top, SSCC lowest (GS1 logistic label guideline)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ParcelLabel:
    """What a parcel label says.

    Attributes:
        order: Order number.
        ship_to: Address lines, recipient first; at most `MAX_ADDRESS_LINES` are printed.
        carrier_service: `DHL Paket`, as the order names it.
        weight_mg: Weighed gross weight, or None when the parcel was packed without a scale.
        sscc: 18 digits.
        parcel_no: This parcel, from 1.
        parcel_of: Parcels of this order, or None while that is open.
        sku_count: Different articles inside.
        unit_count: Pieces inside.
        printed_at: Local date and time as text; the label knows no clock.
        station: Name of the station that printed it.
        reprint: Printed before: the label says so, so that two on one floor can be told apart.
    """

    order: str
    ship_to: tuple[str, ...]
    carrier_service: str
    weight_mg: int | None
    sscc: str
    parcel_no: int = 1
    parcel_of: int | None = None
    sku_count: int = 0
    unit_count: int = 0
    printed_at: str = ""
    station: str = ""
    reprint: bool = False
