"""The shift certificate: who worked when, what was done, and where it stands in the chain.

Numbers and digest are those of the station's chain, so that anybody can hold the sheet against a
bundle of the audit: the record of this number has this digest, and nothing between is missing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.cache.report_rows import Recorded, Wanted, operations, scan_fates
from app.domain.operation import Kind
from app.domain.text import Text, text
from app.reports.reading import Reading
from app.reports.report import Column, ColumnKind, Report, Row, Said
from app.station.reporting import ReportRequest, narrowed
from app.station.wording import did

COLUMNS = (
    Column(text("lookup.who"), characters=20),
    Column(text("reports.account"), characters=12),
    Column(text("lookup.column_what"), characters=20),
    Column(text("reports.first"), ColumnKind.MOMENT, 16),
    Column(text("reports.last"), ColumnKind.MOMENT, 16),
    Column(text("reports.records"), ColumnKind.QUANTITY, 10, summed=True),
    Column(text("lookup.column_units"), ColumnKind.QUANTITY, 10, summed=True),
)
# Events that have a word; others are said by their own.
EVENTS = frozenset({"sign_in", "sign_out", "resume", "lock", "step_up", "report_exported"})
# What a record can have become, in the order it is said.
_FATES = ("posted", "waiting", "refused", "held", "conflict")
_SCANS = ("applied", "refused", "duplicate", "held", "command")


@dataclass(slots=True)
class _Done:
    first: str
    last: str
    records: int = 0
    units: int = 0


@dataclass(slots=True)
class _Day:
    """A day's records folded together: as many entries as people did kinds of things."""

    done: dict[tuple[str, str], _Done] = field(default_factory=dict)
    first: Recorded | None = None
    last: Recorded | None = None
    records: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)

    def take(self, told: Recorded) -> None:
        operation = told.operation
        self.first, self.last = self.first or told, told
        self.records += 1
        became = told.outcome or told.transport
        self.outcomes[became] = self.outcomes.get(became, 0) + 1
        what = f"event/{operation.reason}" if operation.kind == Kind.EVENT else operation.kind
        at = operation.recorded_at
        done = self.done.setdefault((operation.actor, what), _Done(at, at))
        done.last = at
        done.records += 1
        done.units += sum(line.quantity for line in operation.lines)


def shift_certificate(reading: Reading, request: ReportRequest) -> Report:
    """One day at this station, today's by default."""
    day = request.limits.day or reading.today(request.at)
    since, until = reading.day(day)
    folded = _Day()
    for told in operations(reading.connection, Wanted(since=since, until=until)):
        folded.take(told)
    limits = narrowed(request.limits, day=day)
    return Report(
        title=text("reports.shift_certificate"),
        limits=limits.said(),
        facts=(*_chain(reading, folded), *_sums(reading, folded, since, until)),
        columns=COLUMNS,
        rows=lambda: _rows(reading, folded, limits.person),
        empty=text("reports.no_records"),
        signatures=(text("reports.signed_worker"), text("reports.signed_lead")),
        wide=True,
    )


def _rows(reading: Reading, folded: _Day, person: str) -> Iterator[Row]:
    everyone = sorted(
        (reading.name_of(who), who, what) for who, what in folded.done if person in ("", who)
    )
    for name, who, what in everyone:
        done = folded.done[who, what]
        yield name, who, _word(what), done.first, done.last, done.records, done.units


def _word(what: str) -> Text:
    kind, _, reason = what.partition("/")
    if kind != Kind.EVENT:
        return did(kind)
    code = f"reports.event_{reason}" if reason in EVENTS else "reports.event_other"
    return text(code, kind=reason)


def _chain(reading: Reading, folded: _Day) -> tuple[Said, ...]:
    first, last = folded.first, folded.last
    if first is None or last is None:
        return ()
    numbers = text("reports.numbers_said", first=str(first.seq), last=str(last.seq))
    return (
        Said(text("reports.chain"), reading.identity.enrolment),
        Said(text("reports.numbers"), numbers),
        Said(text("reports.digest"), last.digest),
    )


def _sums(reading: Reading, folded: _Day, since: str, until: str) -> tuple[Said, ...]:
    known = [(fate, folded.outcomes.get(fate, 0)) for fate in _FATES]
    unsent = folded.records - sum(count for _, count in known)
    said = [Said(text(f"health.outcome_{fate}"), str(count)) for fate, count in known if count]
    state = reading.work.outbox_state()
    fates = scan_fates(reading.connection, since, until)
    scans = [
        Said(text(f"reports.scans_{fate}"), str(fates[fate])) for fate in _SCANS if fates.get(fate)
    ]
    return (
        *said,
        Said(text("reports.unconfirmed"), str(unsent)),
        Said(text("reports.outbox"), text("reports.outbox_said", n=state.waiting)),
        *scans,
    )
