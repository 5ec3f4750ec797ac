"""What all messages of the wire have in common: versions, limits, bounded types, base classes."""

from typing import Annotated

from msgspec import Meta, Struct

# 2: people sign what needs a person (docs/decisions/0300). Version 1 is served beside it.
CONTRACT_VERSION = 2
PROTOCOL_VERSION = 2

# Limits of the protocol (DESIGN §5); both sides check them.
MAX_OPERATIONS = 1_000
MAX_REQUEST_BYTES = 8 << 20
MAX_LINES = 500
MAX_PAGE_ROWS = 2_000
# A proxy or firewall may drop a silent connection after 30 s; long-polls end before that.
MAX_WAIT_S = 25
MAX_QUANTITY = 2**53

Id = Annotated[str, Meta(min_length=36, max_length=36, pattern="^[0-9a-f-]{36}$")]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
Short = Annotated[str, Meta(max_length=64)]
Sentence = Annotated[str, Meta(max_length=500)]
Hash = Annotated[str, Meta(min_length=64, max_length=64, pattern="^[0-9a-f]{64}$")]
Signature = Annotated[str, Meta(min_length=128, max_length=128, pattern="^[0-9a-f]{128}$")]
# Nothing is a quantity only a count may see: a line that moves nothing is held.
Quantity = Annotated[int, Meta(ge=0, le=MAX_QUANTITY)]
# A sealed key or other ciphertext, as hex.
Sealed = Annotated[str, Meta(max_length=1_024, pattern="^[0-9a-f]*$")]
Version = Annotated[int, Meta(ge=1, le=1_000_000)]
Seq = Annotated[int, Meta(ge=0, le=2**62)]


class Request(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What a station sends: unknown fields are refused."""


class Answer(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What the ledger says: unknown fields are ignored, so that it may grow."""
