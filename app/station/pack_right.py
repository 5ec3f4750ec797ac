"""What goes out only by somebody's right, and with a reason: an odd weight, an expired lot.

Whoever is signed in and has the right gives the reason and is done; anybody else fetches somebody
who has it, with badge and PIN, for exactly this one parcel or unit. Their key signs the record.
"""

from typing import TYPE_CHECKING

from app.domain.roles import Permission, may
from app.domain.text import text
from app.identity.userkey import UserKey
from app.station import pack_box, pack_scan
from app.station.flow import Happening
from app.station.pack_job import PackJob, PackState
from app.station.pack_scan import Evidence
from app.station.screen import Sound
from app.station.turn import Fate, Session, StepUp, Turn

if TYPE_CHECKING:
    from app.station.pack import PackFlow

# Why a box may go whose weight does not fit, and a unit whose lot has expired.
WEIGHT_REASONS = ("checked", "more_padding", "item_weight")
EXPIRED_REASONS = ("customer_agreed", "date_misread", "for_disposal")


def reasons(job: PackJob) -> tuple[str, ...]:
    """What may be said, by its digit."""
    return WEIGHT_REASONS if job.held is None else EXPIRED_REASONS


def right(job: PackJob) -> Permission:
    """What somebody must be allowed to: whoever may release a lot may let one unit of it go."""
    return Permission.OVERRIDE if job.held is None else Permission.RESOLVE


def ask(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """The box is to go as it is: why?"""
    flow.change(state=PackState.WHY, why="")
    turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION
    if happening.argument in WEIGHT_REASONS:
        because(flow, turn, happening)


def because(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """A reason was given: it goes, or somebody with the right is fetched."""
    job, who = flow.upcoming, turn.session
    if happening.argument not in reasons(job):
        turn.refuse(text("pack.not_now", step=str(job.state)))
        return
    flow.change(why=happening.argument)
    if who is not None and may(who.role, right(job)) and (who.key or not who.version):
        _let_go(flow, turn, who, who.key)
        return
    turn.fate, turn.sound = Fate.COMMAND, Sound.ATTENTION
    title = text("pack.step_up_weight" if job.held is None else "pack.step_up_expired")
    turn.step_up(StepUp(title, right=right(job)))


def stepped_up(flow: "PackFlow", turn: Turn, happening: Happening) -> None:
    """Somebody with the right has proven themselves."""
    if flow.opened()[1].why and happening.who is not None:
        _let_go(flow, turn, happening.who, happening.key)


def step_up_left(flow: "PackFlow", _turn: Turn, _: Happening) -> None:
    """Nobody did: the question stays."""
    flow.change(why="")


def back(flow: "PackFlow", turn: Turn, _: Happening) -> None:
    """Back to what was wrong."""
    held = flow.opened()[1].held
    flow.change(state=PackState.OFF_WEIGHT if held is None else PackState.EXPIRED, why="")
    turn.fate = Fate.COMMAND


def _let_go(flow: "PackFlow", turn: Turn, who: Session, key: UserKey | None) -> None:
    """It goes, in the name of who packs; whoever has the right signs it, as the second person."""
    board, job = flow.opened()[0], flow.upcoming
    allowed: Evidence = {"override": True, "override_reason": job.why, "allowed_by": who.person}
    signers = (key,) if key is not None else ()
    flow.change(why="")
    if job.held is None:
        pack_box.seal(flow, turn, job.weight_mg or 0, allowed, signers)
        return
    shares = board.share(job.held.sku, job.held.units)
    if shares is None:
        flow.change(state=PackState.SCAN, held=None)
        turn.refuse(text("pack.nothing_open"))
        return
    pack_scan.put_in(flow, turn, job.held, shares, allowed | {"expired": True}, signers)
