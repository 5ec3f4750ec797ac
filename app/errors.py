"""The error tree: who is at fault decides what the reader does.

    PackhouseError
    ├── Refusal   the rule said no: show the sentence, play the wrong tone, nothing changed
    ├── Trouble   the world is at fault (network, disk, cable): keep working, show state, log once
    │   └── Damaged   what was kept is damaged: it stays as it is, a restore is offered
    └── Fault     we are at fault (a broken invariant): stop the task, keep the outbox, report

Every error carries `say`, a sentence for the person with the next step, and `detail` for the log.
"""

from typing_extensions import override


class PackhouseError(Exception):
    """Base of everything the program raises on purpose.

    Args:
        say: One or two sentences for the person: what happened and what to do next.
        detail: What the log should know beside it; never shown on a screen.
    """

    def __init__(self, say: str, *, detail: str = "") -> None:
        super().__init__(say)
        self.say = say
        self.detail = detail

    @override
    def __str__(self) -> str:
        return f"{self.say} [{self.detail}]" if self.detail else self.say


class Refusal(PackhouseError):
    """A rule said no. `code` is stable and documented; the sentence may be reworded.

    Args:
        code: Closed, documented code, e.g. `already_claimed`.
        say: Sentence for the person.
        detail: For the log.
    """

    def __init__(self, code: str, say: str, *, detail: str = "") -> None:
        super().__init__(say, detail=detail)
        self.code = code


class Trouble(PackhouseError):
    """The world is at fault: no network, scale unplugged, disk full. Try again later."""


class Damaged(Trouble):
    """A file that holds people's work is damaged. It is kept as it is; a restore can be offered.

    Args:
        say: Sentence for the person.
        backup: When the newest backup was made, ISO 8601; empty when there is nothing to restore.
        detail: For the log.
    """

    def __init__(self, say: str, *, backup: str = "", detail: str = "") -> None:
        super().__init__(say, detail=detail)
        self.backup = backup


class Fault(PackhouseError):
    """We are at fault: an invariant of our own does not hold."""
