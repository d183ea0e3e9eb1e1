"""What the window's own actions do: projects, importing, exporting, undo, help. The window itself stays a frame."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog

from weldstudio.domain.errors import UserError
from weldstudio.gui import dressing, folders, importing, kept_place
from weldstudio.gui.background import Background
from weldstudio.gui.help.asking import open_help
from weldstudio.gui.palette import CONTRAST
from weldstudio.gui.theme import theme

if TYPE_CHECKING:
    from weldstudio.gui.main_window import MainWindow
    from weldstudio.gui.session import Session


def connect(window: "MainWindow") -> None:
    """Give the actions of the frame their slots."""
    table = window.action_table
    table.connect("project.new", lambda: _new_project(window))
    table.connect("project.open", lambda: _open_project(window))
    table.connect("project.demo", lambda: _open_demo(window))
    table.connect("project.close", window.close_project)
    table.connect("collection.import", lambda: importing.ask(window))
    folders.connect(window)
    table.connect("project.export", lambda: _export(window))
    table.connect("project.bundle", lambda: _bundle(window))
    table.connect("project.take", lambda: _take_bundle(window))
    table.connect("project.restore", lambda: _restore(window))
    table.connect("app.settings", lambda: _settings(window))
    table.connect("app.quit", window.close)
    table.connect("edit.undo", lambda: _undo(window))
    table.connect("edit.redo", lambda: _redo(window))
    table.connect("history.open", lambda: _history(window))
    for page in ("review", "flags", "train", "models", "quality"):
        table.connect(f"page.{page}", lambda page=page: _go(window, page))
    table.connect("work.list", lambda: window.work_list.open_above(window.status))
    table.connect("work.predict", lambda on: _predict_all(window, on))
    table.connect("work.learn", lambda on: _learn(window, on))
    table.connect("work.teach", lambda on: _learn(window, on, teach=True))
    for name in ("moved", "similar", "next"):
        table.connect(f"work.{name}", lambda name=name: _show_learned(window, name))
    table.connect("app.palette", lambda: _palette(window))
    table.connect("app.keys", lambda: _keys(window))
    table.connect("app.change_keys", lambda: _change_keys(window))
    table.connect("app.help", lambda: open_help(window, window.help_page))
    table.connect("app.changes", lambda: open_help(window, "changes"))
    table.connect("app.steps", window.first_steps.open)
    window.first_steps.dismissed.connect(lambda: save_settings(window))
    table.connect("app.theme", lambda: _change(window, theme="light" if theme.dark else "dark"))
    table.connect("app.contrast", lambda: _change(window, theme="system" if theme.kind == CONTRAST else "contrast"))
    table.connect("app.text_larger", lambda: _change(window, text_size=dressing.next_size(window.settings, 1)))
    table.connect("app.text_smaller", lambda: _change(window, text_size=dressing.next_size(window.settings, -1)))


def watch_undo(window: "MainWindow", session: "Session") -> None:
    """Keep the texts and states of undo and redo those of the stack."""
    table, stack = window.action_table, session.undo_stack

    def show(*_ignored: Any) -> None:
        for action, can, word, text in (
            ("edit.undo", stack.canUndo(), "Undo", stack.undoText()),
            ("edit.redo", stack.canRedo(), "Redo", stack.redoText()),
        ):
            table.set_enabled(action, can)
            table[action].setText(f"{word} “{text}”" if can and text else word)

    stack.indexChanged.connect(show)
    show()


def resume(session: "Session", window: "MainWindow", *, created: bool) -> None:
    """Go on with what was under way: photographs not yet read, trainings that run or have ended meanwhile."""
    # Here, not above: nothing of studio may be imported before the first paint.
    from weldstudio.gui import learning_actions, scoring
    from weldstudio.gui.train import run_watcher
    from weldstudio.gui.train.notifying import RunNotices

    if not created and not session.read_only:  # a new project is about to be filled by an import that reads for itself
        session.start_work("Reading photographs", _go_on).resumes = True
    RunNotices(run_watcher.watch(session))
    folders.begin(session, window)
    scoring.begin(session, window)
    learning_actions.begin(session, window)
    window.first_steps.follow(session, window.pages["review"])

    def warn(notices: tuple[str, ...]) -> None:
        if notices:
            window.banner.say(" ".join(notices), kind="warning")

    session.run(_notices).then(warn)


def say_read_only(window: "MainWindow", why: str) -> None:
    """Say why this window only looks on, with the way to more."""
    session = window.session
    assert session is not None
    window.banner.say(
        f"{why} Here you can look, and see what is changed there, but not change anything.",
        kind="warning",
        offer="Open for writing",
        take=lambda: open_again(window, session.folder),
    )


def open_again(window: "MainWindow", folder: Path) -> None:
    """Close the project and open it anew, once whoever asked for that has returned; the person's place is kept."""
    session = window.session

    def again() -> None:
        if window.session is not session:
            return  # it was asked for twice
        place = kept_place.keep(window)
        if window.close_project():
            if place is not None:
                kept_place.go_back(window, place)
            window.open_project(folder)

    QTimer.singleShot(0, window, again)


def look(session: "Session") -> None:
    """The window came to the front: see what others have changed."""
    if session.mirror_or_none is not None:
        session.look()


def save_settings(window: "MainWindow") -> None:
    """Write the settings; a folder that cannot be written to is said once and does not stop anything."""
    try:
        window.settings.save()
    except OSError as error:
        window.say(f"The settings cannot be saved: {error.strerror or error}.")


