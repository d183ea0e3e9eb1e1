"""From here to other programs: files copied or dragged out, their folder opened; and what a file is."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMetaType, QMimeData, QObject, Qt, QUrl
from PySide6.QtGui import QDrag, QGuiApplication, QImage
from PySide6.QtWidgets import QWidget

from weldstudio.domain.errors import PhotoError
from weldstudio.gui.actions import Actions
from weldstudio.gui.background import Background
from weldstudio.gui.revealing import reveal
from weldstudio.gui.review.about_card import AboutCard
from weldstudio.gui.review.grid import PhotoGrid
from weldstudio.gui.review.photo_view import PhotoView
from weldstudio.gui.review.pictures import as_image
from weldstudio.gui.review.sources import Sources
from weldstudio.gui.review.veil import Veil
from weldstudio.gui.session import Session
from weldstudio.gui.words import counted
from weldstudio.imaging.exif_facts import Facts
from weldstudio.imaging.read import read_photo
from weldstudio.studio import photo_facts

MOST = 1000
"""Files at once: other programs stumble over longer lists."""


class Carrying(QObject):
    """The originals are handed on as they are: never a copy of ours, never with an overlay."""

    def __init__(
        self, session: Session, actions: Actions, grid: PhotoGrid, *, sources: Sources, veil: Veil, window: QWidget
    ) -> None:
        super().__init__(window)
        self._session, self._grid, self._veil, self._window = session, grid, veil, window
        self._sources = sources
        self._reading, self._asking = Background(self), Background(self)
        self.card = AboutCard(window)
        actions.connect("photo.reveal", self.reveal)
        actions.connect("photo.copy", self.copy)
        actions.connect("photo.about", self.about)
        actions.connect("photo.print", self.print)
        grid.carried.connect(self.drag)
        session.current_changed.connect(lambda _photo: self.card.dismiss())

    def paths(self) -> list[Path]:
        """The files of the photographs that a key press means."""
        mirror = self._session.mirror
        return [mirror.photo_path(photo_id) for photo_id in self._session.targets()]

    def copy(self) -> None:
        """Onto the clipboard: as files, and a single one as a picture too."""
        paths = self.paths()
        if not paths or self._are_too_many(paths):
            return
        QGuiApplication.clipboard().setMimeData(mime_of(paths))
        if len(paths) == 1:
            # A picture for programs that take no files; decoding it may take longer than one likes to wait.
            self._reading.ask(lambda: as_image(read_photo(paths[0])), partial(self._copy_picture, paths))
        self._session.tell(f"Copied {paths[0].name if len(paths) == 1 else counted(len(paths), 'photograph')}.")

    def drag(self) -> None:
        """Out of the grid, as files."""
        paths = self.paths()
        if paths and not self._are_too_many(paths):
            self._drag(paths, self._session.targets()[0], self._grid)

    def drag_large(self, view: PhotoView) -> None:
        """The one photograph out of a view."""
        source = self._sources.of(view.photo_id) if view.photo_id is not None else None
        if source is not None and view.photo_id is not None:
            self._drag([source.path], view.photo_id, view)

    def _drag(self, paths: Sequence[Path], photo_id: int, out_of: QWidget) -> None:
        drag = QDrag(out_of)
        drag.setMimeData(_Dragged(paths))
        kept = self._grid.thumbs.get(photo_id)
        if kept is not None:
            drag.setPixmap(kept.pixmap.scaledToWidth(96, Qt.TransformationMode.SmoothTransformation))
        drag.exec(Qt.DropAction.CopyAction)

    def reveal(self) -> None:
        """Show the file of the current photograph in the file manager."""
        if self._session.current is not None:
            reveal(self._session.mirror.photo_path(self._session.current), self)

    def print(self) -> None:
        """Many on a page, as a PDF or on paper."""
        from weldstudio.gui import sheet_dialog  # few print, and it brings Qt's printing along

        sheet_dialog.print_sheet(self._session, self._veil, self._window, title=self._session.folder.name)

    def about(self) -> None:
        """Tell what is known of the current photograph; what its file says comes when it was read."""
        if self.card.isVisible():
            self.card.dismiss()
        elif self._session.current is not None:
            self._session.run(photo_facts.known, self._session.current).then(self._tell)

    def _tell(self, known: tuple[Path, tuple[tuple[str, Facts], ...]]) -> None:
        path, sections = known
        self.card.show_facts(sections)
        self._asking.ask(lambda: photo_facts.in_file(path), partial(self._tell_camera, sections))

    def _tell_camera(self, sections: tuple[tuple[str, Facts], ...], facts: Facts, error: Exception | None) -> None:
        if error is not None:
            self._session.report(error)
        elif self.card.isVisible():
            self.card.show_facts((*sections, ("Camera", facts)))

    def _copy_picture(self, paths: list[Path], image: QImage, error: Exception | None) -> None:
        # A file that is no picture was copied as a file all the same.
        there = QGuiApplication.clipboard().mimeData()
        if error is None and there is not None and there.urls() == _urls(paths):
            QGuiApplication.clipboard().setMimeData(mime_of(paths, image))

    def _are_too_many(self, paths: Sequence[Path]) -> bool:
        if len(paths) > MOST:
            self._session.tell(f"{len(paths):,} photographs are too many at once; export them, or select fewer.")
        return len(paths) > MOST


_IMAGE = "application/x-qt-image"


class _Dragged(QMimeData):
    """Files, and of a single one the picture as well, decoded only for a program that asks for it."""

    def __init__(self, paths: Sequence[Path]) -> None:
        super().__init__()
        _fill(self, paths)
        self._single = paths[0] if len(paths) == 1 else None
        self._image: QImage | None = None

    def formats(self) -> list[str]:
        return [*super().formats(), *([_IMAGE] if self._single is not None else [])]

    def hasFormat(self, mimetype: str) -> bool:
        return mimetype in self.formats()

    def retrieveData(self, mimetype: str, preferred: QMetaType | QMetaType.Type) -> object:
        if mimetype != _IMAGE or self._single is None:
            return super().retrieveData(mimetype, preferred)
        if self._image is None:
            try:
                self._image = as_image(read_photo(self._single))
            except PhotoError:
                self._image = QImage()  # it goes as a file all the same
        return self._image


def mime_of(paths: Sequence[Path], image: QImage | None = None) -> QMimeData:
    """Files for other programs, their paths as text, and a picture if there is one."""
    mime = QMimeData()
    _fill(mime, paths)
    if image is not None:
        mime.setImageData(image)
    return mime


def _fill(mime: QMimeData, paths: Sequence[Path]) -> None:
    mime.setUrls(_urls(paths))
    mime.setText("\n".join(map(str, paths)))


def _urls(paths: Sequence[Path]) -> list[QUrl]:
    return [QUrl.fromLocalFile(str(path)) for path in paths]
