"""Whatever three desks do, review, undo, redo, merge and exchange: the store holds what a plain model holds."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.studio.conftest import FLAGS
from tests.studio.plain_desks import FLAGS as FLAG_NAMES
from tests.studio.plain_desks import MERGES, OF_REVIEWS, Desk, Field
from tests.studio.test_bundling import desk, labelling_now, sent, taken
from weldstudio.domain.changes import Done
from weldstudio.domain.decision import Told
from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import Source, State, fold
from weldstudio.domain.model import ModelCard, ModelClass
from weldstudio.domain.review import with_names
from weldstudio.store import decision_conflicts, events, models, predictions
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.store import Store
from weldstudio.studio import (
    accepting,
    conflicts,
    decisions,
    labelling,
    merging,
    notes,
    reviews,
    samples,
    scheme_differences,
    second,
)

PHOTOS = (1, 2, 3)
SOURCES = (Source.HAND, Source.HAND, Source.COPIED, Source.IMPORT, Source.ACCEPTED)
STEPS = (
    "label",
    "label",
    "label",
    "bulk",
    "nothing",
    "note",
    "decide",
    "settle",
    "review",
    "review",
    "give_back",
    "hand_in",
    "draw",
    "send_second",
    "answer_second",
    "accept",
    "undo",
    "undo",
    "redo",
    "revert",
    "revert",
)
MORE = ("merge", "unmerge", "send", "send", "take", "take", "take")
FORGOTTEN = (
    *("label_events", "label_now", "note_events", "notes_now", "decided_now", "decisions", "waiting_events"),
    *("waiting_words", "conflicts", "decision_conflicts", "decided_schemes", "review_events", "reviews_now"),
    *("changes", "actions"),
)


PREDICTED = {"soil": State.RAISED, "water": State.CLEAR}


class Desks:
    """Three stores beside three models; each step is done to both."""

    def __init__(self, stores: list[Store], folder: Path, seed: int) -> None:
        self.stores, self.folder = stores, folder
        self.chance = random.Random(seed)
        self.models = [Desk() for _ in stores]
        self.bundles: list[tuple[Path, list[Any]]] = []
        self.told: list[str] = []
        for store in stores:
            with store.atomic(durable=True):
                store.execute("PRAGMA defer_foreign_keys = ON")
                for table in FORGOTTEN:
                    store.execute(f"DELETE FROM {table}")
                scheme_rows.save(store, FLAGS)

    def step(self) -> None:
        at, what = self.chance.randrange(3), self.chance.choice((*STEPS, *MORE))
        self.told.append(f"{'ABC'[at]} {what}")
        getattr(self, f"_{what}")(at)

    # Steps

    def _label(self, at: int) -> None:
        self._set(at, [self.chance.choice(PHOTOS)], self.chance.choice(SOURCES))

    def _bulk(self, at: int) -> None:
        self._set(at, list(PHOTOS), Source.BULK)

    def _set(self, at: int, photos: list[int], source: Source) -> None:
        store, model = self.stores[at], self.models[at]
        name = self.chance.choice([*FLAG_NAMES, *(name for name, in_use in model.merges.items() if in_use)])
        state = self.chance.choice(list(State))
        values: dict[Field, Any] = {}
        for photo in photos:
            values |= model.labels_for(photo, name, state, source)
        slot = scheme_rows.load(store).by_name(name).slot
        self._wrote(at, labelling.set_state(store, photos, slot, state, who="ABC"[at], source=source), values, source)

    def _nothing(self, at: int) -> None:
        model, photo = self.models[at], self.chance.choice(PHOTOS)
        in_use = [name for name, used in model.merges.items() if used]
        below = [member for name in in_use for member in MERGES[name]]
        values: dict[Field, Any] = {}
        for name in (*FLAG_NAMES, *in_use):
            clear = model.labels_for(photo, name, State.CLEAR, Source.HAND)
            of: Field = ("label", photo, name)
            if of in clear and (name not in below or model.state(photo, name) != State.CLEAR):
                values[of] = clear[of]
        self._wrote(at, labelling.nothing_applies(self.stores[at], [photo], who="ABC"[at]), values, Source.HAND)

    def _note(self, at: int) -> None:
        photo, text = self.chance.choice(PHOTOS), self.chance.choice(["", "dirt", "sand"])
        values = {("note", photo, ""): text} if self.models[at].value(("note", photo, "")) != text else {}
        self._wrote(at, notes.note_photo(self.stores[at], photo, text, who="ABC"[at]), values)

    def _decide(self, at: int) -> None:
        photo, told = self.chance.choice(PHOTOS), self.chance.choice(list(Told))
        of: Field = ("said", photo, "")
        before = self.models[at].value(of)
        differing = (photo, "decision") in decision_conflicts.listed(self.stores[at])
        done = decisions.decide(self.stores[at], [photo], told, who="ABC"[at])
        new = before is None or before[0] != told.value or differing
        self._wrote(at, done, {of: (told.value, done.action_id)} if new else {})

    def _settle(self, at: int) -> None:
        # Where first and second reviewer differ it is settled by a label with all that follows from it: left out here.
        known = second.answers(self.stores[at])
        found = [one for one in conflicts.listed(self.stores[at]) if (one.photo_id, one.slot) not in known]
        if found:
            one, state = self.chance.choice(found), self.chance.choice([State.RAISED, State.CLEAR, State.UNSURE])
            done = conflicts.settle(self.stores[at], one.photo_id, one.slot, state, who="ABC"[at])
            name = scheme_differences.names(scheme_rows.load(self.stores[at]))[one.slot]
            self._wrote(at, done, {("label", one.photo_id, name): int(state) | Source.HAND << 2}, Source.HAND)

    def _review(self, at: int) -> None:
        photo, who = self.chance.choice(PHOTOS), "ABC"[at]
        self._reviewed(at, photo, "reviewed", lambda: reviews.mark_reviewed(self.stores[at], [photo], who=who))

    def _give_back(self, at: int) -> None:
        photo, why = self.chance.choice(PHOTOS), self.chance.choice(["blurred", "which clamp?"])
        step = partial(reviews.return_photos, self.stores[at], [photo], why, who="ABC"[at])
        self._reviewed(at, photo, "returned", step, self.models[at].labeller(photo), why)

    def _reviewed(self, at: int, photo: int, word: str, step: Callable[[], Done], to: str = "", why: str = "") -> None:
        model = self.models[at]
        labels = {name: int(model.state(photo, name)) for name in (*FLAG_NAMES, *model.merges)}
        labels = {name: state for name, state in labels.items() if state}
        if not labels:
            with pytest.raises(EditRefused):
                step()
            return
        before = model.value(("review", photo, ""))
        done = self._said_of_photos(at, step)
        said, who, _, of, *rest = json.loads(model.value(("review", photo, "")))
        assert (said, of, rest) == (word, {"by name": labels}, [to, why])
        if done is None:
            assert before == model.value(("review", photo, ""))  # returned as it was
        else:
            assert who == "ABC"[at]

    def _hand_in(self, at: int) -> None:
        photo = self.chance.choice(PHOTOS)
        if any(self.models[at].state(photo, name) for name in (*FLAG_NAMES, *self.models[at].merges)):
            self._said_of_photos(at, lambda: reviews.reopen(self.stores[at], [photo], who="ABC"[at]))
            assert self.models[at].value(("review", photo, "")) == ""

    def _draw(self, at: int) -> None:
        size, seed = self.chance.randrange(1, 4), self.chance.randrange(9)
        self._said_of_photos(at, lambda: samples.draw_audit(self.stores[at], size, seed=seed, who="ABC"[at], of=""))

    def _send_second(self, at: int) -> None:
        photo, to = self.chance.choice(PHOTOS), self.chance.choice("XY")
        step = partial(second.draw, self.stores[at], 1, to, seed=1, who="ABC"[at], of=f"id:{photo}")
        self._said_of_photos(at, step)

    def _answer_second(self, at: int) -> None:
        photo, who = self.chance.choice(PHOTOS), self.chance.choice("XY")
        if self.chance.random() < 0.5:
            self._said_of_photos(at, lambda: second.give(self.stores[at], [photo], who=who), own=False)
        else:
            state = self.chance.choice([State.RAISED, State.UNSURE])
            step = partial(second.set_state, self.stores[at], [photo], self.chance.randrange(4), state, who=who)
            self._said_of_photos(at, step, own=False)

    def _said_of_photos(self, at: int, step: Callable[[], Done], *, own: bool = True) -> Done | None:
        """What a step says of photos is taken from it; that it is kept, travels and is taken back is the law."""
        before = words_now(self.stores[at])
        try:
            done = step()
        except EditRefused:
            assert words_now(self.stores[at]) == before
            return None
        after = words_now(self.stores[at])
        changed = {of: after.get(of, "") for of in before | after if before.get(of) != after.get(of)}
        self._wrote(at, done, changed, own=own)
        return done if changed else None

    def _accept(self, at: int) -> None:
        store, model = self.stores[at], self.models[at]
        photo, (name, state) = self.chance.choice(PHOTOS), self.chance.choice(list(PREDICTED.items()))
        slot = scheme_rows.load(store).by_name(name).slot
        step = partial(accepting.accept, store, [photo], who="ABC"[at], slots=[slot])
        if model.state(photo, name) or model.merges.get("dirt"):
            with pytest.raises(EditRefused):
                step()
        else:
            values = dict(model.labels_for(photo, name, state, Source.ACCEPTED))
            self._wrote(at, step(), values, Source.ACCEPTED)

    def _merge(self, at: int) -> None:
        free = [name for name in MERGES if not self.models[at].merges.get(name)]
        if free:
            name = self.chance.choice(free)
            self._merged(at, merging.merge(self.stores[at], name, MERGES[name], who="ABC"[at]), name, in_use=True)

    def _unmerge(self, at: int) -> None:
        made = [name for name, in_use in self.models[at].merges.items() if in_use]
        if made:
            name = self.chance.choice(made)
            self._merged(at, merging.unmerge(self.stores[at], name, who="ABC"[at]), name, in_use=False)

    def _undo(self, at: int) -> None:
        chain = [last for last, _, undone in self._chains(at) if not undone]
        if chain:
            self._take_back(at, chain[-1])

    def _redo(self, at: int) -> None:
        chain = [last for last, _, undone in self._chains(at) if undone]
        if chain:
            self._take_back(at, chain[0])

    def _revert(self, at: int) -> None:
        known = self.stores[at].rows("SELECT id FROM actions ORDER BY clock, id")
        if known:
            self._take_back(at, self.chance.choice(known)[0])

    def _send(self, at: int) -> None:
        file = self.folder / f"{len(self.bundles)}.weldlabels"
        self.bundles.append((sent(self.stores[at], file), self.models[at].bundle()))

    def _take(self, at: int) -> None:
        if self.bundles:
            file, held = self.chance.choice(self.bundles)
            taken(self.stores[at], file)
            self.models[at].take(held)

    # Inside

    def _chains(self, at: int) -> list[tuple[str, str, bool]]:
        chains = labelling.undoable(self.stores[at], who="ABC"[at])
        model = self.models[at]
        assert [last for last, _, undone in chains if not undone] == model.done
        assert [last for last, _, undone in chains if undone] == model.undone[::-1]
        return chains

    def _take_back(self, at: int, action: str) -> None:
        store, model = self.stores[at], self.models[at]
        values = model.taken_back(action)
        merge = model.merge_taken_back(action) if action in model.scheme_actions else None
        done = labelling.revert(store, action, who="ABC"[at])
        if merge is not None:
            self._merged(at, done, merge[0], in_use=merge[1], reverts=action)
        else:
            self._wrote(at, done, values, reverts=action)

    def _merged(self, at: int, done: Done, name: str, *, in_use: bool, reverts: str | None = None) -> None:
        assert done.action_id is not None
        self.models[at].merges[name] = in_use
        self.models[at].scheme_actions[done.action_id] = (name, in_use, reverts)
        self.models[at].did(done.action_id, reverts=reverts)

    def _wrote(
        self,
        at: int,
        done: Done,
        values: dict[Field, Any],
        source: Source | None = None,
        *,
        reverts: str | None = None,
        own: bool = True,
    ) -> None:
        assert (done.action_id is not None) == bool(values)
        if done.action_id is not None:
            clock, who = self.stores[at].rows("SELECT clock, who FROM actions WHERE id = ?", (done.action_id,))[0]
            self.models[at].wrote(done.action_id, clock, values, who=who, reverts=reverts, source=source)
            if own:
                self.models[at].did(done.action_id, reverts=reverts)

    # What must hold

    def check(self) -> None:
        for at, (store, model) in enumerate(zip(self.stores, self.models, strict=True)):
            held = scheme_rows.load(store)
            names = scheme_differences.names(held)
            assert {m.name: not m.undone for m in held.merges} == model.merges
            labels = labelling_now(store)
            assert labels == fold(events.history(store))
            present = {(photo, names[slot]): byte for (photo, slot), byte in labels.items()}
            fields = {event.field for event in model.events.values()}
            assert present == {f[1:]: v for f in fields if f[0] == "label" and (v := model.value(f)) & 3}
            for item in held.classes:
                for photo in PHOTOS:
                    row = np.array([[labels.get((photo, slot), 0) for slot in range(held.slots)]], np.uint8)
                    assert held.states_of(item.slot, row)[0] == model.class_state(photo, item.name)
            noted = {photo: text for _, photo, text in store.rows("SELECT * FROM notes_now") if text}
            assert noted == {f[1]: v for f in fields if f[0] == "note" and (v := model.value(f))}
            said = store.rows(
                "SELECT d.joint_id, d.said, o.id FROM decided_now h JOIN decisions d ON d.action_seq = h.action_seq"
                " AND d.n = h.n JOIN actions o ON o.seq = d.origin WHERE d.said IS NOT NULL"
            )
            assert {joint: (word, origin) for joint, word, origin in said} == {
                f[1]: v for f in fields if f[0] == "said" and (v := model.value(f))
            }
            assert words_now(store) == {f: v for f in fields if f[0] in OF_REVIEWS and (v := model.value(f))}
            waiting = store.value("SELECT (SELECT count(*) FROM waiting_events) + (SELECT count(*) FROM waiting_words)")
            assert waiting == len(model.waiting)
            self._chains(at)

    def exchange_all(self) -> None:
        """Everybody gets everything: then all hold the same, and taking it again changes nothing."""
        for at, store in enumerate(self.stores):
            for name in MERGES:
                if name not in self.models[at].merges:
                    self._merged(at, merging.merge(store, name, MERGES[name], who="ABC"[at]), name, in_use=True)
            self._send(at)
        last = self.bundles[-3:]
        for at, store in enumerate(self.stores):
            for file, held in self.chance.sample(last, 3):
                taken(store, file)
                self.models[at].take(held)
        self.check()
        first, *others = (self._told_by(at) for at in range(3))
        assert all(other == first for other in others)
        for store in self.stores:
            sequence = store.sequence
            taken(store, self.chance.choice(self.bundles)[0])
            assert store.sequence == sequence

    def _told_by(self, at: int) -> tuple[object, ...]:
        store = self.stores[at]
        names = scheme_differences.names(scheme_rows.load(store))
        labels = {(photo, names[slot]): byte for (photo, slot), byte in labelling_now(store).items()}
        differing = {(photo, names[slot]) for photo, slot in store.rows("SELECT photo_id, slot FROM conflicts")}
        return labels, differing, set(store.rows("SELECT joint_id, kind FROM decision_conflicts")), words_now(store)


def words_now(store: Store) -> dict[Field, str]:
    """What reviewers said of photos, its labels by name."""
    names = scheme_differences.names(scheme_rows.load(store))
    rows = store.rows("SELECT about, photo_id, detail, value FROM reviews_now")
    return {(about, photo, detail): with_names(text, names) for about, photo, detail, text in rows}


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Store]]:
    folder = tmp_path_factory.mktemp("desks")
    with ExitStack() as opened:
        found = [opened.enter_context(desk(folder / name, count=len(PHOTOS))) for name in "ABC"]
        for store in found:
            # What is held is in question here, not whether it survives a power cut.
            store.execute("PRAGMA synchronous = OFF")
            store._synchronous = "FULL"
            models.add(store, ModelCard("m", "m", "net", (ModelClass(0, "soil"), ModelClass(3, "water"))))
            models.activate(store, "m")
            predictions.write(store, "m", PHOTOS, np.array([[0.9, np.nan, np.nan, 0.1]] * len(PHOTOS), np.float16))
        yield found


def test_the_store_holds_what_a_plain_model_holds(
    stores: list[Store], tmp_path: Path, trials: Callable[[int, int], int]
) -> None:
    for seed in range(trials(60, 10_000)):
        desks = Desks(stores, tmp_path, seed)
        try:
            for _ in range(desks.chance.randrange(6, 22)):
                desks.step()
            desks.check()
            desks.exchange_all()
        except BaseException:
            print(f"sequence {seed}: {', '.join(desks.told)}")
            raise
