"""What a child process may utter and what it may be asked, one frozen value per kind.

On the wire a message is one JSON line, {"message": class name in snake case, ...fields} (`jobs.wire`). Arrays travel as
base64 of their bytes in C order beside their shape; fields named `..._file` hold paths relative to the project.
"""

from dataclasses import dataclass, field
from typing import Any

from weldstudio.domain.chores import Exported, ExportModel, FetchWeights, ReadWeights, WeightsRead
from weldstudio.domain.learner_messages import (
    FindSimilar,
    Learn,
    Refitted,
    Relabel,
    SimilarFound,
    Suggest,
    Suggested,
)

# --- asked of the engine and the reader ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LoadModel:
    """Make this model the one that answers. Answered by `ModelReady` or `Failed`."""

    request: int
    folder: str
    """Absolute path of the folder with card.json and weights.safetensors."""


@dataclass(frozen=True, slots=True)
class Explain:
    """Probabilities and overlays of all classes for one photo. The newest comes first, older ones may be dropped."""

    request: int
    photo_id: int
    path: str
    """Absolute path of the image file."""
    beside: bool = False
    """It waits behind every photo that is not beside another one, and none is dropped."""
    heads: str = ""
    """Absolute path of the file of a refit: its heads go before the model's own. Empty = there is none."""


@dataclass(frozen=True, slots=True)
class Score:
    """Probabilities of many photos, answered by one `Scored` per batch; an `Explain` is answered between batches."""

    request: int
    photo_ids: tuple[int, ...]
    paths: tuple[str, ...]
    features: str = ""
    """Absolute folder of the feature file that keeps what the trunk sees on the way; empty = it is not kept."""
    trunk: str = ""
    contents: tuple[str, ...] = ()
    """Content hash of each photo, in the order of `paths`; only with `features`."""


@dataclass(frozen=True, slots=True)
class Drop:
    """Forget a request that is still waiting or half done. Never answered."""

    request: int


@dataclass(frozen=True, slots=True)
class ReadFacts:
    """Headers, EXIF, hashes and thumbnails of photos of one root folder.

    Answered by `FactsRead` in batches, then `Completed`.
    """

    request: int
    root: str
    paths: tuple[str, ...]
    thumbs: str
    """Absolute folder of the thumbnail store; empty = make no thumbnails."""
    thumb_keys: tuple[str, ...] = ()
    """Key of each photo's thumbnail (`imaging.thumbs.thumb_key`), in the order of `paths`."""
    thumb_size: int = 320
    """Longest side in pixels; 0 = nothing but the hash of the content is wanted."""


@dataclass(frozen=True, slots=True)
class Look:
    """What photos lie below a root folder. Answered by `Looked`, or `Failed` where the folder cannot be read.

    With `watch`, what changes is told by further ones until a `Drop`; a folder that is not there is waited for.
    """

    request: int
    root: str
    watch: bool = False


# --- uttered by any child -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Started:
    """The child lives. Said before anything slow is imported."""

    pid: int
    role: str


@dataclass(frozen=True, slots=True)
class Stage:
    """What the child is busy with, in words: 'reading data', 'loading weights', 'first batch'."""

    text: str
    done: int = 0
    total: int = 0
    """How much of it is done, where that is known; 0 = unknown."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A request (or, with request -1, the whole child) failed. `sentence` is for people, `detail` for the log."""

    request: int
    sentence: str
    detail: str = ""
    photo_id: int | None = None


@dataclass(frozen=True, slots=True)
class Completed:
    """A request of many parts is answered in full."""

    request: int


# --- uttered by the engine and the reader -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ModelReady:
    """The model answers from now on."""

    request: int
    model_id: str
    device: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Explained:
    """Probabilities (in the order of the card's classes) and activation maps of one photo.

    `maps` is base64 of float16 (classes, h, w), signed: evidence for is positive. `mean(map) + bias = logit` for
    networks with the closed form.
    """

    request: int
    photo_id: int
    model_id: str
    probabilities: tuple[float, ...]
    maps: str
    maps_shape: tuple[int, int, int]
    frame: tuple[float, float, float, float]
    """left, top, right, bottom of the maps on the upright photo, in parts of its size (`model.Frame`)."""


