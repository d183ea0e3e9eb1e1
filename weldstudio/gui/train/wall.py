"""A wall of validation photographs, the same throughout a run, with what the network says of them and said before."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QWidget

from weldstudio.domain.errors import PhotoError
from weldstudio.domain.labelling import State
from weldstudio.domain.messages import Wall
from weldstudio.gui.background import Background
from weldstudio.gui.icons import pixmap
from weldstudio.gui.theme import GAP, GROUP, theme
from weldstudio.imaging.read import read_photo

CELL: Final = 168
"""Least width of a photograph, in pixels at 100 %."""
LINES: Final = 3
"""Classes told of each photograph."""
SPARK: Final = 40
MOST_SPARKS: Final = 40
"""Points of the small curve."""

PathOf = Callable[[int], Path | None]


class PhotoWall(QWidget):
    """Shows the `Wall`s of a run, as of one of its steps. Height follows width."""

    opened = Signal(int)
    """Id of a photograph that somebody wants to see."""

    def __init__(self, path_of: PathOf, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path_of = path_of
        self._walls: Sequence[Wall] = ()
        self._at = -1
        self._class: str | None = None
        self._thresholds: Mapping[str, float] | None = {}
        self._pictures: dict[int, QPixmap] = {}
        self._asked: tuple[int, ...] = ()
        self._background = Background(self)
        self.setAccessibleName("Validation photographs and what the network says of them")
        self.setMouseTracking(True)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    def show_walls(self, walls: Sequence[Wall], at: int = -1, *, thresholds: Mapping[str, float] | None = None) -> None:
        """Show what was said at evaluation number `at` (-1: the newest), and the way there.

        A class counts as raised from its threshold (0.5 where none is known); None: the likeliest of them is.
        """
        self._walls, self._at, self._thresholds = walls, at, thresholds
        photos = walls[-1].photo_ids if walls else ()
        if photos != self._asked:
            self._asked = photos
            files = {photo: path for photo in photos if (path := self._path_of(photo)) is not None}
            side = theme.px(CELL) * 2
            self._background.ask(lambda: _read(files, side), self._take)
            self.updateGeometry()
        self.setAccessibleDescription("\n".join(self.told()))
        self.update()

    def choose_class(self, name: str | None) -> None:
        """Tell of this class first; None: of what is raised, then of what the network is surest of."""
        if name != self._class:
            self._class = name
            self.update()

    def raises(self, number: int, column: int) -> bool:
        """Whether the network raises a class on photograph `number`."""
        wall = self._walls[self._at]
        said = wall.probabilities[number]
        if self._thresholds is None:
            return said[column] == max(said)
        return said[column] >= self._thresholds.get(wall.classes[column], 0.5)

    def told(self) -> list[str]:
        """What is shown, in words."""
        if not self._walls:
            return []
        wall = self._walls[self._at]
        lines = []
        for place, photo in enumerate(wall.photo_ids):
            said = "; ".join(
                f"{wall.classes[c]} {wall.probabilities[place][c]:.2f} ({_state(wall, place, c).word})"
                for c in shown_classes(self._walls[-1], place, self._class)
            )
            lines.append(f"Photograph {photo}: {said}")
        return lines

    def sizeHint(self) -> QSize:
        return QSize(640, self.heightForWidth(640))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        count = len(self._asked)
        across = self._across(width)
        return -(-count // across) * (self._cell(width).height() + GROUP) if count else 0

    def _across(self, width: int) -> int:
        return max(1, (width + GROUP) // (theme.px(CELL) + GROUP))

    def _cell(self, width: int) -> QSize:
        across = self._across(width)
        wide = (width - (across - 1) * GROUP) // across
        return QSize(wide, wide * 3 // 4 + 4 + LINES * theme.px(20))

    def _take(self, read: Mapping[int, QImage] | None, error: Exception | None) -> None:
        if error is not None:
            raise error
        self._pictures = {photo: QPixmap.fromImage(image) for photo, image in (read or {}).items()}
        self.update()

    def _place(self, number: int) -> QRect:
        cell, across = self._cell(self.width()), self._across(self.width())
        down, right = divmod(number, across)
        return QRect(QPoint(right * (cell.width() + GROUP), down * (cell.height() + GROUP)), cell)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for number, photo in enumerate(self._asked):
            if self._place(number).contains(event.position().toPoint()):
                self.opened.emit(photo)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        over = any(self._place(n).contains(event.position().toPoint()) for n in range(len(self._asked)))
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
        self.setToolTip("Look at this photograph on the Review page" if over else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._walls:
            return
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        for number, photo in enumerate(self._walls[-1].photo_ids):
            place = self._place(number)
            if place.intersects(event.rect()):
                self._paint_photo(painter, place, number, photo=photo)

    def _paint_photo(self, painter: QPainter, place: QRect, number: int, *, photo: int) -> None:
        box = QRect(place.left(), place.top(), place.width(), place.width() * 3 // 4)
        painter.fillRect(box, theme.colour("well"))
        picture = self._pictures.get(photo)
        if picture is not None:
            size = picture.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRect(QPoint(0, 0), size)
            target.moveCenter(box.center())
            painter.drawPixmap(target, picture)
        line = theme.px(20)
        for row, column in enumerate(shown_classes(self._walls[-1], number, self._class)):
            area = QRect(place.left(), box.bottom() + 5 + row * line, place.width(), line)
            self._paint_class(painter, area, number, column=column)

    def _paint_class(self, painter: QPainter, area: QRect, number: int, *, column: int) -> None:
        wall = self._walls[self._at]
        said = wall.probabilities[number][column]
        state = _state(wall, number, column)
        icon = {State.RAISED: "raised", State.CLEAR: "clear", State.UNSURE: "unsure"}.get(state, "unseen")
        mark = QRect(area.left(), area.center().y() - 6, 14, 14)
        painter.drawPixmap(mark, pixmap(icon, icon, 14, ratio=self.devicePixelRatioF()))
        painter.setFont(theme.font("secondary", figures=True))
        wrong = state in (State.RAISED, State.CLEAR) and self.raises(number, column) != (state == State.RAISED)
        painter.setPen(theme.colour("disagreement" if wrong else "text"))
        value = f"{said:.2f}"
        room = painter.fontMetrics().horizontalAdvance("0.00 ≠") + 2
        right = area.adjusted(area.width() - room, 0, 0, 0)
        painter.drawText(
            right, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, f"{value} ≠" if wrong else value
        )
        spark = QRectF(right.left() - SPARK - GAP, area.top() + 4, SPARK, area.height() - 8)
        self._paint_spark(painter, spark, number, column=column)
        painter.setPen(theme.colour("text"))
        name = area.adjusted(18, 0, -(room + SPARK + 2 * GAP), 0)
        words = painter.fontMetrics().elidedText(wall.classes[column], Qt.TextElideMode.ElideMiddle, name.width())
        painter.drawText(name, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)

    def _paint_spark(self, painter: QPainter, area: QRectF, number: int, *, column: int) -> None:
        """How the probability came to be what it is, from 0 below to 1 above."""
        until = len(self._walls) if self._at < 0 else self._at + 1
        values = [wall.probabilities[number][column] for wall in self._walls[:until] if len(wall.photo_ids) > number]
        values = values[-MOST_SPARKS:]
        painter.setPen(QPen(theme.colour("line"), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        if len(values) < 2:
            return
        step = area.width() / (len(values) - 1)
        points = [QPointF(area.left() + i * step, area.bottom() - v * area.height()) for i, v in enumerate(values)]
        painter.setPen(QPen(theme.colour("accent"), 1.5))
        painter.drawPolyline(QPolygonF(points))


def shown_classes(wall: Wall, place: int, first: str | None = None) -> list[int]:
    """The classes told of one photograph: `first`, those raised by its labels, then what the network is surest of."""
    raised = [c for c in range(len(wall.classes)) if _state(wall, place, c) == State.RAISED]
    others = sorted(set(range(len(wall.classes))) - set(raised), key=lambda c: -wall.probabilities[place][c])
    named = [c for c, name in enumerate(wall.classes) if name == first]
    return list(dict.fromkeys([*named, *raised, *others]))[:LINES]


def _state(wall: Wall, place: int, column: int) -> State:
    return State(wall.states[place][column]) if wall.states else State.UNSEEN


def _read(files: Mapping[int, Path], side: int) -> dict[int, QImage]:
    """Small pictures of those photographs that can be read; any thread."""
    found = {}
    for photo, path in files.items():
        try:
            pixels = read_photo(path, longest=side)
        except PhotoError:
            continue
        height, width = pixels.shape[:2]
        found[photo] = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
    return found
