"""Asking the ledger for a count plan: a signed request, told to every station of the site.

It is recorded like anything else and sent when there is a link; until the ledger has it, no other
station can count by it.
"""

from dataclasses import dataclass

from app.contract.messages import MAX_LINES, Line, Reference
from app.domain.document import EVERYTHING, DocumentKind
from app.domain.operation import Kind
from app.identity.userkey import UserKey
from app.station.turn import Draft, Session, Turn

# Places of one plan: an operation has no more lines.
MOST_PLACES = MAX_LINES


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be counted.

    Attributes:
        number: Of the document.
        places: Where, and which item; an empty one is everything there.
        original: The request it follows from, or empty.
        note: For whoever counts.
    """

    number: str
    places: tuple[tuple[str, str], ...]
    original: str = ""
    note: str = ""


def ask(turn: Turn, plan: Plan, who: Session, key: UserKey | None) -> str:
    """Record the request in somebody's name, signed with their key; its id."""
    about = Reference(
        document_kind=DocumentKind.COUNT.value, document=plan.number, original=plan.original
    )
    lines = tuple(
        Line(item=item or EVERYTHING, quantity=0, source=place)
        for place, item in plan.places[:MOST_PLACES]
    )
    evidence: dict[str, str | int | bool] = {"note": plan.note} if plan.note else {}
    draft = Draft(Kind.REQUEST, lines, about, "count", evidence)
    signers = (key,) if key is not None else ()
    return turn.record(draft, turn.around.ids.new_id(), signers=signers, by=who)
