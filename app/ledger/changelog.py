"""Every change of master data: who, why, before and after, under a version that means something."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.base import Answer
from app.ledger.database import Database
from app.ledger.masterrules import FIRST, next_release
from app.ledger.tables import change

_encode = msgspec.json.Encoder().encode
_NOTHING = b"null"


@dataclass(frozen=True, slots=True)
class Editor:
    """Who changes something, and why."""

    actor: str
    reason: str = ""


IMPORT = Editor("import", "imported")


class Change(Answer, frozen=True):
    """One change, as it is shown: `before` is null for something new.

    `release` is the semantic version after it: major when others' work may break, minor when there
    is more, patch when only words for people differ.
    """

    kind: str
    name: str
    version: int
    release: str
    at: str
    actor: str
    reason: str
    before: msgspec.Raw
    after: msgspec.Raw


@dataclass(frozen=True, slots=True)
class Standing:
    """Where something stands in the change log; version 0 when it is not in it."""

    version: int = 0
    release: str = ""


def standings(
    database: Database, connection: Connection, kind: str, names: Iterable[str]
) -> dict[str, Standing]:
    """Last version and release of each of `names` that has any."""
    c = change.c
    last = (
        sa.select(sa.func.max(c.n))
        .where(c.kind == kind, database.in_set(c.name, sorted(names)))
        .group_by(c.name)
    )
    rows = connection.execute(sa.select(c.name, c.version, c.release).where(c.n.in_(last)))
    return {row.name: Standing(row.version, row.release) for row in rows}


def record(
    database: Database,
    connection: Connection,
    kind: str,
    changes: Sequence[tuple[str, Any, Any]],
    by: Editor,
    now: str,
) -> None:
    """Write changes, (name, before or None, after) each; the caller holds the master lock."""
    if not changes:
        return
    known = standings(database, connection, kind, [name for name, _, _ in changes])
    n = connection.execute(sa.select(sa.func.coalesce(sa.func.max(change.c.n), 0))).scalar_one()
    rows = []
    for name, before, after in changes:
        n += 1
        stood = known.get(name, Standing(1 if before is not None else 0, FIRST))
        version = getattr(after, "version", stood.version + 1)
        release = _release(kind, before, after, stood)
        rows.append(
            (
                n, kind, name, version, release, now, by.actor, by.reason,
                _encode(before) if before is not None else _NOTHING, _encode(after),
            )
        )  # fmt: skip
    database.insert(connection, change, rows)


def history(
    database: Database, kind: str, name: str, before_version: int, limit: int
) -> list[Change]:
    """Changes of one thing, newest first, below a version (0: from the newest)."""
    c = change.c
    with database.read() as connection:
        rows = connection.execute(
            sa.select(
                c.kind, c.name, c.version, c.release, c.at, c.actor, c.reason, c.before, c.after
            )
            .where(c.kind == kind, c.name == name)
            .where(c.version < before_version if before_version else sa.true())
            .order_by(c.version.desc())
            .limit(limit)
        )
        return [
            Change(*row[:7], before=msgspec.Raw(row.before), after=msgspec.Raw(row.after))
            for row in rows
        ]


def _release(kind: str, before: Any, after: Any, stood: Standing) -> str:
    if kind == "mapping":
        major = int((stood.release or "0.0.0").partition(".")[0])
        return f"{major + 1}.0.0"
    return next_release(before, after, stood.release)
