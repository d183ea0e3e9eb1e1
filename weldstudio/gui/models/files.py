"""The chosen model as files: its report, one file for other programs, its folder; and what a person says of it."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from weldstudio.gui.models.card_dialog import CardDialog
from weldstudio.gui.models.model_list import ModelList
from weldstudio.gui.models.weights_dialog import WeightsDialog
from weldstudio.gui.session import Session
from weldstudio.gui.work import Work


class ModelFiles(QObject):
    """What the actions of the Models page do that end in a file. `hold` is told of work that others must wait for."""

    def __init__(self, session: Session, models: ModelList, hold: Callable[[Work], None], parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._hold, self._window = session, hold, parent
        self.list = models

    def write_report(self) -> None:
        """Ask where to, write the chosen model's report there and open it."""
        from weldstudio.studio import report

        row = self.list.chosen_row
        if row is None:
            return
        proposed = str(Path.home() / f"{row.card.name} {row.card.id}.html")
        kinds = "Web pages (*.html);;PDF (*.pdf)"
        chosen, kind = QFileDialog.getSaveFileName(self._window, "Write the report", proposed, kinds)
        if chosen:
            # A name keeps the ending that was proposed though another kind was chosen.
            pdf = "pdf" in kind and Path(chosen).suffix.lower() == ".html"
            file = Path(chosen).with_suffix(".pdf") if pdf else Path(chosen)
            work = self._session.start_work(f"Report of {row.card.name}", report.write, file, model_id=row.card.id)
            work.finished.connect(lambda found: QDesktopServices.openUrl(QUrl.fromLocalFile(str(found.file))))
            work.finished.connect(lambda found: self._session.tell(f"The report is in {found.file}"))
            self._hold(work)

    def export(self) -> None:
        """Ask where to, and write the chosen model there as one file for other programs."""
        from weldstudio.studio import model_files

        row = self.list.chosen_row
        if row is None:
            return
        proposed = str(Path.home() / f"{row.card.name} {row.card.id}.onnx")
        kinds = {"ONNX (*.onnx)": ".onnx", "TorchScript (*.pt)": ".pt"}
        chosen, kind = QFileDialog.getSaveFileName(self._window, "Write the model", proposed, ";;".join(kinds))
        if chosen:
            file = Path(chosen)
            if file.suffix.lower() not in kinds.values():
                file = file.with_name(file.name + kinds.get(kind, ".onnx"))
            work = self._session.start_work(f"Writing {file.name}", model_files.export, file, model_id=row.card.id)
            work.finished.connect(
                lambda found: self._session.tell(
                    f"{file.name} says what {row.card.name} says, on {found.photos} images (checked)"
                )
            )
            self._hold(work)

    def describe(self) -> None:
        """Ask what there is to say of the chosen model, and keep it."""
        from weldstudio.studio import model_cards

        row = self.list.chosen_row
        if row is None:
            return
        dialog = CardDialog(row.card, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(
            lambda: self._session.edit(
                f"Describe model {row.card.name}",
                model_cards.edit,
                row.card.id,
                dialog.values,
                who=self._session.who,
            )
        )
        dialog.open()

    def reveal(self) -> None:
        """Show the model's folder in the file manager."""
        row = self.list.chosen_row
        if row is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(row.folder)))

    def take_in(self) -> None:
        """Ask for a model's card in another project, and take that model into this one."""
        from weldstudio.studio import model_taking

        card, _kind = QFileDialog.getOpenFileName(
            self._window, "Import a model: choose its card.json", str(Path.home()), "Model cards (card.json)"
        )
        if card:
            work = self._session.start_work("Importing a model", model_taking.take_in, Path(card))
            work.finished.connect(lambda taken: self._session.tell(taken.sentence))
            work.finished.connect(lambda taken: self.list.choose(taken.card.id))
            self._hold(work)

    def show_weights(self) -> None:
        """List what a training can begin with."""
        WeightsDialog(self._session, self._window).open()
