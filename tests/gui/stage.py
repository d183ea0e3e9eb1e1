"""One page on an empty stage: a real session and the real actions, without the rest of the window."""

from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from weldstudio.gui.actions import Actions
from weldstudio.gui.session import Session


class Stage(QMainWindow):
    """What the main window does for a page, and no more; remembers what was told and what failed."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.actions_table = Actions(self)
        self.told: list[str] = []
        self.failed: list[str] = []
        self.page_asked: list[str] = []
        session.told.connect(self.told.append)
        session.undoable_told.connect(self.told.append)
        session.failed.connect(self.failed.append)
        session.page_asked.connect(self.page_asked.append)
        session.changed.connect(
            lambda changes: self.actions_table.set_flags(session.mirror.scheme) if changes.scheme else None
        )
        self.actions_table.connect("edit.undo", session.undo)
        self.actions_table.connect("edit.redo", session.redo)
        for name in ("train", "review"):
            self.actions_table.connect(f"page.{name}", lambda name=name: self.page_asked.append(name))
        self.actions_table.connect("collection.import", lambda: self.page_asked.append("import"))

    def show_page(self, kind: type[QWidget], name: str) -> QWidget:
        """Make a page and bring it to the front."""
        self.actions_table.set_project(True)
        self.actions_table.set_flags(self.session.mirror.scheme)
        self.actions_table.set_page(name)
        page = kind(self.session, self.actions_table)
        inner = QWidget()
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(0, 0, 0, 0)
        if getattr(page, "header", None) is not None:
            layout.addWidget(page.header)
        layout.addWidget(page, 1)
        self.setCentralWidget(inner)
        self.addActions(self.actions_table.all())
        self.resize(1280, 720)
        self.show()
        page.activated()
        return page

    def do(self, action_id: str) -> None:
        """As if the action's key had been pressed."""
        assert self.actions_table[action_id].isEnabled(), f"{action_id} is disabled"
        self.actions_table.trigger(action_id)


def set_stage(qtbot: QtBot, session: Session) -> Stage:
    """Open the session's project and a stage for it."""
    session.open()
    assert session.mirror_or_none is not None
    stage = Stage(session)
    qtbot.addWidget(stage)
    return stage
