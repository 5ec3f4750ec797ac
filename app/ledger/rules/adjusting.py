"""Adjustments: requests that change stock without goods coming or going."""

from app.ledger.case import Case, Decision, waiting
from app.ledger.rules import stock


def adjust(case: Case) -> Decision:
    """Imports adjust at once; what people ask for waits, at a station as in the office."""
    if case.sender.kind not in {"import", "ledger"}:
        return waiting("needs_approval", "This adjustment waits for a supervisor's decision.")
    return stock.fact(case)
