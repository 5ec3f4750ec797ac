"""Conditional requests: two editors cannot overwrite each other, and nothing is sent twice.

A version is shown as a strong ETag, `"7"`. A change names it in If-Match; a reader names it in
If-None-Match and is told 304 while nothing has changed.
"""

import re

from app.errors import Refusal
from app.ledger.web.route import Ask

_VERSION = re.compile(r'"([0-9]{1,18})"')
_TAG = re.compile(r'(?:W/)?"([^"]*)"')


def version_tag(version: int | str) -> str:
    """The ETag of a version."""
    return f'"{version}"'


def expected_version(ask: Ask) -> int:
    """The version a change is meant for.

    Raises:
        Refusal: `precondition_required` without If-Match, `stale_version` when it names none.
    """
    if not ask.if_match:
        raise Refusal(
            "precondition_required",
            "Say which version you mean to change: send the ETag you were shown as If-Match.",
        )
    found = _VERSION.fullmatch(ask.if_match.strip())
    if found is None:
        raise Refusal(
            "stale_version",
            "If-Match names no version. Read it anew and send the ETag you are shown.",
        )
    return int(found.group(1))


def is_unchanged(etag: str, if_none_match: str) -> bool:
    """Whether the reader has this version already (weak comparison, RFC 9110 §13.1.2)."""
    if not etag or not if_none_match:
        return False
    opaque = etag.strip('"')
    return if_none_match.strip() == "*" or opaque in _TAG.findall(if_none_match)
