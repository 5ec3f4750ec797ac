"""The ledger in one process: everything the contract promises, over one database.

`as_seen_by(enrolment)` is the `Ledger` of one station, the service itself is the `Gate`. The HTTP
face translates to these calls; tests, demo and simulation use them directly. Safe to call from
several threads; on SQLite one writes at a time.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from app import __version__
from app.contract.messages import (
    PROTOCOL_VERSION,
    ChangesAnswer,
    ChangesQuery,
    DigestAnswer,
    DigestQuery,
    Enrolled,
    EnrolRequest,
    Hello,
    MasterAnswer,
    MasterQuery,
    NewKey,
    NewKeyRequest,
    NotNow,
    PostAnswer,
    PostBatch,
    SnapshotAnswer,
    SnapshotQuery,
    Token,
    TokenRequest,
)
from app.errors import Refusal
from app.identity.userkey import COST, Cost
from app.ledger import archiving, changes, feed, masterfeed, sites
from app.ledger.announced import Announcements
from app.ledger.apikeys import ApiKeys
from app.ledger.approvals import Approvals
from app.ledger.arrivals import PROTOCOL_MIN, Arrived
from app.ledger.breakglass import BreakGlass
from app.ledger.certificate import Certificates
from app.ledger.checkpoints import Checkpoints
from app.ledger.clock import Clock, IdSource, SystemClock, SystemIds, stamp
from app.ledger.comparison import Comparison
from app.ledger.counts import Counts
from app.ledger.credentials import Credentials
from app.ledger.database import Database
from app.ledger.devicekeys import DeviceKeys
from app.ledger.digesting import Digests
from app.ledger.editing import Editing
from app.ledger.escalating import Escalation
from app.ledger.escrow import Escrow
from app.ledger.grants import Bases, Grants
from app.ledger.identity import Identity
from app.ledger.imports import Imports
from app.ledger.journal import Journal
from app.ledger.keepingup import KeepingUp
from app.ledger.keys import LedgerKey
from app.ledger.lastuse import LastUses
from app.ledger.lots import Lots
from app.ledger.mappings import Mappings
from app.ledger.masterdata import MasterData
from app.ledger.office import Office
from app.ledger.orders import Orders
from app.ledger.orderview import OrderView
from app.ledger.overview import Overview
from app.ledger.own import OwnEnrolment
from app.ledger.people import People
from app.ledger.policies import Policies
from app.ledger.posting import Point, Poster
from app.ledger.queue import ExceptionQueue
from app.ledger.reconciliation import Reconciliation
from app.ledger.replenishment import Replenishment
from app.ledger.reservations import Reservations
from app.ledger.reviewing import Rights
from app.ledger.reviews import Acts, Reviews
from app.ledger.setup import first_start, new_epoch
from app.ledger.sites import SiteRef, Sites, Who
from app.ledger.snapshot import Snapshots
from app.ledger.stationledger import StationLedger
from app.ledger.stocklist import StockList
from app.ledger.sweeping import Sweeper
from app.ledger.tokens import Tokens
from app.ledger.totp import SecondFactors
from app.ledger.transfers import Transfers
from app.ledger.why import Explainer
from app.ledger.working import Working


def _no_point(_name: str) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch that is ready for its transaction."""

    who: Who
    arrived: Arrived


