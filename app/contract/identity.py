"""Enrolment, tokens and greeting on the wire, and the shape of every error answer."""

from typing import Annotated

from msgspec import Meta

from app.contract.base import Answer, Code, Hash, Request, Short, Signature


class EnrolRequest(Request, frozen=True):
    """A station introduces itself with the one-time code an administrator read to it.

    `previous` and `previous_digest` cite the enrolment it replaces, if any.
    """

    code: Annotated[str, Meta(min_length=10, max_length=16)]
    public_key: Hash
    program_version: Short
    previous: Short = ""
    previous_digest: Short = ""


class NumberBlock(Answer, frozen=True):
    """SSCCs of one enrolment: 17 digits from `first`, `count` of them, check digit added at use."""

    first: str
    count: int


class Enrolled(Answer, frozen=True, tag="enrolled"):
    """Who the station is from now on, and whom it may believe."""

    enrolment: str
    station: str
    site: str
    epoch: str
    ledger_key: str
    sscc: NumberBlock


class TokenRequest(Request, frozen=True):
    """A signed request for a bearer token; `nonce` once, `at` within a minute of the ledger's."""

    enrolment: Code
    nonce: Hash
    at: Short
    signature: Signature


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
