"""Finding the place of everything that a bundle brings, piece by piece."""

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace

from weldstudio.domain.changes import NO_CHANGES, Changes
from weldstudio.domain.review import with_slots
from weldstudio.store import desk_words, desks, reviews
from weldstudio.store.shared_words import SharedDecision, SharedReview, Word, kind_of
from weldstudio.store.store import Store
from weldstudio.studio.bundle_files import Entry

_PIECE = 200
"""Events written in one go."""


class Taking:
    """Writes pieces of a bundle, and counts what came of them. `slots` are the classes here by all their names."""

    def __init__(self, store: Store, slots: Mapping[str, int]) -> None:
        self._store, self.slots = store, slots
        self._at: dict[desks.Address, int | None] = {}
        self._by_hash = desks.unique_hashes(store)
        self._done: set[tuple[int, str, int]] = set()
        self.actions: set[str] = set()
        """Of which something was taken."""
        self.labels = self.known = 0
        self.words: Counter[str] = Counter()
        """How many words were taken, by `kind_of`."""
        self.missing_flags: dict[str, None] = {}
        self.missing_photos: set[desks.Address] = set()
        self.saw: set[str] = set()

    def take(self, piece: Sequence[Entry]) -> Changes:
        """Write a piece. Only inside `atomic`."""
        labels: list[tuple[int, desks.Field, desks.SharedEvent]] = []
        words: list[tuple[int, int, Word]] = []
        for entry in piece:
            seq, here = desks.own_number(self._store, entry.action, entry.labels)
            if entry.draw is not None:
                reviews.note_draw(self._store, seq, entry.draw)
            before = len(labels) + len(words)
            labels += self._placed_labels(seq, entry, here)
            words += self._placed_words(seq, entry)
            if len(labels) + len(words) > before:
                self.actions.add(entry.action.id)
        if not labels and not words:
            return NO_CHANGES
        changes = desks.take(self._store, labels) if labels else NO_CHANGES
        if words:
            changes |= desk_words.take(self._store, words)
        ids = dict.fromkeys(entry.action.id for entry in piece if entry.action.id in self.actions)
        return self._store.record(changes | Changes(actions=tuple(ids)))

    def _placed_labels(
        self, seq: int, entry: Entry, here: frozenset[int]
    ) -> list[tuple[int, desks.Field, desks.SharedEvent]]:
        placed, left = [], []
        for event in entry.labels:
            self.saw.update(event.saw)
            if event.n in here or (seq, "label", event.n) in self._done:
                self.known += 1
                continue
            slot, photo = self.slots.get(event.name), self._photo(event.photo)
            if slot is None:
                self.missing_flags[event.name] = None
            if slot is None or photo is None:
                left.append(event)
                continue
            placed.append((seq, (photo, slot), event))
            self._done.add((seq, "label", event.n))
            self.labels += 1
        desks.let_wait(self._store, seq, left)
        return placed

    def _placed_words(self, seq: int, entry: Entry) -> list[tuple[int, int, Word]]:
        placed, left = [], []
        for word in entry.words:
            what = kind_of(word)
            if isinstance(word, SharedDecision):
                self.saw.update(word.saw)
            if (seq, what, word.n) in self._done or desk_words.known(self._store, seq, word):
                self.known += 1
                continue
            subject = self._photo(word.subject.photo)
            if word.subject.joint:
                subject = desk_words.joint_at(self._store, word.subject, subject)
            own = self._with_slots(word)
            if subject is None or own is None:
                left.append(word)
                continue
            placed.append((seq, subject, own))
            self._done.add((seq, what, word.n))
            self.words[what] += 1
        desk_words.let_wait(self._store, seq, left)
        return placed

    def _with_slots(self, word: Word) -> Word | None:
        """The word as it is said here; None where it tells of a class that is not here."""
        if not isinstance(word, SharedReview):
            return word
        try:
            detail = str(self.slots[word.detail]) if word.about in reviews.BY_CLASS else word.detail
            return replace(
                word, detail=detail, old=with_slots(word.old, self.slots), new=with_slots(word.new, self.slots)
            )
        except KeyError as missing:
            self.missing_flags[missing.args[0]] = None
            return None

    def _photo(self, address: desks.Address) -> int | None:
        if address not in self._at:
            found = desks.photo_at(self._store, address)
            if found is None and address.content_hash is not None:
                found = self._by_hash.get(address.content_hash)
            self._at[address] = found
            if found is None:
                self.missing_photos.add(address)
        return self._at[address]


def pieces_of(entries: Sequence[Entry]) -> Generator[list[Entry], None, None]:
    """The same in pieces of about as many events as are written in one go; a large action comes in several."""
    piece: list[Entry] = []
    size = 0
    for entry in entries:
        for first in range(0, max(1, len(entry.labels), len(entry.words)), _PIECE):
            some = slice(first, first + _PIECE)
            part = Entry(entry.action, entry.labels[some], entry.words[some], entry.draw)
            piece.append(part)
            size += len(part)
            if size >= _PIECE:
                yield piece
                piece, size = [], 0
    if piece:
        yield piece
