"""What a person does with what was learned: teach mode, the way back, photographs like one, what to label next."""

from typing import TYPE_CHECKING, Final

import numpy as np

from weldstudio.domain.next_photos import BATCH
from weldstudio.gui.learning import SIMILAR, Learning, Lesson
from weldstudio.gui.marking import Marking
from weldstudio.gui.session import Session
from weldstudio.gui.words import counted

if TYPE_CHECKING:
    from weldstudio.gui.main_window import MainWindow
    from weldstudio.studio.next_batch import Batch

ACTION: Final = "work.learn"


def begin(session: Session, window: "MainWindow") -> None:
    """A project was opened: learn from its labels."""
    learning = Learning(session)
    Marking(session)
    window.action_table[ACTION].setChecked(session.settings.learn)
    window.action_table["work.teach"].setChecked(session.settings.teach)

    def told(lesson: Lesson) -> None:
        if len(lesson.moved):
            what = "This label" if len(lesson.photo_ids) == 1 else "These labels"
            session.tell(f"{what} changed the model's verdict of {counted(len(lesson.moved), 'joint')}.", undo=True)

    learning.found.connect(lambda photo_ids: _list(session, "alike", photo_ids))
    learning.taught.connect(told)


def switch(window: "MainWindow", on: bool) -> None:
    """What the action does: learn from every label, or do not, in this project and from now on."""
    window.settings.change(learn=on)
    learning = window.session.findChild(Learning) if window.session is not None else None
    if learning is not None:
        learning.switch(on)


def switch_teaching(window: "MainWindow", on: bool) -> None:
    """Say what each label changes, or do not."""
    window.settings.change(teach=on)
    learning = window.session.findChild(Learning) if window.session is not None else None
    if learning is not None:
        learning.teaching, learning.lesson = on, None


def show_moved(window: "MainWindow") -> None:
    """The photographs of the joints whose verdict the last label has changed."""
    session = window.session
    learning = session.findChild(Learning) if session is not None else None
    if session is None or learning is None or learning.lesson is None or not learning.lesson.moved:
        window.say("No label has changed a verdict yet. Turn teach mode on, and label a photograph.")
        return
    from weldstudio.studio.picks import pick

    mirror = session.mirror
    ids = mirror.ids[np.isin(mirror.joint, np.array(learning.lesson.moved, np.int64))]
    session.show_photos(pick(mirror, "verdict moved by the last label", ids))


def show_similar(window: "MainWindow") -> None:
    """The photograph on screen, and after it those most like it, the most alike first."""
    session = window.session
    learning = session.findChild(Learning) if session is not None else None
    if session is None or session.current is None:
        return
    current = session.current
    if learning is not None and learning.find_similar(current):
        return
    from weldstudio.studio import likeness

    def show(found: "list[likeness.Neighbour]") -> None:
        _list(session, "alike", (current, *(one.photo_id for one in found)))

    session.run(likeness.similar, current, SIMILAR).then(show)


def show_next(window: "MainWindow") -> None:
    """What to label next; those drawn by chance are remembered as drawn."""
    session = window.session
    if session is None:
        return
    from weldstudio.studio import next_batch

    def show(batch: "Batch") -> None:
        if not batch.photos:
            session.tell("Every photograph has a label of every flag.")
            return
        _list(session, "label next", tuple(asked.photo_id for asked in batch.photos))

    def keep(photo_ids: tuple[int, ...], slots: tuple[int, ...]) -> None:
        session.run(next_batch.keep, session.mirror, photo_ids, slots, seed=seed, who=session.who).then(show)

    seed = len(session.mirror.reviews.audits)  # another batch once one was drawn
    learning = session.findChild(Learning)
    if learning is None or not learning.suggest(BATCH, seed=seed, then=keep):
        session.run(next_batch.suggest, seed=seed, who=session.who).then(show)


def _list(session: Session, words: str, photo_ids: tuple[int, ...]) -> None:
    """Show photographs in this order."""
    from weldstudio.studio.picks import pick

    session.listing.emit()
    session.show_photos(pick(session.mirror, words, np.array(photo_ids, np.int64)))
