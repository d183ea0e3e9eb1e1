"""What a person can do, as Qt has it: menus, keys, palette and cheat sheet, from the table in `studio.action_table`.

A page connects its slots by name, `actions.connect("label.raise", slot)`, and says with `set_enabled` when an action
makes sense. An action can be triggered only while something is connected to it, its page is the one on screen, and
nobody has disabled it: so a key means one thing at a time, though two pages may use the same one.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence

from weldstudio.gui.icons import set_icon
from weldstudio.studio.action_keys import keys_of
from weldstudio.studio.action_table import TABLE, Action, writes
from weldstudio.studio.flag_keys import SET, chords, flag_keys

if TYPE_CHECKING:
    # It brings numpy along, which the first window has no need of.
    from weldstudio.domain.scheme import Scheme

NO_KEYS: Final[Mapping[str, str]] = {}


class Actions(QObject):
    """The actions of one window. `flag_pressed(slot, verb)`: the key of a class was pressed, asking a verb
    of `studio.flag_keys`.
    """

    flag_pressed = Signal(int, str)
    changed = Signal()
    """Keys, texts or enabled states are other ones now."""

    def __init__(self, parent: QObject | None = None, *, draw: bool = True, keys: Mapping[str, str] = NO_KEYS) -> None:
        super().__init__(parent)
        self.own_keys = dict(keys)
        """Keys other than those of the table (`studio.action_keys`)."""
        self._rows = {row.id: row for row in TABLE}
        self._actions: dict[str, QAction] = {}
        self._connected: set[str] = set()
        self._disabled: set[str] = set()
        self._page = ""
        self._project = False
        self._read_only = False
        self._together = False
        self._flags: list[QAction] = []
        self._flag_keys: dict[int, str] = {}
        for row in TABLE:
            self._actions[row.id] = self._make(row)
            self._give_keys(row)
        if draw:
            self.draw()

    def set_keys(self, keys: Mapping[str, str]) -> None:
        """Other keys for actions, in place of those of the table."""
        self.own_keys = dict(keys)
        for row in TABLE:
            self._give_keys(row)
        self.changed.emit()

    def draw(self) -> None:
        """Give the actions their icons; the main window does so after its first paint, for it takes as long."""
        for row in TABLE:
            if row.icon:
                set_icon(self._actions[row.id], row.icon)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Whatever is set within holds from the end on: each for itself would go through all actions."""
        self._together = True
        try:
            yield
        finally:
            self._together = False
            self._refresh_all()

    def __getitem__(self, action_id: str) -> QAction:
        """The QAction of a row, for menus and buttons. KeyError for an unknown one, which is a bug."""
        return self._actions[action_id]

    def connect(self, action_id: str, slot: Callable[..., Any]) -> None:  # type: ignore[override]
        """Have `slot` called when the action is triggered (with `checked` if it is checkable)."""
        action = self._actions[action_id]
        if self._rows[action_id].checkable:
            action.toggled.connect(slot)
        else:
            action.triggered.connect(lambda _checked=False: slot())
        self._connected.add(action_id)
        self._refresh(action_id)

    def set_enabled(self, action_id: str, enabled: bool) -> None:
        """Whether the action makes sense now, as far as its page knows."""
        (self._disabled.discard if enabled else self._disabled.add)(action_id)
        self._refresh(action_id)

    def trigger(self, action_id: str) -> None:
        """As if its key had been pressed; nothing happens while it is disabled."""
        self._actions[action_id].trigger()

    def set_page(self, page: str) -> None:
        """The page now on screen ('review', ...; '' on the welcome page); for the main window."""
        self._page = page
        self._refresh_all()

    def set_project(self, opened: bool) -> None:
        """Whether a project is open; for the main window. Closing one forgets what its pages had connected."""
        self._project = opened
        if not opened:
            for row in TABLE:
                if row.page:
                    action = self._actions[row.id]
                    if row.id in self._connected:
                        (action.toggled if row.checkable else action.triggered).disconnect()
                    self._connected.discard(row.id)
            self._disabled.clear()
            with self.together():
                self.set_flags(None)
        else:
            self._refresh_all()

    def rows(self) -> Iterator[tuple[Action, QAction]]:
        """Every row with its action, in the order of the table."""
        for row in TABLE:
            yield row, self._actions[row.id]

    def all(self) -> list[QAction]:
        """Every action, those of flags included; the main window adds them, or their keys would be dead."""
        return [*self._actions.values(), *self._flags]

    def refuses(self, key: QKeySequence) -> bool:
        """Whether a key would change the project, had this window not been opened to look only."""
        return self._read_only and any(
            writes(row.id) and row.id in self._connected and row.page in ("", self._page) and key in action.shortcuts()
            for row, action in self.rows()
        )

    # Keys of the scheme's classes

    def set_read_only(self, read_only: bool) -> None:
        """Whether the open project may only be looked at; for the main window."""
        self._read_only = read_only
        self._refresh_all()

    def set_flags(self, scheme: "Scheme | None") -> None:
        """Make the keys of the present scheme's classes; called by the main window whenever the scheme changed."""
        for action in self._flags:
            action.setEnabled(False)  # until it is gone, its key would be ambiguous
            action.deleteLater()
        self._flags = []
        self._flag_keys = flag_keys(scheme.classes) if scheme is not None else {}
        for chord, (slot, verb) in chords(self._flag_keys).items():
            action = QAction(self)
            action.setData(slot if verb == SET else None)
            action.setShortcut(QKeySequence(chord))
            action.triggered.connect(lambda _checked=False, slot=slot, verb=verb: self.flag_pressed.emit(slot, verb))
            action.setEnabled(self._page == "review")
            self._flags.append(action)
        for action_id in self.own_keys:
            self._give_keys(self._rows[action_id])
        if not self._together:
            self.changed.emit()

    def flag_key(self, slot: int) -> str:
        """The key of a class, for its key cap; '' if it has none."""
        return self._flag_keys.get(slot, "")

    def raising(self) -> Iterator[tuple[int, QAction]]:
        """Slot and action of each class that has a key: what raises it, or clears it again."""
        for action in self._flags:
            if (slot := action.data()) is not None:
                yield slot, action

    @staticmethod
    def key_text(action: QAction) -> str:
        """The keys of an action as this system writes them, parted by ' or '."""
        return " or ".join(sequence.toString(QKeySequence.SequenceFormat.NativeText) for sequence in action.shortcuts())

    def _make(self, row: Action) -> QAction:
        action = QAction(row.text, self)
        action.setObjectName(row.id)
        action.setCheckable(row.checkable)
        action.setEnabled(False)
        return action

    def _give_keys(self, row: Action) -> None:
        """Its keys and the tooltip with them; a key of the open scheme's flags goes before one a person has chosen."""
        action, keys = self._actions[row.id], keys_of(row, self.own_keys)
        if row.id in self.own_keys and row.page in ("", "review"):
            of_flags = chords(self._flag_keys)
            keys = tuple(key for key in keys if key not in of_flags)
        action.setShortcuts([QKeySequence(key) for key in keys])
        text = self.key_text(action)
        action.setToolTip(f"{row.text}  ({text})" if text else row.text)

    def _refresh(self, action_id: str) -> None:
        row = self._rows[action_id]
        self._actions[action_id].setEnabled(
            action_id in self._connected
            and action_id not in self._disabled
            and not (self._read_only and writes(action_id))
            and row.page in ("", self._page)
            and (self._project or not row.project)
        )

    def _refresh_all(self) -> None:
        if self._together:
            return
        for row in TABLE:
            self._refresh(row.id)
        for action in self._flags:
            action.setEnabled(self._page == "review")
        self.changed.emit()
