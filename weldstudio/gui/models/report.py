"""One model as a report, read from top to bottom: what it is, where it comes from, how good it is, flag by flag."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from weldstudio.domain.networks import NETWORKS
from weldstudio.gui.cell_table import Cell, CellTable
from weldstudio.gui.models.class_cells import HEADS as CLASS_HEADS
from weldstudio.gui.models.class_cells import behind, class_cells
from weldstudio.gui.models.class_rows import class_rows
from weldstudio.gui.models.model_list import ModelRow
from weldstudio.gui.models.part_rows import HEADS, part_rows, parts_of
from weldstudio.gui.models.trust_rows import HEADS as TRUST_HEADS
from weldstudio.gui.models.trust_rows import link, trust_rows, verdict_words
from weldstudio.gui.news import Banner
from weldstudio.gui.style_sheet import set_look
from weldstudio.gui.theme import EDGE, GROUP, theme
from weldstudio.gui.words import counted, percent, percent_range, when
from weldstudio.studio.behind import Wanted
from weldstudio.studio.registry import MANY

if TYPE_CHECKING:
    from weldstudio.gui.models.class_rows import ClassRow
    from weldstudio.studio.lineage import Lineage

_NAMES: Final = 220
"""Most room in pixels for the name of a fact: with large text it wraps, so that the fact has room."""
MOST_HISTORY: Final = 5
"""Of what was done with a model, so much is shown, the newest first."""
TOO_FEW: Final = "Too few photographs to learn from: "
WISH: Final = (
    ": neither its training nor the choice of its thresholds has seen these, so they say how good it really is."
)
FIT_WORDS: Final = {"squash": "the whole photo, squeezed to a square", "crop": "the square in its middle"}


class Report(QWidget):
    """Shows one `ModelRow`. `evaluations` is what is known of it beside the card: split -> class -> scores."""

    asked = Signal(object)
    """A `studio.behind.Wanted`: the photographs behind a number."""
    again = Signal()
    """It is to be evaluated on test photographs again."""
    curve_asked = Signal(str, str)
    """Split and flag of which the curves are wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "scrolled")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        self._layout.setSpacing(GROUP)
        self.tables: dict[str, CellTable] = {}

    def show_model(self, row: ModelRow) -> None:
        """Build the page of a model anew."""
        while (item := self._layout.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.tables = {}
        self._add_head(row)
        self._add_facts(row)
        known = {"validation": row.card.scores, **row.evaluations}
        if not known.get("test", {}).get("per_class"):
            self._add_wish()
        for split in ("test", "validation"):
            if known.get(split, {}).get("per_class"):
                self._add_scores(split, known[split], row)
        self._layout.addStretch(1)

    def _add_head(self, row: ModelRow) -> None:
        title = QLabel(row.card.name)
        title.setWordWrap(True)
        set_look(title, "page")
        title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._layout.addWidget(title)
        if row.difference:
            self._add_warning(row.difference)
        if row.card.demonstration:
            self._add_warning("A demonstration model: not for real welds.")

    def _add_warning(self, sentence: str, *, again: bool = False) -> None:
        """`again`: with a button that has the model evaluated."""
        # It shows itself when it speaks: without a parent that would open a window of its own for a moment.
        banner = Banner(self)
        self._layout.addWidget(banner)
        offer = "Evaluate again" if again else ""
        banner.say(sentence, kind="warning", offer=offer, take=self.again.emit, closable=False)

    def _add_wish(self) -> None:
        """It was not evaluated on test photographs yet."""
        wish = QLabel(link("Evaluate it on test photographs", "again") + WISH)
        wish.setWordWrap(True)
        wish.linkActivated.connect(lambda _: self.again.emit())
        self._layout.addWidget(wish)

    def _add_facts(self, row: ModelRow) -> None:
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(EDGE)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for i, (name, text) in enumerate(facts(row)):
            label = QLabel(name)
            label.setFont(theme.font("body"))
            label.setWordWrap(True)
            label.setMaximumWidth(_NAMES)
            set_look(label, "secondary")
            value = QLabel(text)
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setMinimumWidth(min(label.maximumWidth(), label.fontMetrics().horizontalAdvance(name) + 2))
            grid.addWidget(label, i, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, i, 1)
        self._layout.addWidget(box)

    def _add_scores(self, split: str, scores: Mapping[str, Any], row: ModelRow) -> None:
        line = QFrame()
        line.setProperty("look", "line")
        self._layout.addWidget(line)
        head = QLabel("On test photographs" if split == "test" else "On validation photographs")
        set_look(head, "section")
        self._layout.addWidget(head)
        if overtaken := _overtaken(split, scores, row):
            self._add_warning(overtaken, again=split == "test")

        figure = QLabel(link(percent(scores.get("mean_per_class_accuracy")), "wrong"))
        figure.setToolTip("Click: the photographs that it gets wrong")
        figure.setFont(theme.font("page", bold=True, figures=True))
        figure.setObjectName(f"{split} mean")
        words = QLabel(headline(scores, split))
        words.setWordWrap(True)
        set_look(words, "secondary")
        across = QWidget()
        layout = QHBoxLayout(across)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GROUP)
        layout.addWidget(figure)
        layout.addWidget(words, 1)
        self._layout.addWidget(across)

        told = {name: float(one["threshold"]) for name, one in scores["per_class"].items() if "threshold" in one}
        wanted = partial(Wanted, split, thresholds=told)
        for label in (figure, words):
            label.linkActivated.connect(lambda what: self.asked.emit(wanted(what)))
        rows = class_rows(dict(scores["per_class"]))
        table = CellTable("Scores per flag, worst first", narrow=52)
        table.show_heads(CLASS_HEADS)
        table.show_cells(class_cells(rows))
        table.opened.connect(lambda row, column: self._open(wanted, rows[row], behind(rows[row], column)))
        self.tables[split] = table
        self._layout.addWidget(table)
        self._add_parts(scores, wanted)
        self._add_trust(scores, wanted)
        if agreeing := verdict_words(scores):
            verdicts = QLabel(agreeing)
            verdicts.setWordWrap(True)
            verdicts.linkActivated.connect(lambda what: self.asked.emit(wanted(what)))
            self._layout.addWidget(verdicts)
        few = [f"{c.name} ({c.too_few})" for c in row.card.classes if c.too_few is not None]
        if few and split == "validation":
            note = QLabel(TOO_FEW + ", ".join(few) + ".")
            note.setWordWrap(True)
            set_look(note, "warning")
            self._layout.addWidget(note)

    def _open(self, wanted: "Callable[..., Wanted]", row: "ClassRow", what: str) -> None:
        if what == "curve":
            self.curve_asked.emit(wanted("judged").split, row.name)
        else:
            self.asked.emit(wanted(what, row.name, at=0.5 if row.threshold is None else row.threshold))

    def _add_parts(self, scores: Mapping[str, Any], wanted: "Callable[..., Wanted]") -> None:
        """The same by what parts the photographs, where they differ in it."""
        parts, what = parts_of(scores), {1: "judged", 2: "wrong", 3: "wrong"}
        cells = [
            [
                Cell(text, opens=n in what and text not in ("", "–"), tip=row[0] if n == 0 else "")
                for n, text in enumerate(row)
            ]
            for row in part_rows(scores)
        ]
        self._add_figures(
            "By equipment, contractor, type, medium and month",
            HEADS,
            cells,
            lambda row, column: self.asked.emit(wanted(what[column], part=parts[row])),
        )

    def _add_trust(self, scores: Mapping[str, Any], wanted: "Callable[..., Wanted]") -> None:
        """Calibration and promises."""
        rows, promises = trust_rows(scores), {name: one.get("promise") for name, one in scores["per_class"].items()}
        cells = []
        for row in rows:
            bound = promises[row[0]]["threshold"] is not None
            opens = (False, row[1] != "–", row[2] != "–", bound, bound)
            cells.append([Cell(text, opens=opens[n], tip=f"{row[0]}: {text}") for n, text in enumerate(row)])

        def open_(row: int, column: int) -> None:
            name = rows[row][0]
            if column < 3:
                self.curve_asked.emit(wanted("judged").split, name)
            else:
                self.asked.emit(wanted({3: "above", 4: "below"}[column], name, at=promises[name]["threshold"]))

        self._add_figures("How far its probabilities can be trusted", TRUST_HEADS, cells, open_, words=(0, 4))

    def _add_figures(
        self,
        title: str,
        heads: Sequence[tuple[str, str]],
        cells: Sequence[Sequence[Cell]],
        open_: "Callable[[int, int], None]",
        *,
        words: Sequence[int] = (0,),
    ) -> None:
        """A table of figures under its title, where there are any."""
        if not cells:
            return
        heading = QLabel(title)
        heading.setWordWrap(True)
        set_look(heading, "section")
        table = CellTable(title, narrow=104, words=words)
        table.show_heads(heads)
        table.show_cells(cells)
        table.opened.connect(open_)
        self._layout.addWidget(heading)
        self._layout.addWidget(table)


