"""What reads bytes of strangers, each with the few ways in which it may say no.

A target takes any bytes, and returns or refuses in the words of `app.errors`. Anything else it
raises is a bug, as is a value that breaks what the reader promises.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from app.contract import codec
from app.contract.messages import (
    ChangesQuery,
    EnrolRequest,
    PostBatch,
    feed_body,
    master_body,
    snapshot_body,
)
from app.devices.printer_status import status_of
from app.devices.protocols.line_scanner import LineScanner
from app.devices.protocols.mt_sics import MtSics
from app.devices.protocols.toledo_8217 import Toledo8217, by_bits, by_list
from app.devices.wedge import WedgeDecoder
from app.domain.barcode import own_code
from app.domain.weight import Reading, WeightState
from app.errors import PackhouseError
from app.gs1 import gate
from app.importing.inbound import read_inbound
from app.importing.items import read_items
from app.importing.locations import read_locations
from app.importing.orders import read_orders
from app.importing.setup import read_boxes, read_people
from app.importing.stock import read_stock
from app.ledger.web import strict
from app.ledger.web.cursors import Cursors
from app.sync.answers import read
from app.sync.wire import Reply
from tools.fuzzing.further import ANSWERS, FURTHER

# Bytes reach a reader in pieces; each piece of a fuzzed stream begins with its length.
PIECE = 16
MS = 1_000_000
_YEAR = 2026


@dataclass(frozen=True, slots=True)
class Target:
    """One reader.

    Attributes:
        read: Takes any bytes.
        seeds: What it usually gets; the fuzzer begins from these.
    """

    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]


def _pieces(data: bytes) -> list[bytes]:
    found, at = [], 0
    while at < len(data):
        size = data[at] % PIECE + 1
        found.append(data[at + 1 : at + 1 + size])
        at += 1 + size
    return found


def _scanner(data: bytes) -> None:
    """Every byte that came in stands in a scan, or is counted as dropped, or waits."""
    scanner, at, kept = LineScanner(), 0, 0
    for piece in _pieces(data):
        at += 40 * MS
        kept += sum(len(scan.raw) for scan in scanner.feed(piece, at))
    kept += sum(len(scan.raw) for scan in scanner.end(at + 1_000 * MS))
    fed = sum(map(len, _pieces(data)))
    assert kept <= fed, f"{kept} bytes in scans of {fed}"


def _scale(make: Callable[[], MtSics | Toledo8217]) -> Callable[[bytes], None]:
    def feed(data: bytes) -> None:
        scale, at = make(), 0
        for piece in _pieces(data):
            at += 40 * MS
            for reading in (*scale.feed(piece, at), *scale.idle(at)):
                _sound(reading)
                scale.why(reading.raw)

    return feed


def _sound(reading: Reading) -> None:
    """Only a weight is a weight: what has none says so with its state."""
    assert isinstance(reading.weight_mg, int | None), reading
    if reading.state is WeightState.STABLE:
        assert reading.weight_mg is not None, reading


def _wedge(data: bytes) -> None:
    """Keys held back are given to a scan or to the person, none twice and none forgotten."""
    decoder, at, held = WedgeDecoder(), 0, 0
    for byte in data:
        at += (byte % 7) * 20 * MS
        held += 1
        decision = decoder.key(chr(byte), at)
        held -= decision.taken + decision.typed
        assert held >= 0, "more keys given than were pressed"
    decision = decoder.silence(at + 1_000 * MS)
    assert held == decision.taken + decision.typed, "keys forgotten"


def _gs1(data: bytes) -> None:
    text = data.decode("latin-1")
    for aim in (None, "]C1", "]d2", "]Q3", "]E0", "]e0"):
        gate.understand(text, aim, _YEAR)
    gate.shown(text)
    own_code(text)


def _operation(data: bytes) -> None:
    operation = codec.read_operation(data)
    assert codec.canonical(operation) == data


def _json(decoder: "msgspec.json.Decoder[Any]") -> Callable[[bytes], object]:
    def decode(data: bytes) -> object:
        try:
            return decoder.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            # What the callers of these decoders catch; anything else would reach a person.
            return None

    return decode


def _answers(data: bytes) -> None:
    """A ledger that is none: whatever it answers, with whatever status."""
    kinds = ("application/json", "application/problem+json", "text/html")
    status = (200, 400, 401, 413, 429, 500, 503)[data[0] % 7] if data else 200
    reply = Reply(status, kinds[len(data) % 3], data[:9].decode("latin-1"), data[1:])
    for decoder in ANSWERS:
        try:
            read(reply, decoder)
        except PackhouseError:
            continue


def _cursor(data: bytes) -> None:
    cursors = Cursors(b"\x01" * 32)
    cursors.read("stock", cursors.write("stock", ("A-04-2", 7)))
    text = data.decode("latin-1")
    assert not text or not cursors.read("stock", text)


_STREAMS = (b"\x0f9002236311036\r", b"\x03]C1\x0f010952123456789\x0dS S     12.34 kg\r\n")
_BODY = (
    b'{"actor":"p-anna","as_of":{"cursor":7,"epoch":"e"},"captured_at":"2026-11-23T09:00:00Z",'
    b'"id":"01960000-0000-7000-8000-000000000001","kind":"move","lines":[{"item":"SKU-10221",'
    b'"quantity":2,"source":"A-04-2","target":"B-11-1"}]}'
)
_ROWS = (
    b"sku;name;gtin\nSKU-10221;Enamel mug;4006381333931\n",
    b"order,sku,quantity\nORD-48213,SKU-10221,2\n",
    b"location,sku,quantity,lot\nA-04-2,SKU-10221,40,L-42\n",
)


def _table(reads: Callable[[io.BytesIO], object]) -> Target:
    return Target(lambda data: reads(io.BytesIO(data)), _ROWS)


# Every file a person can import.
TABLES: Mapping[str, Target] = {
    "items": _table(read_items),
    "orders": _table(read_orders),
    "stock": _table(read_stock),
    "locations": _table(read_locations),
    "boxes": _table(read_boxes),
    "people": _table(read_people),
    "inbound": _table(read_inbound),
}
TARGETS: Mapping[str, Target] = {
    "scanner": Target(_scanner, _STREAMS),
    "mt_sics": Target(_scale(MtSics), _STREAMS),
    "toledo_bits": Target(_scale(lambda: Toledo8217("kg", table=by_bits)), (b"\x0f\x0200123\r",)),
    "toledo_list": Target(_scale(lambda: Toledo8217("lb", table=by_list)), (b"\x0f\x02?A\r",)),
    "wedge": Target(_wedge, (b"9002236311036\r", b"a" * 12)),
    "printer_status": Target(status_of, (b"\x02030,0,0,1245,000,0,0,0,000,0,0,0\x03\r\n",)),
    "gs1": Target(_gs1, (b"0109521234567891\x1d10L-42", b"https://id.gs1.org/01/09521234543213")),
    "operation": Target(_operation, (_BODY,)),
    "batch": Target(_json(msgspec.json.Decoder(PostBatch)), (b'{"protocol":2,"operations":[]}',)),
    "changes": Target(_json(msgspec.json.Decoder(ChangesQuery)), (b'{"protocol":2,"cursor":0}',)),
    "enrol": Target(_json(msgspec.json.Decoder(EnrolRequest)), (b'{"code":"7F4Q-2K9M-1C"}',)),
    "feed_row": Target(_json(feed_body), (b'{"type":"outcome","id":"x","outcome":"posted"}',)),
    "master_row": Target(_json(master_body), (b'{"type":"item","sku":"SKU-10221","name":"Mug"}',)),
    "picture_row": Target(_json(snapshot_body), (b'{"type":"balance","item":"SKU-10221"}',)),
    "answers": Target(_answers, (b'\x00{"protocol":2}', b'\x04{"code":"busy","detail":"wait"}')),
    "strict": Target(strict.check, (b'{"a":[1,"\\u00e4",null]}',)),
    "cursor": Target(_cursor, (b"AAAA",)),
    **TABLES,
    **{name: Target(reads, seeds) for name, (reads, seeds) in FURTHER.items()},
}


def check(target: Target, data: bytes) -> None:
    """Read once; a refusal in words is an answer."""
    try:
        target.read(data)
    except PackhouseError as error:
        said = error.say
    else:
        said = "an answer"
    assert said, "refused without a word"
