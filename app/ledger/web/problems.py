"""Every error answer of the ledger: problem+json (RFC 9457), never echoing what was sent."""

import logging
from dataclasses import dataclass

import msgspec

from app import log as logs
from app.contract.messages import NotNow, Problem
from app.errors import Refusal, Trouble
from app.ledger.web.strict import NotStrict

log = logging.getLogger(__name__)

PROBLEM_TYPE = "application/problem+json"
JSON_TYPE = "application/json"
RETRY_AFTER_S = 1

_encode = msgspec.json.Encoder().encode
_TITLES = {
    400: "Not understood",
    401: "Not signed in",
    403: "Not allowed",
    404: "Not found",
    405: "No such method",
    408: "Too slow",
    409: "In conflict",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Not JSON",
    422: "Refused",
    428: "Version missing",
    429: "Too many tries",
    500: "The ledger's fault",
    503: "Not now",
}
# What is wrong with who asks, rather than with what is asked.
_SIGN_IN_AGAIN = frozenset(
    {"not_enrolled", "bad_token", "bad_signature", "clock_wrong", "wrong_audience"}
)
_NOT_NOW = {"too_old": 426, "too_large": 413, "retry_later": 503}

# Codes of resource routes whose status their name does not tell; see `status_of`.
_STATUSES = {
    "malformed": 400,
    "unknown_parameter": 400,
    "bad_parameter": 400,
    "bad_cursor": 400,
    "idempotency_key_required": 400,
    "bad_idempotency_key": 400,
    "wrong_scope": 403,
    "revoked": 403,
    "no_site": 404,
    "cursor_from_future": 409,
    "conflict": 409,
    "content_changed": 409,
    "not_open": 409,
    "closed": 409,
    "stale_version": 412,
    "precondition_required": 428,
    "too_many_requests": 429,
    "too_many_recoveries": 429,
    "too_many_codes": 429,
    "retry_later": 503,
}


class Told(Problem, frozen=True):
    """A problem and the request it belongs to; quote `correlation_id` when you ask for help."""

    correlation_id: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, type and body of an answer."""

    status: int
    content_type: str
    body: bytes
    retry_after_s: int = 0
    headers: tuple[tuple[str, str], ...] = ()


def problem(status: int, code: str, detail: str, retry_after_s: int = 0) -> Reply:
    """An error answer."""
    told = Told(
        type="about:blank",
        title=_TITLES.get(status, "Not possible"),
        status=status,
        detail=detail,
        code=code,
        correlation_id=logs.correlation.get(),
    )
    return Reply(status, PROBLEM_TYPE, _encode(told), retry_after_s)


def answer(message: object) -> Reply:
    """A message of the contract; "not now" has a status of its own, and the same body."""
    if isinstance(message, Reply):
        return message
    if isinstance(message, NotNow):
        status = _NOT_NOW.get(message.problem, 409)
        return Reply(status, JSON_TYPE, _encode(message), message.retry_after_s)
    return Reply(200, JSON_TYPE, _encode(message))


def status_of(code: str) -> int:
    """The status of a refusal of a resource route.

    `unknown_…` is 404, `already_…` and `…_exists` 409; what is not in the table is a rule about
    what was sent, 422.
    """
    if code in _STATUSES:
        return _STATUSES[code]
    if code in _SIGN_IN_AGAIN:
        return 401
    if code.startswith("unknown_"):
        return 404
    if code.startswith("already_") or code.endswith("_exists"):
        return 409
    return 422


def of_error(error: BaseException) -> Reply:
    """What an error of the sync protocol means to the station that asked."""
    if isinstance(error, Refusal):
        if error.code == "too_many_requests":
            return problem(429, error.code, error.say, RETRY_AFTER_S)
        status = 401 if error.code in _SIGN_IN_AGAIN else 403
        return problem(status, error.code, error.say)
    return _of_anything(error)


def of_resource_error(error: BaseException) -> Reply:
    """What an error means to another system that asked a resource route."""
    if isinstance(error, Refusal):
        status = status_of(error.code)
        return problem(status, error.code, error.say, RETRY_AFTER_S if status in {429, 503} else 0)
    return _of_anything(error)


def _of_anything(error: BaseException) -> Reply:
    match error:
        case Trouble():
            log.warning("not now: %s", error)
            return problem(503, "retry_later", error.say, RETRY_AFTER_S)
        case NotStrict():
            return problem(400, "malformed", error.say)
        case msgspec.ValidationError() | msgspec.DecodeError() | UnicodeDecodeError():
            return problem(400, "malformed", "This request is not a message of the contract.")
        case RecursionError():
            return problem(400, "malformed", "This request is nested too deeply.")
        case _:
            log.error("a request failed", exc_info=error)
            return problem(
                500, "fault", "The ledger has a problem of its own. Nothing was changed; try again."
            )
