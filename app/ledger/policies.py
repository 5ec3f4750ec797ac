"""Versions of each site's policy: set as a whole, never edited, told in the site's feed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from app.contract.messages import PolicyRow
from app.domain.policy import DEFAULT, AdjustLimit, ApproveLimit, Policy, flaws
from app.errors import Refusal
from app.ledger import feed
from app.ledger.clock import Clock, stamp
from app.ledger.database import Database
from app.ledger.sites import SiteRef, set_claim_hold
from app.ledger.tables import policy, site

_decode = msgspec.json.Decoder(Policy).decode
_encode = msgspec.json.Encoder().encode
MAX_WHY = 200


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """One version, and who made it; version 0 is what holds before anybody has decided.

    Attributes:
        version: From 1, without gaps.
        policy: What was decided.
        actor: Who.
        reason: Why.
        at: Stamp.
    """

    version: int
    policy: Policy
    actor: str = ""
    reason: str = ""
    at: str = ""


class Policies:
    """Reads and sets policies.

    Args:
        database: The ledger's.
        clock: Dates versions.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def current(self, where: SiteRef) -> PolicyVersion:
        """What holds now."""
        with self._database.read() as connection:
            return _current(connection, where)

    def history(
        self, where: SiteRef, *, before: int = 2**53, limit: int = 100
    ) -> list[PolicyVersion]:
        """Versions below `before`, the latest first."""
        p = policy.c
        with self._database.read() as connection:
            rows = connection.execute(
                sa.select(p.version, p.body, p.actor, p.reason, p.at)
                .where(p.site_n == where.n, p.version < before)
                .order_by(p.version.desc())
                .limit(limit)
            ).all()
        return [_version(row) for row in rows]

    def put(
        self,
        where: SiteRef,
        wanted: Policy,
        *,
        actor: str,
        reason: str,
        expected: int | None = None,
    ) -> PolicyVersion:
        """Make a version.

        Args:
            where: Whose policy.
            wanted: All of it.
            actor: Who decides it.
            reason: Why.
            expected: The version this was made from; None overwrites whatever there is.

        Returns:
            The version that holds now; the one before when nothing differs.

        Raises:
            Refusal: `bad_policy` with a sentence per wrong value, `no_reason`, `stale_version`.
        """
        wrong = flaws(wanted)
        if wrong:
            raise Refusal("bad_policy", " ".join(flaw.sentence for flaw in wrong))
        if not 0 < len(reason.strip()) <= MAX_WHY or not actor:
            raise Refusal(
                "no_reason", f"Say who decides this and why, in at most {MAX_WHY} characters."
            )
        with self._database.write() as connection:
            # Two editors take turns here; rows that refer to the site are not held up.
            connection.execute(
                sa.select(site.c.n).where(site.c.n == where.n).with_for_update(key_share=True)
            )
            now = _current(connection, where)
            if expected is not None and expected != now.version:
                raise Refusal(
                    "stale_version",
                    f"The policy is at version {now.version} by now. Read it anew, then change it.",
                )
            if now.version and now.policy == wanted:
                return now
            return self._add(
                connection,
                where,
                PolicyVersion(
                    now.version + 1, wanted, actor, reason.strip(), stamp(self._clock.now())
                ),
            )

    def _add(self, connection: Connection, where: SiteRef, made: PolicyVersion) -> PolicyVersion:
        if made.policy.claim_hold_h is not None:
            set_claim_hold(connection, where, made.policy.claim_hold_h * 3600)
        body = _encode(made.policy)
        connection.execute(
            sa.insert(policy).values(
                site_n=where.n,
                version=made.version,
                actor=made.actor,
                reason=made.reason,
                at=made.at,
                body=body,
            )
        )
        row = PolicyRow(version=made.version, body=msgspec.Raw(body))
        feed.append(self._database, connection, where.n, [row])
        return made


def changed(now: Policy, words: Mapping[str, object]) -> Policy:
    """A policy with single words changed.

    Args:
        now: What holds.
        words: Values by word, as `{"count_tolerance": 2, "adjust.clerk.quantity": 5}`; a None takes
            a limit away, and a whole role or reason (`adjust.clerk`) with all its limits.

    Raises:
        Refusal: `bad_policy` with a sentence per word that is not understood.
    """
    tree: dict[str, Any] = msgspec.to_builtins(now)
    for word, value in words.items():
        *path, last = word.split(".")
        branch = tree
        for part in path:
            branch = branch.setdefault(part, {})
            if not isinstance(branch, dict):
                raise Refusal("bad_policy", f"“{word}” is no word of a policy. See: policy show")
        if value is None and len(path) == 1:
            branch.pop(last, None)
        else:
            branch[last] = value
    return read_policy(tree)


def read_policy(tree: Mapping[str, Any]) -> Policy:
    """A policy from plain values.

    Raises:
        Refusal: `bad_policy` with a sentence per unknown word, or for a value of another type.
    """
    unknown = list(_strangers(tree))
    if unknown:
        raise Refusal(
            "bad_policy",
            " ".join(f"“{word}” is no word of a policy. Take it out." for word in unknown),
        )
    try:
        return msgspec.convert(tree, Policy)
    except msgspec.ValidationError as error:
        raise Refusal("bad_policy", f"{error}. Correct this value of the policy.") from error


def _strangers(tree: Mapping[str, Any]) -> Sequence[str]:
    """Words that no policy has; they are not passed over, somebody meant something by them."""
    found = [word for word in tree if word not in _names(Policy)]
    for word, limits in (
        ("adjust", AdjustLimit),
        ("adjust_reasons", AdjustLimit),
        ("approve", ApproveLimit),
        ("approve_offline", ApproveLimit),
    ):
        branches = tree.get(word)
        if isinstance(branches, Mapping):
            found += [
                f"{word}.{name}.{part}"
                for name, branch in branches.items()
                if isinstance(branch, Mapping)
                for part in branch
                if part not in _names(limits)
            ]
    return found


def _names(of: type[Policy | AdjustLimit | ApproveLimit]) -> set[str]:
    return {one.name for one in fields(of)}


def _current(connection: Connection, where: SiteRef) -> PolicyVersion:
    p = policy.c
    row = connection.execute(
        sa.select(p.version, p.body, p.actor, p.reason, p.at)
        .where(p.site_n == where.n)
        .order_by(p.version.desc())
        .limit(1)
    ).first()
    return _version(row) if row is not None else PolicyVersion(0, DEFAULT)


def _version(row: Any) -> PolicyVersion:
    return PolicyVersion(row.version, _decode(row.body), row.actor, row.reason, row.at)
