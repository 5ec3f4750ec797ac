"""Where the program's own files lie, from a checkout and from the packaged program alike."""

import sys
from pathlib import Path


def bundle_dir() -> Path:
    """Folder that holds `resources/` and `migrations/`."""
    frozen: str | None = getattr(sys, "_MEIPASS", None)
    return Path(frozen) if frozen else Path(__file__).resolve().parents[1]


def resources_dir() -> Path:
    """Icons, sounds, themes, languages, sample data."""
    return bundle_dir() / "resources"


def migrations_dir() -> Path:
    """Both Alembic chains."""
    return bundle_dir() / "migrations"
