"""A print job of the book as what a thermal printer takes."""

import msgspec

from app.labels.code import code_label
from app.labels.parcel import ParcelLabel, layout
from app.labels.zpl import to_zpl
from app.station.pack_job import LabelContent


def rendered(content: str, dpi: int) -> bytes:
    """A print job's content as ZPL."""
    said = msgspec.json.decode(content, type=LabelContent)
    label = ParcelLabel(
        order=said.order,
        ship_to=said.ship_to,
        carrier_service=said.carrier,
        weight_mg=said.weight_mg or None,
        sscc=said.sscc,
        parcel_no=said.parcel_no,
        sku_count=said.skus,
        unit_count=said.units,
        printed_at=said.printed_at,
        station=said.station,
        reprint=said.reprint,
    )
    return to_zpl(layout(label, dpi))


def trial(station: str, dpi: int) -> bytes:
    """A label that shows whether the printer works: the station's name, and as a barcode."""
    return to_zpl(code_label(station, station, dpi))
