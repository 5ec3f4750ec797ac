"""Secrets a person types at a command: never an argument, which other users and histories see."""

import getpass
import sys

from app.errors import Refusal


def asked(what: str, *, twice: bool = False) -> str:
    """A passphrase from the terminal, unseen; or the next line of input when there is no terminal.

    Args:
        what: What is asked for, as a question ends: `Recovery passphrase of p-anna`.
        twice: Ask again and compare, for a new one.

    Raises:
        Refusal: `no_passphrase`, `passphrases_differ`.
    """
    if not sys.stdin.isatty():
        line = sys.stdin.readline()
        if not line:
            raise Refusal("no_passphrase", f"{what} is missing. Give it as a line of input.")
        return line.rstrip("\r\n")
    typed = getpass.getpass(f"{what}: ")
    if twice and getpass.getpass(f"{what}, again: ") != typed:
        raise Refusal("passphrases_differ", "The two are not the same. Try again.")
    return typed
