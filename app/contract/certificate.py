"""The certificate of a shift: what a station captured, all of it accounted for, signed.

captured = posted + waiting + refused + held + conflict + unsent, none missing. Anybody can check
it with the ledger's public key; nothing here asks a ledger.
"""

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.contract.base import Answer

_encode = msgspec.json.Encoder(order="sorted").encode


class ShiftCertificate(Answer, frozen=True):
    """Operations `first` to `last` of one enrolment, by what became of them.

    Attributes:
        site: Where.
        station: Its name.
        enrolment: Whose chain.
        epoch: Which history of the ledger.
        first: Place in the chain it begins at.
        last: Place of the last operation captured.
        posted: Outcome posted, and so on for the others.
        waiting: Requests that wait for somebody.
        refused: Requests that were refused.
        held: Stored, not understood or not allowed yet.
        conflict: Known under the same id with other content.
        unsent: Captured, and not at the ledger yet.
        missing: Places the ledger should have and has not; anything but 0 is a fault.
        digest: Of the last operation at the ledger: with the chain it covers every one before.
        feed_seq: End of the site's feed when this was made.
        at: When, by the ledger's clock.
        signature: The ledger key's over `certificate_bytes`.
    """

    site: str
    station: str
    enrolment: str
    epoch: str
    first: int
    last: int
    posted: int
    waiting: int
    refused: int
    held: int
    conflict: int
    unsent: int
    missing: int
    digest: str
    feed_seq: int
    at: str
    signature: str = ""

    @property
    def captured(self) -> int:
        """How many operations it is about."""
        return self.last - self.first + 1

    @property
    def is_whole(self) -> bool:
        """Whether every operation is accounted for."""
        told = self.posted + self.waiting + self.refused + self.held + self.conflict
        return self.missing == 0 and told + self.unsent == self.captured


def certificate_bytes(certificate: ShiftCertificate) -> bytes:
    """What the ledger key signs: every field but the signature."""
    bare = msgspec.structs.replace(certificate, signature="")
    return b"packhouse certificate 1\n" + _encode(bare)


def is_genuine(certificate: ShiftCertificate, ledger_key: str) -> bool:
    """Whether a ledger's public key (hex) signed exactly this."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(ledger_key)).verify(
            bytes.fromhex(certificate.signature), certificate_bytes(certificate)
        )
    except (InvalidSignature, ValueError):
        return False
    return True
