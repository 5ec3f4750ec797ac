"""What all tables of the ledger are made of: one metadata, named constraints, few column types."""

from sqlalchemy import BigInteger, Column, ForeignKey, Identity, Integer, MetaData, Text, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only in a column of exactly this type.
ROW_NUMBER = BigInteger().with_variant(Integer(), "sqlite")


# Compared byte by byte in indexes, whatever the language of the server: cheaper, and the same order
# on both databases.
KEY = Text(collation="C").with_variant(Text(), "sqlite")
# Room on each page for the next version of a row, so that its indexes need not be touched.
ROOMY = {"fillfactor": 70}


def number(name: str) -> Column[int]:
    """A row number the database gives."""
    return Column(name, ROW_NUMBER, Identity(), primary_key=True)


def word(name: str, *, default: bool = False) -> Column[str]:
    """Text that is never null."""
    return Column(name, KEY, nullable=False, server_default="" if default else None)


def count(name: str) -> Column[int]:
    """A whole number, 0 unless said."""
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


def site_ref() -> Column[int]:
    """The site a row is of."""
    return Column("site_n", BigInteger, ForeignKey("site.n"), nullable=False)


def site_key() -> Column[int]:
    """The site, first part of a key."""
    # No foreign key in the tables that grow by every operation: PostgreSQL would look up, and lock,
    # the same row of `site` once per row written. The posting knows its site before it writes.
    return Column("site_n", BigInteger, primary_key=True, autoincrement=False)


# The part of the building outside parcels and totes; said once, because a partial index is used
# only by queries that say the same.
SHELF = (
    "NOT (location >= 'parcel/' AND location < 'parcel0') "
    "AND NOT (location >= 'tote/' AND location < 'tote0')"
)
