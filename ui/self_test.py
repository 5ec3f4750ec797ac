"""Whether every resource of the window is there and can be read."""

from app.catalogue import Catalogue
from app.paths import resources_dir
from ui.text import Words
from ui.theme import Theme

FOLDERS = ("fonts", "i18n", "icons", "sample", "sounds", "theme")


def run() -> list[str]:
    """Load them all; one sentence for each that fails."""
    problems = []
    for name in FOLDERS:
        folder = resources_dir() / name
        if not folder.is_dir() or not any(folder.iterdir()):
            problems.append(f"the folder resources/{name} is missing. Install the program again.")
    for theme in ("light", "dark", "contrast"):
        try:
            Theme(theme, 100)
        except Exception as error:  # noqa: BLE001 - a self-test reports whatever is broken
            problems.append(f"the theme {theme} cannot be read: {error!r}")
    for language in ("en", "de"):
        Words(Catalogue.load(language)).of("ui.window")
    return problems
