"""The ledger's signed statements of what a site's feed was at a place, given back to stations.

Stations keep the newest and take no history that contradicts it, so whoever rewinds or rewrites a
feed in this database is found by any of them. Each is kept here, too (`site_mark`), once an hour.
"""

import msgspec
import sqlalchemy as sa

from app.contract.chain import GENESIS, checkpoint_bytes
from app.contract.messages import ChangesAnswer, ChangesPage, ChangesQuery, Checkpoint
from app.ledger import feed
from app.ledger.clock import Clock, stamp
from app.ledger.database import Database
from app.ledger.keys import LedgerKey
from app.ledger.sites import SiteRef
from app.ledger.tables import site_mark

# The first protocol whose pages have checkpoints.
SINCE = 2


class Checkpoints:
    """Signs places of feeds.

    Args:
        database: The ledger's.
        clock: Dates them; stations trust this time.
        key: Signs.
    """

    def __init__(self, database: Database, clock: Clock, key: LedgerKey) -> None:
        self._database = database
        self._clock = clock
        self._key = key

    def of(self, site: SiteRef, query: ChangesQuery, answer: ChangesAnswer) -> ChangesAnswer:
        """An answer with the checkpoint of its end, for whoever speaks a protocol that has them."""
        if not isinstance(answer, ChangesPage) or query.protocol < SINCE:
            return answer
        page = answer
        made = self._signed(
            site, page.epoch, page.cursor, page.chain or GENESIS, page.master_head, page.at
        )
        return msgspec.structs.replace(page, checkpoint=made)

    def keep(self, site: SiteRef) -> int:
        """Sign where a feed ends and keep it, unless that is kept already.

        Returns:
            1 when it had moved on.
        """
        s = site_mark.c
        with self._database.write() as connection:
            epoch = feed.epoch(connection)
            seq, head = feed.head(connection, site.n)
            known = connection.execute(
                sa.select(s.seq).where(s.site_n == site.n, s.seq == seq, s.epoch == epoch)
            ).first()
            if known:
                return 0
            made = self._signed(
                site, epoch, seq, head, feed.master_head(connection), stamp(self._clock.now())
            )
            self._database.insert(
                connection,
                site_mark,
                [(site.n, seq, epoch, made.chain, made.master, made.at, made.signature)],
            )
        return 1

    def _signed(
        self, site: SiteRef, epoch: str, seq: int, chain: str, master: int, at: str
    ) -> Checkpoint:
        bare = Checkpoint(
            site=site.site, epoch=epoch, seq=seq, chain=chain, master=master, at=at, signature=""
        )
        signature = self._key.sign(checkpoint_bytes(bare))
        return msgspec.structs.replace(bare, signature=signature)
