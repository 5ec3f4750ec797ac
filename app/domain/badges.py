"""What a badge and a PIN look like: which ones can be, and fresh ones from chance.

Not how they are compared or kept: `app.domain.secrets` and `app.identity.userkey`.
"""

from collections.abc import Callable

from app.domain.barcode import BADGE_PREFIX, MAX_OWN_CODE

# 128 bits, five in a character, in Crockford's alphabet (no I, L, O, U).
SECRET_BYTES = 16
_CHARACTERS = 26
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# From here on a badge somebody brings counts as a secret: 80 bits, as version 1 printed them.
# A shorter one, an employee's number perhaps, only says who they are.
SECRET_FROM = 16
SHORTEST = 8

PIN_DIGITS = 6
PIN_LEAST, PIN_MOST = 6, 12
# Far more than the million of PINs: the remainder favours none by more than one in 10^13.
PIN_BYTES = 8
# What people choose first, beside runs and repetitions (NIST SP 800-63B-4, 3.1.1.2).
COMMON_PINS = frozenset(
    {
        "112233", "123321", "123654", "123789", "147258", "147852", "159357", "159753", "258456",
        "789456", "987321", "110110", "696969", "520520", "520131", "201314", "741852", "963852",
        "11223344", "12341234", "147258369", "789456123",
    }
)  # fmt: skip
_UP = "01234567890123456789"
_DOWN = _UP[::-1]

Chance = Callable[[int], bytes]


def new_badge(chance: Chance) -> str:
    """A fresh badge: the prefix and 128 random bits."""
    number = int.from_bytes(chance(SECRET_BYTES), "big")
    letters = [_ALPHABET[number >> 5 * place & 31] for place in reversed(range(_CHARACTERS))]
    return BADGE_PREFIX + "".join(letters)


def new_pin(chance: Chance) -> str:
    """A fresh PIN of six digits that is not a common one."""
    while True:
        number = int.from_bytes(chance(PIN_BYTES), "big") % 10**PIN_DIGITS
        pin = f"{number:0{PIN_DIGITS}d}"
        if not pin_flaw(pin):
            return pin


def is_secret(badge: str) -> bool:
    """Whether a badge is long enough to be a secret, not only a number."""
    return len(badge) >= len(BADGE_PREFIX) + SECRET_FROM


def badge_flaw(badge: str) -> str:
    """Why this cannot be a badge, as a sentence that does not quote it; empty when it can."""
    body = badge.removeprefix(BADGE_PREFIX)
    if body == badge or len(body) < SHORTEST or len(badge) > MAX_OWN_CODE:
        most = MAX_OWN_CODE - len(BADGE_PREFIX)
        return f"A badge is {BADGE_PREFIX} and {SHORTEST} to {most} characters after it."
    if not (body.isascii() and body.isprintable()) or body != body.strip():
        return "A badge has plain letters, digits and signs only, and no space at its ends."
    return ""


def pin_flaw(pin: str) -> str:
    """Why this cannot be a PIN, as a sentence that does not quote it; empty when it can."""
    if not (pin.isascii() and pin.isdigit() and PIN_LEAST <= len(pin) <= PIN_MOST):
        return f"A PIN has {PIN_LEAST} to {PIN_MOST} digits."
    if pin in COMMON_PINS or pin in _UP or pin in _DOWN or _repeats(pin):
        return "This PIN is one of those that are tried first. Choose another, or leave it out."
    return ""


def _repeats(pin: str) -> bool:
    """Whether it is one to three digits over and over."""
    return any(pin == (pin[:width] * len(pin))[: len(pin)] for width in (1, 2, 3))
