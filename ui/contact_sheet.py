"""Contact sheets: pictures of many scenes on one, each with its name, to be looked at together."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter

from app.errors import Trouble

# Nine pages a sheet: their sentences can still be read, and a screen shows one sheet whole.
ACROSS, DOWN = 3, 3
WIDTH_PX = 640
NAME_PX, GAP_PX = 22, 8
PAPER, INK = QColor("#FFFFFF"), QColor("#15191D")


def write(pictures: Sequence[Path], folder: Path) -> list[Path]:
    """Write `sheet-01.png` and so on; the files.

    Args:
        pictures: PNG files, in the order they are shown.
        folder: Where the sheets go.

    Raises:
        Trouble: A picture cannot be read, or a sheet not written.
    """
    sheets: list[Path] = []
    for first in range(0, len(pictures), ACROSS * DOWN):
        sheet = folder / f"sheet-{len(sheets) + 1:02d}.png"
        if not _sheet(pictures[first : first + ACROSS * DOWN]).save(str(sheet)):
            raise Trouble(f"{sheet} could not be written. Choose another folder.")
        sheets.append(sheet)
    return sheets


def _sheet(pictures: Sequence[Path]) -> QImage:
    shown = [(picture.stem, _small(picture)) for picture in pictures]
    high = max(image.height() for _, image in shown) + NAME_PX + GAP_PX
    sheet = QImage(
        ACROSS * (WIDTH_PX + GAP_PX), -(-len(shown) // ACROSS) * high, QImage.Format.Format_RGB32
    )
    sheet.fill(PAPER)
    painter = QPainter(sheet)
    painter.setPen(INK)
    for place, (name, image) in enumerate(shown):
        row, column = divmod(place, ACROSS)
        left, top = column * (WIDTH_PX + GAP_PX), row * high
        painter.drawText(left + GAP_PX, top + NAME_PX - GAP_PX, name)
        painter.drawImage(left, top + NAME_PX, image)
    painter.end()
    return sheet


def _small(picture: Path) -> QImage:
    image = QImage(str(picture))
    if image.isNull():
        raise Trouble(f"{picture} is no picture. Take the screenshots again.")
    return image.scaledToWidth(WIDTH_PX, Qt.TransformationMode.SmoothTransformation)
