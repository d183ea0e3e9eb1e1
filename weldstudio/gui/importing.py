"""Bringing photographs and labels into the open project, or into a new one: the dialog, the forecast, the work."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from shiboken6 import isValid

from weldstudio.domain.errors import UserError
from weldstudio.gui.welcome.wish import ImportWish

if TYPE_CHECKING:
    from collections.abc import Callable

    from weldstudio.gui.main_window import MainWindow
    from weldstudio.gui.session import Session
    from weldstudio.gui.work import Work
    from weldstudio.studio.forecast import Forecast
    from weldstudio.studio.label_table import LabelTable


def ask(window: "MainWindow") -> None:
    """Open the dialog that asks what to bring into the open project."""
    from weldstudio.gui.welcome.import_dialog import ImportDialog

    session = window.session
    if session is None:
        return
    scheme = session.mirror.scheme
    known = tuple(item.name for item in scheme.live_flags + scheme.merges)
    dialog = ImportDialog(window, known=known, foresee=lambda wish, answer: foresee(session, wish, answer))
    dialog.import_asked.connect(lambda wish: bring_in(session, wish, window))
    dialog.open()

    def know(former: dict[str, str]) -> None:
        # A file may be older than the scheme. By now the dialog may be closed.
        if isValid(dialog):
            dialog.form.part.know(former)

    session.run(_former_names).then(know)


def _former_names(store: Any) -> dict[str, str]:
    from weldstudio.studio.scheme_differences import former_names

    return former_names(store)


def create_and_import(window: "MainWindow", wish: ImportWish) -> None:
    """Create the project that the welcome page's form describes and bring in its photographs."""
    assert wish.project is not None
    try:
        window.open_project(wish.project, create=True)
    except OSError as error:
        window.welcome.banner.say(f"The project cannot be kept in {wish.project}: {error.strerror or error}.")
        return
    session = window.session
    if session is not None:
        bring_in(session, wish, window)


def bring_in(session: "Session", wish: ImportWish, window: "MainWindow") -> None:
    """Start the import that a form describes, as work; its report is shown at the end."""
    from weldstudio.gui.welcome import report

    def begin(work: "Work") -> None:
        work.finished.connect(lambda result: report.show(result, window))

    who = session.who
    if wish.folder is not None:
        begin(session.start_work("Importing photographs", _import_photos, wish.folder, wish, who=who))
    elif wish.labels is not None:
        begin(session.start_work("Importing labels", _import_labels, wish.labels, wish, who=who))


def foresee(session: "Session", wish: ImportWish, answer: "Callable[[Forecast | str], None]") -> "Callable[[], None]":
    """Count what a form's wish would do in the open project; returns how to stop counting."""
    work = session.start_work("Counting what an import would do", _foresee, wish)
    work.finished.connect(answer)

    def stop() -> None:
        work.finished.disconnect(answer)
        work.cancel()

    return stop


# On the store thread


def _import_photos(store: Any, folder: Path, wish: ImportWish, *, who: str) -> Any:
    from weldstudio.studio import importing

    return importing.import_photos(
        store, folder, labels=wish.labels, terms=wish.terms, told=wish.told, joint=wish.joint or None, who=who
    )


def _import_labels(store: Any, labels: "LabelTable", wish: ImportWish, *, who: str) -> Any:
    from weldstudio.studio import label_import

    return label_import.apply_label_table(store, labels, who=who, terms=wish.terms)


def _foresee(store: Any, wish: ImportWish) -> Any:
    """What the wish would do, or the sentence that says why nothing can be done."""
    from weldstudio.studio import foreseeing, label_import

    try:
        if wish.folder is not None:
            return (
                yield from foreseeing.foresee_import(
                    store, wish.folder, labels=wish.labels, terms=wish.terms, joint=wish.joint or None
                )
            )
        return (yield from label_import.foresee(store, wish.labels, terms=wish.terms)) if wish.labels else ""
    except UserError as error:
        return str(error)
