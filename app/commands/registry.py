"""Which command lives in which module; each module adds its own parser and handler."""

import argparse
from importlib import import_module

# Each has `add_parser(commands)` and sets `handler` to a function of the parsed arguments.
MODULES = (
    "ledger",
    "imports",
    "simulators",
    "explain",
    "simulate",
    "conformance",
    "keys",
    "audit",
    "doctor",
    "report",
)


def add_all(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Let every command add its parser; heavy imports come with the handler."""
    for name in MODULES:
        import_module(f"app.commands.{name}").add_parser(commands)
