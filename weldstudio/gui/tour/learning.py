"""The second half of the loop: merge, retrain, judge, export. Each step returns what it has checked, in a sentence."""

import csv
from collections.abc import Iterator
from functools import partial
from itertools import count
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QPoint

from weldstudio.domain.labelling import State
from weldstudio.domain.scheme import Flag
from weldstudio.gui.tour.hand import check, wait_for
from weldstudio.gui.tour.round import Round
from weldstudio.gui.train.recipe_panel import COUNTING
from weldstudio.gui.words import counted, percent
from weldstudio.store.store import Store
from weldstudio.studio import registry, training

TRAIN_S: Final = 600
MERGED: Final = "No Clamps"
TO_MERGE: Final = ("No Clamp Used", "Photo Does Not Show Enough Of Clamps")
RANDOM: Final = {
    "network.name": "squeezenet1_0",
    "network.weights": "random",
    "network.freeze": "0",
    "network.input_size": "96",
    "schedule.optimiser": "adamw",
    "schedule.learning_rate": "0.0005",
    "schedule.epochs": "4",
}
"""A recipe for where what the page proposes needs weights that are not there: it learns little, but quickly."""


def merge(go: Round) -> str:
    """Two flags that people confuse become one, and no label is lost."""
    from weldstudio.gui.flags.merge_dialog import MergeDialog

    go.show("flags", "Ctrl+2")
    page = go.page("flags")
    members = _mergeable(go)
    name = next(name for name in _names() if not go.mirror.scheme.has_name(name))
    wait_for(lambda: page.model.rows, "the flags are listed", seconds=10)
    rows = [n for n, row in enumerate(page.model.rows) if row.name in members]
    for n, row in enumerate(rows):
        index = page.model.index(row, 0)
        page.table.scrollTo(index)
        go.hand.click(page.table.viewport(), page.table.visualRect(index).center(), held="Ctrl" if n else "")

    def fill_in(dialog: Any) -> None:
        go.hand.write(name, dialog.name_field)
        go.hand.picture("merge")
        go.hand.click(dialog.merge_button)

    go.hand.in_dialog(MergeDialog, lambda: go.hand.key("Ctrl+M"), fill_in)
    go.saved()
    found = [merge for merge in go.on_disk().scheme.live_merges if merge.name == name]
    check(found, f"the scheme on the disk holds the merge {name}")
    held = {go.mirror.scheme.by_slot(slot).name for slot in found[0].members}
    check(held == set(members), f"{name} is merged from {', '.join(members)}")
    go.hand.picture("flags")
    return f"{name} = {' + '.join(members)} in the scheme on the disk"


def train(go: Round) -> str:
    """A training begins, in a process of its own."""
    go.show("train", "Ctrl+3")
    page = go.page("train")
    wait_for(lambda: page.panel.blocked != COUNTING, "the labels are counted", seconds=60)
    if page.panel.blocked:
        page.form.set_values(RANDOM)
    wait_for(lambda: not page.panel.blocked, "a training can start", seconds=60)
    with Store.open(go.project, read_only=True) as store:
        before = {run.id for run in training.runs(store)}
    go.hand.key("Ctrl+Return")

    def begun() -> bool:
        with Store.open(go.project, read_only=True) as store:
            return any(run.id not in before and run.started for run in training.runs(store))

    wait_for(begun, "the run is started", seconds=60)
    go.hand.picture("train-begun", settle_ms=1500)
    return f"the recipe {page.form.named_recipe.name!r} runs in a process and a folder of its own"


def watch(go: Round) -> str:
    """Loss and accuracy per class arrive while it learns."""
    page = go.page("train")
    go.until(lambda: page.view.curves.finished is not None, "the run ends", seconds=TRAIN_S)
    curves = page.view.curves
    check(curves.finished.state == "done", f"the run ended as {curves.finished.state}: {curves.finished.sentence}")
    check(curves.evaluations, "the run was evaluated on validation photographs")
    check(page.classes.isVisible(), "the classes are listed")
    go.hand.picture("train")
    best = max((e.mean_per_class_accuracy or 0) for e in curves.evaluations)
    return f"{counted(len(curves.evaluations), 'evaluation')}, mean per-class accuracy up to {percent(best)}"


def adopt(go: Round) -> str:
    """The new model enters the registry and answers from now on."""
    trained: Any = go.window.pages["train"]
    run = trained.view.row.id
    go.show("models", "Ctrl+4")
    page = go.page("models")
    row = wait_for(
        lambda: next((row for row in page.list.models.rows if row.card.run_id == run), None),
        "the new model is in the registry",
        seconds=60,
    )
    go.new_model = row.card.id
    page.list.choose(row.card.id)
    if not row.active:
        wait_for(lambda: go.window.action_table["model.activate"].isEnabled(), "it can be used", seconds=10)
        go.hand.key("Ctrl+Return")
    wait_for(lambda: go.mirror.model_id == row.card.id, "the window uses it", seconds=20)
    go.saved()
    with Store.open(go.project, read_only=True) as store:
        active = next((entry.id for entry in registry.models(store) if entry.active), None)
    check(active == row.card.id, f"the store's active model is {active}")
    return f"model {row.card.name} is active in the store"