def _overtaken(split: str, scores: Mapping[str, Any], row: ModelRow) -> str:
    """What was changed since these figures were made, as a sentence; '' where nothing was."""
    own = {item.name: item.threshold for item in row.card.classes}
    told = {name: one["threshold"] for name, one in scores["per_class"].items() if name in own and "threshold" in one}
    moved = sum(abs(threshold - own[name]) > 1e-6 for name, threshold in told.items())
    labels, said = row.labels_since.get(split, 0), []
    if moved and scores.get("task") != "exclusive":
        said.append(f"the {'threshold' if moved == 1 else 'thresholds'} of {counted(moved, 'flag')}")
    if labels:
        more = " or more" if labels == MANY else ""
        said.append(f"labels of {counted(labels, 'photograph')}{more}")
    return f"Changed since these figures were made: {' and '.join(said)}." if said else ""


def facts(row: ModelRow) -> list[tuple[str, str]]:
    """What the card says, as name and text."""
    card = row.card
    network = NETWORKS[card.network].title if card.network in NETWORKS else card.network
    task = "one of its classes per photograph" if card.task == "exclusive" else "each flag by itself"
    prep = card.preprocessing
    random = card.weights_origin == "random"
    origin = "random weights" if random else card.weights_origin or "not recorded"
    licence = "" if random else card.weights_licence or "not recorded"
    pairs = [
        ("Network", f"{network}, {counted(len(card.classes), 'class', 'classes')}, {task}"),
        ("Sees", f"{prep.input_size} x {prep.input_size} pixels, {FIT_WORDS.get(prep.fit, prep.fit)}"),
        ("Trained", when(card.created)),
        ("Run", card.run_id or "brought in from elsewhere"),
        ("Started from", origin),
        ("Licence of these weights", licence),
        ("What it is for", card.purpose),
        ("What it is not for", card.limits),
        *(_lineage(row.lineage) if row.lineage is not None else []),
    ]
    return [(name, text) for name, text in pairs if text]


