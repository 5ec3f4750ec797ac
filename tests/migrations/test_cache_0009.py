"""A book that has documents already says how many units each is about, as a new one does."""

import msgspec
import sqlalchemy as sa

from app.cache import migrate, tables
from app.contract.messages import DocumentLine, DocumentRow
from tests.migrations.chain import Chain

CHAIN = Chain(migrate.chain_dir(), tables.metadata)


def test_units_of_documents_that_are_there_are_counted() -> None:
    engine = sa.create_engine("sqlite://")
    CHAIN.upgrade(engine, "0008")
    lines = (DocumentLine(1, "SKU-10221", 3), DocumentLine(2, "SKU-10987", 6, lot="L-7"))
    papers = [
        DocumentRow("inbound", "ASN-7001", 1, "expected", lines=lines),
        DocumentRow("count", "CNT-7001", 1, "open"),
    ]
    with engine.begin() as connection:
        for row in papers:
            values = (row.kind, row.document, 1, row.state, "", "", msgspec.json.encode(row))
            connection.exec_driver_sql("INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    CHAIN.upgrade(engine, "0009")

    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT document, units FROM document").all()
    assert dict(map(tuple, found)) == {"ASN-7001": 9, "CNT-7001": 0}
    engine.dispose()
