"""How much of a network is frozen, chosen on a drawing of it: stages from the photograph on, the head at the end."""

from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSlider, QToolTip, QWidget

from weldstudio.gui.theme import theme

HEIGHT: Final = 60
HEAD: Final = 12
EDGE: Final = 5
"""Room for the frame that shows the focus."""


class StageSlider(QSlider):
    """Its value is the number of frozen stages; left and right move it, and so does the mouse."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._names: tuple[str, ...] = ()
        self._fresh = 0
        self.setFixedHeight(theme.px(HEIGHT))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def show_network(self, names: tuple[str, ...], *, frozen: int, fresh: int) -> None:
        """Draw these stages, of which so many from the front are frozen and so many from the back begin anew."""
        self._names, self._fresh = names, fresh
        self.blockSignals(True)
        self.setRange(0, len(names))
        self.setPageStep(max(1, len(names) // 4))
        self.setValue(frozen)
        self.blockSignals(False)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, theme.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, theme.px(HEIGHT))

    def state_of(self, stage: int) -> str:
        """What happens to a stage, in words."""
        if stage < self.value():
            return "stays as it is"
        return "begins anew and is trained" if stage >= len(self._names) - self._fresh else "is trained"

    def _box(self, stage: int) -> QRectF:
        """Where a stage is drawn; the further from the photograph, the less of it is left to see."""
        count = max(1, len(self._names))
        wide = (self.width() - 2 * EDGE - HEAD - 4) / count
        high = self.height() - 2 * EDGE
        tall = high * (1 - 0.6 * stage / count)
        gap = 2 if wide >= 6 else 0.5
        return QRectF(EDGE + stage * wide, EDGE + (high - tall) / 2, wide - gap, tall)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        for stage in range(len(self._names)):
            frozen = stage < self.value()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("track" if frozen else "accent"))
            if not frozen and stage >= len(self._names) - self._fresh:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(theme.colour("accent"), 1, Qt.PenStyle.DashLine))
            elif frozen:
                painter.setPen(QPen(theme.colour("control_line"), 1))
            painter.drawRect(self._box(stage))
        head = QRectF(self.width() - EDGE - HEAD, self.height() / 2 - HEAD, HEAD, 2 * HEAD)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent"))
        painter.drawRoundedRect(head, 3, 3)
        # Where the frozen part ends; a colour alone would not tell it.
        x = self._box(self.value()).left() - 1 if self.value() < len(self._names) else head.left() - 3
        painter.setPen(QPen(theme.colour("text"), 2))
        painter.drawLine(round(x), EDGE - 2, round(x), self.height() - EDGE + 2)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._names:
            stage = self._stage_at(event.position().x() if hasattr(event, "position") else event.pos().x())
            words = (
                "The head, which is always fitted" if stage is None else f"{self._names[stage]}: {self.state_of(stage)}"
            )
            QToolTip.showText(event.globalPos(), f"{words}\n{self.toolTip()}", self)
            return True
        return super().event(event)

    def _stage_at(self, x: float) -> int | None:
        return next((stage for stage in range(len(self._names)) if x <= self._box(stage).right() + 2), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._follow(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def _follow(self, event: QMouseEvent) -> None:
        """The stage under the mouse and all before it are frozen; left of the first, none is."""
        if event.position().x() <= self._box(0).center().x():
            self.setValue(0)
            return
        stage = self._stage_at(event.position().x())
        self.setValue(len(self._names) if stage is None else stage + 1)
