"""Fixed values of one believable morning: devices, people, an order, a queue."""

from dataclasses import replace
from datetime import UTC, datetime

from app.domain.device import DeviceChanged, DeviceKind, DeviceState
from app.domain.weight import Reading, WeightRange, WeightState
from app.station.events import Footer
from app.station.inbox import LinkState, PrintState
from app.station.screen import (
    AttentionRow,
    BoxView,
    LabelView,
    LineState,
    LineView,
    PersonView,
    QueueRow,
)

NOW = datetime(2026, 11, 20, 9, 52, 0, tzinfo=UTC)
SSCC = "329000010000000179"
EPOCH = "0193a1c2-77aa-7c3d-9d15-000000000001"

DEVICES = (
    DeviceChanged("scanner-1", DeviceKind.SCANNER, DeviceState.READY, "/dev/ttyACM0"),
    DeviceChanged("scale-1", DeviceKind.SCALE, DeviceState.READY, "/dev/ttyUSB0, SICS"),
    DeviceChanged("printer-1", DeviceKind.PRINTER, DeviceState.READY, "tcp://10.0.4.17:9100"),
)
ONLINE = Footer(
    link=LinkState.ONLINE,
    since="2026-11-20T06:02:11Z",
    outbox=0,
    oldest_s=0,
    need_you=0,
    last_sync="2026-11-20T09:51:48Z",
    skew_ms=-38,
    station="PACK-03",
    site="BRE1",
    person="A. Novak",
    devices=DEVICES,
)
OFFLINE = replace(
    ONLINE,
    link=LinkState.OFFLINE,
    since="2026-11-20T09:41:03Z",
    outbox=14,
    oldest_s=640,
    need_you=2,
    last_sync="2026-11-20T09:40:58Z",
    devices=(
        DEVICES[0],
        DEVICES[1],
        DeviceChanged(
            "printer-1",
            DeviceKind.PRINTER,
            DeviceState.LOST,
            "The printer is out of labels. Put in a new roll.",
        ),
    ),
    said="The ledger cannot be reached. Work goes on and is kept here; it is sent by itself when "
    "the connection is back.",
)
RESTING = Reading(WeightState.ZERO, 0, 1_000, "kg", raw=b"S S      0.000 kg\r\n")
SETTLED = Reading(WeightState.STABLE, 2_413_000, 1_000, "kg", raw=b"S S      2.413 kg\r\n")
MOVING = Reading(WeightState.MOVING, 1_207_000, 1_000, "kg", raw=b"S D      1.207 kg\r\n")
HEAVY = Reading(WeightState.STABLE, 2_871_000, 1_000, "kg", raw=b"S S      2.871 kg\r\n")
EXPECTED = WeightRange(2_390_000, 2_408_000, 2_426_000)

LINES = (
    LineView(1, "SKU-10221", "Enamel mug, blue, 350 ml", "A-04-2", 2, 2, LineState.DONE),
    LineView(2, "SKU-10987", "Bamboo tray, large", "B-11-1", 1, 3, LineState.CURRENT),
    LineView(3, "SKU-11450", "Tea towel, striped", "A-02-5", 0, 1, LineState.OPEN),
    LineView(4, "SKU-11872", "Glass jar with cork lid, 1 l", "C-07-3", 0, 4, LineState.OPEN),
)
PACKED = tuple(replace(line, done=line.wanted, state=LineState.DONE) for line in LINES)
BOXES = (
    BoxView("1", "S", "S 25×18×10", False),
    BoxView("2", "M", "M 35×25×15", True),
    BoxView("3", "L", "L 45×35×25", False),
    BoxView("4", "BAG", "Bag C4", False),
)
LABEL = LabelView(
    sscc=SSCC,
    state=PrintState.WAITING,
    order="ORD-48213",
    ship_to=("Jürgen Großmann", "Æther & Söhne GmbH", "Königstraße 7", "28195 Bremen", "Germany"),
    carrier="DPD Classic",
    weight_mg=2_413_000,
    reprint=False,
)
PEOPLE = (
    PersonView("p-anna", "Anna Novak", "clerk"),
    PersonView("p-jose", "José Ibáñez", "clerk"),
    PersonView("p-lena", "Lena Kraus", "packer_lead"),
    PersonView("p-olu", "Olu Adeyemi", "supervisor"),
)
QUEUE = (
    QueueRow("ORD-48190", "DHL Paket", "11:30", 5, 6, 2, "paused", True),
    QueueRow("ORD-48213", "DPD Classic", "14:00", 1, 10, 0, "open", True),
    QueueRow("ORD-48214", "DPD Classic", "14:00", 5, 3, 0, "open", True),
    QueueRow("ORD-48216", "Hermes", "15:30", 5, 1, 0, "open", False),
    QueueRow("ORD-48221", "DHL Paket", "16:00", 5, 24, 0, "open", True),
)
ATTENTION = (
    AttentionRow(
        "exc-1", "high",
        "Order ORD-48177, line 2: 4 packed, 3 ordered. Open the parcel and take out what is too "
        "much.",
        "2026-11-20T09:12:00Z",
    ),
    AttentionRow(
        "exc-2", "medium",
        "The book says -1 of SKU-11872 at C-07-3: more was taken than was there. Count this place.",
        "2026-11-20T08:40:00Z",
    ),
)  # fmt: skip
