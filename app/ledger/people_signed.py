"""Whether people's signatures in a bundle are theirs; the stand-alone verifier checks chains."""

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from app.contract.chain import person_bytes
from app.identity.userkey import verified


class _Event(msgspec.Struct):
    hash: str
    chain: str
    seq: int
    signed: list[tuple[str, int, str]] = []


_event = msgspec.json.Decoder(_Event)


def strangers(bundle: Path, keys: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Places of chains with a signature that is not of the person it names."""
    with zipfile.ZipFile(bundle) as zipped, zipped.open("events.ndjson") as lines:
        for line in lines:
            event = _event.decode(line)
            for person, version, signature in event.signed:
                key = keys.get(person, {}).get(str(version), "")
                if not verified(key, signature, person_bytes(person, version, event.hash)):
                    yield f"{event.chain}: number {event.seq} is not signed by {person}"
