"""Ids made from names, for what must have the same id whenever and wherever it is made."""

from hashlib import sha256


def named_id(purpose: str, *names: str) -> str:
    """The one id something with these names can have, shaped as a UUIDv8 (RFC 9562 §5.8).

    Args:
        purpose: Keeps different uses of the same names apart; it never changes once used.
        names: What names it.
    """
    digest = sha256("\n".join((purpose, *names)).encode()).hexdigest()
    variant = f"{int(digest[16], 16) & 0x3 | 0x8:x}"
    return f"{digest[:8]}-{digest[8:12]}-8{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}"
