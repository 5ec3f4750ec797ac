"""Where the real data lies, when it lies beside this checkout."""

from pathlib import Path

SKIP_REASON = "shared data not beside this checkout"


def shared_data() -> Path | None:
    """Folder of real data beside the checkout, or None on a plain clone."""
    folder = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    return folder if folder.is_dir() else None
