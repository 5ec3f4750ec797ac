"""What the ledger is asked of an edit: one signed wish for each part that is changed."""

from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Raw

from app.contract import chain
from app.contract.messages import EditPut, ItemRow, LocationRow
from app.identity.userkey import UserKey
from app.station.edit_job import NONE, Draft, EditJob, changed_parts
from app.station.events import EditAsked
from app.station.turn import Turn

# As long as the ledger takes a reason.
MAX_REASON = 200
REORDER = "reorder"
_NOTHING = Raw(b"null")


class Low(msgspec.Struct, frozen=True):
    """A reorder point on the wire."""

    low: int


def send(turn: Turn, job: EditJob, key: UserKey, reason: str) -> tuple[str, ...]:
    """Ask for every part that is changed; the parts."""
    parts = changed_parts(job)
    for part in parts:
        before, after = (_row(turn, part, job.name, one) for one in (job.seen, job.draft))
        _ask(turn, job, key, (part, before, after, reason))
    return parts


def look(turn: Turn, job: EditJob, key: UserKey) -> None:
    """Ask what the reorder point is."""
    _ask(turn, job, key, (REORDER, _NOTHING, _NOTHING, ""))


def _ask(turn: Turn, job: EditJob, key: UserKey, wish: tuple[str, Raw, Raw, str]) -> None:
    part, before, after, reason = wish
    ids = turn.around.ids
    plain = EditPut(
        what=part,
        name=job.name,
        person=key.person,
        version=key.version,
        nonce=sha256(f"{ids.new_id()} {ids.new_id()}".encode()).hexdigest(),
        signature="0" * 128,
        before=before,
        after=after,
        reason=" ".join(reason.split())[:MAX_REASON],
    )
    message = chain.edit_bytes(turn.around.identity.enrolment, plain)
    signed = msgspec.structs.replace(plain, signature=key.raw(message))
    turn.announce.append(EditAsked(signed))


def _row(turn: Turn, part: str, name: str, draft: Draft) -> Raw:
    row: Any = draft.item
    if part == REORDER:
        row = Low(draft.low) if draft.low != NONE else None
    elif part == "location":
        row = LocationRow(turn.around.identity.site, name, draft.kind)
    return Raw(msgspec.json.encode(row))


def told(part: str, draft: Draft, current: Raw) -> Draft:
    """A draft with what the ledger says of one part."""
    raw = bytes(current)
    match part:
        case "item":
            row = msgspec.json.decode(raw, type=ItemRow | None)
            return msgspec.structs.replace(draft, item=row or draft.item)
        case "location":
            place = msgspec.json.decode(raw, type=LocationRow | None)
            return msgspec.structs.replace(draft, kind=place.kind if place else draft.kind)
        case _:
            low = msgspec.json.decode(raw, type=Low | None)
            return msgspec.structs.replace(draft, low=low.low if low else NONE)
