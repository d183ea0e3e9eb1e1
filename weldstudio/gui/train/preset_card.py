"""A preset as a card: its name, and one sentence that says what it is for."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from weldstudio.gui.theme import RADIUS, theme

PAD = 12
MARK = 14


class PresetCard(QAbstractButton):
    """A checkable card; several of them in a QButtonGroup are chosen from like radio buttons."""

    def __init__(self, title: str, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentence = sentence
        self.setText(title)
        self.setCheckable(True)
        self.setToolTip(sentence)
        self.setAccessibleName(f"{title}. {sentence}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(280, self.heightForWidth(280))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(max(200, self.width())))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._title_height() + 4 + self._sentence_area(width).height() + 2 * PAD

    def _title_height(self) -> int:
        return QFontMetrics(theme.font("body", bold=True)).height()

    def _sentence_area(self, width: int) -> QRect:
        room = QRect(0, 0, width - 2 * PAD, 10_000)
        return QFontMetrics(theme.font("secondary")).boundingRect(room, Qt.TextFlag.TextWordWrap, self._sentence)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()  # its least height was that of the width before

    def enterEvent(self, event: object) -> None:
        self.update()

    def leaveEvent(self, event: object) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        strong = self.isChecked() or self.hasFocus()
        width = 2 if strong else 1
        box = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        role = "text" if self.hasFocus() and self.isChecked() else "accent" if strong else "line"
        painter.setPen(QPen(theme.colour(role), width))
        ground = "chosen" if self.isChecked() else "hover" if self.underMouse() else "surface"
        painter.setBrush(theme.colour(ground))
        painter.drawRoundedRect(box, RADIUS, RADIUS)

        title = QRect(PAD, PAD, self.width() - 2 * PAD, self._title_height())
        # The choice is told by a mark, not by colour alone.
        mark = QRectF(title.right() - MARK, title.center().y() - MARK / 2 + 1, MARK, MARK)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("accent" if self.isChecked() else "control_line"), 1.5))
        painter.drawEllipse(mark)
        if self.isChecked():
            painter.setBrush(theme.colour("accent"))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(mark.adjusted(4, 4, -4, -4))
        painter.setFont(theme.font("body", bold=True))
        painter.setPen(theme.colour("text"))
        name = title.adjusted(0, 0, -MARK - 8, 0)
        elided = painter.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, name.width())
        painter.drawText(name, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)
        painter.setFont(theme.font("secondary"))
        painter.setPen(theme.colour("secondary"))
        top = title.bottom() + 5
        painter.drawText(
            QRect(PAD, top, self.width() - 2 * PAD, self.height() - top), Qt.TextFlag.TextWordWrap, self._sentence
        )
