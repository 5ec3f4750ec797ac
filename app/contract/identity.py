"""Enrolment, tokens and greeting on the wire, and the shape of every error answer."""

from typing import Annotated

from msgspec import Meta

from app.contract.base import Answer, Code, Hash, Request, Seq, Short, Signature, Version


class EnrolRequest(Request, frozen=True):
    """A station introduces itself with the one-time code an administrator read to it.

    `previous` and `previous_digest` cite the enrolment it replaces, if any. `protocol` is what its
    program speaks. `proof` is the device key's signature over `enrol_bytes` of
    `app.contract.chain`, from protocol 2 on.
    """

    code: Annotated[str, Meta(min_length=10, max_length=16)]
    public_key: Hash
    program_version: Short
    previous: Short = ""
    previous_digest: Short = ""
    protocol: Annotated[int, Meta(ge=1, le=1_000)] = 1
    proof: Annotated[str, Meta(max_length=128)] = ""


class NumberBlock(Answer, frozen=True):
    """SSCCs of one enrolment: 17 digits from `first`, `count` of them, check digit added at use."""

    first: str
    count: int


class Enrolled(Answer, frozen=True, tag="enrolled"):
    """Who the station is from now on, and whom it may believe.

    `pepper` is the site's secret that a PIN without a badge is mixed with (hex, empty before
    protocol 2); `recovery_key` the X25519 key that keys of the book are escrowed to.
    """

    enrolment: str
    station: str
    site: str
    epoch: str
    ledger_key: str
    sscc: NumberBlock
    pepper: str = ""
    recovery_key: str = ""


class TokenRequest(Request, frozen=True):
    """A signed request for a bearer token; `nonce` once, `at` within a minute of the ledger's.

    `audience` is the ledger key the station knows, from protocol 2 on: a request that was made for
    another ledger is worth nothing here.
    """

    enrolment: Code
    nonce: Hash
    at: Short
    signature: Signature
    audience: Short = ""


class NewKeyRequest(Request, frozen=True):
    """A station changes its device key; signed with the old and with the new one.

    Both sign `new_key_bytes` of `app.contract.chain`; `seq` is the last operation that the old key
    answers for.
    """

    enrolment: Code
    public_key: Hash
    seq: Seq
    nonce: Hash
    at: Short
    signature: Signature
    proof: Signature


class NewKey(Answer, frozen=True):
    """From when the new device key holds."""

    enrolment: str
    public_key: str
    seq: int
    at: str


class GrantRequest(Request, frozen=True):
    """A person proves their second factor, online, once a shift.

    `signature` is by their user key over `grant_request_bytes` of `app.contract.chain`.
    """

    person: Code
    version: Version
    code: Annotated[str, Meta(min_length=6, max_length=8, pattern="^[0-9]*$")]
    nonce: Hash
    signature: Signature


class Grant(Answer, frozen=True):
    """What a person may approve at one station while there is no link, signed by the ledger.

    `max_quantity`, `max_value`, `max_count` are -1 where there is no limit. The signature covers
    `grant_bytes` of `app.contract.chain`.
    """

    id: str
    person: str
    site: str
    enrolment: str
    max_quantity: int
    max_value: int
    max_count: int
    issued_at: str
    expires_at: str
    signature: str


class Token(Answer, frozen=True):
    """A bearer token and how long it lives."""

    token: str
    expires_in_s: int


class Hello(Answer, frozen=True):
    """What the ledger says to anyone who asks: versions, epoch, its clock."""

    protocol_min: int
    protocol_max: int
    epoch: str
    at: str
    version: str


class Problem(Answer, frozen=True):
    """problem+json (RFC 9457): every error answer of the ledger."""

    type: str
    title: str
    status: int
    detail: str
    code: str
