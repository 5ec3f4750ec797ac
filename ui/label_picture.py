"""A label drawn with Qt: on the screen, as PNG, or as a PDF for printers that know no ZPL.

One unit of the painter is one dot of the label, nothing is scaled or smoothed, so bars keep the
whole dots they were laid out with.
"""

from collections.abc import Iterator
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
_METRES_PER_INCH = 0.0254
_ALIGN = {
    Align.LEFT: Qt.AlignmentFlag.AlignLeft,
    Align.CENTRE: Qt.AlignmentFlag.AlignHCenter,
    Align.RIGHT: Qt.AlignmentFlag.AlignRight,
}


def draw(label: Label, painter: QPainter) -> None:
    """Paint a label at the painter's origin, one unit a dot. The caller owns the painter."""
    _draw_page(label, painter, _Fonts())


def _draw_page(label: Label, painter: QPainter, fonts: "_Fonts") -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing, on=False)
    painter.fillRect(0, 0, label.width_dots, label.height_dots, WHITE)
    for element in label.elements:
        _draw(element, painter, fonts)
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

    On the window's thread, or where there is no window; `ui.paper` is for all others.

    Raises:
        OSError: The file could not be written.
    """
    pdf = PdfFile(next(pages), path)
    try:
        for page in pages:
            if not pdf.add(page):
                break
    finally:
        pdf.end()
    pdf.insist()


class PdfFile:
    """A PDF that grows page by page.

    Args:
        first: The first page; all others are of its size.
        path: Where it lies.

    Raises:
        OSError: The file could not be opened.
    """

    def __init__(self, first: Label, path: Path) -> None:
        # In the order in which they may go, if this is let go of half-way.
        self._painter, self._fonts = QPainter(), _Fonts()
        self._file = QFile(str(path))
        if not self._file.open(QFile.OpenModeFlag.WriteOnly):
            raise OSError(self._file.errorString())
        self._writer = QPdfWriter(self._file)
        # It writes to its file to its last breath.
        self._file.setParent(self._writer)
        inches = QSizeF(first.width_dots / first.dpi, first.height_dots / first.dpi)
        size = QPageSize(inches, QPageSize.Unit.Inch, "label", QPageSize.SizeMatchPolicy.ExactMatch)
        layout = QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0))
        self._writer.setPageLayout(layout)
        self._writer.setResolution(first.dpi)
        if not self._painter.begin(self._writer):
            raise OSError(self._file.errorString())
        _draw_page(first, self._painter, self._fonts)

    def add(self, page: Label) -> bool:
        """Draw the next page; whether the file still takes any."""
        self._writer.newPage()
        _draw_page(page, self._painter, self._fonts)
        return self._file.error() is QFile.FileError.NoError

    def end(self) -> None:
        """Nothing is added any more; the file is closed."""
        self._painter.end()
        # The writer tells nobody that the disk is full; the file does.
        whole = self._file.flush() and self._file.error() is QFile.FileError.NoError
        self._said = "" if whole else self._file.errorString()
        self._file.close()
        # What is Qt's goes on the thread that made it, whoever lets go of this last.
        del self._painter, self._fonts, self._file, self._writer

    def insist(self) -> None:
        """Only a whole file is a file.

        Raises:
            OSError: Something of it was not written.
        """
        if self._said:
            raise OSError(self._said)


def _draw(element: Element, painter: QPainter, fonts: "_Fonts") -> None:
    match element:
        case Box():
            painter.fillRect(element.x, element.y, element.width, element.height, BLACK)
        case Bars():
            _draw_bars(element, painter)
        case Text():
            _draw_text(element, painter, fonts)
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


def _draw_text(text: Text, painter: QPainter, fonts: "_Fonts") -> None:
    font = fonts.of(letters(text.height), bold=text.bold)
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


class _Fonts:
    """Fonts of one document by size and weight.

    Not kept for the next document, which another thread may draw: what a `QFont` remembers belongs
    to the thread that used it, and is gone with it (a segmentation fault).
    """

    def __init__(self) -> None:
        self._made: dict[tuple[int, bool], QFont] = {}

    def of(self, pixels: int, *, bold: bool) -> QFont:
        """The font of that size."""
        if (pixels, bold) not in self._made:
            font = QFont()
            font.setPixelSize(pixels)
            font.setBold(bold)
            self._made[pixels, bold] = font
        return self._made[pixels, bold]
