"""One way round the main loop in one window: what every step needs to know, to ask for, and to look up on the disk."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from weldstudio.domain.labelling import State
from weldstudio.gui.main_window import MainWindow
from weldstudio.gui.session import Session
from weldstudio.gui.tour.hand import Hand, check, wait_for
from weldstudio.store import mirror as mirrors
from weldstudio.store.mirror import Mirror
from weldstudio.store.store import Store
from weldstudio.studio import reviewing

WORK_S: Final = 300


class Round:
    """What the steps share. The store on the disk is read by a store of our own: what the window says is on trial."""

    def __init__(self, window: MainWindow, hand: Hand, project: Path, *, out: Path) -> None:
        self.window, self.hand, self.project, self.out = window, hand, project, out
        self.photo = self.slot = -1
        """The photograph and the class that a step before has chosen."""
        self.before = State.UNSEEN
        """The label that the relabelling has found."""
        self.new_model = ""
        self._complaints: list[str] = []
        self._heard: Session | None = None

    @property
    def session(self) -> Session:
        session = self.window.session
        check(session, "the project is open")
        assert session is not None
        return session

    @property
    def mirror(self) -> Mirror:
        return self.session.mirror

    def page(self, name: str) -> Any:
        """A page of the window, which must be on screen."""
        check(self.window.page == name, f"the {name} page is on screen")
        return self.window.pages[name]

    @property
    def review(self) -> Any:
        return self.page("review")

    def on_disk(self) -> Mirror:
        """The project as it lies on the disk, read by a store of our own."""
        with Store.open(self.project, read_only=True) as store:
            return mirrors.read(store)

    def state_on_disk(self, photo_id: int, slot: int) -> State:
        there = self.on_disk()
        return State(int(there.states(slot)[there.row(photo_id)]))

    def saved(self) -> None:
        """Wait until every edit has reached the disk."""
        wait_for(lambda: self.session.outbox.saved == "saved", "the edit is saved", seconds=20)

    def until(self, condition: Callable[[], bool], what: str, *, seconds: float = WORK_S) -> None:
        """Wait for something that long work brings about; what the window complains of meanwhile ends the waiting."""
        if self._heard is not self.session:
            self._heard = self.session
            self.session.failed.connect(self._complaints.append)
        self._complaints.clear()
        wait_for(condition, what, seconds=seconds, unless=lambda: " ".join(self._complaints))

    def idle(self, what: str) -> None:
        """Wait for the end of all long work."""
        self.until(lambda: not self.session.works, what)

    def show(self, page: str, key: str) -> None:
        self.hand.key(key)
        wait_for(lambda: self.window.page == page, f"{key} shows the {page} page", seconds=10)

    def filter(self, text: str) -> list[int]:
        """Type a filter and return the ids of the photographs shown."""
        self.hand.key("Ctrl+F")
        field = self.review.header.field
        self.hand.write(text, field)
        self.hand.key("Return")
        wanted = sorted(
            self.mirror.ids[reviewing.select(self.mirror, reviewing.parse(text, self.mirror.scheme))].tolist()
        )
        wait_for(lambda: sorted(self.shown()) == wanted, f"the filter {text!r} is applied", seconds=10)
        return self.shown()

    def shown(self) -> list[int]:
        return [int(photo_id) for photo_id in self.review.filtering.shown.ids]

    def go_to_grid(self) -> None:
        """All photographs in the grid, whatever was shown before."""
        if self.window.page != "review":
            self.show("review", "Ctrl+1")
        if self.review.going.is_large:
            self.hand.key("Escape")
        self.hand.key("Ctrl+Shift+F")
        wait_for(lambda: len(self.shown()) == len(self.mirror), "all photographs are shown", seconds=10)

    @property
    def flag_name(self) -> str:
        return self.mirror.scheme.by_slot(self.slot).name
