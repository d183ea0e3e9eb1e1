"""How a row of the scheme is painted (key cap, glyph and name, bar of labels), and the fields it is edited in."""

from typing import Any, Final

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPen
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QSpinBox,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from weldstudio.domain.labelling import State
from weldstudio.domain.scheme import JointRule
from weldstudio.gui.flag_colour import shown
from weldstudio.gui.flags.model import ROW_ROLE, Column
from weldstudio.gui.flags.rows import Kind, Row
from weldstudio.gui.icons import pixmap
from weldstudio.gui.layout_keys import chord_of
from weldstudio.gui.style_sheet import indent_number
from weldstudio.gui.theme import GAP, theme
from weldstudio.gui.two_lines import paint_ground

Index = QModelIndex | QPersistentModelIndex
INDENT: Final = 24
TEXT_LEFT: Final = 11
"""Where Qt begins the text of a cell: padding and the style's own margin."""
GLYPH: Final = 16
GLYPHS: Final = {Kind.FLAG: "flag", Kind.MEMBER: "flag", Kind.MERGE: "merge", Kind.RETIRED: "retire"}
MOST_POINTS: Final = 10_000


class SchemeDelegate(QStyledItemDelegate):
    """Paints what is more than text and makes the editors."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        column = Column(index.column())
        if column not in (Column.KEY, Column.NAME, Column.SHARE):
            super().paint(painter, option, index)
            return
        row: Row = index.data(ROW_ROLE)
        paint_ground(self, painter, option, index)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = option.rect.adjusted(TEXT_LEFT, 0, -GAP, 0)
        if column == Column.KEY:
            _paint_key(painter, area, index.data(Qt.ItemDataRole.DisplayRole))
        elif column == Column.NAME:
            _paint_name(painter, area, row)
        else:
            _paint_share(painter, area, row)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(super().sizeHint(option, index).width(), theme.row_height)

    # Editing

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        match Column(index.column()):
            case Column.POINTS:
                spin = QSpinBox(parent)
                spin.setRange(0, MOST_POINTS)
                indent_number(spin)
                return spin
            case Column.KEY:
                return KeyField(parent)
            case Column.RULE:
                box = QComboBox(parent)
                box.addItems([str(rule) for rule in JointRule])
                return box
            case _:
                return QLineEdit(parent)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        value = index.data(Qt.ItemDataRole.EditRole)
        if isinstance(editor, QSpinBox):
            editor.setValue(int(value))
            editor.selectAll()
        elif isinstance(editor, QComboBox):
            editor.setCurrentText(str(value))
        elif isinstance(editor, QLineEdit):
            editor.setText(str(value))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        value: object
        if isinstance(editor, QSpinBox):
            editor.interpretText()
            value = editor.value()
        elif isinstance(editor, QComboBox):
            value = editor.currentText()
        else:
            assert isinstance(editor, QLineEdit)
            # A blank before or behind is a slip of whoever types a new name, and part of one that came so.
            kept = editor.text() == index.data(Qt.ItemDataRole.EditRole)
            value = editor.text() if kept else editor.text().strip()
        model.setData(index, value, Qt.ItemDataRole.EditRole)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        # The field's own frame needs a little more than the row gives its text.
        editor.setGeometry(option.rect.adjusted(0, 1, 0, -1))


class KeyField(QLineEdit):
    """Takes the next key that is pressed, alone or with Alt, on any keyboard; Backspace empties it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText("key")
        self.setToolTip("Press the key; Backspace takes it away")
        self.setAccessibleName("Key of the flag")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            event.ignore()  # the delegate's: commit or cancel
        elif key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.setText("")
        elif chord := chord_of(event):
            if "Shift+" not in chord and "Ctrl+" not in chord:
                self.setText(chord)
        elif not event.modifiers() and event.text().strip():
            self.setText(QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and chord_of(event):
            event.accept()  # Alt and a letter would go to another field of the form
            return True
        return super().event(event)


def _paint_key(painter: QPainter, area: QRect, key: str) -> None:
    if not key:
        return
    font = theme.font("secondary", figures=True)
    painter.setFont(font)
    width = max(theme.px(22), painter.fontMetrics().horizontalAdvance(key) + 12)
    height = theme.px(20)
    cap = QRectF(area.left() + 0.5, area.center().y() - height // 2 + 0.5, width, height)
    painter.setPen(QPen(theme.colour("control_line"), 1))
    painter.drawRoundedRect(cap, 4, 4)
    painter.setPen(theme.colour("text"))
    painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)


def _paint_name(painter: QPainter, area: QRect, row: Row) -> None:
    left = area.left() + (INDENT if row.kind == Kind.MEMBER else 0)
    role = "disabled" if row.kind == Kind.RETIRED else "secondary"
    ratio = painter.device().devicePixelRatioF()
    side = theme.px(GLYPH)
    glyph = QRect(QPoint(left, area.center().y() - side // 2 + 1), QSize(side, side))
    painter.drawPixmap(glyph, pixmap(GLYPHS[row.kind], role, side, ratio=ratio))
    left += side + GAP
    if row.colour:
        # A colour that a person gave: data, not a role.
        dot = QRectF(left, area.center().y() - 4, 10, 10)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shown(row.colour))
        painter.drawEllipse(dot)
        left += 10 + GAP
    painter.setFont(theme.font("body", bold=row.kind == Kind.MERGE))
    painter.setPen(theme.colour("disabled" if row.kind == Kind.RETIRED else "text"))
    text = QRect(left, area.top(), area.right() - left, area.height() - 1)  # where Qt puts that of other cells
    words = row.name + ("  (retired)" if row.kind == Kind.RETIRED else "")
    elided = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, text.width())
    painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)


def _paint_share(painter: QPainter, area: QRect, row: Row) -> None:
    total = sum(row.counts)
    bar = QRectF(area.left(), area.center().y() - 2, area.width(), 6)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("track"))
    painter.drawRoundedRect(bar, 3, 3)
    if not total:
        return
    left = bar.left()
    for state in (State.RAISED, State.CLEAR, State.UNSURE):
        n = row.count(state)
        if n:
            # One photograph in a hundred thousand still shows.
            width = max(2.0, bar.width() * n / total)
            painter.setBrush(theme.colour(state.word))
            painter.drawRect(QRectF(left, bar.top(), min(width, bar.right() - left), bar.height()))
            left += width
