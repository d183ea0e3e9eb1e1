"""Where a person was in the window, kept over a project that is closed and opened anew, as for text of another size."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSizeF, Qt

if TYPE_CHECKING:
    from weldstudio.gui.main_window import MainWindow
    from weldstudio.gui.review.viewport import Viewport
    from weldstudio.imaging.look import Look
    from weldstudio.studio.views import Order


@dataclass(frozen=True, slots=True)
class KeptPlace:
    """Page, filter, order, selection and photograph, and how that was looked at."""

    page: str
    filter: str
    order: "Order"
    slot: int | None
    """The flag that is chosen."""
    selection: tuple[int, ...]
    """Photo ids, those hidden by the filter among them."""
    current: int | None
    large: bool
    lies: "Viewport"
    """Where the large photograph lay."""
    look: "Look"


def keep(window: "MainWindow") -> KeptPlace | None:
    """Where the person is; None where nothing is shown yet."""
    session, page = window.session, window.pages.get("review")
    if session is None or page is None or session.mirror_or_none is None:
        return None
    from weldstudio.gui.review.page import ReviewPage

    if not isinstance(page, ReviewPage):
        return None
    shown, state = page.filtering.shown, page.grid.state
    selection = (*state.selected.tolist(), *state.hidden.tolist())
    return KeptPlace(
        window.page,
        shown.filter.text,
        shown.order,
        session.chosen_flag,
        selection,
        session.current,
        page.going.is_large,
        page.large.view.place,
        page.large.look,
    )


def go_back(window: "MainWindow", place: KeptPlace) -> None:
    """Back to where the person was, once the project has been opened."""

    def go() -> None:
        session, page = window.session, window.pages.get("review")
        if session is None or page is None:
            return
        import numpy as np

        from weldstudio.gui.review.page import ReviewPage

        assert isinstance(page, ReviewPage)
        page.filtering.shown.take_order(place.order)
        page.filtering.apply(place.filter, say=True)
        there = set(session.mirror.ids.tolist()) if place.selection else set()
        chosen = np.array([photo for photo in place.selection if photo in there], np.int64)
        if place.current is not None and place.current in session.mirror.ids:
            page.going.go_to(place.current)
        page.grid.change(lambda state: state.take(chosen))
        session.choose_flag(place.slot)
        if place.large:
            page.going.open_large()
            page.looking.set_look(place.look)
            view = page.large.view
            view.lie(replace(place.lies, view=QSizeF(view.size())).held())
        window.show_page(place.page)

    window.project_opened.connect(go, Qt.ConnectionType.SingleShotConnection)
