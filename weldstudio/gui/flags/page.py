"""The Flags page: the project's scheme, what is labelled of each flag, and merging."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer
from PySide6.QtWidgets import (
    QFileDialog,
    QLabel,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from weldstudio.domain.changes import Changes
from weldstudio.domain.scheme import Level
from weldstudio.gui.actions import Actions
from weldstudio.gui.button_row import ButtonRow
from weldstudio.gui.empty_state import EmptyState
from weldstudio.gui.flags import order
from weldstudio.gui.flags.contractors_dialog import ContractorsDialog
from weldstudio.gui.flags.edits import SchemeEdits
from weldstudio.gui.flags.flag_panel import FlagPanel
from weldstudio.gui.flags.model import STATE_OF, Column, SchemeModel
from weldstudio.gui.flags.rows import Kind, Row, label_counts, scheme_rows
from weldstudio.gui.flags.table import SchemeTable
from weldstudio.gui.icons import set_icon
from weldstudio.gui.roomy import Roomy
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme
from weldstudio.gui.words import counted

_MENU = (
    *("scheme.edit", "scheme.rename", "scheme.points", "scheme.key", "scheme.colour"),
    *("scheme.group", "scheme.ungroup", "scheme.merge", "scheme.unmerge"),
    *("scheme.up", "scheme.down", "scheme.retire"),
)
"""What is offered at the right mouse button."""
COUNTED = {
    Level.MERGES: "Verdicts count merges",
    Level.FLAGS: "Verdicts count flags",
    Level.BOTH: "Verdicts count flags and merges",
}
_LEAST_ROWS = 6
COUNT_MS = 50
"""Labels that arrive in quick succession are counted once."""


class FlagsPage(QWidget):
    """See the module's text."""

    title = "Flags"
    help_page = "flags"

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._actions = session, actions
        self.model = SchemeModel(actions.flag_key)
        self.table = SchemeTable(self.model)
        self.edits = SchemeEdits(session, self)
        self.edits.made.connect(self._choose_name)
        self.panel = FlagPanel(session, actions)
        self._buttons: dict[str, QPushButton] = {}
        self.header = self._make_header()
        self._build()
        self._connect_actions()
        self.model.edited.connect(self.edits.change)
        self.model.dropped_on.connect(self._dropped_on)
        self.model.dropped_between.connect(self._dropped_between)
        self.table.doubleClicked.connect(self._show_photos)
        self.table.selectionModel().selectionChanged.connect(self._show_possible)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(COUNT_MS)
        self._timer.timeout.connect(self.refresh)
        session.changed.connect(self._session_changed)
        session.closing.connect(self._timer.stop)
        self.refresh()

    def activated(self) -> None:
        """Called whenever the page comes to the front."""
        self.refresh()
        if not self.table.selected_rows():
            self.table.choose(0)
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Read scheme and labels again."""
        mirror = self._session.mirror
        rows = scheme_rows(mirror.scheme, *label_counts(mirror))
        chosen = [row.slot for row in self.table.selected_rows()]
        same = [(r.slot, r.kind, r.name) for r in rows] == [(r.slot, r.kind, r.name) for r in self.model.rows]
        self.model.show_rows(rows)
        self._stack.setCurrentIndex(1 if rows else 0)
        if not same:
            self._show_row_buttons()
            if chosen:
                self.table.choose(self.model.row_of(chosen[0]))
        self.table.setColumnHidden(Column.GROUP, not mirror.scheme.groups)
        undoable = any(row.kind in (Kind.MERGE, Kind.RETIRED) for row in rows)
        self.table.setColumnHidden(Column.UNDO, not undoable)
        self.table.names.fit()
        merged = bool(mirror.scheme.live_merges)
        self._buttons["scheme.verdicts"].setText(COUNTED[mirror.scheme.verdict_level])
        self.header.want(self._buttons["scheme.verdicts"], merged)
        self._actions.set_enabled("scheme.verdicts", merged)
        self._summary.setText(self._in_words(rows))
        self._show_possible()

    # --- parts --------------------------------------------------------------------------------------------------

    def _make_header(self) -> ButtonRow:
        header = ButtonRow("More to do with the flags")
        self._summary = header.words
        for action_id, text, icon, look in (
            ("scheme.verdicts", "", "flags", ""),
            ("scheme.contractors", "Contractors", "joint", ""),
            ("scheme.merge", "Merge", "merge", ""),
            ("scheme.add", "Add a flag", "plus", "primary"),
        ):
            action = self._actions[action_id]
            button = QPushButton(text)
            button.setToolTip(action.toolTip())
            set_icon(button, icon, "on_accent" if look else "text")
            if look:
                set_look(button, look)
            button.clicked.connect(action.trigger)
            button.setEnabled(action.isEnabled())
            action.enabledChanged.connect(button.setEnabled)
            header.add(button, action)
            self._buttons[action_id] = button
        return header

    def _build(self) -> None:
        hint = QLabel(
            "Double-click a key, name, points or joint rule to change it, a count to see its photographs. "
            "Drop one flag on another to merge the two; no label is lost."
        )
        set_look(hint, "secondary")
        hint.setWordWrap(True)
        full = QWidget()
        layout = QVBoxLayout(full)
        layout.setContentsMargins(EDGE, GROUP, EDGE, GROUP)
        layout.setSpacing(GAP)
        layout.addWidget(self.table, 1)
        layout.addWidget(hint)
        layout.addWidget(self.panel)
        self._stack = QStackedWidget()
        self._stack.addWidget(
            EmptyState(
                "This project has no flags yet. Add what you look for, or press Ctrl+K and load a scheme.",
                self._actions["scheme.add"],
            )
        )
        # A few rows at least, and the page scrolls where large text leaves no room for them.
        self.table.setMinimumHeight(_LEAST_ROWS * theme.row_height)
        self._stack.addWidget(Roomy(full))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    def _connect_actions(self) -> None:
        connect = self._actions.connect
        connect("scheme.add", self.edits.add)
        connect("scheme.edit", lambda: self._of_chosen(self.edits.open_editor))
        connect("scheme.colour", lambda: self._of_chosen(self._choose_colour))
        connect("scheme.group", lambda: self.edits.group([row.slot for row in self.table.selected_rows()]))
        connect("scheme.ungroup", lambda: self.edits.ungroup(self.table.selected_rows()[0].group))
        connect("scheme.save", self._save_file)
        connect("scheme.rename", lambda: self._edit_cell(Column.NAME))
        connect("scheme.points", lambda: self._edit_cell(Column.POINTS))
        connect("scheme.key", lambda: self._edit_cell(Column.KEY))
        connect("scheme.merge", self.merge)
        connect("scheme.unmerge", self.unmerge)
        connect("scheme.retire", self.retire)
        connect("scheme.up", lambda: self._shift(-1))
        connect("scheme.down", lambda: self._shift(+1))
        connect("scheme.preset", self._offer_schemes)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.table.addActions([self._actions[action_id] for action_id in _MENU])
        connect("scheme.verdicts", lambda: self.edits.offer_levels(_top_right(self)))
        connect("scheme.contractors", lambda: ContractorsDialog(self._session, self).open())

    def _show_row_buttons(self) -> None:
        for i, row in enumerate(self.model.rows):
            if row.kind == Kind.MERGE:
                self._add_row_button(
                    i, "Undo merge", f"Take “{row.name}” apart again; no label is lost", self.edits.unmerge
                )
            elif row.kind == Kind.RETIRED:
                self._add_row_button(
                    i, "Bring back", f"Ask about “{row.name}” again; its labels are still there", self.edits.bring_back
                )

    def _add_row_button(self, row: int, text: str, tip: str, function: Callable[[str], None]) -> None:
        button = QPushButton(text)
        set_look(button, "link")
        button.setToolTip(tip)
        name = self.model.rows[row].name
        button.clicked.connect(lambda: function(name))
        self.table.setIndexWidget(self.model.index(row, Column.UNDO), button)

    def _in_words(self, rows: tuple[Row, ...]) -> str:
        flags = sum(row.kind in (Kind.FLAG, Kind.MEMBER) for row in rows)
        merges = sum(row.kind == Kind.MERGE for row in rows)
        parts = [counted(flags, "flag")]
        if merges:
            parts.append(counted(merges, "merge"))
        parts.append(counted(len(self._session.mirror.ids), "photograph"))
        return ", ".join(parts)

    # --- what a person asks for ---------------------------------------------------------------------------------

    def merge(self) -> None:
        """Merge the selected flags, after showing what that would do."""
        self.edits.merge([row.slot for row in self.table.selected_rows() if row.is_flag])

    def unmerge(self) -> None:
        """Undo the merge of the current row, or the one it belongs to."""
        scheme = self._session.mirror.scheme
        for row in self.table.selected_rows():
            merge = scheme.merge_of(row.slot) if row.is_flag else scheme.by_slot(row.slot)
            if merge is not None:
                self.edits.unmerge(merge.name)
                return

    def _offer_schemes(self) -> None:
        """A menu of the schemes that come with the program, and of a file."""
        from weldstudio.studio import scheme

        menu = QMenu(self)
        for preset in scheme.presets():
            if preset.flags:
                text = f"{preset.name} ({counted(preset.flags, 'flag')})"
                menu.addAction(text, partial(self.edits.adopt, preset.id))
        menu.addSeparator()
        menu.addAction("From a file…", self._adopt_file)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(_top_right(self) - QPoint(menu.sizeHint().width(), 0))

    def _adopt_file(self) -> None:
        file, _kind = QFileDialog.getOpenFileName(self, "Load a scheme", "", "Schemes (*.toml)")
        if file:
            self.edits.adopt(Path(file))

    def _save_file(self) -> None:
        file, _kind = QFileDialog.getSaveFileName(self, "Save the scheme", "flags.toml", "Schemes (*.toml)")
        if file:
            self.edits.save(Path(file).with_suffix(".toml"))

    def _of_chosen(self, do: Callable[[int], None]) -> None:
        rows = self.table.selected_rows()
        if len(rows) == 1:
            do(rows[0].slot)

    def _choose_colour(self, slot: int) -> None:
        place = self.table.visualRect(self.model.index(self.model.row_of(slot), Column.NAME))
        self.edits.choose_colour(slot, self.table.viewport().mapToGlobal(place.bottomLeft()))

    def retire(self) -> None:
        """Retire the selected flags."""
        for row in self.table.selected_rows():
            if row.kind == Kind.FLAG:
                self.edits.retire(row.slot)

    def _shift(self, step: int) -> None:
        rows = self.table.selected_rows()
        if len(rows) == 1 and rows[0].kind != Kind.RETIRED:
            self.edits.reorder(order.shifted(self.model.rows, rows[0].slot, step))

    def _dropped_on(self, slots: tuple[int, ...], target: int) -> None:
        # A dialog must not open while Qt is still in the middle of the drop.
        QTimer.singleShot(0, self, lambda: self.edits.merge([*slots, target]))

    def _dropped_between(self, slots: tuple[int, ...], row: int) -> None:
        self.edits.reorder(order.moved(self.model.rows, slots, row))

    def _edit_cell(self, column: Column) -> None:
        index = self.table.currentIndex()
        if index.isValid():
            self.table.edit(self.model.index(index.row(), column))

    def _show_photos(self, index: QModelIndex) -> None:
        """Show the photographs behind a count."""
        from weldstudio.studio.filters import flag_term

        state = STATE_OF.get(Column(index.column()))
        row = self.model.rows[index.row()]
        if state is not None and row.kind != Kind.RETIRED:
            self._session.show_photos(flag_term(row.name, state).text)

    # --- news ---------------------------------------------------------------------------------------------------

    def _session_changed(self, changes: Changes) -> None:
        # New numbers can wait until the page is seen, `activated` reads everything again; a new scheme cannot.
        if changes.scheme:
            self.refresh()
        elif self.isVisible() and (changes.labels or changes.photos) and not self._timer.isActive():
            self._timer.start()

    def _show_possible(self) -> None:
        rows = self.table.selected_rows()
        kinds = [row.kind for row in rows]
        one = len(rows) == 1 and kinds[0] != Kind.RETIRED
        enable = self._actions.set_enabled
        for action_id in ("scheme.edit", "scheme.rename", "scheme.key", "scheme.colour", "scheme.up", "scheme.down"):
            enable(action_id, one)
        flags = all(kind in (Kind.FLAG, Kind.MEMBER) for kind in kinds)
        enable("scheme.group", flags and (len(rows) > 1 or (one and bool(rows[0].group))))
        enable("scheme.ungroup", one and bool(rows[0].group))
        self.panel.show_class(self._session.mirror.scheme.by_slot(rows[0].slot) if len(rows) == 1 else None)
        enable("scheme.points", one and kinds[0] != Kind.MERGE)
        enable("scheme.merge", len(rows) > 1 and all(kind == Kind.FLAG for kind in kinds))
        enable("scheme.unmerge", any(kind in (Kind.MERGE, Kind.MEMBER) for kind in kinds))
        enable("scheme.retire", bool(rows) and all(kind == Kind.FLAG for kind in kinds))

    def _choose_name(self, name: str) -> None:
        self.refresh()
        for i, row in enumerate(self.model.rows):
            if row.name == name:
                self.table.choose(i)
                self.table.scrollTo(self.model.index(i, Column.NAME))


def _top_right(page: QWidget) -> QPoint:
    """Where a menu of the page ends."""
    return page.mapToGlobal(page.rect().topRight()) - QPoint(EDGE, 0)
