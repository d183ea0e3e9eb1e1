"""Lists whose rows have two lines: a name with its value at the right, and under it what else there is to say."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from weldstudio.gui.theme import GAP, GROUP, theme

Index = QModelIndex | QPersistentModelIndex
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class TwoLines(QStyledItemDelegate):
    """Paints the ground of a row; its two lines are painted by `paint_lines`."""

    height = 48
    margin = GROUP

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(160, theme.px(self.height))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        paint_ground(self, painter, option, index)
        painter.save()
        area = option.rect.adjusted(self.margin, 4, -self.margin, -4)
        half = area.height() // 2
        first = QRect(area.left(), area.top(), area.width(), half)
        second = QRect(area.left(), area.top() + half, area.width(), area.height() - half)
        self.paint_lines(painter, first, second, index=index)
        painter.restore()

    def paint_lines(self, painter: QPainter, first: QRect, second: QRect, *, index: Index) -> None:
        raise NotImplementedError


def paint_ground(delegate: QStyledItemDelegate, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
    """What lies under a row that a delegate paints itself: chosen, under the mouse, or plain."""
    bare = QStyleOptionViewItem(option)
    delegate.initStyleOption(bare, index)
    bare.text = ""
    style = option.widget.style() if option.widget is not None else None
    if style is not None:
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, bare, painter, option.widget)


def paint_name(
    painter: QPainter,
    area: QRect,
    name: str,
    *,
    value: str,
    role: str = "text",
    bold: tuple[bool, bool] = (False, True),
) -> None:
    """The first line: the name, shortened in its middle where the value needs the room. `bold`: name, value."""
    painter.setFont(theme.font("body", bold=bold[1], figures=True))
    painter.setPen(theme.colour(role))
    painter.drawText(area, RIGHT, value)
    taken = painter.fontMetrics().horizontalAdvance(value) + GAP
    painter.setFont(theme.font("body", bold=bold[0]))
    room = area.adjusted(0, 0, -taken, 0)
    painter.drawText(room, LEFT, painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, room.width()))


def as_rows(view: QListView, delegate: QStyledItemDelegate, name: str) -> None:
    """Make a list one of rows that are read and chosen, but not edited; `name` is for screen readers."""
    view.setItemDelegate(delegate)
    view.setProperty("look", "bare")
    view.setUniformItemSizes(True)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setAccessibleName(name)
