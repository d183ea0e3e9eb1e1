"""Opens the photographs behind a number of the report: what the model says of them is taken in when first asked for."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject

from weldstudio.gui.models.judged import Judged
from weldstudio.studio.behind import Wanted, photos


class Behind(QObject):
    """`show_split` has the panels judge by another split; `judged` answers for it."""

    def __init__(self, judged: Judged, show_split: Callable[[str], None], parent: QObject) -> None:
        super().__init__(parent)
        self._judged, self._show_split = judged, show_split
        self._wanted: Wanted | None = None
        judged.changed.connect(self._go_on)

    def open(self, wanted: Wanted) -> None:
        """Show them, at once or as soon as they are known."""
        self._wanted = None
        self._show_split(wanted.split)
        self._wanted = wanted
        self._judged.ask()
        self._go_on()

    def forget(self) -> None:
        """Another model is looked at."""
        self._wanted = None

    def _go_on(self) -> None:
        judging, wanted = self._judged.judging, self._wanted
        if judging is None or wanted is None or judging.split != wanted.split:
            return
        self._wanted = None
        names = judging.found.names
        slot = judging.card.slots[names.index(wanted.name)] if wanted.name in names else None
        ids = photos(judging, wanted)
        if not len(ids) and wanted.what in ("wrong", "wrong_at_half"):  # nothing is: then what is right
            wanted = replace(wanted, what="judged")
            ids = photos(judging, wanted)
        self._judged.show_photos(wanted.words(judging.card.name), ids, slot=slot)
