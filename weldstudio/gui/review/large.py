"""The large photograph with its overlay control and the strip of its joint: what is beside the grid on the page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QVBoxLayout, QWidget

from weldstudio.gui.review.adjusting import Adjusting, turned_pixmap
from weldstudio.gui.review.badges import Badge, Ids
from weldstudio.gui.review.layer import Overlay, layer
from weldstudio.gui.review.look_panel import LookPanel
from weldstudio.gui.review.overlay_control import OverlayControl
from weldstudio.gui.review.panes import Panes
from weldstudio.gui.review.photo_loader import PhotoLoader
from weldstudio.gui.review.strip import JointStrip
from weldstudio.gui.review.thumbnails import Thumbnails
from weldstudio.imaging.look import Look


@dataclass(frozen=True, slots=True, eq=False)
class Pane:
    """What is shown beside the photograph worked on."""

    photo_id: int
    """As the loader knows it."""
    caption: str = ""
    overlay: Overlay | None = None
    problem: str | None = None


class LargeView(QWidget):
    """Shows photographs by id: a thumbnail at once, then the picture; the neighbours are decoded ahead.

    `look` holds for every photograph shown here until another is set.
    """

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
        self.panes = Panes(self)
        self.view = self.panes.main
        self.control = OverlayControl(self.panes)
        self.look_panel = LookPanel(self.panes)
        self.look = Look()
        self._overlay: Overlay | None = None
        self.adjusting = Adjusting(self)
        self.strip = JointStrip(thumbs, badges_of, self)
        self._wanted: tuple[int, ...] = ()
        self._beside: tuple[Pane, ...] = ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.panes, 1)
        layout.addWidget(self.strip)
        loader.ready.connect(self._ready)
        self.adjusting.ready.connect(self._ready)
        loader.failed.connect(self._failed)
        self.view.box_changed.connect(self._ask)
        self.view.whole_wanted.connect(lambda: self._ask(whole=True))

    @property
    def neighbours(self) -> tuple[int, ...]:
        """Where one may go next, the likeliest first."""
        return self._wanted[1:]

    def show_photo(self, photo_id: int, *, neighbours: tuple[int, ...] = (), problem: str | None = None) -> None:
        """Show a photo; `neighbours` are where one may go next, the likeliest first."""
        self._wanted = (photo_id, *neighbours)
        if photo_id != self.view.photo_id:
            self.view.show_photo(photo_id, self._stand_in(photo_id))
        if problem is not None:
            self.view.show_problem(problem)
        else:
            self._show_made()
        self._ask()

    def show_beside(self, panes: Sequence[Pane]) -> None:
        """These beside the photograph, at the same zoom and place; none = it stands alone."""
        if not panes and not self._beside:
            return  # alone before and after: nothing is asked for twice
        self._beside = tuple(panes)
        self.panes.show_beside(len(panes))
        for view, pane in zip(self.panes.beside, panes, strict=True):
            if pane.photo_id != view.photo_id:
                view.show_photo(pane.photo_id, self._stand_in(pane.photo_id))
            view.set_caption(pane.caption)
            view.setAccessibleName(f"Photograph beside it: {pane.caption or _noted(pane)}")
            if pane.problem is not None:
                view.show_problem(pane.problem)
        self._show_layers()
        self._show_made()
        self._ask()

    def set_look(self, look: Look) -> None:
        """Show what is shown in another look. What is made of it is not there at once; until then the old stays."""
        turned = look.turns != self.look.turns
        self.look = look
        if turned:
            self.view.fit()
            self._show_layers()
        self._show_made()
        self._ask()

    def show_overlay(self, overlay: Overlay | None) -> None:
        """Over the photograph, turned with it."""
        self._overlay = overlay
        self.view.show_layer(None if overlay is None else layer(overlay, self.look.turns))

    def _show_layers(self) -> None:
        self.show_overlay(self._overlay)
        for view, pane in zip(self.panes.beside, self._beside, strict=True):
            view.show_layer(None if pane.overlay is None else layer(pane.overlay, self.look.turns))

    def forget(self) -> None:
        """Nothing is shown large any more, so nothing needs to be decoded."""
        self._wanted = ()
        self._loader.want((), self.view.box)

    def stop(self) -> None:
        """End the worker; called before the view goes."""
        self.adjusting.stop()

    def _ask(self, *, whole: bool = False) -> None:
        if self._wanted:
            box = self.view.box
            beside = [pane.photo_id for pane in self._beside if pane.problem is None]
            # The photograph, what is beside it, where one may go next; each once.
            shown = dict.fromkeys((self._wanted[0], *beside))
            wanted = tuple(dict.fromkeys((*shown, *self._wanted)))
            box = box.transposed() if self.look.turns % 2 else box
            self._loader.want(wanted, box, whole=whole, shown=len(shown))
            found = [(photo_id, self._loader.get(photo_id)) for photo_id in wanted]
            self.adjusting.want([(photo_id, known) for photo_id, known in found if known is not None], self.look)

    def _show_made(self) -> None:
        for view in self.panes.views:
            photo_id = view.photo_id
            picture = self._loader.get(photo_id) if photo_id is not None else None
            if photo_id is not None and picture is not None:
                made = self.adjusting.get(photo_id, picture, self.look)
                if made is not None and not view.shows(made):
                    view.show_picture(made)
                    if view is not self.view:
                        view.follow(self.view.place)

    def _stand_in(self, photo_id: int) -> QPixmap | None:
        kept = self._thumbs.get(photo_id)
        return turned_pixmap(kept.pixmap, self.look.turns) if kept is not None else None

    def _ready(self, photo_id: int) -> None:
        beside = any(view.photo_id == photo_id for view in self.panes.beside)
        if (photo_id in self._wanted or beside) and self.look != Look():
            self._ask()
        if beside or photo_id == self.view.photo_id:
            self._show_made()

    def _failed(self, photo_id: int, sentence: str) -> None:
        for view in self.panes.views:
            if view.photo_id == photo_id:
                view.show_problem(sentence)


def _noted(pane: Pane) -> str:
    return "" if pane.overlay is None else pane.overlay.note
