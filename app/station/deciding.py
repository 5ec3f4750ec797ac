"""Records what was decided at this station: one request, several at once, or a withdrawal.

Every decision is judged and signed by itself, however many are made together: a bulk saves nobody
a check, only the walk from one row to the next.
"""

from collections.abc import Sequence

from app.contract.messages import Reference
from app.domain.operation import Kind
from app.domain.text import Text, text
from app.identity.userkey import UserKey
from app.station import count_asking, judging
from app.station.approvals_job import AGAIN, Act, Done, Row, Wanted, rows_of
from app.station.count_asking import Plan
from app.station.turn import Draft, Session, Turn
from app.station.waiting import Waiting

# A sentence, and whether the thing was done.
Told = tuple[Text, bool]
# Begins the number of a plan that a decision asks for; the rest is of the request's id.
PLAN_PREFIX = "CNT-R-"


def decide(turn: Turn, what: Waiting, who: Session, key: UserKey, wanted: Wanted) -> Told:
    """Approve, reject, or have it counted again."""
    note = AGAIN if wanted.act is Act.RECOUNT else wanted.note
    rejects = wanted.act is not Act.APPROVE
    judged = judging.judge(turn, what, who, key, note if rejects else "")
    if judged.why is not None:
        return text(f"judged.{judged.why[0]}"), False
    if note and not rejects:
        judged.draft.evidence["note"] = note
    _record(turn, what, who, key, judged)
    if wanted.act is Act.RECOUNT:
        return _count_again(turn, what, who, key), True
    if rejects:
        return text("approvals.rejected", name=who.name), True
    return _approved(who, judged), True


def bulk(turn: Turn, ids: Sequence[str], who: Session, key: UserKey) -> tuple[Done, ...]:
    """Approve these, each by itself; one line for each says what became of it."""
    rows = {row.what.id: row for row in rows_of(turn)}
    return tuple(_one(turn, rows[id_], who, key) for id_ in ids if id_ in rows)


def _one(turn: Turn, row: Row, who: Session, key: UserKey) -> Done:
    judged = judging.judge(turn, row.what, who, key)
    if judged.why is not None:
        return Done(row, text(f"judged.{judged.why[0]}"), False)
    _record(turn, row.what, who, key, judged)
    return Done(row, _approved(who, judged), True)


def _approved(who: Session, judged: judging.Judged) -> Text:
    code = "approvals.approved_here" if judged.grant else "approvals.approved"
    return text(f"{code}", name=who.name)


def _record(turn: Turn, what: Waiting, who: Session, key: UserKey, judged: judging.Judged) -> None:
    made = turn.record(judged.draft, turn.around.ids.new_id(), signers=(key,), by=who)
    turn.work.set_decided(what.id, made)
    if judged.grant:
        turn.work.use_grant(judged.grant)


def places_of(turn: Turn, what: Waiting) -> tuple[tuple[str, str], ...]:
    """Places and items a request changes, each once."""
    lines = judging.change_of(turn, what).lines
    return tuple(dict.fromkeys((key.location, key.item) for key, _ in lines))


def _count_again(turn: Turn, what: Waiting, who: Session, key: UserKey) -> Text:
    """A plan for the places: of the request's own number, so that asking twice makes one."""
    places = places_of(turn, what)
    number = PLAN_PREFIX + what.id.replace("-", "")[-12:]
    count_asking.ask(turn, Plan(number, places, original=what.id), who, key)
    return text("approvals.recount_asked", place=places[0][0], plan=number)


def withdraw(turn: Turn, what: Waiting, who: Session, key: UserKey | None) -> Told:
    """Take back an own request."""
    draft = Draft(Kind.WITHDRAW, reference=Reference(original=what.id))
    signers = (key,) if key is not None else ()
    made = turn.record(draft, turn.around.ids.new_id(), signers=signers, by=who)
    turn.work.set_decided(what.id, made)
    return text("approvals.withdrawn"), True
