"""The keys that hold now, by heading: made from the actions themselves, so it cannot be out of date."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from weldstudio.domain.scheme import Scheme
from weldstudio.gui.actions import Actions
from weldstudio.gui.help.asking import help_by_key
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme
from weldstudio.studio.flag_keys import ALT

_COLUMNS = 4
_KEYS = 96


class CheatSheet(QDialog):
    """Headings with rows of key and meaning, in columns of about equal length."""

    def __init__(self, actions: Actions, scheme: Scheme | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        help_by_key(self, "keys")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.sections = sections(actions, scheme)
        columns = QHBoxLayout()
        columns.setSpacing(EDGE)
        for column in _deal(self.sections, _COLUMNS):
            box = QVBoxLayout()
            box.setSpacing(GAP)
            for heading, rows in column:
                box.addWidget(_section(heading, rows))
                box.addSpacing(GROUP)
            box.addStretch(1)
            columns.addLayout(box, 1)
        inside = QWidget()
        inside.setProperty("look", "scrolled")
        inside.setLayout(columns)
        columns.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)
        room = parent.size()
        self.resize(min(theme.px(1200), room.width() - 40), min(theme.px(800), room.height() - 40))


def sections(actions: Actions, scheme: Scheme | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """(heading, rows of (keys, meaning)) of everything that has a key; the classes of the scheme last."""
    by_heading: dict[str, list[tuple[str, str]]] = {}
    for row, action in actions.rows():
        keys = actions.key_text(action)
        if keys:
            by_heading.setdefault(row.menu, []).append((keys, row.text.rstrip("…")))
    found = list(by_heading.items())
    if scheme is not None:
        classes = [(actions.flag_key(item.slot), item.name) for item in scheme.classes]
        rows = [(key, name) for key, name in classes if key]
        if rows:
            help_rows = [("Shift + key", "unsure"), ("Alt + key", "choose, to see its overlay")]
            if any(key.startswith(ALT) for key, _ in rows):
                help_rows = [("Alt+Shift+…", "unsure, of a flag with Alt"), *help_rows]
                help_rows[-1] = ("Alt + key", "choose, where it is no flag's own key")
            found.append(("Flags: raise, or clear again", rows + help_rows))
    return found


def _deal(
    parts: list[tuple[str, list[tuple[str, str]]]], columns: int
) -> list[list[tuple[str, list[tuple[str, str]]]]]:
    """Headings over columns, in order, so that none is much longer than the others."""
    total = sum(len(rows) + 2 for _, rows in parts)
    result: list[list[tuple[str, list[tuple[str, str]]]]] = [[]]
    filled = 0
    for part in parts:
        if filled >= total * len(result) / columns and len(result) < columns:
            result.append([])
        result[-1].append(part)
        filled += len(part[1]) + 2
    return result


def _section(heading: str, rows: list[tuple[str, str]]) -> QWidget:
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(GROUP)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    title = QLabel(heading)
    set_look(title, "section")
    title.setWordWrap(True)
    grid.addWidget(title, 0, 0, 1, 2)
    for y, (keys, meaning) in enumerate(rows, 1):
        caps = QWidget()
        caps.setFixedWidth(theme.px(_KEYS))
        across = QVBoxLayout(caps)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(2)
        for key in keys.split(" or "):
            cap = QLabel(key)
            cap.setTextFormat(Qt.TextFormat.PlainText)
            set_look(cap, "key")
            across.addWidget(cap, 0, Qt.AlignmentFlag.AlignLeft)
        words = QLabel(meaning)
        words.setWordWrap(True)
        words.setTextFormat(Qt.TextFormat.PlainText)
        grid.addWidget(caps, y, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(words, y, 1, Qt.AlignmentFlag.AlignTop)
    return holder