@dataclass(frozen=True, slots=True)
class Scored:
    """`probabilities` is base64 of float16 (len(photo_ids), classes). Unreadable photos are in `problems` alone."""

    request: int
    model_id: str
    photo_ids: tuple[int, ...]
    probabilities: str
    problems: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """A part of what a `Look` has seen; the first look at a folder tells of every photo."""

    request: int
    found: tuple[tuple[str, int, int], ...] = ()
    """(path, size, mtime_ns) of photos that are new or changed."""
    gone: tuple[str, ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    """(path, reason) of what was left out."""
    last: bool = True
    """Whether this is all that this look has seen."""
    whole: bool = False
    """Whether the look is the first one: what it does not tell of is not there."""


@dataclass(frozen=True, slots=True)
class FactsRead:
    """Facts of some photos: the fields of `photo.PhotoFacts` as mappings."""

    request: int
    facts: tuple[dict[str, Any], ...]


# --- uttered by a training run, into messages.jsonl ---------------------------------------------------------------


GOING_ON = "going on"
"""The stage that is written for a run that is resumed, after the last word of its process before."""


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The first thing a run says of its data: what is really used."""

    pid: int
    time: float
    """Seconds since 1970."""
    device: str
    classes: tuple[str, ...]
    counts: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    """Split -> class -> (raised, clear): what is really used."""
    photos: dict[str, int] = field(default_factory=dict)
    """Split -> photos."""
    steps: int = 0
    """Planned training steps; 0 = unknown."""


@dataclass(frozen=True, slots=True)
class Step:
    """Training loss, at least every two seconds."""

    step: int
    epoch: float
    loss: float
    learning_rate: float
    images_per_second: float
    seconds_left: float | None = None
    memory: float | None = None
    """Bytes held: of the graphics card where there is one, else by the process. None where nobody knows."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Scores on the whole validation set after `step` training steps; step 0 is the fitted head before any training."""

    step: int
    epoch: float
    loss: float
    mean_per_class_accuracy: float | None
    """At the thresholds best on validation; None when no class has a value."""
    mean_per_class_accuracy_at_half: float | None
    per_class: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Class -> `scores.ClassScores.to_json()`."""
    best: bool = False
    patience_left: int | None = None
    """Evaluations without a better one before the training ends early; None where it never does."""


@dataclass(frozen=True, slots=True)
class Wall:
    """What is said, after `step` steps, of some validation photos that are the same throughout a run."""

    step: int
    classes: tuple[str, ...]
    photo_ids: tuple[int, ...]
    probabilities: tuple[tuple[float, ...], ...]
    """Of each photo, in the order of `classes`."""
    states: tuple[tuple[int, ...], ...] = ()
    """Its labels (`labelling.State`), likewise."""


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of the first layer after `step` steps; said again only when they have changed.

    `pictures` is base64 of uint8 (filters, side, side, 3), each stretched to its own range.
    """

    step: int
    pictures: str
    shape: tuple[int, int, int]
    """(filters, side, side)"""


@dataclass(frozen=True, slots=True)
class RangeTested:
    """The smoothed loss at rising learning rates, tried before the training."""

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    suggestion: float | None
    """None where no rate can be suggested."""
    sentence: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something a person should know, as a sentence. `remedy` maps recipe keys to values that would mend it."""

    kind: str
    sentence: str
    remedy: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Photos that could not be read: left out, and counted."""

    count: int
    examples: tuple[tuple[str, str], ...]
    """(path, reason) of the first ten."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The run lives; said every two seconds."""

    time: float
    """Seconds since 1970."""


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The last line of a run that ended by itself or was stopped. The model lies in the run folder's `model`."""

    state: str
    """'done' or 'stopped' (the best checkpoint so far is the model), 'paused' (it can go on) or 'failed'."""
    sentence: str
    seconds: float
    best_step: int | None = None
    mean_per_class_accuracy: float | None = None


Message = (
    LoadModel
    | Explain
    | Score
    | Drop
    | ReadFacts
    | Look
    | Learn
    | Relabel
    | FindSimilar
    | Suggest
    | ExportModel
    | ReadWeights
    | FetchWeights
    | Started
    | Stage
    | Failed
    | Completed
    | ModelReady
    | Explained
    | Scored
    | FactsRead
    | Looked
    | Refitted
    | SimilarFound
    | Suggested
    | Exported
    | WeightsRead
    | RunStarted
    | Step
    | Evaluated
    | Wall
    | Filters
    | RangeTested
    | Alarm
    | Skipped
    | Heartbeat
    | RunFinished
)
