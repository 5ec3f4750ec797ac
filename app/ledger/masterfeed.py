"""Reading the company-wide master feed: items, locations, people, boxes, parties, lots."""

import msgspec
import sqlalchemy as sa

from app.contract.messages import MasterAnswer, MasterBody, MasterPage, MasterQuery, PersonRow
from app.ledger import feed
from app.ledger.arrivals import PROTOCOL_MIN, too_old
from app.ledger.database import Database
from app.ledger.names import Names
from app.ledger.posting import epoch_changed
from app.ledger.tables import master

# From this protocol on people have keys, and no PIN is compared with anything.
KEYS_FROM = 2
_PERSON = b'{"type":"person"'
_person = msgspec.json.Decoder(MasterBody)


def page(database: Database, query: MasterQuery) -> MasterAnswer:
    """Rows after a cursor."""
    if query.protocol < PROTOCOL_MIN:
        return too_old()
    names = Names.of(database)
    with database.read() as connection:
        epoch = feed.epoch(connection)
        head = feed.master_head(connection)
        # A fresh station fetches items before it has followed any history.
        if query.epoch not in {"", epoch} or query.cursor > head:
            return epoch_changed(epoch)
        rows = connection.execute(
            sa.select(master.c.seq, master.c.body)
            .where(master.c.seq > query.cursor, master.c.seq <= head)
            .order_by(master.c.seq)
            .limit(query.limit)
        ).all()
    return MasterPage(
        epoch=epoch,
        rows=tuple(msgspec.Raw(_for_stations(names, row.body, query.protocol)) for row in rows),
        cursor=rows[-1].seq if rows else query.cursor,
        head=head,
    )


def _for_stations(names: Names, body: bytes, protocol: int) -> bytes:
    """A row with the name of the person it is about, which the ledger keeps sealed.

    Hashes a PIN could be guessed from are for stations that know no credentials yet.
    """
    if not body.startswith(_PERSON):
        return body
    row = _person.decode(body)
    if not isinstance(row, PersonRow):
        return body
    if protocol >= KEYS_FROM:
        row = msgspec.structs.replace(row, pin_salt="", pin_hash="")
    return msgspec.json.encode(names.open(row))
