"""What every page owes people without a mouse: a key and a card for whatever may be done on it."""

from app.catalogue import Catalogue
from app.domain.barcode import Command, own_code
from app.station.cards import card, card_for
from app.station.flow import INTENT_TRIGGERS, Trigger
from app.station.inbox import Intent
from app.station.screen import Action, Page, Screen

LANGUAGES = ("en", "de")
# What the window's key filter gives a name to, less those that page and scroll (`ui.keys`).
KEYS = frozenset((*"0123456789", "Enter", "Esc", "Space", *(f"F{n}" for n in range(1, 13))))
# The window's own, on every page.
TAKEN = frozenset({"F1", "F12"})
# The menu; in a count that nothing lies there, of a draft that it is dropped.
ON_F3 = (Intent.TASKS, Intent.EMPTY)
WITHOUT_SCANNER = frozenset({Page.SETUP})
_seen: set[tuple[Action, ...]] = set()
_words: list[Catalogue] = []


def unreachable(screen: Screen) -> list[str]:
    """Why somebody without a mouse, or with a scanner alone, cannot do all of a page."""
    # Before the set-up is done there is no scanner to rely on.
    cards = [] if screen.page in WITHOUT_SCANNER else _cards(screen.actions)
    return [*_keys(screen.actions), *cards, *_names(screen.actions)]


def check(screen: Screen) -> None:
    """Fail when something of a page is out of reach; each set of keys is looked at once."""
    if screen.actions in _seen:
        return
    found = unreachable(screen)
    assert not found, f"{screen.page.value}, {screen.prompt.title.code}: {found}"
    _seen.add(screen.actions)


def _keys(actions: tuple[Action, ...]) -> list[str]:
    keys = [one.key for one in actions]
    wrong = [f"there is no key {key}" for key in keys if key not in KEYS]
    wrong += [f"{key} is the window's own" for key in keys if key in TAKEN]
    wrong += [f"two actions on {key}" for key in set(keys) if keys.count(key) > 1]
    wrong += [f"{one.key} is barred and nobody says why" for one in actions if _mute(one)]
    wrong += [
        f"F3 is {one.intent}, and tasks elsewhere"
        for one in actions
        if one.key == "F3" and one.intent not in ON_F3
    ]
    main = [one.key for one in actions if one.main]
    return wrong + ([f"{len(main)} main actions: {main}"] if len(main) > 1 else [])


def _mute(action: Action) -> bool:
    return not action.enabled and action.why_not is None


def _cards(actions: tuple[Action, ...]) -> list[str]:
    return [
        f"no card does what {one.key} does: {one.intent} {one.argument}"
        for one in actions
        # F7 asks for the number; each number has a card.
        if one.intent not in ("local", Intent.QUANTITY) and not _same(one)
    ]


def _same(action: Action) -> bool:
    """Whether the card of an action means the same to a flow as its key."""
    meaning = own_code(card_for(action.intent, action.argument))
    if not isinstance(meaning, Command):
        return False
    done = card(meaning, "")
    same = {INTENT_TRIGGERS[Intent(action.intent)]}
    if action.intent == Intent.REJECT and action.argument:
        same = {Trigger.REASON}
    return done.trigger in same and done.argument in (action.argument, "")


def _names(actions: tuple[Action, ...]) -> list[str]:
    if not _words:
        _words.extend(Catalogue.load(language, strict=True) for language in LANGUAGES)
    wrong = []
    for one in actions:
        said = [words.say(one.label) for words in _words]
        wrong += [f"{one.key} has no name: {said}" for name in said if not name.strip()]
    return wrong
