"""Who may speak to the ledger: one-time codes, and the enrolments they are traded for.

A station proves itself with its device key (`app.ledger.tokens`). An enrolment is of one site; the
site of a request always comes from there, never from what the request says.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract import chain
from app.contract.messages import PROTOCOL_VERSION, Enrolled, EnrolRequest, NumberBlock
from app.errors import Refusal
from app.ledger import claims, codes, devicekeys, feed
from app.ledger.clock import Clock, IdSource, stamp
from app.ledger.database import Database
from app.ledger.escrow import recovery_key
from app.ledger.keys import LedgerKey
from app.ledger.pepper import pepper_of
from app.ledger.proofs import bad_signature, is_signed
from app.ledger.sites import SiteRef, find_site
from app.ledger.tables import enrolment, enrolment_code, site

# A shift packs hundreds of parcels; ten thousand last a station for weeks.
SSCC_BLOCK = 10_000
_SSCC_BODY = 17
_LAST_EXTENSION = 9
# The first protocol whose stations prove that they hold the key they name.
_PROOF_FROM = 2


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """What an administrator reads to the person at the station."""

    code: str
    station: str
    site: str
    expires_at: str


class Identity:
    """Codes and enrolments.

    Args:
        database: The ledger's.
        clock: Decides what has expired.
        ids: Names enrolments, makes codes and tokens.
        key: Keys the hashes of codes; stations learn its public half.
        secret: Keys the stored hashes.
    """

    def __init__(
        self, database: Database, clock: Clock, ids: IdSource, key: LedgerKey, secret: bytes
    ) -> None:
        self._database = database
        self._clock = clock
        self._ids = ids
        self._key = key
        self._secret = secret

    # ------------------------------------------------------------------ stations

    def add_station(self, site_name: str, station: str) -> OneTimeCode:
        """Make a one-time code for a station; a station enrolled before is enrolled anew by it."""
        code = codes.new_code(self._ids.random(codes.LENGTH))
        ends = stamp(self._clock.now() + codes.LIFE)
        with self._database.write() as connection:
            where = find_site(connection, site_name)
            connection.execute(
                sa.insert(enrolment_code).values(
                    selector=codes.selector(code),
                    code_hash=codes.keyed_hash(code, self._secret),
                    site_n=where.n,
                    station=station,
                    expires_at=ends,
                    tries_left=codes.TRIES,
                )
            )
        return OneTimeCode(code, station, where.site, ends)

    def enrol(self, request: EnrolRequest) -> Enrolled:
        """Trade a code and a public key for an enrolment.

        Asked again with the same code and key while the code would still be good, it tells the
        same: the first answer may have been lost on the way.

        Raises:
            Refusal: `bad_code`, a wrong guess is counted, and that is committed; `bad_signature`,
                when from protocol 2 on the device key did not sign.
        """
        code = codes.normal(request.code)
        proven = request.protocol >= _PROOF_FROM
        if proven and not _is_proven(request, code):
            raise bad_signature("no proof of the device key")
        now = self._clock.now()
        with self._database.write() as connection:
            before = self._enrolled_before(connection, code, request, now) if proven else None
            if before is not None:
                return self._told(connection, before)
            found = self._spend(connection, code, stamp(now))
            n = self._enrol(connection, found, request, now) if found else 0
            answer = self._told(connection, n) if n else None
        if answer is None:
            raise Refusal(
                "bad_code",
                "This code is wrong, used or older than ten minutes. Ask for a new one: packhouse "
                "ledger station add SITE STATION",
            )
        return answer

    def _enrolled_before(
        self, connection: Connection, code: str, request: EnrolRequest, now: datetime
    ) -> int | None:
        """The enrolment this very code was traded for by this very key, while the code lives."""
        c, e = enrolment_code.c, enrolment.c
        used = connection.execute(
            sa.select(c.code_hash, c.site_n, c.station).where(
                c.selector == codes.selector(code), c.used_at != "", c.expires_at > stamp(now)
            )
        ).all()
        for row in used:
            if codes.is_code(code, self._secret, row.code_hash):
                return connection.execute(
                    sa.select(e.n).where(
                        e.site_n == row.site_n,
                        e.station == row.station,
                        e.public_key == request.public_key,
                        e.state == "active",
                        e.seq == 0,
                    )
                ).scalar_one_or_none()
        return None

    def _spend(self, connection: Connection, code: str, now: str) -> tuple[int, str] | None:
        """Use a code up; a wrong one costs every code it could have been meant for one try."""
        c = enrolment_code.c
        rows = connection.execute(
            sa.select(c.n, c.code_hash, c.site_n, c.station)
            .where(
                c.selector == codes.selector(code),
                c.used_at == "",
                c.tries_left > 0,
                c.expires_at > now,
            )
            .order_by(c.n)
            .with_for_update()
        ).all()
        for row in rows:
            if codes.is_code(code, self._secret, row.code_hash):
                connection.execute(
                    sa.update(enrolment_code).where(c.n == row.n).values(used_at=now)
                )
                return row.site_n, row.station
        connection.execute(
            sa.update(enrolment_code)
            .where(c.n.in_([row.n for row in rows]))
            .values(tries_left=c.tries_left - 1)
        )
        return None

    def _enrol(
        self,
        connection: Connection,
        place: tuple[int, str],
        request: EnrolRequest,
        now: datetime,
    ) -> int:
        """Write a new enrolment down; its number."""
        site_n, station = place
        where, block = _numbers(connection, site_n)
        id_ = self._ids.new_id()
        replaced = self._replace(connection, site_n, station)
        n = connection.execute(
            sa.insert(enrolment)
            .values(
                id=id_,
                site_n=site_n,
                station=station,
                kind="station",
                public_key=request.public_key,
                state="active",
                seq=0,
                digest=request.previous_digest or chain.GENESIS,
                previous=request.previous,
                sscc_first=block.first,
                sscc_count=block.count,
                program_version=request.program_version,
                protocol=min(request.protocol, PROTOCOL_VERSION),
                enrolled_at=stamp(now),
                seen_at=stamp(now),
            )
            .returning(enrolment.c.n)
        ).scalar_one()
        devicekeys.begin(connection, n, request.public_key, stamp(now))
        claims.hand_over(self._database, connection, where, replaced, n)
        return int(n)

    def _told(self, connection: Connection, n: int) -> Enrolled:
        """What a station is told of its enrolment; secrets only if it has proven its key."""
        e = enrolment.c
        row = connection.execute(
            sa.select(
                e.id, e.station, e.site_n, e.protocol, e.sscc_first, e.sscc_count, site.c.site
            )
            .join(site, site.c.n == e.site_n)
            .where(e.n == n)
        ).one()
        proven = row.protocol >= _PROOF_FROM
        return Enrolled(
            enrolment=row.id,
            station=row.station,
            site=row.site,
            epoch=feed.epoch(connection),
            ledger_key=self._key.public.hex(),
            sscc=NumberBlock(first=row.sscc_first, count=row.sscc_count),
            pepper=pepper_of(connection, row.site_n).hex() if proven else "",
            recovery_key=recovery_key(connection) if proven else "",
        )

    def _replace(self, connection: Connection, site_n: int, station: str) -> list[int]:
        """Earlier enrolments of this station: what they send is taken, but they get no work."""
        e = enrolment.c
        which = sa.and_(e.site_n == site_n, e.station == station, e.kind == "station")
        earlier = list(connection.execute(sa.select(e.n).where(which).order_by(e.n)).scalars())
        connection.execute(
            sa.update(enrolment).where(which, e.state == "active").values(state="replaced")
        )
        return earlier

    def revoke(self, site_name: str, station: str) -> int:
        """Revoke every enrolment of a station: no tokens to read with; its records are held.

        Returns:
            How many enrolments were revoked.
        """
        e = enrolment.c
        with self._database.write() as connection:
            where = find_site(connection, site_name)
            which = sa.and_(
                e.site_n == where.n,
                e.station == station,
                e.kind == "station",
                e.state != "revoked",
            )
            revoked = list(connection.execute(sa.select(e.n).where(which).order_by(e.n)).scalars())
            connection.execute(sa.update(enrolment).where(which).values(state="revoked"))
            if revoked:
                claims.hand_over(self._database, connection, where, revoked, None)
        return len(revoked)


def _is_proven(request: EnrolRequest, code: str) -> bool:
    message = chain.enrol_bytes(code, request.public_key)
    return is_signed(request.public_key, message, request.proof)


def _numbers(connection: Connection, site_n: int) -> tuple[SiteRef, NumberBlock]:
    """Take the next parcel numbers for an enrolment at a site.

    Warehouses of one company share its prefix, so the numbers are counted over all of them.
    """
    s = site.c
    prefix = sa.select(s.company_prefix).where(s.n == site_n).scalar_subquery()
    rows = connection.execute(
        sa.select(s.n, s.site, s.company_prefix, s.next_serial)
        .where(s.company_prefix == prefix)
        .order_by(s.n)
        .with_for_update(key_share=True)
    ).all()
    here = next(row for row in rows if row.n == site_n)
    serial = max(row.next_serial for row in rows)
    block = _block(here.company_prefix, serial)
    connection.execute(
        sa.update(site).where(s.n == site_n).values(next_serial=serial + block.count)
    )
    return SiteRef(site_n, here.site), block


def _block(company_prefix: str, serial: int) -> NumberBlock:
    """Number block of an enrolment: extension digit, company prefix, serial.

    A block ends with its extension digit: counted on, it would run into another company's prefix.

    Raises:
        Refusal: `no_parcel_numbers`.
    """
    width = _SSCC_BODY - 1 - len(company_prefix)
    extension, rest = divmod(serial, 10**width)
    if extension > _LAST_EXTENSION:
        raise Refusal(
            "no_parcel_numbers",
            f"All parcel numbers of company prefix {company_prefix} are given out. Get another "
            "prefix from GS1, and add a site with it.",
        )
    first = f"{extension}{company_prefix}{rest:0{width}d}"
    return NumberBlock(first=first, count=min(SSCC_BLOCK, 10**width - rest))
