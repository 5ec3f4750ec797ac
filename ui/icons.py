"""Icons of `resources/icons` in the theme's colours.

The files are Lucide's line icons (ISC licence beside them), drawn with `currentColor`; that word is
replaced by a colour before QSvgRenderer sees it. An unknown name is drawn as a question mark and
logged once: a missing picture never stops a task.
"""

import logging
from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.paths import resources_dir

log = logging.getLogger(__name__)

UNKNOWN = "circle-question-mark"
# Icons at several sizes, colours and pixel ratios: a few hundred at most.
CACHE_LIMIT = 512

_pixmaps: dict[tuple[str, str, int, int], QPixmap] = {}


def exists(name: str) -> bool:
    """Whether there is an icon called `name`."""
    return (resources_dir() / "icons" / f"{name}.svg").is_file()


@cache
def _source(name: str) -> str:
    if not exists(name):
        log.warning("There is no icon %r; a question mark stands in for it.", name)
        name = UNKNOWN
    return (resources_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


def pixmap(name: str, colour: QColor, pixels: int, ratio: float = 1.0) -> QPixmap:
    """The icon `name` in `colour`, `pixels` wide, sharp at the screen's pixel ratio."""
    device = max(1, round(pixels * ratio))
    key = (name, colour.name(QColor.NameFormat.HexArgb), pixels, device)
    found = _pixmaps.get(key)
    if found is not None:
        return found
    svg = _source(name).replace("currentColor", colour.name())
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    picture = QPixmap(device, device)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(0, 0, device, device))
    painter.end()
    picture.setDevicePixelRatio(device / pixels)
    if len(_pixmaps) >= CACHE_LIMIT:
        _pixmaps.clear()
    _pixmaps[key] = picture
    return picture


def icon(name: str, colour: QColor, pixels: int, ratio: float = 1.0) -> QIcon:
    """The same as a QIcon, for buttons and item views."""
    return QIcon(pixmap(name, colour, pixels, ratio))
