"""How much of the window a label key moves: counted, not timed."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from tests.gui.review.test_page import At, with_model  # noqa: F401 - a fixture
from weldstudio.domain.photo import PhotoFacts
from weldstudio.gui.review.inspecting import Inspecting
from weldstudio.store import photos
from weldstudio.store.store import Store

KEYS = 6


class Paints(QObject):
    """How often each of some widgets was painted."""

    def __init__(self, watched: dict[str, QWidget]) -> None:
        super().__init__()
        self._names = {widget: name for name, widget in watched.items()}
        self.counts: Counter[str] = Counter()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and watched in self._names:
            self.counts[self._names[watched]] += 1
        return False


@pytest.fixture
def project(project: Path) -> Path:
    """The project with its photographs read, which would else be news in the middle of it."""
    with Store.open(project) as store:
        known = photos.every(store)
        facts = [PhotoFacts(photo.path, width=640, height=480) for photo in known]
        photos.record_facts(store, known[0].collection_id, facts)
    return project


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the inspector did what; to be asked for before the window."""
    counts = Counter[str]()
    for name in ("refresh", "refresh_labels", "_standing", "_show_notes", "_predicted_verdict"):
        real = getattr(Inspecting, name)

        def counted(self: Inspecting, *args: object, name: str = name, real: Callable[..., object] = real) -> object:
            counts[name] += 1
            return real(self)

        monkeypatch.setattr(Inspecting, name, counted)
    return counts


def test_a_label_key_computes_and_paints_each_thing_once_and_what_no_label_changes_not_at_all(
    calls: Counter[str],
    with_model: At,  # noqa: F811
) -> None:
    at, inspector, grid = with_model, with_model.page.inspector, with_model.page.grid
    once = {"banner": inspector.banner, "flags": inspector.flags.viewport(), "grid": grid.viewport()}
    never = {
        "inspector": inspector,
        "lines": inspector.decision.lines,
        "notes": inspector.notes,
        "panel": at.page.panel,
    }
    at.qtbot.waitUntil(lambda: bool(at.page.overlays.probabilities()))  # the engine's answer is shown too
    at.key(Qt.Key.Key_1)  # the flag is chosen from now on
    at.qtbot.waitUntil(lambda: at.session.outbox.saved == "saved")
    at.qtbot.wait(100)
    paints = Paints(once | never)
    app = QApplication.instance()
    assert app is not None
    app.installEventFilter(paints)
    calls.clear()
    try:
        for _ in range(KEYS):
            before = Counter(paints.counts)
            at.key(Qt.Key.Key_1)
            at.page.filtering.count.stop()  # counts follow at a pace of their own
            at.page.inspecting._turned.stop()  # and so does which flag would turn the verdict
            at.qtbot.waitUntil(lambda before=before: all(paints.counts[name] > before[name] for name in once))
            at.qtbot.waitUntil(lambda: at.session.outbox.saved == "saved")
            at.qtbot.wait(10)  # for what might be painted behind it
    finally:
        app.removeEventFilter(paints)
    assert calls == {"refresh_labels": KEYS}
    assert paints.counts == dict.fromkeys(once, KEYS)


def test_while_a_key_is_held_words_follow_the_photographs_and_the_last_one_is_told(
    calls: Counter[str],
    with_model: At,  # noqa: F811
) -> None:
    at = with_model
    at.qtbot.waitUntil(lambda: bool(at.page.overlays.probabilities()))
    at.key(Qt.Key.Key_Return)
    calls.clear()
    at.key(Qt.Key.Key_Right)
    assert calls["refresh"] == 1
    for _ in range(5):
        repeat = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, "", True)
        QApplication.sendEvent(at.page.large.view, repeat)
        at.page._actions.trigger("photo.next")
    assert calls["refresh"] == 1
    shown = at.session.mirror.paths[at.session.mirror.row(at.session.current or 0)]
    at.qtbot.waitUntil(lambda: shown in at.page.inspector.banner.accessibleName())
    assert at.page.large.view.photo_id == at.session.current
