"""The first half of the loop: open, look, correct. Each step returns what it has checked, in a sentence."""

from typing import Final

import numpy as np

from weldstudio.domain.labelling import State
from weldstudio.gui.tour.hand import check, wait, wait_for
from weldstudio.gui.tour.round import Round
from weldstudio.gui.words import counted
from weldstudio.studio import demo

FILL_S: Final = 600
SHOWN_FIRST: Final = ("Soil Contamination High Risk", "No Clamp Used", "Water Contamination High Risk")
"""Whose overlay is shown: the first of these that the model finds somewhere, else any."""


def open_project(go: Round) -> str:
    """The project opens, and the first photographs are on the screen."""
    go.window.open_project(go.project)
    wait_for(lambda: go.window.page == "review", "the project opens")
    wait_for(lambda: len(go.mirror), "the first photographs come in")

    def all_drawn() -> bool:
        grid = go.review.grid
        seen = [int(grid.state.ids[n]) for n in grid.visible()]
        return bool(seen) and all(go.review.thumbs.get(photo_id) is not None for photo_id in seen)

    wait_for(all_drawn, "the photographs on screen are painted")
    go.hand.picture("open", settle_ms=0)
    return f"{counted(len(go.mirror), 'photograph')} there when the first ones were painted"


def fill(go: Round) -> str:
    """The rest streams in behind, and the model scores it."""
    go.until(lambda: not go.session.works, "the demo fills", seconds=FILL_S)
    there = go.on_disk()
    wanted = demo.read(go.project)
    check(wanted is None or len(there) == wanted.photos, f"the store holds {len(there)} photographs, not all")
    check(len(go.mirror) == len(there), "the window shows what the store holds")
    scored = int((~np.isnan(there.probabilities)).any(axis=1).sum()) if there.probabilities.size else 0
    check(there.model_id is None or scored == len(there), f"only {scored} photographs are scored")
    go.hand.picture("review")
    return f"{counted(len(there), 'photograph')} in the store, {scored:,} scored"


def browse(go: Round) -> str:
    """Through the grid by keys, one photograph large, closer, and back."""
    go.go_to_grid()
    go.hand.click(go.review.grid.viewport(), go.review.grid.cell_rect(0).center())
    first = go.session.current
    for key in ("Right", "Right", "Down"):
        go.hand.key(key)
    there = go.session.current
    check(there not in (None, first), "the arrow keys go to another photograph")
    go.hand.key("Return")
    view = go.review.large.view
    wait_for(lambda: go.review.going.is_large and view.photo_id == there, "Return shows it large", seconds=10)
    wait_for(lambda: go.review.loader.get(there) is not None, "the large picture is decoded", seconds=20)
    go.hand.picture("large-plain")
    before = view.grab().toImage()
    for _ in range(3):
        go.hand.key("+")
    wait(200)
    check(view.grab().toImage() != before, "the plus key zooms in")
    go.hand.picture("zoomed")
    go.hand.key("F")
    go.hand.key("Escape")
    check(not go.review.going.is_large, "Escape goes back to the grid")
    return "keys move on, Return opens, plus zooms, Escape goes back"


def search(go: Round) -> str:
    """A filter shows what it says, and no other photograph."""
    go.go_to_grid()
    ids = go.filter("raised")
    there = go.on_disk()
    raised = np.zeros(len(there), dtype=bool)
    for item in there.scheme.classes:
        raised |= there.states(item.slot) == State.RAISED
    check(sorted(ids) == sorted(there.ids[raised].tolist()), "the filter 'raised' shows the raised photographs")
    go.hand.picture("filter")
    go.go_to_grid()
    return f"'raised' shows {len(ids):,} of {len(there):,}, the same as the store says"


def overlay(go: Round) -> str:
    """Where the model looked: one key, and the map lies over the photograph."""
    go.go_to_grid()
    go.photo, go.slot = _best_example(go)
    go.filter(f"id:{go.photo}")
    go.hand.key("Return")
    wait_for(lambda: go.review.large.view.photo_id == go.photo, "the photograph is shown large", seconds=10)
    wait_for(lambda: go.review.overlays.probabilities(), "the engine answers", seconds=60)
    wait_for(lambda: go.review.loader.get(go.photo) is not None, "the picture is decoded", seconds=20)
    go.session.choose_flag(go.slot)
    if go.review.overlays.on:
        go.hand.key("O")
    wait(300)
    bare = go.review.large.view.grab().toImage()
    go.hand.key("O")
    wait_for(lambda: go.review.overlays.shown_slot == go.slot, "O shows the overlay", seconds=10)
    wait(300)
    check(go.review.large.view.grab().toImage() != bare, "the overlay changes what is seen")
    go.hand.picture("large")
    said = go.review.overlays.probabilities()[go.slot]
    return f"{go.flag_name} at {said:.2f}, its map over {go.mirror.joint_name(go.photo)}"


def relabel(go: Round) -> str:
    """A flag's key sets it; it is on the disk when the window says saved."""
    if not go.review.going.is_large:
        go.go_to_grid()
        go.photo, go.slot = int(go.mirror.ids[0]), go.mirror.scheme.classes[0].slot
        go.hand.click(go.review.grid.viewport(), go.review.grid.cell_rect(0).center())
        go.hand.key("Return")
    before = go.state_on_disk(go.photo, go.slot)
    wanted = State.CLEAR if before == State.RAISED else State.RAISED
    go.hand.key(go.window.action_table.flag_key(go.slot))
    go.saved()
    after = go.state_on_disk(go.photo, go.slot)
    check(after == wanted, f"the key makes {go.flag_name} {wanted.word}, the store says {after.word}")
    go.before = before
    go.hand.picture("relabel")
    return f"{go.flag_name}: {before.word} before, {after.word} on the disk after the key"


def undo(go: Round) -> str:
    """Ctrl+Z takes it back and Ctrl+Shift+Z does it again, on the disk too."""
    done = go.state_on_disk(go.photo, go.slot)
    go.hand.key("Ctrl+Z")
    go.saved()
    undone = go.state_on_disk(go.photo, go.slot)
    check(undone == go.before, f"undo makes {go.flag_name} {go.before.word} again, not {undone.word}")
    go.hand.key("Ctrl+Shift+Z")
    go.saved()
    again = go.state_on_disk(go.photo, go.slot)
    check(again == done, f"redo makes {go.flag_name} {done.word} again, not {again.word}")
    go.hand.key("Escape")
    return f"{done.word} to {undone.word} and back"


def _best_example(go: Round) -> tuple[int, int]:
    """(photo, class): a flag that the model finds where the label says so too, as surely as possible."""
    mirror = go.mirror
    names = {item.name: item.slot for item in mirror.scheme.classes}
    slots = [names[name] for name in SHOWN_FIRST if name in names] + list(names.values())
    for agreed in (True, False):
        for slot in slots:
            probability = np.nan_to_num(mirror.probability(slot).astype(np.float32), nan=0.0)
            fits = (probability >= mirror.threshold(slot)) & ~mirror.problem
            if agreed:
                fits &= mirror.states(slot) == State.RAISED
            if fits.any():
                row = int(np.argmax(np.where(fits, probability, -1)))
                return int(mirror.ids[row]), slot
    return int(mirror.ids[0]), slots[0]
