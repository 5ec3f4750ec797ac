"""Why a book does not open: another key or a damaged file. SQLCipher answers both the same way.

Every page carries an HMAC-SHA512 under a key made from the book's key and the salt in its first 16
bytes. One page that proves genuine shows that the key is right, however damaged the rest is.

Format of a page (SQLCipher 4, https://www.zetetic.net/sqlcipher/design/): content, 16 bytes IV, 64
bytes HMAC over both and the page number; the first page begins with the salt, in the clear.
"""

import hmac
from enum import StrEnum
from hashlib import pbkdf2_hmac, sha512
from pathlib import Path

from app.cache.keying import PAGE_BYTES

SALT_BYTES = 16
_HMAC_BYTES = 64
# Fixed by the format: the salt of the HMAC key is the book's, every byte turned by this.
_TURN = 0x3A
_ROUNDS = 2
# A page is checked in 20 µs: a damaged book of a gigabyte is understood in half a second.
_MOST_PAGES = 20_000


class Diagnosis(StrEnum):
    """What is wrong with a book."""

    DAMAGED = "damaged"
    OTHER_KEY = "other_key"
    NOT_A_BOOK = "not_a_book"
    LOST = "lost"


def salt_of(path: Path) -> str:
    """The salt of a book in hex; shorter, or empty, when the file is."""
    with path.open("rb") as file:
        return file.read(SALT_BYTES).hex()


def diagnose(path: Path, keys: tuple[bytes, ...], salt: str) -> Diagnosis:
    """What is wrong with a book that did not open.

    Args:
        path: The file; only read.
        keys: The keys that should open it.
        salt: Its salt as it was when it last opened, in hex; empty when that is not known.

    Returns:
        `damaged`: the key is right, pages are not. `other_key`: it is this station's file, and none
        of its pages is under these keys. `not_a_book`: nothing shows that it ever was one of ours.
    """
    salts = {bytes.fromhex(one) for one in (salt, salt_of(path)) if len(one) == 2 * SALT_BYTES}
    proofs = [_hmac_key(key, one) for key in keys for one in salts]
    with path.open("rb") as file:
        for number in range(1, _MOST_PAGES + 1):
            page = file.read(PAGE_BYTES)
            if len(page) < PAGE_BYTES:
                break
            if any(_is_genuine(page, number, proof) for proof in proofs):
                return Diagnosis.DAMAGED
    return Diagnosis.OTHER_KEY if salt and salt_of(path) == salt else Diagnosis.NOT_A_BOOK


def _hmac_key(key: bytes, salt: bytes) -> bytes:
    turned = bytes(byte ^ _TURN for byte in salt)
    return pbkdf2_hmac("sha512", key, turned, _ROUNDS, len(key))


def _is_genuine(page: bytes, number: int, proof: bytes) -> bool:
    begin = SALT_BYTES if number == 1 else 0
    signed = page[begin:-_HMAC_BYTES] + number.to_bytes(4, "little")
    return hmac.compare_digest(hmac.digest(proof, signed, sha512), page[-_HMAC_BYTES:])
