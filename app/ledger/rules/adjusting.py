"""Adjustments: requests that change stock without goods coming or going."""

from app.ledger.rules import stock
from app.ledger.rules.case import Case, Decision, waiting


def adjust(case: Case) -> Decision:
    """Imports adjust at once; what a station asks for waits for a supervisor."""
    if case.sender.kind == "station":
        return waiting("needs_approval", "This adjustment waits for a supervisor's decision.")
    return stock.fact(case)
