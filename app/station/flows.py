"""Every task of the station: its flow, its place in the menu, and what opens it.

A task is added here and in `ui/pages/registry.py`, and nowhere else.
"""

from app.station.adjust import AdjustFlow
from app.station.approvals import ApprovalsFlow
from app.station.audit import AuditFlow
from app.station.claims import ClaimsFlow
from app.station.count import CountFlow
from app.station.dashboards import DashboardsFlow
from app.station.door import Door
from app.station.edit import EditFlow
from app.station.exceptions import ExceptionsFlow
from app.station.flow import Flow
from app.station.home import HomeFlow
from app.station.looking_up import LookupFlow
from app.station.move import MoveFlow
from app.station.own_settings import OwnSettingsFlow
from app.station.pack import PackFlow
from app.station.pick import PickFlow
from app.station.plan_counts import PlanFlow
from app.station.receive import ReceiveFlow
from app.station.reports import ReportsFlow
from app.station.scale_watch import ScaleWatch
from app.station.screen import Page
from app.station.take_back import ReturnFlow
from app.station.transfer import TransferFlow
from app.station.undo import UndoFlow
from app.station.way_back import WayBack

# Pages that go on by themselves: what they show is looked at again every second.
TICKING = frozenset({Page.SIGN_IN, Page.DASHBOARDS, Page.AUDIT, Page.SETTINGS, Page.REPORTS})


def flows(door: Door, scale: ScaleWatch) -> dict[Page, Flow]:
    """The flow of every page.

    Args:
        door: Has the flow of signing in.
        scale: What the station knows of its scale.
    """
    way = WayBack()
    return {
        Page.SIGN_IN: door.sign_in,
        Page.HOME: HomeFlow(way),
        Page.PACK: PackFlow(scale),
        Page.ADJUST: AdjustFlow(),
        Page.APPROVALS: ApprovalsFlow(way),
        Page.MOVE: MoveFlow(),
        Page.LOOKUP: LookupFlow(),
        Page.RECEIVE: ReceiveFlow(),
        Page.PICK: PickFlow(),
        Page.COUNT: CountFlow(),
        Page.EXCEPTIONS: ExceptionsFlow(way),
        Page.CLAIMS: ClaimsFlow(),
        Page.RETURN: ReturnFlow(way),
        Page.TRANSFER: TransferFlow(),
        Page.DASHBOARDS: DashboardsFlow(way),
        Page.UNDO: UndoFlow(),
        Page.PLAN: PlanFlow(),
        Page.AUDIT: AuditFlow(),
        Page.SETTINGS: OwnSettingsFlow(door.wishes),
        Page.EDIT: EditFlow(),
        Page.REPORTS: ReportsFlow(),
    }
