"""Somebody proves who they are: badge and PIN, or a name of the list and PIN.

The same steps for signing in, coming back and stepping up. A try is counted and committed before it
is made; what a sentence says never tells which part was wrong.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from typing_extensions import override

from app.contract.messages import CredentialRow
from app.domain.operation import Kind
from app.domain.secrets import badge_hash
from app.domain.text import Text, text
from app.identity.userkey import UserKey
from app.station.attempts import MOST_FAILURES, Standing
from app.station.ports import Unlock
from app.station.trusted import moment
from app.station.turn import Draft, Session, Turn

ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who is to show their PIN.

    Attributes:
        person: Account.
        name: For the screen.
        row: Their credential.
        badge: The badge's secret, or empty; in memory only.
        request: Set while the key is being tried.
        since_ns: Monotonic time of this step.
    """

    person: str
    name: str
    row: CredentialRow
    badge: str
    request: str = ""
    since_ns: int = 0

    @override
    def __repr__(self) -> str:
        """Without the badge: logs and tracebacks must not hold it."""
        return f"Asked({self.person!r}, {self.request!r})"


def by_badge(turn: Turn, secret: str) -> Asked | Text:
    """Whose badge this is, or why it does not help."""
    row = turn.work.credential_by_badge(badge_hash(secret))
    if row is None:
        _failed(turn, "", "unknown_badge")
        return text("sign_in.unknown_badge")
    return _asked(turn, row, secret)


def by_name(turn: Turn, person: str) -> Asked | Text:
    """Somebody chose their name; those who need their badge are not in the list."""
    row = turn.work.credential(person)
    if row is None or not row.by_pin:
        return text("sign_in.badge_needed")
    return _asked(turn, row, "")


def _asked(turn: Turn, row: CredentialRow, badge: str) -> Asked | Text:
    known = turn.work.person(row.person)
    if known is None:
        return text("sign_in.unknown_badge")
    why = why_not(turn, row)
    now_ns = turn.around.clock.monotonic_ns()
    # A short badge is a number somebody may know: it only says who, and the pepper comes in.
    second = badge if row.by_badge else ""
    return why or Asked(row.person, known.name, row, second, since_ns=now_ns)


def ends_at(turn: Turn, row: CredentialRow) -> datetime:
    """When a credential ends here: its own end, or too long without a word of the ledger.

    The credential itself is a signed word of the ledger: on the day it was issued, it was heard.
    """
    trusted = turn.around.gate.trusted
    heard = max(trusted.signed, moment(row.issued_at))
    until = heard + timedelta(days=turn.work.policy().credential_days)
    return min(until, moment(row.not_after)) if row.not_after else until


def why_not(turn: Turn, row: CredentialRow) -> Text | None:
    """Why this credential opens nothing here and now, or None."""
    if row.state != ACTIVE or row.site not in ("", turn.around.identity.site):
        return text("sign_in.ended")
    if turn.around.gate.trusted.now() > ends_at(turn, row):
        return text("sign_in.expired")
    if not turn.around.gate.unlocker.takes(row):
        return text("sign_in.weak")
    now_ns = turn.around.clock.monotonic_ns()
    return why_waiting(turn.around.gate.attempts.standing(turn.work, row.person, now_ns))


def why_waiting(standing: Standing) -> Text | None:
    """The sentence of a lockout, or None."""
    if standing.everybody_s:
        return text("sign_in.screen_locked", minutes=-(-standing.everybody_s // 60))
    if standing.disabled:
        return text("sign_in.disabled")
    if standing.wait_s > 90:
        return text("sign_in.wait_minutes", minutes=-(-standing.wait_s // 60))
    return text("sign_in.wait", seconds=standing.wait_s) if standing.wait_s else None


def try_pin(turn: Turn, asked: Asked, pin: str) -> Asked | Text:
    """Count the try, and let the key be tried once that is durable."""
    why = why_not(turn, asked.row)
    if why is not None:
        return why
    gate, now_ns = turn.around.gate, turn.around.clock.monotonic_ns()
    gate.attempts.raise_for(turn.work, asked.person, turn.now, now_ns)
    turn.after_commit(lambda: gate.attempts.raised(asked.person, now_ns))
    request = turn.around.ids.new_id()
    turn.unlocks.append(Unlock(request, asked.row, pin, asked.badge))
    return replace(asked, request=request, since_ns=now_ns)


def judge(turn: Turn, asked: Asked, key: UserKey | None) -> Session | Text:
    """What the unlocker said: a session, or the sentence of a failure, which is recorded."""
    gate, now_ns = turn.around.gate, turn.around.clock.monotonic_ns()
    known, row = turn.work.person(asked.person), turn.work.credential(asked.person)
    if key is not None and known is not None and row == asked.row:
        gate.attempts.forgive(turn.work, asked.person, turn.now)
        turn.after_commit(lambda: gate.attempts.forgiven(asked.person))
        return Session(row.person, known.name, row.role, row.version, key, now_ns)
    failures = turn.work.attempt(asked.person).failures
    standing = gate.attempts.standing(turn.work, asked.person, now_ns)
    _failed(turn, asked.person, "disabled" if standing.disabled else "wrong", failures)
    if standing.everybody_s:
        _failed(turn, "", "screen_locked")
    return why_waiting(standing) or text("sign_in.wrong", left=MOST_FAILURES - failures)


def _failed(turn: Turn, person: str, why: str, failures: int = 0) -> None:
    """Every failure is in the chain, by pseudonymous id, without a word of what was typed."""
    evidence: dict[str, str | int | bool] = {"why": why}
    if person:
        evidence |= {"person": person, "failures": failures}
    draft = Draft(Kind.EVENT, reason="sign_in_failed", evidence=evidence)
    turn.record(draft, turn.around.ids.new_id())
