"""The large photograph with its overlay control and the strip of its joint: what is beside the grid on the page."""

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from weldstudio.gui.review.badges import Badge, Ids
from weldstudio.gui.review.overlay_control import OverlayControl
from weldstudio.gui.review.photo_loader import PhotoLoader
from weldstudio.gui.review.photo_view import PhotoView
from weldstudio.gui.review.strip import JointStrip
from weldstudio.gui.review.thumbnails import Thumbnails


class LargeView(QWidget):
    """Shows photographs by id: a thumbnail at once, then the picture; the neighbours are decoded ahead."""

    def __init__(
        self,
        loader: PhotoLoader,
        thumbs: Thumbnails,
        badges_of: Callable[[Ids], list[Badge]],
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._loader, self._thumbs = loader, thumbs
        self.view = PhotoView()
        self.control = OverlayControl(self.view)
        self.strip = JointStrip(thumbs, badges_of)
        self._wanted: tuple[int, ...] = ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.strip)
        loader.ready.connect(self._ready)
        loader.failed.connect(self._failed)
        self.view.box_changed.connect(self._ask)
        self.view.whole_wanted.connect(lambda: self._ask(whole=True))

    def show_photo(self, photo_id: int, *, neighbours: tuple[int, ...] = (), problem: str | None = None) -> None:
        """Show a photo; `neighbours` are where one may go next, the likeliest first."""
        self._wanted = (photo_id, *neighbours)
        if photo_id != self.view.photo_id:
            kept = self._thumbs.get(photo_id)
            self.view.show_photo(photo_id, kept.pixmap if kept is not None else None)
        if problem is not None:
            self.view.show_problem(problem)
        elif (picture := self._loader.get(photo_id)) is not None:
            self.view.show_picture(picture)
        self._ask()

    def forget(self) -> None:
        """Nothing is shown large any more, so nothing needs to be decoded."""
        self._wanted = ()
        self._loader.want((), self.view.box)

    def _ask(self, *, whole: bool = False) -> None:
        if self._wanted:
            self._loader.want(self._wanted, self.view.box, whole=whole)

    def _ready(self, photo_id: int) -> None:
        picture = self._loader.get(photo_id)
        if photo_id == self.view.photo_id and picture is not None:
            self.view.show_picture(picture)

    def _failed(self, photo_id: int, sentence: str) -> None:
        if photo_id == self.view.photo_id:
            self.view.show_problem(sentence)
