"""Bugs planted beside the goods: photos, plans, edits, reports, and what somebody wished."""

from dataclasses import replace

import pytest
from sqlalchemy import false

from app.cache import report_rows
from app.cache.work import CacheWork
from app.identity.userkey import UserKey
from app.ledger import editing
from app.station import count_asking, reports
from app.station.count_asking import Plan
from app.station.flow import Happening, Trigger
from app.station.reporting import SORTS
from app.station.reports import ReportsFlow
from app.station.screen import Wishes
from app.station.turn import Session, Turn
from app.station.wishes import WishBook


def photos_not_kept(patch: pytest.MonkeyPatch) -> None:
    """The record tells of photos, and the book keeps none."""
    patch.setattr(CacheWork, "add_photos", lambda *_: None)


def plan_loses_its_last_place(patch: pytest.MonkeyPatch) -> None:
    """A plan is asked for without the place that was added last."""
    before = count_asking.ask

    def ask(turn: Turn, plan: Plan, who: Session, key: UserKey | None) -> str:
        places = plan.places[:-1] if len(plan.places) > 1 else plan.places
        return before(turn, replace(plan, places=places), who, key)

    patch.setattr(count_asking, "ask", ask)


def edit_only_said(patch: pytest.MonkeyPatch) -> None:
    """The ledger says that an edit is done, and changes nothing."""
    patch.setattr(editing, "_same", lambda *_: True)


def export_not_told(patch: pytest.MonkeyPatch) -> None:
    """What leaves the house is made once somebody has proven themselves, and recorded nowhere."""

    def stepped_up(self: ReportsFlow, turn: Turn, happening: Happening) -> None:
        if happening.who is not None and SORTS[self.name].leaves:
            self._ask(turn, self._format, happening.who)

    patch.setitem(reports.TABLE, (reports.Asking.FORMAT, Trigger.STEPPED_UP), stepped_up)


def stock_list_without_pending(patch: pytest.MonkeyPatch) -> None:
    """A stock list lists what the ledger has confirmed, and leaves out what waits."""
    before = report_rows._pending
    patch.setattr(report_rows, "_pending", lambda *asked: before(*asked).where(false()))


def wishes_forgotten(patch: pytest.MonkeyPatch) -> None:
    """How somebody wants the window is remembered until the program ends."""

    def keep(self: WishBook, turn: Turn, person: str, wishes: Wishes) -> None:
        def remember() -> None:
            self._known = type(self._known)(person, wishes)

        turn.after_commit(remember)

    patch.setattr(WishBook, "_keep", keep)
