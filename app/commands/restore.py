"""`packhouse station --restore [FILE]`: put a backup in the place of the book, then stop."""

import sys
from pathlib import Path

from app.opened import restore
from app.settings import StationSettings


def run(settings: StationSettings, named: str) -> int:
    """Restore the named backup, or the newest one when nothing is named.

    Raises:
        PackhouseError: Nothing was changed; the sentence says why.
    """
    sys.stderr.write("Checking the backup and putting it in place …\n")
    done = restore(settings, Path(named) if named else None)
    about = done.backup.about
    recorded = about.counts.get("operation", 0)
    sys.stdout.write(
        f"restored: {done.backup.path.name} of {about.made_at}, {recorded} operations\n"
    )
    if done.aside is not None:
        sys.stdout.write(f"what lay there before is in {done.aside}\n")
    sys.stdout.write(
        "The station records from now on and sends nothing until it has enrolled anew: ask for a "
        "code (`packhouse ledger station add`), then start with --enrol CODE --again.\n"
    )
    return 0
