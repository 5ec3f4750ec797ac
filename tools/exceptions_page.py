"""Writes docs/exceptions.md from the table of codes: `python -m tools.exceptions_page`.

A test compares the page with the table, so that no code goes undocumented.
"""

import sys
from pathlib import Path

from app.ledger.exception_codes import CODES, DEADLINES, WAYS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "exceptions.md"

_HEAD = """# Exceptions: what a person must look at

<!-- Written by `python -m tools.exceptions_page` from app/ledger/exception_codes.py. -->

Facts are posted whatever the book says. What they contradict opens an exception in the same
transaction: with a sentence, a severity, a deadline and safe next steps. One cause is one story:
while it is open, more of the same is counted in it, and the feed tells the count at 10, 100, 1,000.
Most close by themselves when the cause is gone; a person with the right to resolve can close any of
them with a note, so none is a dead end.

`GET /v1/exceptions` lists them by deadline, `GET /v1/exceptions/stories` groups them by code and
station (an outage is one story), `POST /v1/exceptions/{id}/steps` takes, hands over, notes or
closes one. At a station the same is an operation `resolve` about the document kind `exception`,
with `take`, `assign`, `note` or `close` as its reason; it never moves stock. What is not solved in
nine tenths of its time is escalated: to the site manager when it is urgent and there is one, else
to the supervisors (`role:supervisor`).

| severity | to be looked at within |
|---|---|
"""


def page() -> str:
    """The whole page."""
    lines = [
        f"| {severity.value} | {int(within.total_seconds()) // 3600} h |"
        for severity, within in DEADLINES.items()
    ]
    for name, code in sorted(CODES.items()):
        steps = "\n".join(f"* `{way}` – {WAYS[way]}" for way in code.ways)
        ends = code.ends or "It does not; a person closes it."
        lines.append(
            f"\n## {name}\n\n**{code.severity.value}.** {code.meaning}\n\n{steps}\n\n"
            f"*Closes by itself:* {ends} Shown by `{code.shown_by}`."
        )
    return _HEAD + "\n".join(lines) + "\n"


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"written: {PAGE.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
