"""A call into the outside with a limit: the keyring may ask a person and never come back."""

import threading
from collections.abc import Callable
from typing import TypeVar

from app.keys.troubles import KeyState, KeyTrouble

# An unlocked keyring answers in 50 ms; one that asks a password nobody sees does not answer at all.
LIMIT_S = 5.0

A = TypeVar("A")


def within(task: Callable[[], A], limit_s: float = LIMIT_S) -> A:
    """Run a task on a thread of its own; its answer, or its error.

    Raises:
        KeyTrouble: `slow`, when it did not end in time. The thread is left behind: nothing can end
            a call that hangs in another process, and it is a daemon so that the program still ends.
    """
    answers: list[A] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            answers.append(task())
        except BaseException as error:  # noqa: BLE001 - raised again on the thread that asked
            errors.append(error)

    thread = threading.Thread(target=work, name="keyring", daemon=True)  # noqa: TID251 - joined here
    thread.start()
    thread.join(limit_s)
    if errors:
        raise errors[0]
    if not answers:
        raise KeyTrouble(KeyState.SLOW, detail=f"no answer in {limit_s} s")
    return answers[0]
