"""Asking for draws: an audit sample, a share for a second reviewer, and the joints that pass but for a share."""

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from weldstudio.domain.changes import Done
from weldstudio.domain.errors import EditRefused
from weldstudio.gui.review.form_dialog import FormDialog, percentage, share_of, whole
from weldstudio.gui.session import Session
from weldstudio.gui.words import counted
from weldstudio.studio.filters import Filter

MOST_SEED = 999_999


def ask_audit(session: Session, wanted: Filter, window: QWidget) -> None:
    """Ask how many photographs are drawn for an audit, and draw them."""
    from weldstudio.studio import reviewing, samples

    size, seed = whole(100, 1, 1_000_000), whole(1, 0, MOST_SEED)
    source = _source("All that have a label", samples.FROM, wanted)

    def say() -> str:
        mirror = session.mirror
        found = int(reviewing.matching(mirror, reviewing.parse(source.currentData(), mirror.scheme)).sum())
        if not found:
            raise EditRefused("There is no photograph among these to draw.")
        return (
            f"{min(size.value(), found):,} of {counted(found, 'photograph')} are drawn by chance and remembered with "
            "their labels. Look at each, correct what is wrong and press Ctrl+Return; the Quality page counts them."
        )

    fields = [("Photographs to &draw", size), ("Out &of", source), ("&Seed", seed)]
    dialog = FormDialog("Draw an audit sample", fields, button="Draw", say=say, parent=window)
    if dialog.exec():
        pending = session.edit(
            "Draw an audit sample",
            samples.draw_audit,
            size.value(),
            seed=seed.value(),
            who=session.who,
            of=source.currentData(),
        )
        pending.then(lambda done: _told(session, done, "audit"))


def ask_second(session: Session, wanted: Filter, window: QWidget) -> None:
    """Ask who takes a second look at which share, and draw it."""
    from weldstudio.studio import second

    to = QLineEdit()
    to.setPlaceholderText("Name of the second reviewer, as in their settings")
    share, seed = percentage(0.1, low=0.1, high=100, decimals=1), whole(1, 0, MOST_SEED)
    source = _source("All that a person has labelled", second.FROM, wanted)

    def say() -> str:
        if not to.text().strip():
            raise EditRefused("Say who takes the second look.")
        return (
            f"{to.text().strip()} finds them in the queue “Second look, blind”, without the labels given so far and "
            "without predictions. Both labellings are kept; where they differ, one of you settles it."
        )

    fields = [("&Who", to), ("&Share of the photographs", share), ("Out &of", source), ("S&eed", seed)]
    dialog = FormDialog("Send a share to a second reviewer", fields, button="Send", say=say, parent=window)
    if dialog.exec():
        pending = session.edit(
            "Send a share to a second reviewer",
            second.draw,
            share_of(share),
            to.text(),
            seed=seed.value(),
            who=session.who,
            of=source.currentData(),
        )
        pending.then(lambda done: _told(session, done, ""))


def ask_pass(session: Session, window: QWidget) -> None:
    """Ask for the guarantee and the share that is inspected, show what that does, and do it."""
    from weldstudio.studio import passing

    guarantee = percentage(session.settings.guarantee, low=0.01, high=50, decimals=2, step=0.25)
    share, seed = percentage(passing.INSPECTED, low=0.1, high=100, decimals=1), whole(1, 0, MOST_SEED)

    def say() -> str:
        found = passing.preview(session.mirror, share_of(guarantee), share_of(share), seed=seed.value())
        if session.mirror.model_id is None:
            raise EditRefused("There is no active model to say what is safe.")
        if not found.safe:
            raise EditRefused("No undecided joint is that safe; allow a higher chance, or score more photographs.")
        return (
            f"{counted(found.safe, 'joint is', 'joints are')} safe, of {found.undecided:,} undecided. "
            f"{found.inspected:,} of them {'is' if found.inspected == 1 else 'are'} drawn for an audit and "
            f"{found.passed:,} accepted, of which about "
            f"{found.expected:.1f} reach their limit if the model's probabilities are right."
        )

    fields = [
        ("&Chance to reach the reject limit, below", guarantee),
        ("&Inspected all the same", share),
        ("&Seed", seed),
    ]
    hint = "The chance follows from the model's probabilities, as if flags were independent of each other."
    title, button = "Pass the safe joints", "Accept them"
    dialog = FormDialog(title, fields, button=button, say=say, hint=hint, careful=True, parent=window)
    if dialog.exec():
        chosen = share_of(guarantee)
        session.settings.change(guarantee=chosen)
        session.edit_aloud("Pass the safe joints", passing.do, chosen, share_of(share), seed=seed.value())


def _source(everything: str, text: str, wanted: Filter) -> QComboBox:
    """All there is, or what is shown now."""
    field = QComboBox()
    field.addItem(everything, text)
    if wanted.terms:
        field.addItem("Those shown now", wanted.text)
    return field


def _told(session: Session, done: Done, queue: str) -> None:
    session.tell(done.text, undo=done.action_id is not None)
    if queue:
        session.show_photos(queue)
