"""The book of that morning: what the health page asks, answered from fixed values."""

from collections.abc import Sequence

from app.contract.messages import AsOf, Operation, Reference
from app.station.audit_log import Entry
from app.station.views import Health, OutboxRow, Recorded, ScanRow, Sending, Tally
from ui.gallery.bench import EPOCH

TALLY = Tally(captured=128, posted=112, waiting=1, refused=1, held=0, conflict=0, unsent=14)
HEALTH = Health(
    tally=TALLY,
    scans=171,
    scan_fates=(("applied", 126), ("command", 31), ("duplicate", 6), ("refused", 8)),
    cursor=48_211,
    epoch=EPOCH,
    master_cursor=100_214,
    book_bytes=38_404_096,
    enrolment="0193a1c2-9f10-7b11-8a4e-5e7f21aa0303",
    numbers_left=1_962,
    signed_at="2026-11-20T09:40:50Z",
    backup_at="2026-11-20T09:05:12Z",
    backup_bytes=37_912_576,
    rows=(
        ("order_document", 256),
        ("document", 41),
        ("balance", 12_408),
        ("exception", 6),
        ("item", 100_000),
        ("location", 1_204),
        ("person", 9),
    ),
)


RECORDED = Recorded(
    Entry(
        n=97,
        operation=Operation(
            id="op-97",
            kind="claim",
            contract_version=1,
            site="HAM",
            actor="p-anna",
            role="clerk",
            source_system="packhouse",
            correlation_id="job-12",
            recorded_at="2026-11-20T09:12:40Z",
            as_of=AsOf(epoch="e-1", cursor=48_211),
            reference=Reference(document_kind="order", document="ORD-48177"),
        ),
        enrolment="enr-1",
        seq=97,
        content_hash="",
        digest="",
        signatures=(),
        transport="confirmed",
        outcome="refused",
        sentence="Order ORD-48177 is worked on at PACK-01. Ask there, or take another.",
        feed_seq=48_200,
        reversed_by="",
    ),
    "Anna Novak",
)


class GalleryViews:
    """Answers of a book in the middle of a morning offline."""

    def outbox(self, limit: int) -> tuple[OutboxRow, ...]:
        """Two that need a person, and what is waiting."""
        stuck = (
            OutboxRow(
                97, "op-97", "claim", "2026-11-20T09:12:40Z", "ORD-48177", "confirmed", "refused",
                "Order ORD-48177 is worked on at PACK-01. Ask there, or take another.", 1,
            ),
            OutboxRow(
                99, "op-99", "adjust", "2026-11-20T09:14:02Z", "SKU-11872", "confirmed", "waiting",
                "", 1,
            ),
        )  # fmt: skip
        waiting = tuple(
            OutboxRow(
                115 + place, f"op-{115 + place}", "pack", f"2026-11-20T09:4{place // 2 + 1}:10Z",
                "ORD-48213" if place > 7 else "ORD-48190", "unsent", "", "", 3 if place < 2 else 0,
            )
            for place in range(14)
        )  # fmt: skip
        return (*stuck, *waiting)[:limit]

    def recorded(self, operation: str) -> Recorded | None:
        """What was refused, as it was recorded."""
        return RECORDED if operation == "op-97" else None

    def scans(self, limit: int) -> tuple[ScanRow, ...]:
        """The last scans with their fates."""
        rows = (
            ("4006381333931", "applied", ""),
            ("4006381333931", "duplicate", "scan.bounce"),
            ("4012345678901", "refused", "pack.wrong_item"),
            ("CMD:ACK", "command", ""),
            ("(01)04006381333931(10)L-2291", "applied", ""),
            ("ORD-48213", "applied", ""),
        )
        return tuple(
            ScanRow(171 - place, f"2026-11-20T09:51:{59 - 7 * place}Z", "scanner-1", *row)
            for place, row in enumerate(rows)
        )[:limit]

    def health(self) -> Health:
        """Counts and positions."""
        return HEALTH

    def sending(self) -> Sending:
        """Offline: tried again soon."""
        return Sending(next_try_s=12)

    def diagnose(self, devices: Sequence[str]) -> str:
        """Where the file would lie."""
        del devices
        return "/var/lib/packhouse/exports/diagnostics-20261120T095200.zip"
