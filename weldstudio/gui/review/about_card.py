"""What is known of the current photograph besides its labels, on a card over the page."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from weldstudio.gui.floating import Floating
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, GROUP, theme
from weldstudio.imaging.exif_facts import Facts

_WIDTH = 460
_LONG_WORD = 40


class AboutCard(Floating):
    """Headings with rows of name and value; values can be selected and copied."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.setAccessibleName("About the photograph")
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(GROUP, GROUP, GROUP, GROUP)
        self._body = QWidget()
        self._box.addWidget(self._body)
        self.sections: tuple[tuple[str, Facts], ...] = ()

    def show_facts(self, sections: tuple[tuple[str, Facts], ...]) -> None:
        """In the middle of the upper part; open already, it grows."""
        self.sections = sections
        old, self._body = self._body, _table(sections)
        self._box.replaceWidget(old, self._body)
        old.deleteLater()
        self._body.show()
        self.setFixedWidth(theme.px(_WIDTH))
        if self.isVisible():
            self.adjustSize()
        else:
            self.float_at((self.over.width() - self.width()) // 2, theme.px(72))
            self.setFocus()


def _table(sections: tuple[tuple[str, Facts], ...]) -> QWidget:
    body = QWidget()
    rows = QGridLayout(body)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setHorizontalSpacing(GROUP)
    rows.setVerticalSpacing(GAP // 2)
    rows.setColumnStretch(1, 1)
    for heading, facts in sections:
        if not facts:
            continue
        title = QLabel(heading)
        title.setFont(theme.font("secondary", bold=True))
        title.setContentsMargins(0, GAP if rows.count() else 0, 0, 0)
        rows.addWidget(title, rows.rowCount(), 0, 1, 2)
        for name, value in facts:
            told, text = QLabel(name), _value(name, value)
            set_look(told, "secondary")
            row = rows.rowCount()
            rows.addWidget(told, row, 0, Qt.AlignmentFlag.AlignTop)
            rows.addWidget(text, row, 1)
    return body


def _value(name: str, value: str) -> QWidget:
    """Long words, as of paths and hashes, scroll in their line: broken, they could not be copied as they are."""
    if max(map(len, value.split()), default=0) > _LONG_WORD:
        line = QLineEdit(value)
        line.setReadOnly(True)
        line.setFrame(False)
        line.setTextMargins(-2, 0, 0, 0)
        set_look(line, "bare")
        line.setCursorPosition(0)
        line.setToolTip(value)
        line.setAccessibleName(name)
        return line
    text = QLabel(value)
    text.setTextFormat(Qt.TextFormat.PlainText)
    text.setWordWrap(True)
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    text.setAccessibleName(f"{name}: {value}")
    return text
