"""Colours, sizes and fonts of the window, read from `resources/theme`, and the palette of them.

Not for layout. Every colour and every pixel size in `ui` comes from here, so that contrast and size
can be checked over one table.
"""

import string
import tomllib
from functools import cache
from typing import Any

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from app.errors import Fault, Refusal
from app.paths import resources_dir

THEMES = ("light", "dark", "contrast")
# Below 100 % the must-read text is no longer legible at one metre; above 200 % a page does not hold
# it.
SCALE_MIN_PERCENT, SCALE_MAX_PERCENT = 100, 200
# Header, keys and footer grow a fifth as fast as what is read (tokens.toml says why).
FRAME_SHARE = 5
# A window this high holds a page at this scale; a higher one holds more, a lower one less.
HOLDS_PX, HOLDS_PERCENT = 800, 150
TEXT_FAMILY = "Atkinson Hyperlegible Next"
CODE_FAMILY = "Atkinson Hyperlegible Mono"


@cache
def tokens() -> dict[str, Any]:
    """The whole token table, read once."""
    path = resources_dir() / "theme" / "tokens.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def scale_for(percent: int, height_px: int) -> int:
    """The text scale a window of `height_px` can hold, at most what was asked for."""
    return max(SCALE_MIN_PERCENT, min(percent, height_px * HOLDS_PERCENT // HOLDS_PX))


class Theme:
    """One set of colours at one text scale.

    Args:
        name: One of `THEMES`.
        scale_percent: Text scale; clamped to what a page can hold.
    """

    def __init__(self, name: str = "light", scale_percent: int = 100) -> None:
        if name not in THEMES:
            raise Refusal(
                "unknown_theme", f"There is no theme “{name}”. Choose one of: {', '.join(THEMES)}."
            )
        self.name = name
        self.scale_percent = max(SCALE_MIN_PERCENT, min(SCALE_MAX_PERCENT, scale_percent))
        self._colours: dict[str, str] = tokens()[name]
        self._sizes: dict[str, int] = tokens()["sizes"] | tokens()["frame"]

    def colour(self, token: str) -> QColor:
        """The colour called `token`."""
        return QColor(self._colours[token])

    def px(self, size: str) -> int:
        """The size called `size` in pixels at this scale."""
        percent = self.scale_percent
        if size in tokens()["frame"]:
            percent = 100 + (percent - 100) // FRAME_SHARE
        return self._sizes[size] * percent // 100

    def floor_px(self, size: str) -> int:
        """The size at 100 %: what a shrinking text may fall back to when the room is short."""
        return self._sizes[size]

    def font(self, size: str = "body", *, bold: bool = False, code: bool = False) -> QFont:
        """A font of the given size; `code` is the family in which 0 and O, 1 and l differ."""
        return self.font_px(self.px(size), bold=bold, code=code)

    def font_px(self, pixels: int, *, bold: bool = False, code: bool = False) -> QFont:
        """A font of `pixels` height."""
        font = QFont(CODE_FAMILY if code else TEXT_FAMILY)
        font.setPixelSize(pixels)
        font.setBold(bold)
        return font

    def palette(self) -> QPalette:
        """The colours as Qt's roles, disabled ones still legible."""
        roles = {
            QPalette.ColorRole.Window: "bg",
            QPalette.ColorRole.WindowText: "text",
            QPalette.ColorRole.Base: "surface",
            QPalette.ColorRole.AlternateBase: "bg",
            QPalette.ColorRole.Text: "text",
            QPalette.ColorRole.Button: "surface",
            QPalette.ColorRole.ButtonText: "text",
            QPalette.ColorRole.PlaceholderText: "muted",
            QPalette.ColorRole.Highlight: "selected",
            QPalette.ColorRole.HighlightedText: "on_selected",
            QPalette.ColorRole.ToolTipBase: "surface",
            QPalette.ColorRole.ToolTipText: "text",
            QPalette.ColorRole.Link: "accent",
            QPalette.ColorRole.Mid: "line",
        }
        palette = QPalette()
        for role, token in roles.items():
            palette.setColor(role, self.colour(token))
        disabled = QPalette.ColorGroup.Disabled
        for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
            palette.setColor(disabled, role, self.colour("muted"))
        return palette

    def qss(self) -> str:
        """The style sheet with every token filled in."""
        template = (resources_dir() / "theme" / "app.qss").read_text(encoding="utf-8")
        values = dict(self._colours) | {f"px_{name}": str(self.px(name)) for name in self._sizes}
        try:
            return string.Template(template).substitute(values)
        except KeyError as missing:
            raise Fault(
                "The theme is not complete.", detail=f"app.qss asks for {missing}"
            ) from missing

    def apply(self, application: QApplication) -> None:
        """Dress the whole application."""
        load_fonts()
        application.setStyle("Fusion")
        application.setFont(self.font())
        application.setPalette(self.palette())
        application.setStyleSheet(self.qss())


@cache
def load_fonts() -> tuple[str, ...]:
    """Make the shipped fonts known to Qt; their families."""
    families: list[str] = []
    for path in sorted((resources_dir() / "fonts").glob("*.ttf")):
        number = QFontDatabase.addApplicationFont(str(path))
        families.extend(QFontDatabase.applicationFontFamilies(number))
    return tuple(families)
