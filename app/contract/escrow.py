"""Keys in custody on the wire: a station's keys sealed for the ledger, and how it gets them back.

The ledger stores what it cannot read. What is inside is the station's own business
(`app.keys.escrow`); only two administrators together let it be sealed anew to another machine.
"""

from typing import Annotated

from msgspec import Meta

from app.contract.base import Answer, Hash, Request, Short

# Thirty-two wrapping keys and two book keys as JSON are 5 KiB; as hex, and room to grow.
Letter = Annotated[str, Meta(max_length=16_384, pattern="^[0-9a-f]*$")]
VaultName = Annotated[str, Meta(max_length=32, pattern="^[0-9a-f]*$")]
RecoveryKey = Annotated[str, Meta(max_length=64, pattern="^[0-9a-f]*$")]


class EscrowPut(Request, frozen=True):
    """A station's keys, sealed to the recovery key; with nothing sealed it only asks for that key.

    `vault` names the set of keys, `recovery_key` what they are sealed to.
    """

    vault: VaultName
    recovery_key: RecoveryKey = ""
    sealed: Letter = ""


class EscrowTaken(Answer, frozen=True):
    """What the ledger has, and the key to seal to; no key: there is nobody to recover anything."""

    recovery_key: str = ""
    taken: bool = False


class RecoveryAsked(Request, frozen=True):
    """A machine that lost its keys asks for them, and asks again until it gets them.

    `public_key` is made for this once; its four words are what the person reads to the
    administrators. `vault` is empty when `keys.json` is gone; `station` is what the person says.
    """

    public_key: Hash
    vault: VaultName = ""
    station: Short = ""


class RecoveryAnswer(Answer, frozen=True):
    """How far the administrators are: wanted, asked, approved, refused.

    `sealed` is the letter to `public_key` of the question, for set of keys `vault`.
    """

    state: str
    vault: str = ""
    sealed: str = ""


def escrow_purpose(vault: str) -> str:
    """What the letter of a station to the recovery key is bound to."""
    return f"packhouse escrow 1\n{vault}"


def recovery_purpose(vault: str) -> str:
    """What the letter of the ledger to the machine that recovers is bound to."""
    return f"packhouse recovery 1\n{vault}"
