"""Models and what they say: the card that travels with the weights, predictions, and where an overlay lies."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weldstudio.domain.scheme import Merge, Scheme, SchemeClass


@dataclass(frozen=True, slots=True)
class ModelClass:
    """One output of a network: the class of the scheme it was trained for."""

    slot: int
    name: str
    threshold: float = 0.5
    """The probability from which the prediction counts as raised; chosen on validation photos."""
    too_few: int | None = None
    """Raised training photos, where they were too few to learn from (below 10); else None."""


@dataclass(frozen=True, slots=True)
class Member:
    """One network of a model of several."""

    network: str
    outputs: tuple[int, ...]
    """Places, among the card's classes, of what it answers for."""
    head: str = "linear"
    hidden: int = 256


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """What a photo goes through before the network sees it; the same in training, scoring and display."""

    input_size: int = 224
    """Pixels, square."""
    mean: tuple[float, float, float] = (0.485, 0.456, 0.406)
    std: tuple[float, float, float] = (0.229, 0.224, 0.225)
    fit: str = "squash"
    """'squash': the whole photo, aspect ratio given up; 'crop': shorter side to input size, centre cut out."""
    second: tuple[float, float, float, float] | None = None
    """left, top, right, bottom, in parts of the upright photo, of what is looked at a second time; None = once."""

    @property
    def looks(self) -> int:
        """How often the network looks at a photo."""
        return 1 if self.second is None else 2


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Everything needed to use weights rightly, kept beside them as card.json.

    Exclusive models (`task` 'exclusive': one softmax over a group) and multi-label ones (a sigmoid per class) differ
    in how logits become probabilities, nothing else.
    """

    id: str
    name: str
    network: str
    """A name of `networks.NETWORKS`."""
    classes: tuple[ModelClass, ...]
    task: str = "multilabel"
    """'multilabel' or 'exclusive'."""
    preprocessing: Preprocessing = field(default_factory=Preprocessing)
    created: str = ""
    """ISO 8601, UTC."""
    run_id: str | None = None
    weights_origin: str = ""
    """Where the starting weights came from, in words."""
    weights_licence: str = ""
    weights_sha256: str = ""
    """Of weights.safetensors."""
    scores: dict[str, Any] = field(default_factory=dict)
    """Validation scores as in `scores.ClassScores.to_json`, by class name, and 'mean_per_class_accuracy'."""
    demonstration: bool = False
    head: str = "linear"
    """'linear' or 'two_layers', with `hidden` features between them."""
    hidden: int = 256
    members: tuple[Member, ...] = ()
    """The networks of a model of several: one for each independent flag, or those of an ensemble."""
    shared_stages: int = 0
    """Stages from the front that all members have in common."""
    parent: str = ""
    """Id of the model whose weights it began with."""
    snapshot_sha256: str = ""
    """Of the manifest of its run: photos, labels and splits."""
    purpose: str = ""
    """What it is for, as a person wrote it."""
    limits: str = ""
    """What it is not for, likewise."""

    @property
    def slots(self) -> tuple[int, ...]:
        return tuple(c.slot for c in self.classes)

    def with_thresholds(self, thresholds: Sequence[float]) -> "ModelCard":
        """The same card with other thresholds, in the order of its classes."""
        pairs = zip(self.classes, thresholds, strict=True)
        return replace(self, classes=tuple(replace(item, threshold=float(value)) for item, value in pairs))

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_json(data: dict[str, Any]) -> "ModelCard":
        """Raises ValueError for a card that is damaged or from a newer version."""
        try:
            fields = dict(data)
            fields["classes"] = tuple(ModelClass(**c) for c in fields["classes"])
            members = [dict(m) for m in fields.get("members") or ()]
            fields["members"] = tuple(Member(**(m | {"outputs": tuple(m["outputs"])})) for m in members)
            prep = dict(fields.get("preprocessing") or {})
            for key in ("mean", "std", "second"):
                if prep.get(key) is not None:
                    prep[key] = tuple(prep[key])
            fields["preprocessing"] = Preprocessing(**prep)
            return ModelCard(**fields)
        except (KeyError, TypeError) as error:
            raise ValueError(f"the model card is damaged or from a newer version ({error})") from error


@dataclass(frozen=True, slots=True)
class Frame:
    """Where an overlay lies on the upright photo: a rectangle in parts of its width and height (0 to 1).

    With fit 'squash' it is the whole photo; with 'crop' the centred square that the network saw.
    """

    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0

    @staticmethod
    def of(width: int, height: int, preprocessing: Preprocessing) -> "Frame":
        """The frame for an upright photo of this size in pixels."""
        if preprocessing.fit == "squash" or width == height:
            return Frame()
        side = min(width, height)
        across, down = (width - side) / 2 / width, (height - side) / 2 / height
        return Frame(across, down, 1 - across, 1 - down)

    def turned(self, quarters: int) -> "Frame":
        """Where it lies once the photo was turned clockwise by so many quarters."""
        frame = self
        for _ in range(quarters % 4):
            frame = Frame(1 - frame.bottom, frame.left, 1 - frame.top, frame.right)
        return frame


def scheme_difference(card: ModelCard, scheme: Scheme) -> str:
    """How the scheme that a model was trained for differs from this one, as a sentence; '' where it does not.

    Of a merge that it was not trained for it speaks by the flags of the merge.
    """
    known = {item.slot: item.name for item in card.classes}
    live: tuple[SchemeClass, ...] = (*scheme.live_flags, *scheme.live_merges)
    used = {item.slot: item.name for item in live}
    gone = [name for slot, name in known.items() if slot not in used]
    renamed = [f"'{name}' is called '{used[slot]}' now" for slot, name in known.items() if used.get(slot, name) != name]
    lacking = [item for item in scheme.classes if item.slot not in known]
    apart = [item.name for item in lacking if isinstance(item, Merge) and known.keys() & set(item.members)]
    new = [item.name for item in lacking if item.name not in apart]
    parts = [
        *([f"it knows {_names(gone)}, which the scheme has no more"] if gone else []),
        *([f"it judges {_names(apart)} by the flags merged since"] if apart else []),
        *([f"it says nothing of {_names(new)}"] if new else []),
        *renamed[:3],
    ]
    return f"Trained for another scheme: {'; '.join(parts)}." if parts else ""


def _names(names: Sequence[str], most: int = 3) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def slot_row(card: ModelCard, probabilities: NDArray[np.floating[Any]], slots: int) -> NDArray[np.float16]:
    """Probabilities (n, classes of the card) spread over (n, slots), NaN where the model says nothing."""
    row = np.full((len(probabilities), max(slots, 1 + max(card.slots, default=-1))), np.nan, dtype=np.float16)
    row[:, list(card.slots)] = probabilities
    return row
