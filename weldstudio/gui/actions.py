"""One table of everything a person can do; menus, shortcuts, the command palette and the cheat sheet are made from it.

A page connects its slots by name, `actions.connect("label.raise", slot)`, and says with `set_enabled` when an action
makes sense. An action can be triggered only while something is connected to it, its page is the one on screen, and
nobody has disabled it: so a key means one thing at a time, though two pages may use the same one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence

from weldstudio.gui.icons import set_icon

if TYPE_CHECKING:
    # It brings numpy along, which the first window has no need of.
    from weldstudio.domain.scheme import Scheme, SchemeClass


@dataclass(frozen=True, slots=True)
class Action:
    """One row. `key` as Qt writes key sequences, alternatives parted by ' | '."""

    id: str
    text: str
    key: str = ""
    icon: str = ""
    page: str = ""
    """The page on which it holds; empty = everywhere."""
    menu: str = ""
    """The heading under which menu, palette and cheat sheet list it."""
    checkable: bool = False
    project: bool = True
    """Whether it needs an open project."""


def _page(page: str, menu: str, *rows: tuple[str, ...], checkable: tuple[str, ...] = ()) -> tuple[Action, ...]:
    """Rows (id, text, key, icon) that share their page and heading; key and icon may be left out."""
    padded = [(*row, "", "")[:4] for row in rows]
    return tuple(
        Action(name, text, key, icon, page, menu, checkable=name in checkable) for name, text, key, icon in padded
    )


TABLE: Final[tuple[Action, ...]] = (
    Action("project.new", "New project…", "Ctrl+Shift+N", "folder_plus", menu="Project", project=False),
    Action("project.open", "Open project…", "Ctrl+O", "folder", menu="Project", project=False),
    Action("project.demo", "Open the demo", "", "star", menu="Project", project=False),
    Action("project.close", "Close project", "Ctrl+W", "close", menu="Project"),
    Action("collection.import", "Import photographs or labels…", "Ctrl+I", "import", menu="Project"),
    Action("project.export", "Export labels…", "Ctrl+E", "export", menu="Project"),
    Action("project.bundle", "Make a bundle of labels…", "", "export", menu="Project"),
    Action("project.take", "Take a bundle of labels in…", "", "import", menu="Project"),
    Action("project.restore", "Go back to a snapshot…", "", "history", menu="Project"),
    Action("app.settings", "Settings…", "Ctrl+,", "settings", menu="Project", project=False),
    Action("app.quit", "Quit", "Ctrl+Q", "", menu="Project", project=False),
    Action("edit.undo", "Undo", "Ctrl+Z", "undo", menu="Edit"),
    Action("edit.redo", "Redo", "Ctrl+Shift+Z | Ctrl+Y", "redo", menu="Edit"),
    Action("history.open", "History…", "Ctrl+H", "history", menu="Edit"),
    Action("page.review", "Review", "Ctrl+1", "review", menu="Go to"),
    Action("page.flags", "Flags", "Ctrl+2", "flags", menu="Go to"),
    Action("page.train", "Train", "Ctrl+3", "train", menu="Go to"),
    Action("page.models", "Models", "Ctrl+4", "models", menu="Go to"),
    Action("page.quality", "Quality", "Ctrl+5", "quality", menu="Go to"),
    Action("work.list", "Running work", "Ctrl+J", "history", menu="Go to"),
    Action("app.palette", "Command palette…", "Ctrl+K", "command", menu="Help", project=False),
    Action("app.keys", "Keys", "?", "keyboard", menu="Help", project=False),
    Action("app.help", "Help", "F1", "help", menu="Help", project=False),
    Action("app.steps", "First steps", "", "star", menu="Help"),
    Action("app.changes", "What is new", "", "info", menu="Help", project=False),
    Action("app.theme", "Switch between light and dark", "Ctrl+Shift+L", "moon", menu="Help", project=False),
    *_page(
        "review",
        "Photographs",
        ("photo.next", "Next photograph", "Right | Space", "chevron_right"),
        ("photo.previous", "Previous photograph", "Left | Shift+Space", "chevron_left"),
        ("photo.next_unreviewed", "Next photograph nobody has reviewed", "Ctrl+Right"),
        ("photo.open", "Open the photograph large", "Return | Enter", "photo"),
        ("photo.grid", "Back to the grid", "Escape", "grid"),
        ("photo.select_all", "Select all photographs shown", "Ctrl+A"),
        ("photo.select_none", "Select nothing", "Ctrl+Shift+A"),
        ("photo.filter", "Filter photographs", "Ctrl+F | /", "filter"),
        ("photo.clear_filter", "Show all photographs", "Ctrl+Shift+F"),
        ("photo.predict", "Score the photographs shown with the active model", "Ctrl+Shift+P", "engine"),
        ("photo.note", "Write a note on the photograph", "F4", "edit"),
        ("photo.reveal", "Show the file in its folder", "", "folder"),
        ("photo.larger", "Larger thumbnails", "Ctrl++ | Ctrl+="),
        ("photo.smaller", "Smaller thumbnails", "Ctrl+-"),
    ),
    *_page(
        "review",
        "Large photograph",
        ("view.zoom_in", "Zoom in", "+ | =", "zoom_in"),
        ("view.zoom_out", "Zoom out", "-", "zoom_out"),
        ("view.fit", "Fit into the window", "F", "zoom_fit"),
        ("view.actual", "One pixel to one pixel", "Z", "zoom_one"),
    ),
    *_page(
        "review",
        "Overlay",
        ("overlay.toggle", "Show or hide the overlay", "O", "overlay"),
        ("overlay.stronger", "Stronger overlay", "]"),
        ("overlay.weaker", "Weaker overlay", "["),
        checkable=("overlay.toggle",),
    ),
    *_page(
        "review",
        "Labels",
        ("label.raise", "Raise the chosen flag", "R", "raised"),
        ("label.clear", "Mark the chosen flag clear", "C", "clear"),
        ("label.unsure", "Mark the chosen flag unsure", "U", "unsure"),
        ("label.unseen", "Take the label of the chosen flag away", "Backspace", "unseen"),
        ("label.nothing", "Reviewed, nothing applies", "N", "check"),
        ("flag.next", "Choose the next flag", "Ctrl+Down | .", "chevron_down"),
        ("flag.previous", "Choose the previous flag", "Ctrl+Up | ,", "chevron_up"),
        ("label.advance", "Go on to the next photograph after each label", "", ""),
        checkable=("label.advance",),
    ),
    *_page(
        "review",
        "Joint",
        ("joint.accept", "Accept the joint", "F6", "success"),
        ("joint.reject", "Reject the joint", "F7", "error"),
        ("joint.new_photo", "Ask for a new photo of the joint", "F8", "photo"),
        ("joint.override", "Set the verdict against the points…", "F9", "edit"),
        ("joint.follow", "Let the points decide the verdict again", "", ""),
        ("joint.withdraw", "Take back what was decided of the joint", "", ""),
        ("joint.next", "Next joint", "Ctrl+Space", "joint"),
    ),
    *_page(
        "flags",
        "Scheme",
        ("scheme.add", "Add a flag…", "Insert | Ctrl+N", "plus"),
        ("scheme.rename", "Rename…", "F2", "edit"),
        ("scheme.points", "Change the points…", "F3", ""),
        ("scheme.key", "Change the key…", "", "keyboard"),
        ("scheme.merge", "Merge the selected flags…", "Ctrl+M", "merge"),
        ("scheme.unmerge", "Undo the merge", "Ctrl+Shift+M", "split"),
        ("scheme.retire", "Retire the flag…", "Delete", "retire"),
        ("scheme.up", "Move up", "Alt+Up", "chevron_up"),
        ("scheme.down", "Move down", "Alt+Down", "chevron_down"),
        ("scheme.preset", "Load a scheme…", "", "flags"),
        ("scheme.contractors", "Contractors and reject limits…", "Ctrl+L", "joint"),
    ),
    *_page(
        "train",
        "Training",
        ("train.start", "Start training", "Ctrl+Return", "play"),
        ("train.stop", "Stop the run", "Ctrl+.", "stop"),
        ("train.more", "Show every setting of the recipe", "", "settings"),
        checkable=("train.more",),
    ),
    *_page(
        "models",
        "Models",
        ("model.activate", "Use this model", "Ctrl+Return", "star"),
        ("model.evaluate", "Evaluate on the test photographs", "Ctrl+T", "quality"),
        ("model.predict", "Score all photographs with this model", "Ctrl+Shift+P", "engine"),
        ("model.add_demo", "Add the demonstration model", "", "plus"),
        ("model.reveal", "Show the model's folder", "", "folder"),
    ),
    *_page(
        "quality",
        "Quality",
        ("quality.refresh", "Count again", "F5", "refresh"),
        ("quality.review", "Look at these photographs", "Return", "review"),
    ),
)

FLAG_KEYS: Final = "1234567890QWETYASDGHJKLXBMIPV"
"""Keys given to flags that name none, by their slot; none of them is a key of the table."""

_WRITING = ("collection.", "edit.", "label.", "scheme.", "joint.", "train.st", "model.")
_LOOKING = ("label.advance", "model.reveal")
_WRITING_TOO = ("project.restore", "project.take", "photo.predict")


def writes(action_id: str) -> bool:
    """Whether an action changes the project, and so is off while this window only looks on."""
    return action_id in _WRITING_TOO or (action_id.startswith(_WRITING) and action_id not in _LOOKING)


SET, UNSURE, CHOOSE = "set", "unsure", "choose"
"""What a flag's key can ask: key alone = set (raised, or clear where it is raised), Shift = unsure, Alt = choose."""