def _lineage(known: "Lineage") -> list[tuple[str, str]]:
    """Recipe, labels, parent, and what was done with the model since."""
    recipe = f"{known.recipe}: {'; '.join(known.settings) or 'all as by default'}; seed {known.seed}"
    done = (f"{one.text} ({one.who or 'somebody'}, {when(one.at)})" for one in known.history[:MOST_HISTORY])
    more = len(known.history) - MOST_HISTORY
    history = "\n".join([*done, *([f"and {more} more in the history"] if more > 0 else [])])
    return [
        ("Recipe", recipe if known.run_here else ""),
        ("Parent", f"{known.parent_name or 'gone'} ({known.parent})" if known.parent else ""),
        ("Labels it learned from", f"SHA-256 {known.snapshot_sha256[:16]}…" if known.snapshot_sha256 else ""),
        ("Weights", f"SHA-256 {known.weights_sha256[:16]}…" if known.weights_sha256 else ""),
        ("Since then", history),
    ]


def headline(scores: Mapping[str, Any], split: str) -> str:
    """What stands beside the mean."""
    if scores.get("mean_per_class_accuracy") is None:
        return "No class has both raised and clear photographs here, so there is nothing to average."
    exclusive = scores.get("task") == "exclusive"
    over = counted(int(scores.get("classes_with_a_value", len(scores["per_class"]))), "class", "classes")
    first = f"mean {'recall' if exclusive else 'per-class accuracy'} over {over}"
    if scores.get("interval"):
        first += f", 95 % interval {link(percent_range(*scores['interval']), 'wrong')}"
    if exclusive:
        first += f"; one against the rest {percent(scores.get('one_vs_rest'))}"
    else:
        half = link(percent(scores.get("mean_per_class_accuracy_at_half")), "wrong_at_half")
        first += f"; {half} at a threshold of 0.5"
    photos = link(counted(int(scores.get("photos", 0)), "photograph"), "judged")
    chosen = "on which the thresholds were chosen" if split == "validation" else "it has never seen"
    moment = when(scores.get("when"))
    judged = f"; judged {moment}" if moment else ""
    return f"{first}<br>{photos} {chosen}{judged}"
