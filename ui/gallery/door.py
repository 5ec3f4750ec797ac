"""The door of the station: signing in, locked, shut, and stepping up over a task."""

from dataclasses import replace

from app.domain.text import Text, text
from app.station.inbox import Intent
from app.station.screen import Action, Page, Prompt, ProofState, ProofView, Screen, Tone
from ui.gallery.bench import OFFLINE, ONLINE, PEOPLE
from ui.gallery.scene import Scene


def _sign_in(prompt: Prompt, **more: object) -> Screen:
    screen = Screen(
        Page.SIGN_IN,
        text("sign_in.title"),
        prompt,
        scan_hint=text("sign_in.scan_hint"),
        people=PEOPLE,
        proof=ProofView(ProofState.BADGE),
    )
    return replace(screen, **more)  # type: ignore[arg-type]  # fields of Screen, checked by tests


def _refused(why: Text, **more: object) -> Screen:
    note = text("sign_in.again")
    prompt = Prompt(Tone.ERROR, "octagon-x", text("sign_in.refused"), why, note)
    back = Action("Esc", Intent.NO, text("key.back"))
    return _sign_in(prompt, **{"actions": (back,), **more})


def door_scenes(task: Screen) -> tuple[Scene, ...]:
    """Signing in and stepping up; a step-up lies over `task`."""
    ask = Prompt(Tone.ASK, "id-card", text("sign_in.scan_badge"), text("sign_in.or_pin"))
    anna = ProofView(ProofState.PIN, "p-anna", "Anna Novak")
    back = (Action("Esc", Intent.NO, text("key.back")),)
    enter = Prompt(
        Tone.ASK,
        "id-card",
        text("sign_in.enter_pin", name="Anna Novak"),
        text("sign_in.enter_pin_detail"),
    )
    checking = Prompt(
        Tone.BUSY, "loader", text("sign_in.checking_title"), text("sign_in.checking_detail")
    )
    locked = Prompt(
        Tone.WARN,
        "id-card",
        text("sign_in.locked", name="Anna Novak"),
        text("sign_in.locked_idle", name="Anna Novak"),
        text("sign_in.badge_alone"),
    )
    shut = Prompt(
        Tone.ERROR, "octagon-x", text("sign_in.shut"), text("sign_in.screen_locked", minutes=14)
    )
    wrong = replace(_refused(text("sign_in.wrong", left=7)).prompt, note=text("sign_in.again_pin"))
    let_in = (*back, Action("F6", Intent.LET_IN, text("key.let_in")))
    nobody, away = replace(ONLINE, person=""), replace(OFFLINE, person="")
    busy = ProofView(ProofState.CHECKING, "p-anna", "Anna Novak")
    closed = ProofView(ProofState.SHUT)
    return (
        Scene("sign_in", _sign_in(ask), nobody, keys=("Down", "1", "2")),
        Scene(
            "sign_in_pin",
            _sign_in(enter, people=(), proof=anna, actions=back),
            nobody,
            keys=("1", "2", "3", "4"),
        ),
        Scene("sign_in_checking", _sign_in(checking, people=(), proof=busy), nobody),
        Scene("sign_in_refused", _sign_in(wrong, people=(), proof=anna, actions=back), away),
        Scene("sign_in_wait", _refused(text("sign_in.wait", seconds=27)), away),
        Scene("sign_in_disabled", _refused(text("sign_in.disabled"), actions=let_in), away),
        Scene("sign_in_expired", _refused(text("sign_in.expired")), away),
        Scene("sign_in_shut", _sign_in(shut, people=(), proof=closed), away),
        Scene("sign_in_locked", _sign_in(locked), nobody),
        Scene("step_up", _step_up(task, ProofView(ProofState.BADGE))),
        Scene("step_up_pin", _step_up(task, ProofView(ProofState.PIN, "p-olu", "Olu Adeyemi")),
              keys=("1", "2", "3")),
        Scene("grant_offline", _no_grant(task), OFFLINE),
    )  # fmt: skip


def _no_grant(task: Screen) -> Screen:
    """What may be approved without a link is asked for with one."""
    title, note = text("grant.title"), text("pack.ack_note")
    prompt = Prompt(Tone.ERROR, "octagon-x", title, text("grant.offline"), note)
    acknowledge = Action("F9", Intent.ACKNOWLEDGE, text("key.acknowledge"), main=True)
    return replace(task, prompt=prompt, actions=(acknowledge,), locked=True)


def _step_up(task: Screen, proof: ProofView) -> Screen:
    """Over the task, which stays below."""
    detail = text("step_up.scan_badge")
    if proof.name:
        detail = text("step_up.enter_pin", name=proof.name)
    prompt = Prompt(Tone.ASK, "id-card", text("sign_in.let_in_title"), detail, text("step_up.note"))
    back = Action("Esc", Intent.NO, text("key.back"))
    return replace(task, prompt=prompt, proof=proof, actions=(back,))