class Actions(QObject):
    """The actions of one window. `flag_pressed(slot, verb)`: the key of a class was pressed; verb as above."""

    flag_pressed = Signal(int, str)
    changed = Signal()
    """Keys, texts or enabled states are other ones now."""

    def __init__(self, parent: QObject | None = None, *, draw: bool = True) -> None:
        super().__init__(parent)
        self._rows = {row.id: row for row in TABLE}
        self._actions: dict[str, QAction] = {}
        self._connected: set[str] = set()
        self._disabled: set[str] = set()
        self._page = ""
        self._project = False
        self._read_only = False
        self._flags: list[QAction] = []
        self._flag_keys: dict[int, str] = {}
        for row in TABLE:
            self._actions[row.id] = self._make(row)
        if draw:
            self.draw()

    def draw(self) -> None:
        """Give the actions their icons; the main window does so after its first paint, for it takes as long."""
        for row in TABLE:
            if row.icon:
                set_icon(self._actions[row.id], row.icon)

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
            self.set_flags(None)
        self._refresh_all()

    def rows(self) -> Iterator[tuple[Action, QAction]]:
        """Every row with its action, in the order of the table."""
        for row in TABLE:
            yield row, self._actions[row.id]

    def all(self) -> list[QAction]:
        """Every action, those of flags included; the main window adds them, or their keys would be dead."""
        return [*self._actions.values(), *self._flags]

    # Keys of the scheme's classes

    def set_read_only(self, read_only: bool) -> None:
        """Whether the open project may only be looked at; for the main window."""
        self._read_only = read_only
        self._refresh_all()

    def set_flags(self, scheme: "Scheme | None") -> None:
        """Make the keys of the present scheme's classes; called by the main window whenever the scheme changed."""
        for action in self._flags:
            action.deleteLater()
        self._flags = []
        self._flag_keys = flag_keys(scheme.classes) if scheme is not None else {}
        for slot, key in self._flag_keys.items():
            for verb, prefix in ((SET, ""), (UNSURE, "Shift+"), (CHOOSE, "Alt+")):
                action = QAction(self)
                action.setShortcut(QKeySequence(prefix + key))
                action.triggered.connect(
                    lambda _checked=False, slot=slot, verb=verb: self.flag_pressed.emit(slot, verb)
                )
                action.setEnabled(self._page == "review")
                self._flags.append(action)
        self.changed.emit()

    def flag_key(self, slot: int) -> str:
        """The key of a class, for its key cap; '' if it has none."""
        return self._flag_keys.get(slot, "")

    @staticmethod
    def key_text(action: QAction) -> str:
        """The keys of an action as this system writes them, parted by ' or '."""
        return " or ".join(sequence.toString(QKeySequence.SequenceFormat.NativeText) for sequence in action.shortcuts())

    def _make(self, row: Action) -> QAction:
        action = QAction(row.text, self)
        action.setObjectName(row.id)
        action.setCheckable(row.checkable)
        if row.key:
            action.setShortcuts([QKeySequence(key) for key in row.key.split(" | ")])
        keys = self.key_text(action)
        action.setToolTip(f"{row.text}  ({keys})" if keys else row.text)
        action.setEnabled(False)
        return action

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
        for row in TABLE:
            self._refresh(row.id)
        for action in self._flags:
            action.setEnabled(self._page == "review")
        self.changed.emit()


def flag_keys(classes: "tuple[SchemeClass, ...]") -> dict[int, str]:
    """The key of each class by slot: its own, or the one of `FLAG_KEYS` that its slot means, or one still free.

    It hangs on the slot, so that no flag's key changes because another one is moved, merged or given its own.
    """
    keys = {item.slot: item.key for item in classes}
    taken = {key.casefold() for key in keys.values() if key}
    for slot in sorted(slot for slot, key in keys.items() if not key and slot < len(FLAG_KEYS)):
        if FLAG_KEYS[slot].casefold() not in taken:
            keys[slot] = FLAG_KEYS[slot]
            taken.add(keys[slot].casefold())
    free = iter(key for key in FLAG_KEYS if key.casefold() not in taken)
    return {slot: key or next(free, "") for slot, key in keys.items()}
