"""Everything a board shows, counted together, and what follows from it: rate, risk, one sentence.

Hours of work are UTC as recorded, hours of cut-offs are the site's clock. The site's clock is the
machine's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.station.boards import DoneHour, OrderGroup, Places, ScanHour, Stand
from app.station.ports import OutboxState
from app.station.standing import Cause
from app.station.turn import Turn, iso

# How far ahead cut-offs are looked at: what can still be changed in a shift.
AHEAD = timedelta(hours=8)
_HOUR_MIN = 60
_OPEN = (Stand.OPEN, Stand.IN_WORK, Stand.PACKED, Stand.HELD)
# A rate of a few minutes is chance.
LEAST_MIN = 10


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be packed by a cut-off, and whether it can be at this rate.

    Attributes:
        hour: `2026-11-23T14`, local.
        orders: How many.
        left: Units still to be packed.
        risk: Not before its hour begins, at the rate of this station; None without a rate.
    """

    hour: str
    orders: int
    left: int
    risk: bool | None


@dataclass(frozen=True, slots=True)
class Counted:
    """The numbers of a board at one moment.

    Attributes:
        now: When they were counted, local.
        orders: By where they stand.
        late: Past their cut-off.
        due: By cut-off, up to `AHEAD`.
        done: Work of today, by the hour.
        rate: Units an hour since the hour before began; None after too short a time.
    """

    now: datetime
    orders: Mapping[Stand, int]
    late: int
    due: tuple[Due, ...]
    done: tuple[DoneHour, ...]
    rate: int | None
    scans: tuple[ScanHour, ...]
    outbox: OutboxState
    approvals: int
    causes: tuple[Cause, ...]
    returns: Mapping[str, int]
    storage: Places

    @property
    def open(self) -> int:
        """Orders that have not left."""
        return sum(self.orders.get(one, 0) for one in _OPEN)

    @property
    def at_risk(self) -> int:
        """Orders that will miss their cut-off at this rate."""
        return sum(one.orders for one in self.due if one.risk)


def local(turn: Turn) -> datetime:
    """Now by the clock on the wall."""
    return turn.around.clock.now().astimezone()


def wall(moment: datetime) -> str:
    """A local moment as cut-offs are written: ISO 8601 without a zone."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def midnight(moment: datetime, days_back: int = 0) -> str:
    """Where a local day began, as moments are recorded."""
    day = (moment - timedelta(days=days_back)).replace(tzinfo=None)
    begin = day.replace(hour=0, minute=0, second=0, microsecond=0).astimezone()
    return iso(begin.astimezone(UTC))


def count(turn: Turn) -> Counted:
    """Count everything of a board."""
    work, now = turn.work, local(turn)
    groups = work.order_groups(wall(now))
    today = midnight(now)
    done = work.done_hours(today)
    rate = _rate(done, turn.around.clock.now())
    return Counted(
        now=now,
        orders={one: sum(g.orders for g in groups if g.stand is one) for one in Stand},
        late=sum(one.orders for one in groups if one.late),
        due=_due(groups, now, rate),
        done=done,
        rate=rate,
        scans=work.scan_hours(today),
        outbox=work.outbox_state(),
        approvals=work.waiting_count(),
        causes=work.causes(),
        returns=work.dispositions(),
        storage=work.storage(),
    )


def _rate(done: tuple[DoneHour, ...], now: datetime) -> int | None:
    """Units an hour since the hour before began, or since this day's work did."""
    if not done:
        return None
    first = max(done[0].hour, f"{now - timedelta(hours=1):%Y-%m-%dT%H}")
    units = sum(one.units for one in done if one.hour >= first)
    began = datetime.fromisoformat(f"{first}:00:00+00:00")
    minutes = int((now - began).total_seconds()) // 60
    return units * _HOUR_MIN // minutes if minutes >= LEAST_MIN else None


def _due(groups: tuple[OrderGroup, ...], now: datetime, rate: int | None) -> tuple[Due, ...]:
    until = wall(now + AHEAD)
    hours: dict[str, tuple[int, int]] = {}
    for one in groups:
        if one.stand in (Stand.OPEN, Stand.IN_WORK) and one.hour and one.hour < until:
            # What is late already stands in the hour that runs.
            hour = max(one.hour, wall(now)[:13])
            orders, left = hours.get(hour, (0, 0))
            hours[hour] = (orders + one.orders, left + one.left)
    found, before = [], 0
    for hour in sorted(hours):
        orders, left = hours[hour]
        before += left
        minutes = int((_moment(hour) - now.replace(tzinfo=None)).total_seconds()) // 60
        risk = None if rate is None else before * _HOUR_MIN > rate * max(0, minutes)
        found.append(Due(hour, orders, left, risk))
    return tuple(found)


def _moment(hour: str) -> datetime:
    return datetime.fromisoformat(f"{hour}:00:00")
