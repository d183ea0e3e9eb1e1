"""What an engine is asked beside photos: to write a model as a file, to look into a weights file, to fetch one."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExportModel:
    """Write a model as one file that other programs run. Answered by `Exported` or `Failed`."""

    request: int
    folder: str
    """Absolute path of the folder with card.json and weights.safetensors."""
    file: str
    """Absolute path of the file to write."""
    kind: str
    """'onnx' or 'torchscript'."""
    paths: tuple[str, ...]
    """Photos on which the file has to agree with the model."""


@dataclass(frozen=True, slots=True)
class ReadWeights:
    """What is in a weights file, and which network it fits. Answered by `WeightsRead` or `Failed`."""

    request: int
    file: str
    network: str = ""
    """Empty = whichever it fits best."""


@dataclass(frozen=True, slots=True)
class FetchWeights:
    """Fetch torchvision's weights of a network. Answered by `Stage` on the way, then `Completed`, or `Failed`."""

    request: int
    network: str


@dataclass(frozen=True, slots=True)
class Exported:
    """A model was written as one file, which agrees with it."""

    request: int
    file: str
    size: int
    """Bytes."""
    difference: float
    """Largest of a probability."""
    photos: int
    """On which that was checked."""
    compared_by: str
    """What ran the file."""


@dataclass(frozen=True, slots=True)
class WeightsRead:
    """How a weights file fits a network, tensor by tensor."""

    request: int
    network: str
    """That it fits best; '' where it fits none."""
    matched: tuple[str, ...]
    missing: tuple[str, ...]
    """Of the network's trunk, that the file lacks."""
    wrong: tuple[str, ...]
    """Of another shape (both are said), or with values that are no numbers."""
    unknown: tuple[str, ...]
    """That the network does not have."""
    head: tuple[str, ...]
    """The file's own classifier, and what lies beside the network in it: left out."""
    outputs: int
    """Of that classifier; 0 where it has none."""
