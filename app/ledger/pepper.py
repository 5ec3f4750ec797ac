"""The site's pepper: the second secret a PIN is mixed with where there is no badge.

It is not stored. It is derived from the ledger's own secret, one for each site, so that it is the
same for every process, comes back with a restore, and needs no write and no race to be made. What
derives it lies in the database: whoever copies that has the peppers too, as they have the ledger's
key (`app.ledger.keys`). What it guards against is a copied *station*.
"""

import sqlalchemy as sa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection

from app.ledger.tables import meta

# The secret of a ledger that keys what it stores of codes, API keys and this.
SECRET = "code_key"  # noqa: S105 - the name of it
PEPPER_BYTES = 32


def pepper_of(connection: Connection, site_n: int) -> bytes:
    """The pepper of a site, 32 bytes; the same for ever.

    Raises:
        NoResultFound: The ledger was never started (`app.ledger.setup`).
    """
    secret = connection.execute(sa.select(meta.c.value).where(meta.c.name == SECRET)).scalar_one()
    return derived(bytes.fromhex(secret), site_n)


def derived(secret: bytes, site_n: int) -> bytes:
    """The pepper of a site under a ledger's secret."""
    info = f"packhouse pepper 1\n{site_n}".encode()
    return HKDF(SHA256(), PEPPER_BYTES, salt=None, info=info).derive(secret)
