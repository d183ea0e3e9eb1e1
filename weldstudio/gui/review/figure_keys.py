"""Saving what is seen of a photograph, overlay and all, as a picture for a report: only ever when asked."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from weldstudio.domain.errors import UserError
from weldstudio.gui.actions import Actions
from weldstudio.gui.background import Background
from weldstudio.gui.review.large import LargeView
from weldstudio.gui.review.overlays import Overlays
from weldstudio.gui.session import Session

ACTION = "photo.figure"


class FigureKeys(QObject):
    """Asks where to, and has the figure written beside the window's thread."""

    def __init__(
        self, session: Session, actions: Actions, large: LargeView, *, overlays: Overlays, window: QWidget
    ) -> None:
        super().__init__(window)
        self._session, self._large, self._overlays, self._window = session, large, overlays, window
        self._writing = Background(self)
        self._folder = Path.home()
        actions.connect(ACTION, self.ask)

    def ask(self) -> None:
        """Of the current photograph, as it is looked at, with the overlay that lies on it."""
        from weldstudio.imaging.figure import Laid
        from weldstudio.studio import figures

        session, photo_id = self._session, self._session.current
        if photo_id is None:
            return
        mirror, slot = session.mirror, self._overlays.shown_slot
        relative = mirror.paths[mirror.row(photo_id)]
        name = "-".join(
            filter(None, (Path(relative).stem, mirror.scheme.by_slot(slot).name if slot is not None else ""))
        )
        name = "".join(letter if letter.isalnum() or letter in " -_." else "_" for letter in name)
        wanted, _ = QFileDialog.getSaveFileName(
            self._window, "Save a figure for a report", str(self._folder / f"{name}.png"), "Pictures (*.png *.jpg)"
        )
        if not wanted:
            return
        try:
            out = figures.allowed(Path(wanted), mirror.roots.values())
        except UserError as error:
            session.report(error)
            return
        self._folder = out.parent
        words: tuple[str, ...] = (relative,)
        overlay = self._overlays.of(slot) if slot is not None else None
        laid = None
        if overlay is not None:
            laid = Laid(
                *(overlay.activation, overlay.frame, overlay.scale),
                side=overlay.side,
                opacity=self._overlays.opacity,
                smooth=overlay.smooth,
                level=overlay.level,
            )
            card = session.engine.card
            words = (overlay.note, relative, *(() if card is None else (f"Model {card.name} ({card.id})",)))
        photo, look = mirror.photo_path(photo_id), self._large.look
        self._writing.ask(partial(figures.write, out, photo, words, laid=laid, look=look), self._written)

    def _written(self, report: object, error: Exception | None) -> None:
        if error is not None:
            self._session.report(error)
        else:
            self._session.tell(f"Saved {getattr(report, 'file', '')}.")
