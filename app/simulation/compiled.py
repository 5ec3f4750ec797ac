"""Compiled statements shared by all engines of one kind.

A simulated floor opens a book some hundred times; compiling every statement anew each time took a
third of a seed. The statements and the dialect are the same, so what was compiled once serves all.
"""

from typing import Any

from sqlalchemy import Dialect, Engine

_dialects: dict[str, Dialect] = {}
# As many as there are statements in the code: a few hundred.
_statements: dict[str, dict[Any, Any]] = {}


def share(kind: str, *engines: Engine) -> None:
    """Let these engines use what engines of this kind have compiled, and add to it."""
    for engine in engines:
        engine.dialect = _dialects.setdefault(kind, engine.dialect)
        engine.update_execution_options(compiled_cache=_statements.setdefault(kind, {}))
