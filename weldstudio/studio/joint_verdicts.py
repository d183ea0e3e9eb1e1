"""Verdicts of joints by a model beside those by the labels: what the business pays for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.labelling import Source, State, label_byte
from weldstudio.domain.levels import needed_at
from weldstudio.domain.model import ModelCard, slot_row
from weldstudio.domain.recipe import Recipe
from weldstudio.domain.scores import Confusion, wilson
from weldstudio.store.mirror import Mirror, asked
from weldstudio.studio import deciding, snapshots
from weldstudio.studio.deciding import Said
from weldstudio.studio.part import part


@dataclass(frozen=True, slots=True)
class Verdicts:
    """How the verdicts by a model agree with those by the labels. Flags that it was not trained for are left aside."""

    joints: NDArray[np.int64]
    """(m,) ids of the joints that the labels decide."""
    rejected: NDArray[np.bool_]
    """(m,) by the labels."""
    said: NDArray[np.bool_]
    """(m,) by the model."""
    undecided: int
    """Joints that the labels, or what the model says, leave open; not among them."""

    @property
    def confusion(self) -> Confusion:
        """Rejected stands for raised: a miss is a joint that should have been rejected and was accepted."""
        both = self.rejected, self.said
        return Confusion(
            int((both[0] & both[1]).sum()),
            int((both[0] & ~both[1]).sum()),
            int((~both[0] & both[1]).sum()),
            int((~both[0] & ~both[1]).sum()),
        )

    def to_json(self) -> dict[str, Any]:
        c = self.confusion
        agreeing, n = c.hits + c.passes, len(self.joints)
        return {
            "joints": n,
            "agreement": c.accuracy,
            "interval": wilson(agreeing, n),
            "rejected_by_both": c.hits,
            "rejected_by_labels_accepted_by_model": c.misses,
            "accepted_by_labels_rejected_by_model": c.false_alarms,
            "accepted_by_both": c.passes,
            "undecided": self.undecided,
        }


class Trial:
    """Verdicts of the joints of some photos: by their labels, and by a model at one set of thresholds after the other.

    Labels accepted from a model do not count. Of flags that the model does not judge both sides are taken as clear.
    """

    def __init__(
        self, mirror: Mirror, card: ModelCard, rows: NDArray[np.int64], *, probabilities: NDArray[np.float64]
    ) -> None:
        """`probabilities` (rows, classes of the card) are the model's."""
        self._slots = list(card.slots)
        self._small = small = part(mirror, rows)
        small.labels = snapshots.known_labels(small, Recipe(), accepted=False)
        small.probabilities = np.asfortranarray(slot_row(card, probabilities, mirror.scheme.slots))
        small.model_id = card.id
        small.thresholds = np.full(small.probabilities.shape[1], 0.5, np.float32)
        judged = set(card.slots)
        for merge in mirror.scheme.live_merges:
            if merge.slot in card.slots:
                judged |= set(merge.members)
            elif judged & set(merge.members):
                judged.add(merge.slot)
        silent = [slot for slot in range(mirror.scheme.slots) if slot not in judged]
        small.labels[:, silent] = label_byte(State.CLEAR, Source.HAND)
        small.probabilities[:, silent] = np.where(_is_flag(mirror, silent), np.float16(0), np.float16(np.nan))
        self._by_labels = deciding.tally(small)
        self._asked = {
            item.slot: asked(small.scheme, item.slot) for item in needed_at(small.scheme, small.scheme.verdict_level)
        }
        self._found: dict[int, NDArray[np.uint8]] = {}
        """States of the joints by slot, at the thresholds that were tried last."""

    def at(self, thresholds: Sequence[float]) -> Verdicts:
        """What these thresholds, in the order of the card's classes, make of the joints.

        Only classes of which a threshold has moved since the last time are looked at again.
        """
        small, before = self._small, self._small.thresholds.copy()
        small.thresholds[self._slots] = thresholds
        moved = set(np.flatnonzero(small.thresholds != before).tolist())
        anew = [slot for slot, of in self._asked.items() if slot not in self._found or moved.intersection(of)]
        self._found |= deciding.joint_states(small, anew, scheme=small.scheme, predicted=True)
        by_labels = self._by_labels
        by_model = deciding.tally_of(small, self._found, scheme=small.scheme)
        decided = (by_labels.outcomes != Said.OPEN) & (by_model.outcomes != Said.OPEN)
        return Verdicts(
            by_labels.joints[decided],
            by_labels.outcomes[decided] == Said.REJECT,
            by_model.outcomes[decided] == Said.REJECT,
            int((~decided).sum()),
        )


def agreement(
    mirror: Mirror, card: ModelCard, rows: NDArray[np.int64], *, probabilities: NDArray[np.float64]
) -> Verdicts:
    """Verdicts of the joints of these rows by their labels and by this model's `probabilities` (rows, classes)."""
    return Trial(mirror, card, rows, probabilities=probabilities).at([item.threshold for item in card.classes])


def _is_flag(mirror: Mirror, slots: list[int]) -> NDArray[np.bool_]:
    """Which of these slots are flags; a merge has what its members have."""
    merges = {merge.slot for merge in mirror.scheme.merges}
    return np.array([slot not in merges for slot in slots], np.bool_)
