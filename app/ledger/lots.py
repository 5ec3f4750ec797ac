"""Lots as the office sees them: shown, corrected, and marked when their date is over.

What stations learn and say of lots is `app.ledger.rules.lots`.
"""

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import LotRow
from app.errors import Refusal
from app.ledger import lotwriting
from app.ledger.changelog import Editor
from app.ledger.clock import Clock, stamp
from app.ledger.database import Database
from app.ledger.goods import LotBook
from app.ledger.goods_contradictions import expiry_cause, lot_causes, released_cause
from app.ledger.rules.lots import EXPIRED, GOOD, STATES, is_date
from app.ledger.sweeping import Sweeper
from app.ledger.tables import lot

# Lots marked in one transaction; all of a large company's at once would hold up its master data.
BATCH = 1_000
# As long as an operation can name them.
MAX_NAME = 64


class Lots:
    """Shows and changes lots.

    Args:
        database: The ledger's.
        clock: Kept beside changes.
        sweeper: Closes exceptions a change has answered, at every site.
    """

    def __init__(self, database: Database, clock: Clock, sweeper: Sweeper) -> None:
        self._database = database
        self._clock = clock
        self._sweeper = sweeper

    def get(self, item: str, name: str) -> LotRow:
        """A lot.

        Raises:
            Refusal: `unknown_lot`.
        """
        with self._database.read() as connection:
            known = self._find(connection, item, name)
        if known is None:
            raise Refusal("unknown_lot", f"There is no lot {name} of {item}.")
        return known

    def after(self, item: str, name: str, limit: int) -> list[LotRow]:
        """Lots by item and lot, from the first after this one."""
        where = sa.tuple_(lot.c.item, lot.c.lot) > (item, name)
        rows = sa.select(lot).where(where).order_by(lot.c.item, lot.c.lot).limit(limit)
        with self._database.read() as connection:
            return [_row(row) for row in connection.execute(rows)]

    def edit(self, row: LotRow, by: Editor, expected: int) -> LotRow:
        """Correct a lot, or confirm it as it is; 0 means that it must be new.

        What was asked about its expiry is answered by that, and when it is good, what was asked
        about its use; such exceptions close at every site.

        Args:
            row: What holds from now on; its version is not looked at.
            by: Who says so, and why.
            expected: The version that is meant.

        Raises:
            Refusal: `stale_version`, `bad_lot`, `bad_expiry` or `bad_state`.
        """
        if max(len(row.item), len(row.lot)) > MAX_NAME:
            raise Refusal("bad_lot", f"Items and lots have at most {MAX_NAME} characters.")
        if row.expiry and not is_date(row.expiry):
            raise Refusal("bad_expiry", "Write the expiry as a day, as in 2027-01-31.")
        if row.state not in STATES:
            raise Refusal("bad_state", f"A lot is one of {', '.join(sorted(STATES))}.")
        now = self._clock.now()
        with self._database.write() as connection:
            before = self._find(connection, row.item, row.lot, lock=True)
            version = before.version if before else 0
            if version != expected:
                raise Refusal(
                    "stale_version",
                    f"Somebody was faster: this lot is at version {version} now. Read it anew and "
                    "decide again.",
                )
            told = msgspec.structs.replace(row, version=version + 1)
            answered = [expiry_cause(row.item, row.lot), released_cause(row.item, row.lot)]
            if row.state == GOOD:
                answered.extend(lot_causes(row.item, row.lot))
            self._sweeper.close(connection, answered, now)
            changed = LotBook(told, before, by.actor, by.reason)
            lotwriting.write(self._database, connection, [changed], stamp(now))
        return told

    def expire(self, today: str) -> int:
        """Mark lots that were good until a day before `today`; for a job that runs by time.

        Args:
            today: ISO 8601 date; a lot may be used on the day it expires.

        Returns:
            How many lots were marked.
        """
        marked = 0
        while True:
            with self._database.write() as connection:
                over = (
                    sa.select(lot)
                    .where(lot.c.state == GOOD, lot.c.expiry != "", lot.c.expiry < today)
                    .order_by(lot.c.item, lot.c.lot)
                    .limit(BATCH)
                    .with_for_update()
                )
                found = [_row(row) for row in connection.execute(over).all()]
                done = lotwriting.write(
                    self._database,
                    connection,
                    [LotBook(_expired(row), row, "ledger", "its date is over") for row in found],
                    stamp(self._clock.now()),
                )
            marked += done
            if done < BATCH:
                return marked

    def _find(
        self, connection: Connection, item: str, name: str, *, lock: bool = False
    ) -> LotRow | None:
        rows = sa.select(lot).where(lot.c.item == item, lot.c.lot == name)
        row = connection.execute(rows.with_for_update() if lock else rows).first()
        return _row(row) if row is not None else None


def _row(row: sa.Row[tuple[str, str, str, str, int]]) -> LotRow:
    return LotRow(
        item=row.item, lot=row.lot, expiry=row.expiry, state=row.state, version=row.version
    )


def _expired(row: LotRow) -> LotRow:
    return msgspec.structs.replace(row, state=EXPIRED, version=row.version + 1)
