"""Every error answer of the ledger: problem+json (RFC 9457), never echoing what was sent."""

import logging
from dataclasses import dataclass

import msgspec

from app.contract.messages import NotNow, Problem
from app.errors import Refusal, Trouble

log = logging.getLogger(__name__)

PROBLEM_TYPE = "application/problem+json"
JSON_TYPE = "application/json"
RETRY_AFTER_S = 1

_encode = msgspec.json.Encoder().encode
_TITLES = {
    400: "Not understood",
    401: "Not signed in",
    403: "Not allowed",
    404: "No such address",
    405: "No such method",
    408: "Too slow",
    413: "Too large",
    415: "Not JSON",
    429: "Too many tries",
    500: "The ledger's fault",
    503: "Not now",
}
# What is wrong with who asks, rather than with what is asked; anything else is 403.
_SIGN_IN_AGAIN = frozenset({"not_enrolled", "bad_token", "bad_signature", "clock_wrong"})
_NOT_NOW = {"too_old": 426, "too_large": 413, "retry_later": 503}


@dataclass(frozen=True, slots=True)
class Reply:
    """Status, type and body of an answer."""

    status: int
    content_type: str
    body: bytes
    retry_after_s: int = 0


def problem(status: int, code: str, detail: str, retry_after_s: int = 0) -> Reply:
    """An error answer."""
    told = Problem(
        type="about:blank",
        title=_TITLES.get(status, "Not possible"),
        status=status,
        detail=detail,
        code=code,
    )
    return Reply(status, PROBLEM_TYPE, _encode(told), retry_after_s)


def answer(message: object) -> Reply:
    """A message of the contract; "not now" has a status of its own, and the same body."""
    if isinstance(message, NotNow):
        status = _NOT_NOW.get(message.problem, 409)
        return Reply(status, JSON_TYPE, _encode(message), message.retry_after_s)
    return Reply(200, JSON_TYPE, _encode(message))


def of_error(error: BaseException) -> Reply:
    """What an error means to whoever asked."""
    match error:
        case Refusal(code=code):
            status = 401 if code in _SIGN_IN_AGAIN else 403
            return problem(status, code, error.say)
        case Trouble():
            log.warning("not now: %s", error)
            return problem(503, "retry_later", error.say, RETRY_AFTER_S)
        case msgspec.ValidationError() | msgspec.DecodeError() | UnicodeDecodeError():
            return problem(400, "malformed", "This request is not a message of the contract.")
        case RecursionError():
            return problem(400, "malformed", "This request is nested too deeply.")
        case _:
            log.error("a request failed", exc_info=error)
            return problem(
                500, "fault", "The ledger has a problem of its own. Nothing was changed; try again."
            )
