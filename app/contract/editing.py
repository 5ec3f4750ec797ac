"""Editing master data at a station, on the wire: a person's signed wish, and what came of it."""

from typing import Annotated

from msgspec import Meta, Raw

from app.contract.base import Answer, Code, Hash, Request, Short, Signature, Version


class EditPut(Request, frozen=True):
    """Somebody at a station changes one thing of master data, or looks at what it is now.

    Attributes:
        what: `item`, `location` or `reorder`.
        name: The SKU, or the location.
        person: Who changes it; the signature is by their user key over `edit_bytes` of
            `app.contract.chain`.
        version: Of their credential.
        before: The row as they saw it, null for nothing; another one now is answered `stale`.
        after: What it is to be; null only looks.
        reason: Why, for the change log.
        nonce: Once.
    """

    what: Short
    name: Code
    person: Code
    version: Version
    nonce: Hash
    signature: Signature
    before: Raw
    after: Raw
    reason: Annotated[str, Meta(max_length=200)] = ""


class Edited(Answer, frozen=True):
    """What came of it.

    Attributes:
        outcome: done (it is so now), stale (somebody was faster), refused, or seen.
        current: The row as it is now; null for nothing.
        code: Why it was refused; `bad_<column>` names the field.
        sentence: The same for a person.
    """

    outcome: str
    current: Raw
    code: str = ""
    sentence: str = ""
