"""The ledger's signed statements of what a site's feed was at a place, given back to stations.

Stations keep the newest and take no history that contradicts it, so whoever rewinds or rewrites a
feed in this database is found by any of them. Each is kept here, too (`site_mark`), once an hour.
"""

import msgspec
import sqlalchemy as sa

from app.contract.chain import GENESIS, checkpoint_bytes
from app.contract.messages import ChangesPage, Checkpoint
from app.ledger import feed
from app.ledger.clock import Clock, stamp
from app.ledger.database import Database
from app.ledger.keys import LedgerKey
from app.ledger.sites import SiteRef
from app.ledger.tables import site_mark


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

    def of_page(self, site: SiteRef, page: ChangesPage, master: int) -> ChangesPage:
        """A page with the checkpoint of its end.

        Args:
            site: Whose feed.
            page: As read.
            master: The master row its last row needs, or 0 where the page has none.
        """
        made = self._signed(site, page.epoch, page.cursor, page.chain or GENESIS, master, page.at)
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
