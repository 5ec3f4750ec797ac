"""Files whose every line and branch a test reaches, and must go on reaching. The list only grows.

One global percentage lets a hole in the chain hide behind a hundred settings; this list does not.
Run by `make coverage`, after the tests.
"""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from coverage import Coverage
from coverage.exceptions import NoDataError

PERFECT = (
    "app/cache/lookups.py",
    "app/cache/outbox.py",
    "app/cache/stock.py",
    "app/catalogue.py",
    "app/contract/chain.py",
    "app/contract/codec.py",
    "app/contract/messages.py",
    "app/devices/framing.py",
    "app/devices/port.py",
    "app/devices/protocols/mt_sics.py",
    "app/devices/protocols/toledo_8217.py",
    "app/devices/recent.py",
    "app/devices/retry.py",
    "app/devices/wedge.py",
    "app/domain/barcode.py",
    "app/domain/order.py",
    "app/domain/weight.py",
    "app/errors.py",
    "app/importing/reading.py",
    "app/importing/rows.py",
    "app/labels/label.py",
    "app/labels/parcel.py",
    "app/labels/zpl.py",
    "app/ledger/book.py",
    "app/ledger/claims.py",
    "app/ledger/contradictions.py",
    "app/ledger/facts.py",
    "app/ledger/feed.py",
    "app/ledger/imports.py",
    "app/ledger/locks.py",
    "app/ledger/orders.py",
    "app/ledger/reading.py",
    "app/ledger/writing.py",
    "app/station/flow.py",
    "app/station/pack_claim.py",
    "app/station/pack_job.py",
    "app/sync/backoff.py",
    "app/sync/bell.py",
    "app/sync/enrol.py",
    "app/sync/http_ledger.py",
    "app/sync/outcomes.py",
    "app/sync/skew.py",
    "app/sync/transport.py",
    "app/sync/wire.py",
)


def main() -> int:
    """Say what is no longer perfect; 1 if anything is."""
    measured = Coverage()
    measured.load()
    with TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        try:
            measured.json_report(outfile=str(report))
        except NoDataError:
            print("Nothing was measured. Run: make coverage")
            return 1
        files = json.loads(report.read_text(encoding="utf-8"))["files"]

    complaints = [said for path in PERFECT if (said := holes(path, files.get(path)))]
    for said in complaints:
        print(said)
    if not complaints:
        print(f"{len(PERFECT)} perfect files are still perfect")
    return 1 if complaints else 0


def holes(path: str, measured: dict[str, Any] | None) -> str:
    """What is wrong with a file of the list; empty is perfect."""
    if measured is None:
        return f"{path} is gone; name its successor in tools/perfect.py"
    if measured["missing_lines"] or measured["missing_branches"]:
        lines, branches = measured["missing_lines"], measured["missing_branches"]
        return f"{path} is no longer perfect; no test reaches lines {lines}, branches {branches}"
    return ""


if __name__ == "__main__":
    sys.exit(main())