# One function per action


def _new_project(window: "MainWindow") -> None:
    if window.close_project():
        window.welcome.show_form()


def _open_project(window: "MainWindow") -> None:
    recent = window.settings.recent_projects
    start = str(Path(recent[0]).parent) if recent else str(Path.home())
    chosen = QFileDialog.getExistingDirectory(window, "Folder of the project", start)
    if chosen:
        window.open_project(Path(chosen))


def _open_demo(window: "MainWindow") -> None:
    """Make the demo's project, or find it, and open it; it fills while one looks."""

    def open_it(project: Path | None, error: Exception | None) -> None:
        if isinstance(error, UserError):
            window.show_welcome(str(error))
        elif error is not None:
            raise error
        elif project is not None:
            window.open_project(project)

    if window.close_project():
        Background(window).ask(_begin_demo, open_it)


def _export(window: "MainWindow") -> None:
    from weldstudio.gui.export_dialog import ExportDialog

    if window.session is not None:
        ExportDialog(window.session, window).open()


def _history(window: "MainWindow") -> None:
    from weldstudio.gui.history_dialog import HistoryDialog

    if window.session is not None and window.session.mirror_or_none is not None:
        HistoryDialog(window.session, window).open()


def _bundle(window: "MainWindow") -> None:
    from weldstudio.gui.bundle_dialog import BundleDialog

    if window.session is not None:
        BundleDialog(window.session, window).open()


def _take_bundle(window: "MainWindow") -> None:
    from weldstudio.gui import bundle_dialog

    if window.session is not None:
        bundle_dialog.take(window.session, window)


def _restore(window: "MainWindow") -> None:
    from weldstudio.gui.restore_dialog import RestoreDialog

    session = window.session
    if session is None:
        return

    def go_back(snapshot: str) -> None:
        if window.close_project():
            window.open_project(session.folder, snapshot=snapshot)

    dialog = RestoreDialog(session, window)
    dialog.restore_asked.connect(go_back)
    dialog.open()


_CHECKED = {
    "review.blind": "blind",
    "work.predict": "predict_all",
    "work.learn": "learn",
    "work.teach": "teach",
    "photo.by_joint": "by_joint",
}
"""Actions that are settings as well."""


def _settings(window: "MainWindow") -> None:
    from weldstudio.gui.settings_dialog import SettingsDialog

    dialog = SettingsDialog(window.settings, window)
    dialog.accepted.connect(lambda: _settings_changed(window))
    for action, name in _CHECKED.items():
        dialog.accepted.connect(lambda a=action, n=name: window.action_table[a].setChecked(getattr(window.settings, n)))
    dialog.open()


def _settings_changed(window: "MainWindow") -> None:
    save_settings(window)
    if dressing.dress(window.settings):
        _lay_out_anew(window)


def _lay_out_anew(window: "MainWindow") -> None:
    """Make all pages anew; work that would be lost ends before that."""
    session = window.session
    if session is None:
        return

    def look() -> None:
        if all(work.resumes for work in session.works):
            open_again(window, session.folder)

    look()
    if not all(work.resumes for work in session.works):
        window.say("The pages take the new size once the work under way has ended.")
        session.work_changed.connect(look)


def _change(window: "MainWindow", **values: object) -> None:
    window.settings.change(**values)
    _settings_changed(window)


def _undo(window: "MainWindow") -> None:
    if window.session is not None:
        window.session.undo()


def _redo(window: "MainWindow") -> None:
    if window.session is not None:
        window.session.redo()


def _go(window: "MainWindow", page: str) -> None:
    window.show_page(page)


def _predict_all(window: "MainWindow", on: bool) -> None:
    from weldstudio.gui import scoring

    scoring.switch(window, on)


def _learn(window: "MainWindow", on: bool, *, teach: bool = False) -> None:
    from weldstudio.gui import learning_actions

    (learning_actions.switch_teaching if teach else learning_actions.switch)(window, on)


def _show_learned(window: "MainWindow", what: str) -> None:
    from weldstudio.gui import learning_actions as of

    {"moved": of.show_moved, "similar": of.show_similar, "next": of.show_next}[what](window)


def _palette(window: "MainWindow") -> None:
    from weldstudio.gui.command_palette import CommandPalette

    mirror = window.session.mirror_or_none if window.session is not None else None
    CommandPalette(window.action_table, window, scheme=mirror.scheme if mirror is not None else None).open()


def _keys(window: "MainWindow") -> None:
    from weldstudio.gui.cheat_sheet import CheatSheet

    scheme = window.session.mirror.scheme if window.session and window.session.mirror_or_none else None
    CheatSheet(window.action_table, scheme, window).open()


def _change_keys(window: "MainWindow") -> None:
    from weldstudio.gui.keys_dialog import KeysDialog

    scheme = window.session.mirror.scheme if window.session and window.session.mirror_or_none else None
    dialog = KeysDialog(window.settings, window.action_table, scheme, window)
    dialog.finished.connect(lambda _: save_settings(window))
    dialog.open()


def _begin_demo() -> Path:
    from weldstudio.studio import demo

    return demo.begin(demo.default_folder())


# On the store thread


def _notices(store: Any) -> Any:
    return store.notices


def _go_on(store: Any) -> Any:
    """What was begun and not finished: drawing the demo, or looking into photographs."""
    from weldstudio.studio import demo, importing

    asked = demo.read(store.folder)
    return importing.read_facts(store) if asked is None or asked.finished else demo.fill(store)
