"""Bodies no honest system sends: made by hand, made from examples, and mutated by a seed."""

import gzip
from collections.abc import Iterator
from contextlib import suppress
from random import Random
from typing import Any

import msgspec

# If this comes back, the ledger echoes.
MARKER = "canary-4711"
_M = MARKER.encode()

NOT_JSON: tuple[bytes, ...] = (
    b"",
    b" ",
    b"\n",
    b"{",
    b"}",
    b"[",
    b"]",
    b'"',
    b"{]",
    b"[}",
    b"{,}",
    b"[,]",
    b"[1,]",
    b'{"a":1,}',
    b'{"a"}',
    b'{"a":}',
    b"{a:1}",
    b"{'a':1}",
    b"{1:1}",
    b"{null:1}",
    b"nul",
    b"True",
    b"None",
    b"undefined",
    b"{}{}",
    b"{} {}",
    b"{}x",
    b"// no\n{}",
    b"/* no */{}",
    b"# no\n{}",
    b'{"a":"' + _M,
    b'{"a":"\\x41"}',
    b'{"a":"\\u12"}',
    b'{"a":"\\',
    b'{"a":"\t"}',
    b'{"a":"\n"}',
    b'{"a":"\x00"}',
    b"\x00",
    b"{}\x00",
    b"\xef\xbb\xbf{}",
    '{"a":"é"}'.encode("latin-1"),
    '{"a":1}'.encode("utf-16"),
    '{"a":1}'.encode("utf-32"),
    b'{"a":"\xc0\xaf"}',
    b'{"a":"\xed\xa0\x80"}',
    b'{"a":"\xf5\x80\x80\x80"}',
    b"\xff\xfe",
    gzip.compress(b"{}"),
    b"<order>1</order>",
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
    b"a=1&b=2",
    b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--",
    b"---\na: 1\n",
    b"sku;name\r\n1;2\r\n",
    b"\x80\x04K\x01.",
    b"\x81\xa1a\x01",
)

# JSON for some readers, and not one thing for all of them.
NOT_STRICT: tuple[bytes, ...] = (
    b"NaN",
    b"Infinity",
    b"-Infinity",
    b'{"a":NaN}',
    b'{"a":-Infinity}',
    b'{"a":1.0}',
    b'{"a":1.5}',
    b'{"a":-0.0}',
    b'{"a":1e2}',
    b'{"a":1E400}',
    b'{"a":1e-400}',
    b'{"a":9223372036854775808}',
    b'{"a":-9223372036854775809}',
    b'{"a":' + b"9" * 5_000 + b"}",
    b'{"a":-' + b"9" * 400 + b"}",
    b'{"a":01}',
    b'{"a":+1}',
    b'{"a":0x10}',
    b'{"a":1_000}',
    b'{"a":1,"a":1}',
    b'{"a":{"b":1,"b":2}}',
    b'{"\\u0061":1,"a":2}',
    b'{"a":"\\u0000"}',
    b'{"\\u0000":1}',
    b'{"a":"\\ud800"}',
    b'{"a":"\\udfff"}',
    b'{"a":"\\ude00\\ud83d"}',
    b'{"\\ud800":1}',
    b"[" * 33 + b"]" * 33,
    b"[" * 10_000 + b"]" * 10_000,
    b"[" * 60_000,
    b'{"a":' * 33 + b"1" + b"}" * 33,
    b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
)

# JSON, but no question of the ledger.
NO_QUESTION: tuple[bytes, ...] = (
    b"null",
    b"true",
    b"0",
    b"-1",
    b'""',
    b'"' + _M + b'"',
    b"[]",
    b"[{}]",
    b"[[]]",
    b"{}",
    b'{"":""}',
    b'{"a":1}',
    b'{"' + _M + b'":1}',
    b'{"__proto__":{"admin":true}}',
    b'{"__class__":"os.system","args":["id"]}',
    b'{"$where":"1"}',
    b'{"type":"posted"}',
    b'{"site":"' + _M + b'"}',
    b'{"role":"admin","site":"*","approved":true,"limit":999999}',
    b'{"a":"' + b"x" * 50_000 + b'"}',
    b'{"' + b"k" * 50_000 + b'":1}',
    b"[" + b"0," * 20_000 + b"0]",
    b"{" + b",".join(b'"%d":0' % n for n in range(5_000)) + b"}",
    b'{"a":"\\u202e\\u2028\\u001b[2K"}',
    '{"a":"🥝 Ω ﷽ \u200d"}'.encode(),
    b'{"a":"\'; DROP TABLE operation; --"}',
    b'{"a":"%s%n%x"}',
    b'{"a":"../../../../etc/passwd"}',
    b'{"a":"=cmd|\' /C calc\'!A0"}',
)

