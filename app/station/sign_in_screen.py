"""What the sign-in page shows."""

from app.domain.text import text
from app.station import former, proving
from app.station.attempts import Standing
from app.station.entrance import Entrance, Locked
from app.station.inbox import Intent
from app.station.presence import badge_suffices
from app.station.screen import (
    Action,
    Page,
    PersonView,
    Prompt,
    ProofState,
    ProofView,
    Screen,
    Tone,
)
from app.station.turn import Turn


def build(state: Entrance, turn: Turn) -> Screen:
    """The prompt, who may sign in by name, and whose PIN is asked for."""
    now_ns = turn.around.clock.monotonic_ns()
    standing = turn.around.gate.attempts.standing(turn.work, state.who, now_ns)
    shut = bool(standing.everybody_s)
    people = () if shut or state.asked is not None else _people(turn)
    return Screen(
        page=Page.SIGN_IN,
        title=text("sign_in.title"),
        prompt=_prompt(state, turn, standing, bool(people)),
        scan_hint=text("sign_in.scan_hint"),
        people=people,
        proof=_proof(state, shut=shut),
        actions=_actions(state, disabled=bool(state.who) and standing.disabled),
    )


def _people(turn: Turn) -> tuple[PersonView, ...]:
    """By name, those whose credential opens without a badge."""
    if former.holds(turn):
        return tuple(PersonView(row.person, row.name, row.role) for row in turn.work.people())
    by_name = {
        row.person: row.role
        for row in turn.work.credentials()
        if row.by_pin and row.state == proving.ACTIVE
    }
    return tuple(
        PersonView(row.person, row.name, by_name[row.person])
        for row in turn.work.people()
        if row.person in by_name
    )


def _proof(state: Entrance, *, shut: bool) -> ProofView:
    if shut:
        return ProofView(ProofState.SHUT)
    asked = state.asked
    if asked is None:
        return ProofView(ProofState.BADGE)
    now = ProofState.CHECKING if asked.request else ProofState.PIN
    return ProofView(now, asked.person, asked.name)


def _prompt(state: Entrance, turn: Turn, standing: Standing, people: bool) -> Prompt:
    if standing.everybody_s:
        why = proving.why_waiting(standing)
        return Prompt(Tone.ERROR, "octagon-x", text("sign_in.shut"), why)
    asked = state.asked
    if asked is not None and asked.request:
        checking = text("sign_in.checking_title")
        return Prompt(Tone.BUSY, "loader", checking, text("sign_in.checking_detail"))
    if state.refused is not None:
        detail = (proving.why_waiting(standing) if state.who else None) or state.refused
        note = text("sign_in.again_pin" if asked is not None else "sign_in.again")
        return Prompt(Tone.ERROR, "octagon-x", text("sign_in.refused"), detail, note)
    if asked is not None:
        title = text("sign_in.enter_pin", name=asked.name)
        return Prompt(Tone.ASK, "id-card", title, text("sign_in.enter_pin_detail"))
    if state.locked is not None:
        return _locked(state.locked, turn)
    if not people and not turn.work.credentials():
        waiting = text("sign_in.no_people_detail")
        return Prompt(Tone.BUSY, "loader", text("sign_in.no_people"), waiting)
    detail = text("sign_in.or_pin") if people else text("sign_in.then_pin")
    return Prompt(Tone.ASK, "id-card", text("sign_in.scan_badge"), detail)


def _locked(locked: Locked, turn: Turn) -> Prompt:
    name, now_ns = locked.session.name, turn.around.clock.monotonic_ns()
    suffices = badge_suffices(locked.session.role, locked.why, locked.since_ns, now_ns)
    how = text("sign_in.badge_alone" if suffices else "sign_in.badge_and_pin")
    why = text(f"sign_in.locked_{locked.why.value}", name=name)
    return Prompt(Tone.WARN, "id-card", text("sign_in.locked", name=name), why, how)


def _actions(state: Entrance, *, disabled: bool) -> tuple[Action, ...]:
    actions: list[Action] = []
    if state.asked is not None or state.refused is not None:
        actions.append(Action("Esc", Intent.NO, text("key.back")))
    if disabled:
        actions.append(Action("F6", Intent.LET_IN, text("key.let_in")))
    return tuple(actions)