def compare(go: Round) -> str:
    """Every model is judged on the same test photographs, which none was trained on here."""
    page = go.page("models")
    said = []
    photos = set()
    for row in list(page.list.models.rows):
        page.list.choose(row.card.id)
        wait_for(lambda: go.window.action_table["model.evaluate"].isEnabled(), "it can be judged", seconds=20)
        before = _judged(go, row.card.id)
        go.hand.key("Ctrl+T")
        go.until(partial(_judged_anew, go, row.card.id, before), f"{row.card.name} is judged")
        go.idle("the evaluation ends")
        judged = _judged(go, row.card.id)
        assert judged is not None
        photos.add(judged["photos"])
        said.append(f"{row.card.name} {percent(judged['mean_per_class_accuracy'])}")
    check(len(photos) == 1, f"the models were judged on the same photographs, not on {sorted(photos)}")
    page.list.choose(go.new_model)
    go.hand.picture("models")
    return f"on the same {counted(photos.pop(), 'test photograph')}: {', '.join(said)}"


def predict(go: Round) -> str:
    """The new model scores every photograph."""
    wait_for(lambda: go.window.action_table["model.predict"].isEnabled(), "it can score", seconds=20)
    go.hand.key("Ctrl+Shift+P")

    def scored() -> bool:
        there = go.on_disk()
        return there.model_id == go.new_model and bool((~np.isnan(there.probabilities)).any(axis=1).all())

    go.until(scored, "every photograph in the store is scored by the new model")
    go.idle("the scoring ends")
    return f"{len(go.mirror):,} photographs scored by the new model, in the store"


def disagree(go: Round) -> str:
    """Where the new model and the labels disagree: the next ones to look at."""
    go.go_to_grid()
    ids = go.filter("disagrees")
    go.hand.picture("disagreements")
    go.go_to_grid()
    return f"{counted(len(ids), 'photograph')} to look at again"


def export(go: Round) -> str:
    """The selected photographs, and no others, go into a table with their labels."""
    from weldstudio.gui.export_dialog import ExportDialog

    go.go_to_grid()
    grid = go.review.grid
    places = [n for n in (0, 2, 3) if n < len(go.mirror)]
    for n, place in enumerate(places):
        go.hand.click(grid.viewport(), grid.cell_rect(place).center(), held="Ctrl" if n else "")
    wanted = sorted(go.mirror.paths[go.mirror.row(int(photo_id))] for photo_id in go.session.selection)
    check(len(wanted) == len(places), f"{len(places)} photographs are selected by the mouse, not {len(wanted)}")
    target = go.out / "export.csv"

    def fill_in(dialog: Any) -> None:
        go.hand.click(dialog.selected, QPoint(10, dialog.selected.height() // 2))
        check(dialog.selected.isChecked(), "the selected photographs are chosen")
        go.hand.write(str(target), dialog.target.edit)
        go.hand.picture("export")
        go.hand.click(dialog.export_button)

    go.hand.in_dialog(ExportDialog, lambda: go.hand.key("Ctrl+E"), fill_in)
    wait_for(lambda: target.is_file() and not go.session.works, "the table is written", seconds=30)
    with target.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    check(sorted(row["path"] for row in rows) == wanted, "the table holds the selected photographs")
    there = go.on_disk()
    by_path = {path: n for n, path in enumerate(there.paths)}
    for item in there.scheme.classes:
        for row in rows:
            held = State(int(there.states(item.slot)[by_path[row["path"]]]))
            check(read_cell(row[item.name]) == held, f"{row['path']}, {item.name}: {row[item.name]!r} is {held.word}")
    return f"{counted(len(rows), 'row')} in {target.name}, the labels those of the store"


def _judged(go: Round, model_id: str) -> dict[str, Any] | None:
    """What the disk says of a model on the test photographs."""
    with Store.open(go.project, read_only=True) as store:
        entry = next(entry for entry in registry.models(store) if entry.id == model_id)
    return entry.evaluations.get("test")


def _judged_anew(go: Round, model_id: str, before: dict[str, Any] | None) -> bool:
    return _judged(go, model_id) not in (None, before)


def _names() -> Iterator[str]:
    """Names for the merge: a tour may go through the same project again."""
    return (MERGED if n == 1 else f"{MERGED} {n}" for n in count(1))


def _mergeable(go: Round) -> tuple[str, str]:
    """Two flags that can be merged; those that people confuse if they are free."""
    scheme = go.mirror.scheme
    free = [item.name for item in scheme.classes if isinstance(item, Flag)]
    check(len(free) > 1, "two flags are left to merge")
    return TO_MERGE if set(TO_MERGE) <= set(free) else (free[0], free[1])


def read_cell(cell: str) -> State:
    """The state that a cell of an exported table stands for."""
    return {"1": State.RAISED, "0": State.CLEAR, "": State.UNSEEN}.get(cell, State.UNSURE)
