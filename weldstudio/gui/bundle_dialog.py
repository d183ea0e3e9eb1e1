"""Labels from desk to desk: which of them go into a bundle, and what a bundle that was taken in has brought."""

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDate, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDateEdit,
    QDialog,
    QFileDialog,
    QGridLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from weldstudio.gui.answer_row import answer_row
from weldstudio.gui.help.asking import help_by_key
from weldstudio.gui.icons import pixmap
from weldstudio.gui.session import Session
from weldstudio.gui.style_sheet import indent_number, set_look
from weldstudio.gui.theme import EDGE, GAP, GROUP, theme
from weldstudio.gui.welcome.import_form import PathField
from weldstudio.gui.words import counted

if TYPE_CHECKING:
    from weldstudio.studio.bundling import BundleReport, TakeReport

SUFFIX = ".weldlabels"
A_WEEK = 7
"""Days back that are proposed."""
SHOWN = 4
"""Differences of schemes that are told one by one."""


class BundleDialog(QDialog):
    """Starts the writing of a bundle as work of the session when accepted."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Make a bundle of labels")
        help_by_key(self, "desks")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session = session
        self.all = QCheckBox("Everything that was ever done")
        self.since = QDateEdit()
        self.since.setCalendarPopup(True)
        self.since.setDisplayFormat("d MMM yyyy")
        indent_number(self.since)
        first = date.today() - timedelta(days=A_WEEK)
        self.since.setDate(QDate(first.year, first.month, first.day))
        self.since.setAccessibleName("Done from this day on")
        self.target = PathField("the file", choose=self._choose)
        title = QLabel("Make a bundle of labels")
        set_look(title, "page")
        hint = QLabel(
            "The file holds labels, notes, decisions and reviews and who gave them when, no photographs. Take it in at "
            "another desk that has the same photographs; doing so twice, or in another order than they were made, does "
            "no harm."
        )
        hint.setWordWrap(True)
        set_look(hint, "secondary")
        self.why_not = QLabel()
        set_look(self.why_not, "secondary")
        self.make_button = QPushButton("Make the bundle")
        grid = QGridLayout()
        grid.setHorizontalSpacing(GROUP)
        grid.setVerticalSpacing(GAP)
        grid.setColumnStretch(1, 1)
        rows: tuple[tuple[str, QWidget], ...] = (("Done since", self.since), ("", self.all), ("To", self.target))
        for y, (name, widget) in enumerate(rows):
            grid.addWidget(QLabel(name), y, 0)
            grid.addWidget(widget, y, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        layout.setSpacing(GROUP)
        layout.addWidget(title)
        layout.addWidget(hint)
        layout.addLayout(grid)
        layout.addLayout(answer_row(self, self.make_button, then=self._make, beside=self.why_not))
        self.setMinimumWidth(theme.px(560))
        self.all.toggled.connect(lambda every: self.since.setEnabled(not every))
        self.target.changed.connect(self._judge)
        self._judge()

    @property
    def first_day(self) -> date | None:
        """The first day whose labels go in; None = all."""
        if self.all.isChecked():
            return None
        day = self.since.date()
        return date(day.year(), day.month(), day.day())

    def _judge(self) -> None:
        problem = "" if self.target.path is not None else "Choose a file."
        self.why_not.setText(problem)
        self.make_button.setEnabled(not problem)

    def _choose(self) -> str:
        proposed = f"{self._session.folder.name} {date.today().isoformat()}{SUFFIX}"
        chosen, _ = QFileDialog.getSaveFileName(
            self, "Bundle of labels", str(Path.home() / proposed), f"Bundles of labels (*{SUFFIX})"
        )
        return chosen

    def _make(self) -> None:
        file = self.target.path
        if file is None:
            return
        if not file.suffix:
            file = file.with_suffix(SUFFIX)
        session = self._session
        work = session.start_work("Making a bundle", _make_bundle, file, since=self.first_day, who=session.who)
        work.finished.connect(lambda report: _say_made(session, report))
        self.accept()


def take(session: Session, parent: QWidget) -> None:
    """Ask for a bundle and take it in; what it brought is shown at the end."""
    chosen, _ = QFileDialog.getOpenFileName(
        parent, "Take a bundle of labels in", str(Path.home()), f"Bundles of labels (*{SUFFIX});;All files (*)"
    )
    if chosen:
        take_file(session, Path(chosen), parent)


def take_file(
    session: Session, file: Path, parent: QWidget, *, new_flags: bool = False, new_scheme: bool = False
) -> None:
    """Take this bundle in."""
    work = session.start_work(
        "Taking labels in", _take_bundle, file, who=session.who, new_flags=new_flags, new_scheme=new_scheme
    )
    work.finished.connect(lambda report: TakenDialog(session, file, report, parent).open())


class TakenDialog(QMessageBox):
    """What a bundle has brought, with what there is to do now."""

    def __init__(self, session: Session, file: Path, report: "TakeReport", parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Labels taken in")
        help_by_key(self, "desks")
        self.setIconPixmap(pixmap("info", "accent", theme.px(32), ratio=self.devicePixelRatioF()))
        self.setText(report.text)
        lines = []
        if report.missing_flags:
            lines.append(f"Flags that are not here: {', '.join(report.missing_flags)}.")
        if report.missing_photos:
            lines.append(
                f"{counted(report.missing_photos, 'photograph')} not here; "
                "their labels are kept, and a later bundle brings them along once the photographs are."
            )
        if report.differences:
            more = len(report.differences) - SHOWN
            lines.append("The scheme of that desk is another one: " + "; ".join(report.differences[:SHOWN]) + ".")
            lines += [f"And {counted(more, 'other difference')}."] if more > 0 else []
        if report.conflicts or report.decision_conflicts:
            lines.append("Where two experts differ the later answer holds, until one of you settles it.")
        self.setInformativeText("\n\n".join(lines))
        close = self.addButton("Close", QMessageBox.ButtonRole.RejectRole)
        self.setEscapeButton(close)
        self.setDefaultButton(close)
        if report.conflicts or report.decision_conflicts:
            look = self.addButton("See the conflicts", QMessageBox.ButtonRole.ActionRole)
            look.clicked.connect(lambda: session.show_photos("conflict"))
            self.setDefaultButton(look)
        if report.missing_flags:
            add = self.addButton("Add these flags", QMessageBox.ButtonRole.ActionRole)
            add.clicked.connect(lambda: take_file(session, file, parent, new_flags=True))
        elif report.differences:
            adopt = self.addButton("Take their scheme over", QMessageBox.ButtonRole.ActionRole)
            adopt.clicked.connect(lambda: take_file(session, file, parent, new_scheme=True))


def _say_made(session: Session, report: "BundleReport") -> None:
    session.tell(report.text)


def _make_bundle(store: Any, file: Path, *, since: date | None, who: str) -> Any:
    from weldstudio.studio import bundling

    return bundling.make(store, file, since=since, who=who)


def _take_bundle(store: Any, file: Path, *, who: str, new_flags: bool, new_scheme: bool) -> Any:
    from weldstudio.studio import bundling

    return bundling.take(store, file, who=who, new_flags=new_flags, new_scheme=new_scheme)
