"""Whether what was done is on disk, as the window says it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from weldstudio.gui.main_window import MainWindow


def show(window: "MainWindow", state: str) -> None:
    """Show whether what was done is on disk, in the header and, where it is not, above the page."""
    session = window.session
    if session is None:
        return
    why = session.outbox.problem
    window.header.saved.show_state(state, why)
    if state == "not saved":
        count = session.outbox.waiting
        window.banner.say(
            f"{count} {'edit is' if count == 1 else 'edits are'} not on disk yet: {why} "
            "Nothing is lost; weldstudio keeps trying.",
            offer="Try now",
            take=session.outbox.retry,
            closable=False,
        )
    elif window.banner.button.text() == "Try now":
        window.banner.dismiss()
    if state == "saved" and window.closing:
        window.close()
