"""Saved views on the Review page: kept, named, given keys, removed; a key shows its view."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from weldstudio.domain.changes import Changes, Done
from weldstudio.domain.errors import EditRefused
from weldstudio.gui.actions import Actions
from weldstudio.gui.help.asking import help_by_key
from weldstudio.gui.layout_keys import ChordField
from weldstudio.gui.review.filter_panel import FilterPanel
from weldstudio.gui.review.filtering import Filtering
from weldstudio.gui.review.form_dialog import FormDialog
from weldstudio.gui.review.shown import SORTS
from weldstudio.gui.session import Session
from weldstudio.gui.words import counted
from weldstudio.studio import view_files, views
from weldstudio.studio.views import View

_FILES: Final = "Views (*.toml)"


class Views(QObject):
    """Acts on the view that is shown. GUI thread."""

    def __init__(
        self, session: Session, actions: Actions, filtering: Filtering, *, panel: FilterPanel, page: QWidget
    ) -> None:
        super().__init__(page)
        self._session, self._actions, self._filtering, self._page = session, actions, filtering, page
        self._keys: list[QAction] = []
        actions.connect("views.save", self.save)
        actions.connect("views.change", self.change)
        actions.connect("views.remove", self.remove)
        actions.connect("views.export", self.give_out)
        actions.connect("views.import", self.take_over)
        panel.view_actions = [actions[name] for name in ("views.change", "views.save", "views.remove")]
        filtering.ordered.connect(self._show_possible)
        session.changed.connect(self._changed)
        self._make_keys()
        self._show_possible()

    def save(self) -> None:
        """Ask for a name, and a key if one likes, and keep what is shown under it."""
        shown = self._filtering.shown
        order, text = shown.order, shown.filter.text
        dialog = _ViewDialog(self._session, self._actions, shown.view, saves=(text, SORTS[order.sort]), page=self._page)
        if dialog.exec():
            self._session.edit_aloud("Keep a view", views.save, dialog.name, text, order=order, key=dialog.key)

    def change(self) -> None:
        """Another name or key for the view that is shown."""
        view = self._filtering.shown.view
        if view is None:
            return
        dialog = _ViewDialog(self._session, self._actions, view, saves=None, page=self._page)
        if dialog.exec():
            self._session.edit_aloud("Change a view", views.change, view.name, new_name=dialog.name, key=dialog.key)

    def remove(self) -> None:
        """Take the view that is shown away; the photographs stay in view."""
        if (view := self._filtering.shown.view) is not None:
            self._session.edit_aloud("Remove a view", views.remove, view.name)

    def give_out(self) -> None:
        """Write all views to a file that the person names."""
        file, _kind = QFileDialog.getSaveFileName(self._page, "Write the views", "views.toml", _FILES)
        if file:
            pending = self._session.run(view_files.give_out, Path(file))
            pending.then(lambda number: self._session.tell(f"{counted(number, 'view')} written to {file}."))

    def take_over(self) -> None:
        """Take in the views of a file."""
        file, _kind = QFileDialog.getOpenFileName(self._page, "Take views in", "", _FILES)
        if file:
            self._session.edit_aloud("Take views in", _take_over, Path(file))

    def _changed(self, changes: Changes) -> None:
        if changes.views or changes.scheme:
            self._make_keys()
            self._filtering.views_changed()
            self._show_possible()

    def _show_possible(self) -> None:
        for name in ("views.change", "views.remove"):
            self._actions.set_enabled(name, self._filtering.shown.view is not None)

    def _make_keys(self) -> None:
        """An action of the page for each view with a key; one that means something else by now is left to that."""
        for action in self._keys:
            self._page.removeAction(action)
            action.deleteLater()
        self._keys = []
        taken = {sequence.toString() for action in self._actions.all() for sequence in action.shortcuts()}
        for view in views.listed(self._session.mirror):
            if view.key and view.key not in taken:
                action = QAction(view.name, self)
                action.setShortcut(QKeySequence(view.key))
                action.triggered.connect(lambda _=False, view=view: self._filtering.take_view(view))
                self._page.addAction(action)
                self._keys.append(action)


def _take_over(store: Any, file: Path, *, who: str) -> Done:
    taken = view_files.take_over(store, file, who=who)
    return replace(taken.done, text=taken.text)


class _ViewDialog(FormDialog):
    """Name and key of a view. `saves`: filter and order that would be kept, in words; None = the view has them."""

    def __init__(
        self, session: Session, actions: Actions, view: View | None, *, saves: tuple[str, str] | None, page: QWidget
    ) -> None:
        self._session, self._actions, self._view, self._saves = session, actions, view, saves
        self._name, self._key = QLineEdit(), ChordField()
        self._key.setClearButtonEnabled(True)
        if view is not None:
            self._name.setText(view.name)
            self._key.setKeySequence(QKeySequence(view.key))
        super().__init__(
            "Keep as a view" if saves is not None else "Name and key of the view",
            [("&Name", self._name), ("&Key, if you like", self._key)],
            button="Keep" if saves is not None else "Change",
            say=self._say,
            hint="A filter with its order: it stands in the list at the left, with its count.",
            parent=page,
        )
        help_by_key(self, "review")

    @property
    def name(self) -> str:
        return self._name.text().strip()

    @property
    def key(self) -> str:
        """In portable text."""
        return self._key.keySequence().toString()

    def _say(self) -> str:
        mirror = self._session.mirror
        known = views.listed(mirror)
        replaced = views.named(known, self.name) if self._saves is not None else self._view
        wrong = views.refusal(
            self.name, self.key, of=replaced, views=known, scheme=mirror.scheme, keys=self._actions.own_keys
        )
        if wrong:
            raise EditRefused(wrong)
        if self._saves is None:
            return ""
        text, order = self._saves
        instead = f"Takes the place of the view '{replaced.name}'. " if replaced is not None else ""
        return f"{instead}{text or 'All photographs'}, in the order: {order[:1].lower()}{order[1:]}."
