"""A share of the photos looked at by a second reviewer who sees neither the first labels nor predictions.

The second labels are kept apart until and after they are given, so that both labellings stand beside each other; where
they differ, somebody settles it by an ordinary label. How far the two agree is Cohen's kappa, flag by flag.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from weldstudio.domain.agreement import Kappa, kappa
from weldstudio.domain.changes import Done
from weldstudio.domain.errors import EditRefused
from weldstudio.domain.labelling import LOOKED_AT, Source, State, label_byte
from weldstudio.domain.review import Look, Settled
from weldstudio.domain.scheme import Scheme
from weldstudio.store import actions, events, reviewed, reviews
from weldstudio.store import mirror as mirrors
from weldstudio.store import scheme as scheme_rows
from weldstudio.store.mirror import Mirror
from weldstudio.store.reviews import SECOND, SETTLED
from weldstudio.store.store import Store
from weldstudio.studio import known_names, reviewing
from weldstudio.studio.entailing import Entailment
from weldstudio.studio.review_terms import differing, differing_in, first_labels, matrix
from weldstudio.studio.samples import SECOND_DRAW

FROM = "reviewed -problem"
"""The filter of what is drawn from, unless said: photos that a person has labelled."""
_LOOKED = [int(source) for source in LOOKED_AT]


@dataclass(frozen=True, slots=True)
class Agreement:
    """First and second labels of the photos that were looked at twice."""

    flags: dict[str, Kappa]
    given: dict[str, int]
    """By second reviewer: looks that are given."""
    waiting: dict[str, int]
    """By second reviewer: looks still to be taken."""
    differing: int
    """Labels in which the two differ, not yet settled."""
    settled: int

    def to_json(self) -> dict[str, Any]:
        return {
            "flags": {name: found.to_json() for name, found in self.flags.items()},
            "given": self.given,
            "waiting": self.waiting,
            "differing": self.differing,
            "settled": self.settled,
        }


def draw(store: Store, share: float, to: str, *, seed: int, who: str, of: str = FROM) -> Done:
    """Send a share of the photos for which the filter holds to a second reviewer, in one action.

    Photos that `to` has labelled, or was sent before, are not among those to draw from. Raises EditRefused where none
    is left.
    """
    to = to.strip()
    if not to:
        raise EditRefused("Say who takes the second look.")
    if not 0 < share <= 1:
        raise EditRefused(f"A share lies above 0 and at most at 100 %, not at {100 * share:g} %.")
    mirror = mirrors.read(store)
    own = reviews.labelled_by(store, to, _LOOKED)
    own |= {photo for photo, looks in mirror.reviews.looks.items() if to in looks}
    rows = np.sort(reviewing.select(mirror, known_names.asked(mirror, of)))
    rows = rows[~np.isin(mirror.ids[rows], np.array(sorted(own), np.int64))]
    if not len(rows):
        raise EditRefused(f"No photo that {to} has not labelled matches '{of}', so there is none to look at again.")
    count = max(1, round(share * len(rows)))
    chosen = np.sort(np.random.default_rng(seed).choice(rows, count, replace=False))
    said = f"Second look by {to} at {count:,} of {len(rows):,} photographs, seed {seed}"
    noted = {"purpose": SECOND_DRAW, "seed": seed, "filter": of, "out_of": len(rows), "photos": count, "to": to}
    with store.atomic(durable=True):
        written = actions.begin(store, who=who, kind="draw", text=said, payload={"draw": noted | {"share": share}})
        look = Look().text
        changes = reviews.append(
            store, written, [(SECOND, photo, to, "", look) for photo in mirror.ids[chosen].tolist()]
        )
    return Done(written.action.id, changes, said)


def set_state(store: Store, photo_ids: Iterable[int], slot: int, state: State, *, who: str) -> Done:
    """Hold a state true of a class in the second labels of these photos. Once every class is answered, so is the photo.

    Raises EditRefused for photos that this expert was not sent or has answered already.
    """
    name = scheme_rows.load(store).by_slot(slot).name
    return _answer(store, photo_ids, ((slot, state),), who=who, text=f"Second look: {name}: {state.word}")


def nothing_applies(store: Store, photo_ids: Iterable[int], *, who: str) -> Done:
    """The second look: every class clear, and the answer is given. Raises EditRefused as above."""
    wanted = tuple((item.slot, State.CLEAR) for item in scheme_rows.load(store).classes)
    return _answer(store, photo_ids, wanted, who=who, text="Second look: nothing applies", done=True)


def give(store: Store, photo_ids: Iterable[int], *, who: str, states: Iterable[tuple[int, State]] = ()) -> Done:
    """The second look is over: after these last states (slot, state) what was not said is clear. Raises as above."""
    return _answer(store, photo_ids, tuple(states), who=who, text="Second look given", done=True)


def agreement(mirror: Mirror) -> Agreement:
    """How far first and second reviewers agree on each class. Only what both looked at is compared."""
    found = [(photo, who, look) for photo, looks in mirror.reviews.looks.items() for who, look in looks.items()]
    done = [look for _, _, look in found if look.given]
    first, second = first_labels(done, mirror.scheme), matrix([look.labels for look in done], mirror.scheme.slots)
    flags = {}
    for item in mirror.scheme.classes:
        one, other = (mirror.scheme.states_of(item.slot, labels) for labels in (first, second))
        flags[item.name] = kappa(one, other)
    return Agreement(
        flags,
        _counted(who for _, who, look in found if look.given),
        _counted(who for _, who, look in found if not look.given),
        sum(map(len, differing(mirror).values())),
        sum(map(len, mirror.reviews.settled.values())),
    )


def cells(mirror: Mirror) -> dict[str, dict[str, tuple[int, ...]]]:
    """Of each class the photos that two have looked at, and those on which they said what, by words for it."""
    found = [(photo, look) for photo, looks in mirror.reviews.looks.items() for look in looks.values() if look.given]
    done = [look for _, look in found]
    first, second = first_labels(done, mirror.scheme), matrix([look.labels for look in done], mirror.scheme.slots)
    photos = np.array([photo for photo, _ in found], np.int64)
    result = {}
    for item in mirror.scheme.classes:
        one, other = (mirror.scheme.states_of(item.slot, labels) for labels in (first, second))
        seen = (one != State.UNSEEN) & (other != State.UNSEEN)
        up, too = one == State.RAISED, other == State.RAISED
        parts = {
            "looked at twice": seen,
            "raised by both": seen & up & too,
            "raised by the first reviewer alone": seen & up & ~too,
            "raised by the second reviewer alone": seen & too & ~up,
            "unsure": seen & ((one == State.UNSURE) | (other == State.UNSURE)),
        }
        result[item.name] = {words: tuple(photos[some].tolist()) for words, some in parts.items()}
    return result


def answers(store: Store, photo_id: int | None = None) -> dict[tuple[int, int], list[tuple[str, State, int]]]:
    """What experts said, by (photo, slot), where they differ in a second look or about a label in doubt: of one photo,
    or of all.

    Each answer is (who, what, when in seconds since 1970, 0 where that is not known).
    """
    scheme = scheme_rows.load(store)
    known = reviewed.read(store, None if photo_id is None else [photo_id])
    found: dict[tuple[int, int], list[tuple[str, State, int]]] = {}
    for photo, slots in differing_in(known, scheme).items():
        for slot in slots:
            said = found.setdefault((photo, slot), [])
            doubted = known.suspects.get(photo, {}).get(slot)
            said += [(one.who, one.holds, one.at) for one in doubted.opinions] if doubted is not None else []
            for who, look in known.looks.get(photo, {}).items():
                if look.given:
                    one, other = first_labels([look], scheme), matrix([look.labels], scheme.slots)
                    states = [State(int(scheme.states_of(slot, labels)[0])) for labels in (one, other)]
                    said += [(look.first_who or "as imported", states[0], 0), (who, states[1], look.given)]
    return found


def settle(store: Store, photo_id: int, slot: int, state: State, *, who: str) -> Done:
    """Say what holds where two reviewers differ: an ordinary label, in one action that records the settlement.

    Raises EditRefused where they do not differ (any more), or for 'unseen', which settles nothing.
    """
    if state == State.UNSEEN:
        raise EditRefused("Say raised, clear or unsure; a difference is not settled by taking the label away.")
    with store.atomic(durable=True):
        scheme = scheme_rows.load(store)
        name = scheme.by_slot(slot).name
        if (photo_id, slot) not in answers(store, photo_id):
            raise EditRefused(f"No two reviewers differ about {name} on this photo any more.")
        present = events.present(store, [photo_id])
        held = present.get(photo_id, b"").ljust(scheme.slots, b"\0")
        rows = [(photo_id, *edit) for edit in Entailment(scheme, ((slot, state),), Source.HAND).edits(held)]
        if all(changed != slot for _, changed, _, _ in rows):
            rows.append((photo_id, slot, held[slot], label_byte(state, Source.HAND)))
        text = f"{name}: {state.word}, settled between reviewers"
        written = actions.begin(store, who=who, kind="label", text=text)
        changes = events.append(store, written, rows, source=Source.HAND, present=present)
        said = Settled(state, who, int(time.time())).text
        changes |= reviews.append(store, written, [(SETTLED, photo_id, str(slot), "", said)])
    return Done(written.action.id, changes, text)


def _answer(
    store: Store,
    photo_ids: Iterable[int],
    wanted: tuple[tuple[int, State], ...],
    *,
    who: str,
    text: str,
    done: bool = False,
) -> Done:
    ids = tuple(dict.fromkeys(photo_ids))
    with store.atomic(durable=True):
        scheme = scheme_rows.load(store)
        looks = {photo: Look.of_text(value) for (_, photo, to), value in _sent(store, ids, who).items()}
        if len(looks) < len(ids) or any(look.given for look in looks.values()):
            raise EditRefused(f"Not all of these photos wait for a second look by {who}; nothing was changed.")
        rule = Entailment(scheme, wanted, Source.HAND)
        present = events.present(store, ids)
        first = reviews.labellers(store, ids, _LOOKED)
        rows = []
        for photo, look in looks.items():
            labels = bytearray(look.labels.ljust(scheme.slots, b"\0"))
            for slot, _, byte in rule.edits(bytes(labels)):
                labels[slot] = byte
            unseen = _unseen(scheme, bytes(labels))
            new = replace(look, labels=bytes(labels))
            if done or not unseen:
                new = _given(scheme, new, unseen, present.get(photo, b""), first.get(photo, ""))
            if new != look:
                rows.append((SECOND, photo, who, look.text, new.text))
        if not rows:
            return Done(None, text=f"{text}: nothing had to change")
        full = text if len(rows) == 1 else f"{text} on {len(rows):,} photographs"
        written = actions.begin(store, who=who, kind="review", text=full)
        changes = reviews.append(store, written, rows)
    return Done(written.action.id, changes, full)


def _sent(store: Store, ids: Sequence[int], who: str) -> dict[reviews.Field, str]:
    return {field: text for field, text in reviews.present(store, SECOND, ids).items() if field[2] == who}


def _unseen(scheme: Scheme, labels: bytes) -> list[int]:
    row = matrix([labels], scheme.slots)
    return [item.slot for item in scheme.classes if scheme.states_of(item.slot, row)[0] == State.UNSEEN]


def _given(scheme: Scheme, look: Look, unseen: list[int], first: bytes, first_who: str) -> Look:
    labels = bytearray(look.labels)
    for slot, _, byte in Entailment(scheme, [(slot, State.CLEAR) for slot in unseen], Source.HAND).edits(look.labels):
        labels[slot] = byte
    return replace(look, labels=bytes(labels), given=max(1, int(time.time())), first=first, first_who=first_who)


def _counted(names: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name in names:
        found[name] = found.get(name, 0) + 1
    return dict(sorted(found.items()))
