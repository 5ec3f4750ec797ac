"""Takes secrets out of text that is written for people: logs, and whatever is copied from them.

The second line of defence: secrets are not given to a logger in the first place. But they come
along in the text of errors and in addresses that others made up. What is long and random is cut to
eight characters, which still tell two apart; what has a telling name or form is gone.
"""

import re
from collections.abc import Mapping, Sequence

GONE = "***"
# Enough of a digest to recognise it, too little of a key to be of use.
_KEPT = 8

# Names whose values are nobody's business, as `name=value`, `name: value` or `"name": "value"`.
_NAMED = (
    r"pass(?:word|phrase|wd)?|pin|badge|badge_secret|secret|token|bearer|authorization|api_?key"
    r"|private_?key|totp|otp|seed|pepper|dek|kek|cookie"
)
_NAME = re.compile(rf"(?:\w+[_-])?(?:{_NAMED})", re.IGNORECASE)

_IGNORE_CASE = re.IGNORECASE
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rule, flags), instead)
    for rule, flags, instead in (
        (r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*-----|\Z)", re.DOTALL, GONE),
        (r"\b(bearer|basic)\s+[^\s\"',;]+", _IGNORE_CASE, rf"\1 {GONE}"),
        (r"\b(otpauth://)\S+", _IGNORE_CASE, rf"\1{GONE}"),
        (r"(://[^\s:/@]*:)[^\s@/]+@", 0, rf"\1{GONE}@"),
        (r"\b(phk_[0-9a-f]{1,12})_?[0-9a-zA-Z]*", _IGNORE_CASE, rf"\1_{GONE}"),
        (r"\b(PHB-)[^\s\"',;]+", _IGNORE_CASE, rf"\1{GONE}"),
        # A one-time code: ten of Crockford's characters under the name the contract gives it.
        (
            r"(\b(?:code|enrol)[\"']?\s*[=:]?\s*[\"']?)[0-9A-Z]{5}[- ]?[0-9A-Z]{5}\b",
            0,
            rf"\1{GONE}",
        ),
        (
            rf"(\b(?:\w+[_-])?(?:{_NAMED})[\"']?\s*[=:]\s*[\"']?)(?!\*\*\*)[^\s\"',;)}}\]]+",
            _IGNORE_CASE,
            rf"\1{GONE}",
        ),
        (rf"\b([0-9a-fA-F]{{{_KEPT}}})[0-9a-fA-F]{{32,}}\b", 0, r"\1…"),
        # 32 bytes and more in base64 end in "="; paths of files do not.
        (rf"(?<![\w+/])([\w+/-]{{{_KEPT}}})[\w+/-]{{34,}}={{1,2}}", 0, r"\1…"),
    )
)


def redact(text: str) -> str:
    """A text without secrets."""
    for rule, instead in _RULES:
        text = rule.sub(instead, text)
    return text


def redact_all(value: object, name: str = "") -> object:
    """The same for values within values; what has a telling name is gone whatever it is."""
    if name and _NAME.fullmatch(name) and value not in (None, ""):
        return GONE
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {str(key): redact_all(one, str(key)) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [redact_all(one) for one in value]
    return value if isinstance(value, (int, float, bool, type(None))) else redact(str(value))
