"""The table of photos: evidence of operations recorded here."""

from sqlalchemy import Column, Integer, LargeBinary, Table, Text

from app.cache.schema import metadata

photo = Table(
    "photo",
    metadata,
    Column("operation", Text, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    comment="Pictures that belong to operations recorded here; only their digests leave it.",
)
