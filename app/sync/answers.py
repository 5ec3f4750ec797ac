"""What an HTTP answer means in the contract's words: an answer, "not now", a refusal, trouble."""

from typing import TypeVar

import msgspec

from app.contract.codec import UNREADABLE
from app.contract.messages import NotNow, Problem
from app.errors import Refusal, Trouble
from app.sync import sentences
from app.sync.trouble import BadAnswer
from app.sync.wire import Reply

A = TypeVar("A")

# A server that asks for more than this is asked sooner all the same: it may have been a mistake.
MOST_RETRY_AFTER_S = 300
# Values in an answer, by its commas. A page of two thousand rows of a usual length has a tenth of
# it; thirty megabytes of "1," would be sixteen million objects and more than a gigabyte.
MOST_VALUES = 1 << 20
# A sentence of the contract is no longer; whatever is would fill the screen.
MOST_SENTENCE = 500
# Enough of an odd answer to recognise it in the log.
SHOWN_BYTES = 200

_SIGN = "The ledger does not know this station. Everything is kept here. Ask IT to enrol it again."

_problem = msgspec.json.Decoder(Problem)
_put_off = msgspec.json.Decoder(NotNow)


def read(reply: Reply, decoder: msgspec.json.Decoder[A]) -> A | NotNow:
    """The answer in `reply`: of a good status, or the ledger's own "not now" of any other.

    Raises:
        Refusal: The ledger will not speak to this caller.
        Trouble: Anything that is no answer.
    """
    told = _told(reply, decoder)
    if told is not None:
        return told
    problem = _problem_in(reply)
    match reply.status:
        case 401 | 403 if problem is not None:
            said = problem.detail[:MOST_SENTENCE]
            raise Refusal(problem.code or "not_enrolled", said or _SIGN)
        case 413:
            return NotNow(problem="too_large", sentence=sentences.TOO_LARGE)
        case 429 | 503:
            return _later(reply, problem)
        case status if status >= 500:
            raise Trouble(sentences.DISTRESS, detail=_shown(reply, problem))
        case _ if problem is not None:
            raise Trouble(sentences.NOT_UNDERSTOOD, detail=_shown(reply, problem))
        case _:
            raise BadAnswer(sentences.STRANGER, detail=_shown(reply, problem))


def _told(reply: Reply, decoder: msgspec.json.Decoder[A]) -> A | NotNow | None:
    """What the body says in the contract's words; None behind a status of trouble that is mute.

    Behind another status than 200 even what could be read as an answer is none: some answers have
    no field that must be there.
    """
    if reply.content_type != "application/json":
        return None
    if reply.body.count(b",") > MOST_VALUES:
        raise BadAnswer(sentences.TOO_MANY, detail=f"{len(reply.body)} bytes")
    try:
        told = (decoder if reply.status == 200 else _put_off).decode(reply.body)
    except UNREADABLE as error:
        if reply.status != 200:
            return None
        raise BadAnswer(sentences.STRANGER, detail=f"{error!r}: {_shown(reply, None)}") from error
    return _capped(told, reply) if isinstance(told, NotNow) else told


def _capped(told: NotNow, reply: Reply) -> NotNow:
    """Not now, with the longer of both waits it may say, within reason."""
    wait_s = min(max(told.retry_after_s, _seconds(reply.retry_after)), MOST_RETRY_AFTER_S)
    return msgspec.structs.replace(told, retry_after_s=wait_s)


def _later(reply: Reply, problem: Problem | None) -> NotNow:
    """Not now, by the status alone: in the ledger's words where it is the asker's own doing."""
    own = problem.detail[:MOST_SENTENCE] if problem is not None and reply.status == 429 else ""
    wait_s = _seconds(reply.retry_after)
    said = own or sentences.BUSY
    return NotNow(problem="retry_later", sentence=said, retry_after_s=wait_s)


def _problem_in(reply: Reply) -> Problem | None:
    if reply.content_type != "application/problem+json":
        return None
    try:
        return _problem.decode(reply.body)
    except UNREADABLE:
        return None


def _seconds(retry_after: str) -> int:
    """Retry-After in seconds; a date or nonsense counts as not said."""
    return min(int(retry_after), MOST_RETRY_AFTER_S) if _is_count(retry_after) else 0


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _shown(reply: Reply, problem: Problem | None) -> str:
    if problem is not None:
        return f"{reply.status} {problem.code}: {problem.detail[:MOST_SENTENCE]}"
    return f"{reply.status} {reply.content_type} {reply.body[:SHOWN_BYTES]!r}"
