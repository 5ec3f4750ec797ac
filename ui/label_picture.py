"""A label drawn with Qt: on the screen, as PNG, or as a PDF for printers that know no ZPL.

One unit of the painter is one dot of the label, nothing is scaled or smoothed, so bars keep the
whole dots they were laid out with.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import assert_never

from PySide6.QtCore import QByteArray, QFile, QMarginsF, QRect, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QImage,
    QImageWriter,
    QPageLayout,
    QPageSize,
    QPainter,
    QPdfWriter,
)

from app.errors import Trouble
from app.labels.label import Align, Bars, Box, Element, Label, Text
from app.labels.measure import letters

BLACK, WHITE = QColor(0, 0, 0), QColor(255, 255, 255)
# Sizes of letters that are kept: a label has a handful, a report three.
_SIZES = 64
_METRES_PER_INCH = 0.0254
_ALIGN = {
    Align.LEFT: Qt.AlignmentFlag.AlignLeft,
    Align.CENTRE: Qt.AlignmentFlag.AlignHCenter,
    Align.RIGHT: Qt.AlignmentFlag.AlignRight,
}


def draw(label: Label, painter: QPainter) -> None:
    """Paint a label at the painter's origin, one unit a dot. The caller owns the painter."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing, on=False)
    painter.fillRect(0, 0, label.width_dots, label.height_dots, WHITE)
    for element in label.elements:
        _draw(element, painter)
    painter.restore()


def to_image(label: Label) -> QImage:
    """The label in black and white, dot for dot."""
    # Painted in colour, kept in one bit: painting text straight into one bit dithers it.
    image = QImage(label.width_dots, label.height_dots, QImage.Format.Format_RGB32)
    per_metre = round(label.dpi / _METRES_PER_INCH)
    image.setDotsPerMeterX(per_metre)
    image.setDotsPerMeterY(per_metre)
    painter = QPainter(image)
    draw(label, painter)
    painter.end()
    return image.convertToFormat(QImage.Format.Format_Mono, Qt.ImageConversionFlag.ThresholdDither)


def to_png(label: Label, path: Path) -> None:
    """Write the label as PNG.

    Raises:
        Trouble: The file could not be written.
    """
    if not QImageWriter(str(path), QByteArray(b"png")).write(to_image(label)):
        raise Trouble(f"The label could not be saved as {path}. Check the folder.", detail="PNG")


def to_pdf(label: Label, path: Path, *more: Label) -> None:
    """Write the label as a PDF page of its own size, without margins; `more` of that size follow.

    Raises:
        Trouble: The file could not be written.
    """
    try:
        pages_to_pdf(iter((label, *more)), path)
    except OSError as error:
        raise Trouble(
            f"The label could not be saved as {path}. Check the folder.", detail=str(error)
        ) from error


def pages_to_pdf(pages: Iterator[Label], path: Path) -> None:
    """Write pages of one size, each as it comes: only one is ever in memory.

    Not bound to the window's thread: it paints into a file.

    Raises:
        OSError: The file could not be written.
    """
    first = next(pages)
    file = QFile(str(path))
    if not file.open(QFile.OpenModeFlag.WriteOnly):
        raise OSError(file.errorString())
    writer = QPdfWriter(file)
    inches = QSizeF(first.width_dots / first.dpi, first.height_dots / first.dpi)
    size = QPageSize(inches, QPageSize.Unit.Inch, "label", QPageSize.SizeMatchPolicy.ExactMatch)
    writer.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)))
    writer.setResolution(first.dpi)
    painter = QPainter()
    if not painter.begin(writer):
        raise OSError(file.errorString())
    draw(first, painter)
    for page in pages:
        writer.newPage()
        draw(page, painter)
        if file.error() is not QFile.FileError.NoError:
            break
    painter.end()
    # The writer tells nobody that the disk is full; the file does.
    whole = file.flush() and file.error() is QFile.FileError.NoError
    said = file.errorString()
    file.close()
    if not whole:
        raise OSError(said)


def _draw(element: Element, painter: QPainter) -> None:
    match element:
        case Box():
            painter.fillRect(element.x, element.y, element.width, element.height, BLACK)
        case Bars():
            _draw_bars(element, painter)
        case Text():
            _draw_text(element, painter)
        case _:
            assert_never(element)


def _draw_bars(bars: Bars, painter: QPainter) -> None:
    """One rectangle a bar, not one a module: a printer's rounding cannot open a gap inside it."""
    at = 0
    for run in bars.modules.replace("01", "0 1").replace("10", "1 0").split():
        if run[0] == "1":
            left = bars.x + at * bars.module_dots
            painter.fillRect(left, bars.y, len(run) * bars.module_dots, bars.height, BLACK)
        at += len(run)


def _draw_text(text: Text, painter: QPainter) -> None:
    font = _font(letters(text.height), bold=text.bold)
    painter.setFont(font)
    painter.setPen(WHITE if text.reverse else BLACK)
    flags = _ALIGN[text.align] | Qt.AlignmentFlag.AlignVCenter
    width = QFontMetrics(font, painter.device()).horizontalAdvance(text.text)
    if width <= text.max_width:
        painter.drawText(QRect(text.x, text.y, text.max_width, text.height), flags, text.text)
        return
    # The layout made it fit by a careful estimate; a wider font than that is squeezed, never cut.
    painter.save()
    painter.setClipRect(text.x, text.y, text.max_width, text.height)
    painter.translate(text.x, text.y)
    painter.scale(text.max_width / width, 1)
    painter.drawText(QRect(0, 0, width, text.height), flags, text.text)
    painter.restore()


@lru_cache(_SIZES)
def _font(pixels: int, *, bold: bool) -> QFont:
    font = QFont()
    font.setPixelSize(pixels)
    font.setBold(bold)
    return font
