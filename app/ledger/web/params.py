"""Query parameters: every one declared, each with its type and limit, none twice."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from app.errors import Refusal
from app.ledger.web.route import MAX_NUMBER, MAX_TEXT, Param, Route

# Far more than any route declares; parsing stops there.
MAX_FIELDS = 32
_NUMBER = re.compile(r"[0-9]{1,16}")
_BOOLS = {"true": True, "false": False}
# C0, DEL and lone surrogates: nothing a name or a code contains.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
# Stands for a slash inside a name on the way through the framework, which takes addresses apart.
SLASH = "\x1f"

Value = str | int | bool


def read_query(route: Route, raw: bytes) -> dict[str, Value]:
    """Every declared parameter, as given or as it is when left out.

    Raises:
        Refusal: `bad_parameter` or `unknown_parameter`.
    """
    given = _given(raw)
    known = {param.name for param in route.params}
    if given.keys() - known:
        raise Refusal(
            "unknown_parameter",
            f"This address knows these parameters: {', '.join(sorted(known)) or 'none'}.",
        )
    return {param.name: _value(param, given.get(param.name)) for param in route.params}


def read_path(params: Mapping[str, object]) -> dict[str, str]:
    """The parts of the address that are filled in.

    Raises:
        Refusal: `bad_parameter`.
    """
    parts = {name: str(value).replace(SLASH, "/") for name, value in params.items()}
    for name, value in parts.items():
        if len(value) > MAX_TEXT or _UNSAFE.search(value):
            raise _bad(name, f"at most {MAX_TEXT} printable characters")
    return parts


def _given(raw: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(raw),
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise Refusal(
            "bad_parameter", "The parameters cannot be read. Write them as ?name=value&…"
        ) from error
    given = dict(pairs)
    if len(given) != len(pairs):
        raise Refusal("bad_parameter", "A parameter is given twice. Say it once.")
    return given


def _value(param: Param, given: str | None) -> Value:
    if given is None:
        if param.required:
            raise _bad(param.name, "it may not be left out")
        return param.default
    if param.type is int:
        maximum = MAX_NUMBER if param.maximum is None else param.maximum
        if not _NUMBER.fullmatch(given) or not param.minimum <= int(given) <= maximum:
            raise _bad(param.name, f"a whole number from {param.minimum} to {maximum}")
        return int(given)
    if param.type is bool:
        if given not in _BOOLS:
            raise _bad(param.name, "true or false")
        return _BOOLS[given]
    longest = MAX_TEXT if param.maximum is None else param.maximum
    if len(given) > longest or _UNSAFE.search(given):
        raise _bad(param.name, f"at most {longest} printable characters")
    if param.choices and given not in param.choices:
        raise _bad(param.name, f"one of {', '.join(param.choices)}")
    return given


def _bad(name: str, allowed: str) -> Refusal:
    return Refusal("bad_parameter", f"The parameter {name} cannot be this: {allowed}.")
