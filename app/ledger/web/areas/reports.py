"""Reports of reconciliations, and the certificate of a shift."""

from app.contract.base import Answer
from app.contract.certificate import ShiftCertificate
from app.ledger.checking import Difference
from app.ledger.reconciliation import Report
from app.ledger.web.route import MAX_NUMBER, Ask, Page, Param, Route, Scope


class ReportSeen(Answer, frozen=True):
    """A report in the list: `state` is equal, differs or stopped."""

    report: str
    kind: str
    state: str
    at: str


def _reports(ask: Ask) -> Page[ReportSeen]:
    (after,) = ask.after or ("",)
    rows = ask.service.reconciliation.reports(ask.site, str(after), ask.limit + 1)
    seen = [ReportSeen(report=id_, kind=kind, state=state, at=at) for id_, kind, state, at in rows]
    return ask.page(seen, lambda row: (row.report,))


def _report(ask: Ask) -> Report:
    return ask.service.reconciliation.report(ask.site, ask.path["id"])


def _certificate(ask: Ask) -> ShiftCertificate:
    return ask.service.certificates.make(
        ask.site, ask.path["enrolment"], ask.number("first"), ask.number("last")
    )


_ID = "01980a2c-91d4-7b09-b1de-3c5f64e8a07d"
_AT = "2026-03-02T02:00:00.120Z"

ROUTES: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/v1/reports",
        summary="Reconciliations that were made, newest first.",
        scope=Scope.READ,
        handle=_reports,
        answer=Page[ReportSeen],
        example=Page(rows=(ReportSeen(report=_ID, kind="books", state="equal", at=_AT),)),
        at_site=True,
        paged=True,
    ),
    Route(
        method="GET",
        path="/v1/reports/{id}",
        summary="One reconciliation: what was compared, and each difference with both numbers.",
        scope=Scope.READ,
        handle=_report,
        answer=Report,
        example=Report(
            report=_ID,
            site="BER1",
            kind="books",
            state="differs",
            at=_AT,
            until=4712,
            checked={"balances": 210, "feed": 4712, "chains": 4100, "items": 12},
            found=1,
            differences=(
                Difference(check="balance", name="A-04-2 SKU-1001 good", expected=40, found=41),
            ),
        ),
        at_site=True,
        codes=("unknown_report",),
    ),
    Route(
        method="GET",
        path="/v1/stations/{enrolment}/certificate",
        summary="What became of everything a station captured, signed by the ledger.",
        scope=Scope.READ,
        handle=_certificate,
        answer=ShiftCertificate,
        example=ShiftCertificate(
            site="BER1",
            station="PACK-01",
            enrolment=_ID,
            epoch=_ID,
            first=1,
            last=1203,
            posted=1190,
            waiting=2,
            refused=4,
            held=1,
            conflict=0,
            unsent=6,
            missing=0,
            digest="8f6e" * 16,
            feed_seq=4712,
            at=_AT,
            signature="77ad" * 32,
        ),
        query=(
            Param("first", int, 1, MAX_NUMBER, "Place in the chain to begin at.", minimum=1),
            Param("last", int, 0, MAX_NUMBER, "Last one captured; 0 is the ledger's last."),
        ),
        at_site=True,
        codes=("unknown_enrolment", "bad_range"),
    ),
)
