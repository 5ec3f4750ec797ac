"""Items and places in believable states: a draft, words beside a field, mine and theirs."""

from dataclasses import replace

from app.domain.text import Text, text
from app.station.edit_screen import DRAFTS, FIELDS, SIDES, label_of
from app.station.inbox import Intent
from app.station.lists import Choice, ListView, Mark
from app.station.screen import Action, Page, Prompt, Screen, Tone
from ui.gallery.bench import OFFLINE
from ui.gallery.scene import Scene

_NAME = "Enamel mug, blue 350 ml"
_SEND = Action("F10", Intent.MAIN, text("key.send_edit"), main=True)
_PAUSE = Action("Esc", Intent.NO, text("key.pause_task"))
_DROP = Action("F3", Intent.EMPTY, text("key.drop_draft"))
_UNDO = Action("F4", Intent.UNDO, text("key.step_back"))
_LEAVE = Action("Esc", Intent.NO, text("key.leave"))
_BACK = Action("Esc", Intent.NO, text("key.back"))


def _field(field: str, now: Text | str, new: Text | str = "", mark: Mark = Mark.NONE) -> Choice:
    return Choice(field, (label_of(field), now, new), mark)


def _fields(*changed: Choice) -> ListView:
    rows = {
        row.key: row
        for row in (
            _field("name", _NAME),
            _field("weight", text("edit.grams", n=310)),
            _field("spread", text("edit.grams", n=4)),
            _field("tracking", text("edit.tracking_none")),
            _field("shelf", text("edit.keeps")),
            _field("state", text("edit.state_active")),
            _field("low", text("edit.low_said", n=12)),
            _field("packs", text("edit.packs_said", n=2)),
            _field("pack/02900000000018", text("edit.pack_said", n=1)),
            _field("pack/02900000000063", text("edit.pack_said", n=12)),
        )
    }
    rows |= {row.key: row for row in changed}
    shown = tuple(rows.values())
    return ListView(text("edit.fields"), FIELDS, shown, len(shown), "weight")


def _side(field: str, mine: Text | str, theirs: Text | str, *, taken: bool) -> Choice:
    result = mine if taken else theirs
    mark = Mark.DONE if taken else Mark.ELSEWHERE
    return Choice(field, (label_of(field), mine, theirs, result), mark)


_WEIGHT = _field("weight", text("edit.grams", n=310), text("edit.grams", n=312), Mark.WAITING)
EDIT = Screen(
    page=Page.EDIT,
    title=text("edit.title"),
    document="SKU-10221",
    subtitle=text("case.plain", said=_NAME),
    prompt=Prompt(Tone.ASK, "keyboard", text("edit.ask_send"), text("edit.want_fields")),
    scan_hint=text("edit.hint"),
    choices=_fields(_WEIGHT),
    actions=(_PAUSE, _DROP, _UNDO, _SEND),
)


def edit_scenes() -> tuple[Scene, ...]:
    """All of them."""
    zero = text("edit.zero_weight")
    wrong = replace(
        EDIT,
        prompt=Prompt(Tone.WARN, "triangle-alert", zero, text("edit.want_fields")),
        choices=_fields(_field("weight", text("edit.grams", n=310), zero, Mark.WRONG)),
        actions=(_LEAVE, replace(_SEND, enabled=False, why_not=text("edit.nothing_changed"))),
    )
    offline = replace(
        EDIT,
        prompt=replace(EDIT.prompt, note=text("edit.offline")),
        actions=(
            _PAUSE,
            _DROP,
            _UNDO,
            replace(_SEND, enabled=False, why_not=text("edit.offline_now")),
        ),
    )
    sides = (
        _side("name", "Enamel mug, navy", "Enamel mug, dark blue", taken=True),
        _side("weight", text("edit.grams", n=312), text("edit.grams", n=320), taken=False),
    )
    stale = replace(
        EDIT,
        prompt=Prompt(Tone.WARN, "users", text("edit.stale"), text("edit.want_conflict")),
        scan_hint=text("scan.hint"),
        choices=ListView(text("edit.sides"), SIDES, sides, 2, "name"),
        actions=(
            _DROP,
            _PAUSE,
            Action("F10", Intent.MAIN, text("key.send_result"), main=True),
        ),
    )
    reasons = tuple(
        Action(str(n), Intent.REASON, text(f"edit.why_{word}"), argument=word)
        for n, word in enumerate(("measured", "packaging", "mistake", "supplier"), 1)
    )
    reason = replace(
        EDIT,
        prompt=Prompt(Tone.ASK, "circle-help", text("edit.ask_reason"), text("edit.want_reason")),
        actions=(*reasons, _BACK),
    )
    drafts = tuple(
        Choice(key, (key.partition("/")[2], text("edit.kept")), Mark.PAUSED)
        for key in ("item/SKU-10221", "place/A-04-2")
    )
    ask = Prompt(Tone.ASK, "scan-barcode", text("edit.ask_choose"), text("edit.want_choose"))
    choose = replace(
        EDIT,
        document="",
        subtitle=None,
        prompt=ask,
        scan_hint=text("scan.hint"),
        choices=ListView(text("edit.drafts"), DRAFTS, drafts, 2, "item/SKU-10221"),
        actions=(_LEAVE, Action("F10", Intent.MAIN, text("key.open"), main=True)),
    )
    kind = _field("kind", text("edit.kind_bin"), text("edit.kind_blocked"), Mark.WAITING)
    place = replace(
        EDIT,
        document="A-04-2",
        subtitle=None,
        choices=ListView(text("edit.fields"), FIELDS, (kind,), 1, "kind"),
        prompt=Prompt(Tone.ASK, "keyboard", text("edit.ask_send"), text("edit.want_place")),
    )
    return (
        Scene("edit", EDIT),
        Scene("edit_wrong", wrong),
        Scene("edit_offline", offline, OFFLINE),
        Scene("edit_conflict", stale),
        Scene("edit_reason", reason),
        Scene("edit_choose", choose),
        Scene("edit_place", place),
    )
