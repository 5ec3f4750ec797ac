"""An example of every message of the contract, made from its own type: every field is filled.

Values follow from the name of the field and its place, so a new message or field is in the golden
files the next time they are frozen, and seen until then.
"""

from hashlib import sha256
from typing import Any

import msgspec
from msgspec import inspect

from app.contract import messages

AT = "2026-11-21T06:00:00.000Z"
_RAW = msgspec.Raw(b'{"type":"outcome"}')


def message_types() -> dict[str, type[msgspec.Struct]]:
    """Every struct of the contract that travels, by name."""
    found = {name: getattr(messages, name) for name in messages.__all__}
    return {
        name: kind
        for name, kind in sorted(found.items())
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and kind.__struct_fields__
    }


def example(kind: type[msgspec.Struct]) -> msgspec.Struct:
    """A message of this type in which no field has its default."""
    told = inspect.type_info(kind)
    assert isinstance(told, inspect.StructType)
    return kind(
        **{field.name: _value(field.name, field.type, n) for n, field in enumerate(told.fields, 1)}
    )


def _value(name: str, kind: inspect.Type, n: int) -> Any:
    match kind:
        case inspect.StrType():
            return _text(name, kind)
        case inspect.IntType():
            return max(n, kind.ge or 0)
        case inspect.BoolType():
            return name != "active"
        case inspect.StructType():
            return example(kind.cls)
        case inspect.VarTupleType() | inspect.ListType():
            return (_value(name, kind.item_type, n),) * max(1, kind.min_length or 0)
        case inspect.TupleType():
            return tuple(_value(name, part, n) for part in kind.item_types)
        case inspect.DictType():
            return {"word": "said", "number": n}
        case inspect.UnionType():
            return _value(name, kind.types[0], n)
        case inspect.RawType():
            return _RAW
        case _:
            raise AssertionError(f"no example of {kind} for {name}")


def _text(name: str, kind: inspect.StrType) -> str:
    length = kind.min_length or 0
    if length == 36:
        return "01980a11-0b52-7f1a-8f6e-77ad1c20b9f4"
    if length in {16, 64, 128}:
        return (sha256(name.encode()).hexdigest() * 2)[:length]
    if (kind.pattern or "").startswith("^[0-9a-f]"):
        return sha256(name.encode()).hexdigest()[: min(kind.max_length or 64, 64)]
    if name.endswith(("at", "until", "deadline", "due", "expiry")) or length == 20:
        return AT
    if length == 6:
        return "274951"
    if length == 10:
        return "K7QM2X9ABC"
    return f"the {name}"[: kind.max_length or 64]
