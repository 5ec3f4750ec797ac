"""Operations ↔ canonical bytes, and messages ↔ JSON, with every limit checked on the way in.

Canonical means: sorted keys, no white space, defaults left out, UTF-8. A body that does not come
back byte for byte from its own decoding is not canonical and cannot be trusted to mean one thing
only (duplicate keys, floats for integers, unknown fields): it is held unread, never guessed at.
"""

import msgspec

from app.contract.messages import Answer, Operation, Request, operation_body
from app.errors import Refusal

# All that a decoder raises for bytes it cannot read: torn UTF-8 is no error of its own kind, and
# nesting deeper than Python's own stack is as unreadable as a missing brace.
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

_encode = msgspec.json.Encoder(order="sorted").encode
_plain = msgspec.json.Encoder().encode


def canonical(operation: Operation) -> bytes:
    """The bytes of a body: made once, hashed, stored and sent."""
    return _encode(operation)


def read_operation(raw: bytes | msgspec.Raw) -> Operation:
    """Decode a body and insist that its bytes are canonical.

    Raises:
        Refusal: `unreadable`, when the bytes are not one canonical operation of a known version.
    """
    try:
        operation = operation_body.decode(raw)
    except UNREADABLE as error:
        raise Refusal(
            "unreadable",
            "This record cannot be read by this version. It is kept as it is; update the ledger.",
            detail=str(error),
        ) from error
    if _encode(operation) != bytes(raw):
        raise Refusal(
            "not_canonical",
            "This record is not in canonical form. It is kept as it is; report it to support.",
        )
    return operation


def encode(message: Request | Answer | object) -> bytes:
    """A message as JSON bytes."""
    return _plain(message)
