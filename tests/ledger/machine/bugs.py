"""Bugs planted in a ledger, so that it is seen that the machine finds such."""

from typing import Any

import msgspec
import pytest

from app.ledger import changes, facts, pages, posting
from app.ledger.rules import adjusting, proving, stock


def post_twice(patch: pytest.MonkeyPatch) -> None:
    """What is sent again under its id is posted again."""
    once = posting._decide_one

    def decided(arrival: Any, sender: Any, book: Any, pages: Any) -> Any:
        again = arrival.id in book.known and book.known[arrival.id].outcome == "posted"
        answer = once(arrival, sender, book, pages)
        if again and answer[1]:
            for posted in arrival.postings:
                cell = book.cells[posted.key]
                cell.quantity, cell.moved = cell.quantity + posted.quantity, True
        return answer

    patch.setattr(posting, "_decide_one", decided)


def tell_less(patch: pytest.MonkeyPatch) -> None:
    """A reversal has no postings in the feed."""
    told = pages._outcome

    def untold(*args: Any) -> Any:
        row = told(*args)
        return msgspec.structs.replace(row, postings=()) if row.kind == "reverse" else row

    patch.setattr(pages, "_outcome", untold)


def count_before_approval(patch: pytest.MonkeyPatch) -> None:
    """What waits for a second person is in the balances already."""
    judged = adjusting._judge

    def counted(case: Any, change: Any) -> Any:
        stopped = judged(case, change)
        if stopped is not None and stopped.outcome == "waiting":
            stock.fact(case)
        return stopped

    patch.setattr(adjusting, "_judge", counted)


def say_nothing(patch: pytest.MonkeyPatch) -> None:
    """Less than nothing at a place, and nobody hears of it."""
    patch.setattr(facts, "judge_balances", lambda *_: None)


def let_anybody_decide(patch: pytest.MonkeyPatch) -> None:
    """One person is enough."""
    patch.setattr(proving, "why_not", lambda *_: None)


def skip_a_row(patch: pytest.MonkeyPatch) -> None:
    """A page of the feed leaves its second row out."""
    page = changes.page

    def shorter(*args: Any) -> Any:
        whole = page(*args)
        rows = getattr(whole, "rows", ())
        return msgspec.structs.replace(whole, rows=rows[:1] + rows[2:]) if rows[2:] else whole

    patch.setattr(changes, "page", shorter)
