"""What stands above every report: what it is, of what, as of when, by whom; and below: the sums."""

from dataclasses import dataclass

from app.domain.text import Text, text
from app.reports.report import Report, Said, Sums


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where a report comes from.

    Attributes:
        site: Of the station.
        station: Whose book was read.
        made_at: When, ISO 8601 UTC.
        by: Name of whoever asked.
        as_of: When the book was last brought together with the ledger, or empty.
        waiting: Records of this station that the ledger has not confirmed.
    """

    site: str
    station: str
    made_at: str
    by: str = ""
    as_of: str = ""
    waiting: int = 0

    @property
    def fresh(self) -> Text:
        """How old every number may be."""
        if not self.as_of:
            return text("lookup.fresh_never", n=self.waiting)
        return text("reports.fresh", at=self.as_of, n=self.waiting)


def head(report: Report, stamp: Stamp) -> tuple[Said, ...]:
    """The lines above the table."""
    limits = report.limits or (text("reports.everything"),)
    made = text("reports.made_said", at=stamp.made_at, by=stamp.by or stamp.station)
    document = (Said(text("reports.document"), report.document),) if report.document else ()
    if report.outside:
        return (
            *document,
            *report.facts,
            Said(text("reports.date"), text("reports.at", at=stamp.made_at)),
        )
    return (
        *document,
        *(Said(text("reports.filter"), limit) for limit in limits),
        Said(text("reports.as_of"), stamp.fresh),
        Said(text("reports.made"), made),
        Said(text("reports.station"), f"{stamp.station} · {stamp.site}"),
        *report.facts,
    )


def foot(report: Report, sums: Sums) -> tuple[Said, ...]:
    """The lines below the table; a customer needs none."""
    if report.outside and sums.rows:
        return ()
    rows = text("reports.rows_said", n=sums.rows) if sums.rows else report.empty
    return (Said(text("reports.rows"), rows),)
