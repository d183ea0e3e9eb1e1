"""What the points say of the joint, by labels and by the model: the largest text of the inspector."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from weldstudio.domain.decision import Override
from weldstudio.domain.verdict import Outcome, Verdict
from weldstudio.gui.icons import pixmap
from weldstudio.gui.theme import theme
from weldstudio.gui.words import counted

_EDGE = 16
_WORDS = {Outcome.ACCEPT: "Accept", Outcome.REJECT: "Reject", Outcome.OPEN: "Open"}
_STILL_OPEN = "Open: flags that are unsure, or that nobody has looked at, could still turn the verdict."
ICONS = {Outcome.ACCEPT: "success", Outcome.REJECT: "error", Outcome.OPEN: "unseen"}


@dataclass(frozen=True, slots=True)
class Said:
    """What the banner says."""

    title: str
    """'Joint J-00417 · 3 photographs', or how many photographs are selected."""
    labels: Verdict | None = None
    model: Verdict | None = None
    note: str = ""
    """Said in place of the model's verdict."""
    headline: str = ""
    """Said in place of the points."""
    demonstration: bool = False
    """Whether the model is a demonstration and none for this job."""
    difference: str = ""
    """How the scheme that the model was trained for differs from the present one, as a sentence."""
    override: Override | None = None
    """The verdict that a person has set against the points."""

    @property
    def limit(self) -> str:
        """At how many points the joint is rejected, in words."""
        return "" if self.labels is None else f"reject at {self.labels.reject_limit}"

    @property
    def outcome(self) -> Outcome:
        """The verdict that holds."""
        if self.override is not None:
            return self.override.outcome
        return Outcome.OPEN if self.labels is None else self.labels.outcome

    @property
    def word(self) -> str:
        """The same in words, marked where a person has set it."""
        return _WORDS[self.outcome] + (" by hand" if self.override is not None else "")


def points_words(verdict: Verdict) -> str:
    """'65 points', or '35 to 85 points' while something is unsure."""
    if verdict.high > verdict.low:
        return f"{verdict.low} to {verdict.high} points"
    return counted(verdict.low, "point")


class VerdictBanner(QWidget):
    """Three lines on a tinted ground; their places never move, whatever they say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._said = Said("No photograph chosen")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # The ground fills all of it, so that nothing below need be painted when a label changes.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        theme.changed.connect(self.updateGeometry)

    @property
    def said(self) -> Said:
        return self._said

    def say(self, said: Said) -> None:
        if said == self._said:
            return
        before, self._said = self._said, said
        words = self.words()
        self.setAccessibleName(words)
        verdicts = [verdict.outcome for verdict in (said.labels, said.model) if verdict is not None]
        still_open = _STILL_OPEN if Outcome.OPEN in verdicts else ""
        self.setToolTip("\n".join(filter(None, (words, still_open, said.difference))))
        # A label most often changes the points alone; text takes long to paint.
        points_alone = said.labels is not None and replace(before, labels=said.labels) == said
        points_alone = points_alone and (before.outcome, before.limit) == (said.outcome, said.limit)
        self.update(self._places()[1] if points_alone else self.rect())

    def words(self) -> str:
        """Everything the banner says, on one line."""
        said = self._said
        parts = [said.title, said.headline]
        if said.labels is not None:
            parts += [points_words(said.labels), f"{said.word.lower()}, reject at {said.labels.reject_limit}"]
        parts.append(self._model_words() if said.model is not None else said.note)
        return ", ".join(part for part in parts if part)

    def sizeHint(self) -> QSize:
        return QSize(280, theme.px(82))

    def paintEvent(self, event: QPaintEvent) -> None:
        said = self._said
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour(f"{said.outcome.value}_ground"))
        top, middle, low = self._places()
        if event.rect().intersects(top):
            self._line(painter, top, said.title, said.limit)
        if said.labels is not None:
            self._verdict(painter, middle, said.labels)
        else:
            self._headline(painter, middle, said.headline)
        if event.rect().intersects(low):
            self._line(painter, low, self._model_words() if said.model is not None else said.note)
        painter.end()

    def _places(self) -> tuple[QRect, QRect, QRect]:
        """Where the three lines lie."""
        left, width = _EDGE, self.width() - 2 * _EDGE
        return (
            QRect(left, theme.px(8), width, theme.px(18)),
            QRect(left, theme.px(27), width, theme.px(28)),
            QRect(left, theme.px(57), width, theme.px(18)),
        )

    def _verdict(self, painter: QPainter, line: QRect, verdict: Verdict) -> None:
        outcome = self._said.outcome
        role = outcome.value
        ratio = self.devicePixelRatioF()
        side = theme.px(20)
        painter.drawPixmap(
            line.left(), line.center().y() - side // 2 + 1, pixmap(ICONS[outcome], role, side, ratio=ratio)
        )
        painter.setPen(theme.colour("text" if outcome == Outcome.OPEN else role))
        small = theme.font("section", bold=True)
        word = self._said.word
        painter.setFont(small)
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), word)
        room = line.adjusted(side + 8, 0, -painter.fontMetrics().horizontalAdvance(word) - 8, 0)
        painter.setFont(theme.font("page", bold=True, figures=True))
        text = points_words(verdict)
        if painter.fontMetrics().horizontalAdvance(text) > room.width():
            text = text.removesuffix(" points")  # the number is what must be seen whole
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), text)

    def _headline(self, painter: QPainter, line: QRect, text: str) -> None:
        painter.setFont(theme.font("page", bold=True))
        painter.setPen(theme.colour("text"))
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, line.width())
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), elided)

    def _line(self, painter: QPainter, line: QRect, text: str, right: str = "") -> None:
        painter.setFont(theme.font("secondary", figures=True))
        painter.setPen(theme.colour("secondary"))
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), right)
        room = line.width() - (painter.fontMetrics().horizontalAdvance(right) + 12 if right else 0)
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), elided)

    def _model_words(self) -> str:
        model = self._said.model
        if model is None:
            return ""
        who = "Demonstration model" if self._said.demonstration else "Model"
        who += ", other scheme" if self._said.difference else ""
        word = "still open" if model.outcome == Outcome.OPEN else _WORDS[model.outcome].lower()
        return f"{who}: {points_words(model)}, {word}"