BY_HAND = NOT_JSON + NOT_STRICT + NO_QUESTION

# What a field may be given instead of what belongs there.
WRONG: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    2**31,
    2**53 + 1,
    2**63 - 1,
    -(2**63),
    "",
    " ",
    "x" * 65,
    "x" * 5_000,
    "\x7f\x1b[2K\u2028\u202e",
    MARKER,
    "é" * 40,
    "../" * 10,
    "'; DROP TABLE operation; --",
    [],
    [[]],
    [None],
    {},
    {"a": 1},
)
# What might belong there, and not in this place.
LIKELY: tuple[Any, ...] = (
    1,
    7,
    "HAM",
    "SKU-10221",
    "A-04-2",
    "ORD-48213",
    "p-novak",
    "good",
    "2027-01-31",
    "01980a2c-91d4-7b09-b1de-3c5f64e8a07d",
    "4012345000009",
)
_TOKENS = (
    b"null", b"true", b"-1", b"1.5", b"1e9", b"NaN", b"9223372036854775808", b'""', b"[]", b"{}",
    b"[[[[", b'\\u0000', b"\\ud800", b"\x00", b"\xff", b'"', b"\\", b",", b":", b"{", b"}", b"\n",
)  # fmt: skip


def from_example(raw: bytes) -> Iterator[bytes]:
    """An example with one thing wrong: each field left out, replaced, doubled; one too many."""
    example = msgspec.json.decode(raw)
    yield msgspec.json.encode(example | {"unknown_field": MARKER})
    for where in _places(example):
        yield msgspec.json.encode(_without(example, where))
        for value in WRONG:
            yield msgspec.json.encode(_with(example, where, value))
        for text in (b'"\\u0000"', b'"\\ud800"', b"1.0", b"1e2", b"9223372036854775808", b"NaN"):
            marked = msgspec.json.encode(_with(example, where, "@@@"))
            yield marked.replace(b'"@@@"', text)
    if isinstance(example, dict) and example:
        yield raw[:-1] + b"," + raw[1:]


def mutations(raw: bytes, random: Random, count: int) -> Iterator[bytes]:
    """An example damaged by a seed: its fields exchanged, or its bytes flipped, cut, doubled."""
    example = msgspec.json.decode(raw)
    places = list(_places(example))
    for n in range(count):
        if n % 2 and places:
            changed = example
            for where in random.sample(places, random.randint(1, min(3, len(places)))):
                with suppress(
                    AttributeError, KeyError, IndexError, TypeError
                ):  # inside what was exchanged before
                    changed = _with(changed, where, random.choice(WRONG + LIKELY))
            yield msgspec.json.encode(changed)
            continue
        body = bytearray(raw)
        for _ in range(random.randint(1, 6)):
            _damage(body, random)
        yield bytes(body)


def _damage(body: bytearray, random: Random) -> None:
    at = random.randrange(len(body) + 1)
    to = min(len(body), at + random.randint(1, 12))
    match random.randrange(6):
        case 0 if body:
            body[at % len(body)] ^= 1 << random.randrange(8)
        case 1:
            del body[at:to]
        case 2:
            body[at:at] = body[at:to] * random.randint(1, 50)
        case 3:
            body[at:to] = random.choice(_TOKENS)
        case 4:
            body[at:at] = random.choice(_TOKENS)
        case _:
            body[at:to] = random.randbytes(random.randint(0, 8))


def _places(value: Any, here: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield (*here, key)
            yield from _places(part, (*here, key))
    elif isinstance(value, list):
        for n, part in enumerate(value[:2]):
            yield (*here, n)
            yield from _places(part, (*here, n))


def _with(value: Any, where: tuple[str | int, ...], new: Any) -> Any:
    if not where:
        return new
    copied = value.copy()
    copied[where[0]] = _with(value[where[0]], where[1:], new)
    return copied


def _without(value: Any, where: tuple[str | int, ...]) -> Any:
    copied = value.copy()
    if len(where) == 1:
        del copied[where[0]]
    else:
        copied[where[0]] = _without(value[where[0]], where[1:])
    return copied