class LedgerService:
    """One ledger.

    Args:
        database: Opened; closed by `close`.
        clock: The system's unless handed in.
        ids: UUIDv7 by the clock unless handed in.
        cost: Of one try of a PIN; tests and simulations hand in a cheap one.
        point: Called with `before_write`, `before_commit`, `after_commit` around every posting.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock | None = None,
        ids: IdSource | None = None,
        cost: Cost = COST,
        point: Point = _no_point,
    ) -> None:
        self.database = database
        self.clock = clock or SystemClock()
        self.ids = ids or SystemIds()
        started = first_start(database, self.ids)
        self.key = LedgerKey(started.ledger_key)
        self.secret = started.code_key
        self.journal = Journal(database, self.clock, self.ids, self.key)
        self.bell = changes.Bell()
        self._begin_looking(database)
        self._digests = Digests(database, self.clock, self.ids)
        self._sites = Sites(database)
        self._poster = Poster(database, self.clock, self.ids, self.key, point, self.bell.ring)
        self._snapshots = Snapshots(database, self.clock, self.ids)
        self.identity = Identity(database, self.clock, self.ids, self.key, started.code_key)
        self._tokens = Tokens(database, self.clock, self.ids, self.key)
        self._device_keys = DeviceKeys(database, self.clock)
        self.api_keys = ApiKeys(database, self.clock, self.ids, started.code_key)
        own = OwnEnrolment(database, self.clock, self.ids, self.key, self._post_own)
        self.policies = Policies(database, self.clock)
        self.counts = Counts(database, self.clock, self.ids, own, self.policies)
        self.reservations = Reservations(database, self.clock, self.ids, own, self.policies)
        self.orders = Orders(database, self.clock, self.ids, self.reservations)
        self.replenishment = Replenishment(database, self.clock, self.ids, own)
        self.order_view = OrderView(database, self.clock)
        self.office = Office(database, self.clock, self.ids, own)
        self.approvals = Approvals(database, self.clock, self.office, self.policies)
        self.working = Working(database, self.office)
        self._keeping_up = KeepingUp(
            database,
            self.clock,
            self.reservations.settle,
            self.replenishment.compare,
            self.working.forget,
        )
        self.master_data = MasterData(database, self.clock)
        self.mappings = Mappings(database, self.clock)
        self.sweeper = Sweeper(database, self.clock, self.ids)
        self.lots = Lots(database, self.clock, self.sweeper)
        self.escalation = Escalation(self.exception_queue, own, self.clock, self.ids)
        self.transfers = Transfers(database, self.clock, self.ids, self.office, self.policies)
        self.imports = Imports(database, self.master_data, self.orders, own, self.sweeper)
        self._begin_people(database, cost)
        self.announcements = Announcements(database, self.clock, self.ids)
        self.escrow = Escrow(database, self.clock)

    def _begin_people(self, database: Database, cost: Cost) -> None:
        """Who may do what, and how they prove it."""
        credentials = Credentials(database, self.clock, self.ids, self.key, cost)
        self.people = People(database, self.ids, self.master_data, credentials)
        self.second_factors = SecondFactors(database, self.clock, self.ids, self.secret)
        bases = Bases(self.policies, credentials, self.second_factors)
        self.grants = Grants(database, self.clock, self.ids, self.key, bases)
        self.editing = Editing(
            database, self.clock, credentials, self.master_data, self.replenishment
        )
        self.last_uses = LastUses(database)
        acts = Acts(Rights(database, self.last_uses), self.people, self.api_keys)
        self.reviews = Reviews(database, self.clock, self.ids, self.key, acts)
        self.break_glass = BreakGlass(database, self.clock, self.ids, self.master_data, credentials)

    def _begin_looking(self, database: Database) -> None:
        """What only reads, or compares."""
        self.overview = Overview(database)
        self.explainer = Explainer(database)
        self.stock_list = StockList(database)
        self.exception_queue = ExceptionQueue(database)
        self.reconciliation = Reconciliation(database, self.clock, self.ids)
        self.comparison = Comparison(database, self.clock, self.ids)
        self.checkpoints = Checkpoints(database, self.clock, self.key)
        self.certificates = Certificates(database, self.clock, self.key)
        folder = archiving.folder_of(database)
        self.archive = self.archive_in(folder) if folder else None

    def archive_in(self, folder: Path) -> archiving.Archive:
        """The archive of this ledger in a folder."""
        return archiving.Archive(
            self.database, self.clock, self.ids, self.key, self.journal, folder
        )

    def as_seen_by(self, enrolment: str) -> StationLedger:
        """The ledger as one enrolled station sees it.

        Raises:
            Refusal: `not_enrolled`.
        """
        return StationLedger(self, self._sites.who(enrolment))

    def add_site(self, name: str, *, title: str = "", company_prefix: str = "0000000") -> SiteRef:
        """Add a warehouse.

        Args:
            name: Short, as in operations.
            title: For people.
            company_prefix: GS1 company prefix of its SSCCs, 7 to 12 digits.

        Raises:
            Refusal: `site_exists` or `bad_prefix`.
        """
        if not (
            company_prefix.isascii() and company_prefix.isdigit() and 7 <= len(company_prefix) <= 12
        ):
            raise Refusal(
                "bad_prefix", "A GS1 company prefix has 7 to 12 digits. Check the number."
            )
        with self.database.write() as connection:
            return sites.add_site(
                connection, name, title or name, company_prefix, stamp(self.clock.now())
            )

    def site(self, name: str) -> SiteRef:
        """The site of this name.

        Raises:
            Refusal: `unknown_site`.
        """
        with self.database.read() as connection:
            return sites.find_site(connection, name)

    def set_claim_hold(self, site_name: str, hours: int) -> None:
        """How long a silent station keeps its orders, and a claim lasts."""
        with self.database.write() as connection:
            where = sites.find_site(connection, site_name)
            sites.set_claim_hold(connection, where, hours * 3600)

    def share_out_silent(self) -> int:
        """Give the unstarted orders of silent stations to others, at every site.

        Returns:
            How many orders changed hands.
        """
        count = sum(self.orders.share_out_silent(seen.site) for seen in self.overview.sites())
        if count:
            self.bell.ring()
        return count

    def keep_up(self) -> int:
        """Follow the stock, at every site: promises, tasks for pick locations, reorder alerts.

        Returns:
            How much was done; nothing is written when there is nothing to do.
        """
        return sum(self._keeping_up.run(where) for where in self._sites.all())

    def settle_counts(self) -> int:
        """Let the books of all sites follow the counts that nothing can explain any more.

        Returns:
            How many adjustments were recorded.
        """
        return sum(self.counts.settle(self.site(seen.site)) for seen in self.overview.sites())

    def begin_epoch(self) -> str:
        """Begin a new epoch, after a restore; stations send again what this ledger has not seen."""
        return new_epoch(self.database, self.ids)

    # ------------------------------------------------------------------ the gate

    def hello(self) -> Hello:
        """Versions, epoch and clock."""
        with self.database.read() as connection:
            epoch = feed.epoch(connection)
        return Hello(
            protocol_min=PROTOCOL_MIN,
            protocol_max=PROTOCOL_VERSION,
            epoch=epoch,
            at=stamp(self.clock.now()),
            version=__version__,
        )

    def enrol(self, request: EnrolRequest) -> Enrolled:
        """Trade a one-time code and a public key for an enrolment."""
        answer = self.identity.enrol(request)
        self.bell.ring()
        return answer

    def token(self, request: TokenRequest) -> Token:
        """Trade a signed request for a bearer token."""
        return self._tokens.token(request)

    def new_key(self, request: NewKeyRequest) -> NewKey:
        """Let a station's new device key follow its old one."""
        return self._device_keys.change(request)

    def who_bears(self, token: str) -> Who:
        """The enrolment behind a bearer token.

        Raises:
            Refusal: `bad_token`.
        """
        return self._sites.who(self._tokens.bearer(token))

    # ------------------------------------------------------------------ posting

    def prepare(self, who: Who, batch: PostBatch) -> Prepared | NotNow:
        """Everything about a batch that needs no transaction.

        Raises:
            Refusal: `not_enrolled` or `bad_signature`.
        """
        if batch.enrolment != who.id:
            raise Refusal(
                "not_enrolled", "This batch is of another station than the one that sends it."
            )
        arrived = self._device_keys.receive(who, batch)
        return arrived if isinstance(arrived, NotNow) else Prepared(who, arrived)

    def post_group(self, batches: Sequence[Prepared]) -> list[PostAnswer]:
        """Post batches of different enrolments of one site in one transaction.

        Raises:
            Trouble: The database is in distress; nothing was remembered.
        """
        return self._poster.post(batches[0].who.site, [batch.arrived for batch in batches])

    def _post_own(self, where: SiteRef, recorded: Arrived) -> PostAnswer:
        return self._poster.post(where, [recorded])[0]

    # ------------------------------------------------------------------ reading

    def changes_now(self, who: Who, query: ChangesQuery) -> ChangesAnswer:
        """A page of the feed as it is; does not wait."""
        self._refuse_revoked(who)
        self.counts.heard(who.n, query.epoch, query.cursor)
        page = changes.page(self.database, self.clock, who.site, query)
        return self.checkpoints.of(who.site, query, page)

    def changes_for_all(
        self, site: SiteRef, query: ChangesQuery
    ) -> tuple[ChangesAnswer, Collection[int]]:
        """The same page for everybody who asks for it, and the enrolments that may see it."""
        page, readers = changes.page_and_readers(self.database, self.clock, site, query)
        return self.checkpoints.of(site, query, page), readers

    def master(self, who: Who, query: MasterQuery) -> MasterAnswer:
        """Master rows after a cursor."""
        self._refuse_revoked(who)
        return masterfeed.page(self.database, query)

    def snapshot(self, who: Who, query: SnapshotQuery) -> SnapshotAnswer:
        """A page of a picture of the site."""
        self._refuse_revoked(who)
        return self._snapshots.page(who.site, query)

    def digest(self, who: Who, query: DigestQuery) -> DigestAnswer:
        """Where a station's book differs from the ledger's."""
        self._refuse_revoked(who)
        answer = self._digests.compare(who, query)
        self.bell.ring()
        return answer

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def _refuse_revoked(self, who: Who) -> None:
        with self.database.read() as connection:
            state = self._sites.state(connection, who)
        if state == "revoked":
            raise Refusal(
                "revoked",
                "This station was revoked. What it recorded is kept; ask a supervisor.",
            )
