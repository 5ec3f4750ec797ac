"""The parcel label as it leaves the printer, and what became of the print job, in words."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.labels.parcel import ParcelLabel, layout, sscc_text
from app.station.inbox import PrintState
from app.station.screen import LabelView
from ui.label_picture import to_image
from ui.widgets.kit import Kit

WARM_UP_SSCC = "000000000000000000"
PRINT_LOOKS: dict[str, tuple[str, str]] = {
    PrintState.WAITING: ("hourglass", "muted"),
    PrintState.PRINTED: ("check", "ok"),
    PrintState.UNKNOWN: ("circle-question-mark", "warn"),
    PrintState.FAILED: ("triangle-alert", "warn"),
}


def warm_up() -> None:
    """Import what the first label needs; away from the window's thread, where it would be felt."""
    layout(ParcelLabel("", (), "", None, WARM_UP_SSCC))


class Paper(QWidget):
    """A picture on white paper, as large as its place allows and never larger than life."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._picture = QPixmap()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)

    def show_image(self, image: QImage) -> None:
        """Show the label."""
        self._picture = QPixmap.fromImage(image)
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        # 4 × 6 in at 96 dots: true size on a screen that tells the truth about itself.
        return QSize(384, 576)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(120, 0)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._picture.isNull():
            return
        size = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = 0, 0
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(left, top, size.width(), size.height(), self._kit.theme.colour("paper"))
        painter.drawPixmap(left, top, size.width(), size.height(), self._picture)
        painter.setPen(self._kit.theme.colour("line"))
        painter.drawRect(left, top, size.width() - 1, size.height() - 1)


class LabelPreview(QWidget):
    """Picture at the left, facts at the right."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._shown: ParcelLabel | None = None
        self.paper = Paper(kit)
        self._mark = QLabel()
        self.state = kit.label("must-read", wrap=True)
        self.facts = kit.label("body", wrap=True)
        self.sscc = kit.label("body", wrap=True)
        self.sscc.setFont(kit.theme.font(code=True))
        head = QHBoxLayout()
        head.addWidget(self._mark)
        head.addWidget(self.state, 1)
        column = QVBoxLayout()
        column.setSpacing(kit.theme.px("gap"))
        column.addLayout(head)
        for part in (self.sscc, self.facts):
            column.addWidget(part)
        column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(kit.theme.px("margin"))
        row.addWidget(self.paper)
        row.addLayout(column, 1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)

    def show_label(self, view: LabelView) -> None:
        """Show the label and how far its job has come."""
        words = self._kit.words
        state = view.state or PrintState.WAITING
        icon, token = PRINT_LOOKS.get(state, PRINT_LOOKS[PrintState.WAITING])
        self._mark.setPixmap(self._kit.picture(icon, token, self, "must_read"))
        known = state if state in PRINT_LOOKS else PrintState.WAITING.value
        self.state.setText(words.of(f"ui.print_{known}"))
        self.sscc.setText(sscc_text(view.sscc))
        # The picture has the whole address; here stands what is checked from a step away.
        facts = (view.carrier, words.weight(view.weight_mg or None), *view.ship_to[:1])
        self.facts.setText("\n".join(fact for fact in facts if fact))
        label = ParcelLabel(
            order=view.order,
            ship_to=view.ship_to,
            carrier_service=view.carrier,
            weight_mg=view.weight_mg or None,
            sscc=view.sscc,
            sku_count=view.skus,
            unit_count=view.units,
            printed_at=view.printed_at,
            parcel_no=view.parcel_no,
            station=view.station,
            reprint=view.reprint,
        )
        if label != self._shown:
            self._shown = label
            self.paper.show_image(to_image(layout(label)))
        self.paper.setAccessibleName(words.of("ui.label_picture", sscc=view.sscc))
