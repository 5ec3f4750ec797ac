"""Words in a body that nobody asked for: refused, also inside rows that may grow in answers.

Rows of the contract pass over what they do not know, because an older station must understand a
newer ledger. In a request the same would let somebody bring a role or a limit along unseen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass

import msgspec


def refuse(body: bytes, decoded: object) -> None:
    """Refuse a body that says more than was understood.

    Raises:
        msgspec.ValidationError: In the words of the decoder.
    """
    stranger = next(_strangers(msgspec.json.decode(body), decoded, "$"), None)
    if stranger is not None:
        raise msgspec.ValidationError(f"Object contains unknown field {stranger}")


def _strangers(said: object, understood: object, path: str) -> Iterator[str]:
    if isinstance(said, dict):
        names = _names(understood)
        if names is None:
            # A map of anybody's words: names of evidence, details, roles of a policy.
            return
        for word, part in said.items():
            if word not in names:
                yield f"`{word}` - at `{path}`"
            else:
                yield from _strangers(part, getattr(understood, names[word]), f"{path}.{word}")
    elif isinstance(said, list) and isinstance(understood, Sequence):
        for index, (part, one) in enumerate(zip(said, understood, strict=False)):
            yield from _strangers(part, one, f"{path}[{index}]")


def _names(understood: object) -> dict[str, str] | None:
    """Words of an object on the wire, with the names they have here; None for a map."""
    if isinstance(understood, msgspec.Struct):
        names = dict(
            zip(understood.__struct_encode_fields__, understood.__struct_fields__, strict=True)
        )
        tag = understood.__struct_config__
        return {tag.tag_field: understood.__struct_fields__[0], **names} if tag.tag_field else names
    if is_dataclass(understood) and not isinstance(understood, type):
        return {one.name: one.name for one in fields(understood)}
    return None
