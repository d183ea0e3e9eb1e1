"""What was decided of the joint, or how long it has waited, and the buttons that decide."""

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from weldstudio.domain.decision import Decision, Override, Told
from weldstudio.gui.actions import Actions
from weldstudio.gui.icons import set_icon
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import GAP, theme
from weldstudio.gui.words import counted, when
from weldstudio.studio.joints import Turning

DAY_S, HOUR_S, MINUTE_S = 86_400, 3600, 60
_EDGE = 12
ACTIONS = {Told.ACCEPTED: "joint.accept", Told.REJECTED: "joint.reject", Told.NEW_PHOTO: "joint.new_photo"}
_TEXTS = {Told.ACCEPTED: "Accept", Told.REJECTED: "Reject", Told.NEW_PHOTO: "New photo"}
_SAID = {Told.ACCEPTED: "Accepted", Told.REJECTED: "Rejected", Told.NEW_PHOTO: "New photo requested"}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a joint stands, or several."""

    joints: int = 0
    decided: int = 0
    """How many of them; of one joint `decision` says more."""
    decision: Decision | None = None
    override: Override | None = None
    waiting_s: int | None = None
    facts: tuple[str, ...] = ()
    """Contractor, type, medium."""
    turned_by: tuple[Turning, ...] = ()
    """Flags each of which alone would turn the verdict."""

    @property
    def lines(self) -> tuple[str, str]:
        """What is decided or waits, and what is known of the joint."""
        if self.joints != 1:
            return (f"{self.decided:,} of {counted(self.joints, 'joint')} decided" if self.joints else "", "")
        decision = self.decision
        if decision is None:
            first = "Undecided" if self.waiting_s is None else f"Undecided, waiting {waiting(self.waiting_s)}"
        else:
            moment = decision.moment
            points = f"{moment.low} to {moment.high}" if moment.high > moment.low else str(moment.low)
            first = f"{_SAID[decision.said]} by {decision.who} at {points} of {moment.reject_limit} points"
            if self.waiting_s is not None:
                first += ", photo has come"
        override = () if self.override is None else (f"Set by {self.override.who}: “{self.override.reason}”",)
        turned = (f"{' or '.join(by.flag for by in self.turned_by)} would turn it",) if self.turned_by else ()
        return first, " · ".join((*override, *turned, *self.facts))

    @property
    def details(self) -> str:
        """Everything, for a tooltip."""
        parts = [line for line in self.lines if line]
        parts += [f"Unsure or disputed: {by.text}" for by in self.turned_by]
        if self.decision is not None:
            parts.append(when(float(self.decision.at)))
            if self.decision.reason:
                parts.append(f"“{self.decision.reason}”")
        if self.override is not None:
            override = self.override
            parts.append(f"Verdict set to {override.outcome} by {override.who}: “{override.reason}”")
        return "\n".join(parts)


def waiting(seconds: int) -> str:
    """'3 days', '2 hours', 'not long'."""
    for length, word in ((DAY_S, "day"), (HOUR_S, "hour"), (MINUTE_S, "minute")):
        if seconds >= length:
            return counted(seconds // length, word)
    return "not long"


class DecisionBar(QFrame):
    """Two lines and three buttons; they stay where they are, whatever is said."""

    pressed = Signal(object)
    """A `Told`: its button was pressed."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._standing = Standing()
        self.lines = _Lines()
        self.buttons: dict[Told, QPushButton] = {}
        row = QHBoxLayout()
        row.setSpacing(4)
        for told, action_id in ACTIONS.items():
            button = QPushButton(_TEXTS[told])
            set_look(button, "narrow")  # the word of what was decided is bold, and wider
            button.setCheckable(True)
            button.setToolTip(actions[action_id].toolTip())
            button.setAccessibleName(actions[action_id].text())
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _on=False, told=told: self._press(told))
            button.setEnabled(actions[action_id].isEnabled())
            actions[action_id].enabledChanged.connect(button.setEnabled)
            self.buttons[told] = button
            row.addWidget(button, len(_TEXTS[told]))
        self.more = QToolButton()
        self.more.setToolTip("Set the verdict by hand, or take back what was decided")
        self.more.setAccessibleName("More about this joint")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_icon(self.more, "more")
        self._offered = [actions[action_id] for action_id in ("joint.override", "joint.follow", "joint.withdraw")]
        self.more.setMenu(_menu(self, self._offered))
        for action in self._offered:
            # A method, which Qt lets go of with the bar: the actions outlive it when another project is opened.
            action.enabledChanged.connect(self._follow)
        self._follow()
        row.addWidget(self.more)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_EDGE, GAP, _EDGE, GAP)
        layout.setSpacing(6)
        layout.addWidget(self.lines)
        layout.addLayout(row)

    def _follow(self, _on: bool = False) -> None:
        self.more.setEnabled(any(action.isEnabled() for action in self._offered))

    @property
    def standing(self) -> Standing:
        return self._standing

    def show_standing(self, standing: Standing) -> None:
        """Say where the joint stands and mark the button of what was decided."""
        self._standing = standing
        self.lines.say(standing.lines, standing.details)
        said = None if standing.decision is None else standing.decision.said
        for told, button in self.buttons.items():
            button.setChecked(told == said)

    def _press(self, told: Told) -> None:
        self.show_standing(self._standing)  # what is marked is what was decided, not what was pressed
        self.pressed.emit(told)


class _Lines(QWidget):
    """Two short lines, cut in the middle where there is no room."""

    def __init__(self) -> None:
        super().__init__()
        self._texts = ("", "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)

    def say(self, texts: tuple[str, str], details: str) -> None:
        self._texts = texts
        self.setToolTip(details)
        self.setAccessibleName(details)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, theme.px(36))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        height = self.height() // 2
        for line, (text, role, font) in enumerate(
            zip(self._texts, ("text", "secondary"), ("body", "secondary"), strict=True)
        ):
            painter.setFont(theme.font(font, figures=True))
            painter.setPen(theme.colour(role))
            room = self.rect().adjusted(4, line * height, -4, 0)
            room.setHeight(height)
            elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, room.width())
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), elided)
        painter.end()


def _menu(parent: QWidget, actions: list[QAction]) -> QMenu:
    menu = QMenu(parent)
    menu.addActions(actions)
    return menu
