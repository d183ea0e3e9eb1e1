"""The tables of a recipe that say what is learned: data, network, loss, sampling, thresholds.

[D] is A. Dalyac, *Classification of Pipe Weld Images with Deep Neural Networks*, 2014; [S] is J. Soper's draft of 2019.
"""

from dataclasses import dataclass

from weldstudio.domain.errors import RecipeError
from weldstudio.domain.networks import NETWORKS
from weldstudio.domain.scheme import did_you_mean
from weldstudio.domain.told import checked, told


@dataclass(frozen=True, slots=True)
class Data:
    """Which photos, which classes, how they are split."""

    classes: tuple[str, ...] = told(
        (), "Classes", "Names of flags, merges or groups to learn, separated by commas; empty is every one."
    )
    level: str = told(
        "merges",
        "Classes of merges",
        "Where flags are merged and no classes are named: whether the network learns the merge, its flags, or all of "
        "them.",
        words={"merges": "Merges", "flags": "Flags", "both": "Flags and merges"},
        first=True,
    )
    task: str = told(
        "auto",
        "Task",
        "How classes belong together. Independent: each flag has its own copy of the trained stages, so that no "
        "trained number serves two flags; it costs one training per flag. One network: trained stages are shared. "
        "One of a group: exactly one class per photo.",
        words={
            "auto": "By the classes",
            "independent": "Independent flags",
            "multilabel": "One network for all flags",
            "exclusive": "One of a group",
        },
        source="[D] 10.2, 6",
        first=True,
    )
    filter: str = told("", "Photos", "Which photos to use, written as on the Review page; empty is all.")
    test_filter: str = told(
        "",
        "Photos to judge by",
        "Validation and test use only these photos, written as on the Review page; empty is as for training. "
        "For instance trained on one equipment, judged on another.",
        source="[D] 10.4",
    )
    accepted_labels: bool = told(
        False,
        "Accepted labels",
        "Also learns from labels accepted from a model. They never enter validation or test.",
    )
    assumed_labels: bool = told(
        True, "Assumed labels", "Also learns from labels that are clear only because a file did not list the flag."
    )
    augment: bool = told(
        True,
        "Augmentation",
        "Varies the training photographs a little each time, so that fewer are needed.",
        trained=True,
        first=True,
        source="[S]; Krizhevsky et al., NeurIPS 2012",
    )
    train_share: float = told(0.6, "Training share", "Of the joints that are new.", low=0.05, high=0.95)
    validation_share: float = told(
        0.2, "Validation share", "Of the joints that are new; what remains is for testing.", low=0.01, high=0.9
    )
    folds: int = told(
        0,
        "Folds",
        "Trains so many times, each time validating on another part of the training and validation photos, joints kept "
        "whole, and combines the models; 0 is off.",
        low=0,
        high=20,
    )

    def __post_init__(self) -> None:
        checked(self, "data")
        if self.train_share + self.validation_share >= 1:
            raise RecipeError(
                "data.train_share and data.validation_share leave no photos to test on; their sum must be below 1."
            )
        if self.folds == 1:
            raise RecipeError("data.folds is 1; it takes at least 2 folds to validate on what was not trained on.")


@dataclass(frozen=True, slots=True)
class NetworkChoice:
    """Which network, from which weights, how much of it is trained."""

    name: str = told(
        "mobilenet_v2",
        "Network",
        "Which convolutional network looks at the photographs.",
        words={row.name: row.title for row in NETWORKS.values()},
        first=True,
    )
    weights: str = told(
        "random",
        "Start from",
        "What the network knows already: random, shipped, torchvision (fetched once, where there is a network "
        "connection), model:ID of this project, or file.",
        source="[D] 7.2, 10.4",
    )
    freeze: int = told(
        -1,
        "Frozen",
        "How many stages, counted from the photograph on, stay as they are, batch norm included; -1 is all of them: "
        "only the head is fitted, which takes seconds.",
        source="[D] 8.2; Yosinski et al., NeurIPS 2014",
    )
    reinitialise: int = told(
        0,
        "Forgotten",
        "How many stages, counted from the head back, begin anew with random weights.",
        low=0,
        high=100,
        trained=True,
        source="[D] 8.2",
    )
    input_size: int = told(
        0,
        "Input size",
        "Side of the square the network sees, in pixels; 0 is the network's own. "
        "Small things such as droplets need 320 to 448.",
        source="[D] 8.1",
    )
    fit: str = told(
        "squash",
        "Fit",
        "How a photograph becomes a square: the whole of it squeezed, or the square in its middle cut out.",
        words={"squash": "Whole, squeezed", "crop": "Middle, cut out"},
    )
    head: str = told(
        "linear",
        "Head",
        "What decides from the features: one linear layer, or two with batch norm between them.",
        words={"linear": "One layer", "two_layers": "Two layers"},
        source="[S]",
    )
    hidden: int = told(256, "Hidden features", "Width of a head of two layers.", low=1, high=8192, source="[S]")
    dropout: float = told(
        0.0,
        "Dropout",
        "Share of the features left out by chance in each step, against learning by heart.",
        low=0,
        high=0.95,
        trained=True,
        source="Srivastava et al., JMLR 2014",
    )

    def __post_init__(self) -> None:
        if self.name not in NETWORKS:
            raise RecipeError(f"There is no network '{self.name}'.{did_you_mean(self.name, NETWORKS)}")
        checked(self, "network")
        row = NETWORKS[self.name]
        if not -1 <= self.freeze <= len(row.stages):
            raise RecipeError(f"network.freeze is {self.freeze}; {self.name} has {len(row.stages)} stages (-1 = all).")
        if self.reinitialise > len(row.stages) - self.frozen_stages:
            raise RecipeError(
                f"network.reinitialise is {self.reinitialise}, but only {len(row.stages) - self.frozen_stages} of the "
                f"{len(row.stages)} stages are trained; random stages that stay frozen learn nothing."
            )
        if self.input_size and not row.least_size <= self.input_size <= 2048:
            raise RecipeError(
                f"network.input_size is {self.input_size}; {self.name} takes {row.least_size} to 2048 pixels."
            )
        known = ("random", "shipped", "file", "torchvision")
        if self.weights not in known and not self.weights.startswith("model:"):
            raise RecipeError(
                f"network.weights cannot be '{self.weights}'.{did_you_mean(self.weights, known)} Use random, shipped, "
                "torchvision or model:ID, or give a weights file."
            )

    @property
    def frozen_stages(self) -> int:
        """The number of frozen stages with -1 resolved."""
        return len(NETWORKS[self.name].stages) if self.freeze < 0 else self.freeze

    @property
    def trains_stages(self) -> bool:
        return self.frozen_stages < len(NETWORKS[self.name].stages)

    @property
    def size(self) -> int:
        """Input size in pixels with 0 resolved."""
        return self.input_size or NETWORKS[self.name].input_size


@dataclass(frozen=True, slots=True)
class LossChoice:
    """What is minimised."""

    name: str = told(
        "auto",
        "Loss",
        "What is minimised. By the task: cross entropy for flags, whose thresholds see to the balance, and "
        "logit-adjusted softmax for one of a group, of which the likeliest is taken. The others give rare flags more "
        "weight, or learn as a support vector machine does (hinge).",
        words={
            "auto": "By the task",
            "bce": "Cross entropy",
            "cross_entropy": "Softmax",
            "logit_adjusted": "Logit-adjusted",
            "bayesian": "Bayesian",
            "bayesian_batch": "Bayesian, prior of the batch",
            "focal": "Focal",
            "asl": "Asymmetric",
            "hinge": "Hinge",
        },
        first=True,
        source="[D] 7.3.4, 8.3.5; Lin 2017; Menon 2021; Ridnik 2021",
    )
    label_smoothing: float = told(
        0.0,
        "Label smoothing",
        "How far from certain the labels are taken to be; helps where some are wrong.",
        low=0,
        high=0.5,
        source="Szegedy et al., CVPR 2016",
    )
    pos_weight_cap: float = told(
        0.0,
        "Weight of raised",
        "Counts raised photographs by how rare they are (clear photos / raised photos), up to this many times; 0 is "
        "off, 20 the most.",
        low=0,
        high=20,
        source="King & Zeng 2001",
    )
    tau: float = told(
        1.0, "Adjustment", "Strength of the logit adjustment.", low=0, high=3, source="Menon et al., ICLR 2021, eq. 10"
    )
    gamma: float = told(
        2.0,
        "Focus",
        "How much the focal loss looks away from photos that are right already.",
        low=0,
        high=10,
        source="Lin et al., ICCV 2017, eq. 5",
    )
    gamma_raised: float = told(
        0.0, "Focus, raised", "The same for raised photos in the asymmetric loss.", low=0, high=10, source="Ridnik 2021"
    )
    gamma_clear: float = told(
        4.0, "Focus, clear", "The same for clear photos in the asymmetric loss.", low=0, high=10, source="Ridnik 2021"
    )
    margin: float = told(
        0.05,
        "Forgiven",
        "Clear photos whose probability is below this cost nothing in the asymmetric loss.",
        low=0,
        high=0.9,
        source="Ridnik et al., ICCV 2021, eq. 4",
    )

    def __post_init__(self) -> None:
        checked(self, "loss")

    @property
    def balances(self) -> bool:
        """Whether it makes up for unequal classes by itself, for flags."""
        return self.name in ("logit_adjusted", "bayesian", "bayesian_batch") or self.pos_weight_cap > 0


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which of the training photos take part, and how often."""

    method: str = told(
        "none",
        "Sampling",
        "Under: leaves out photos of the largest class. Over: repeats photos of the smaller class. Proportional: every "
        "batch holds the classes in the same shares. All bring earlier overfitting.",
        words={"none": "As they are", "under": "Under", "over": "Over", "proportional": "Proportional batches"},
        first=True,
        source="[D] 8.3",
    )
    largest_share: float = told(
        0.8,
        "Largest share",
        "The share that the largest class shall have after sampling.",
        low=0.02,
        high=0.98,
        source="[D] 8.3.3",
    )
    balanced_head: bool = told(
        False,
        "Balanced head",
        "After the training, fits the head once more with every class counting the same.",
        source="Kang et al., ICLR 2020 (cRT)",
    )

    def __post_init__(self) -> None:
        checked(self, "sampling")


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability a prediction counts as raised; chosen on validation photos alone."""

    rule: str = told(
        "accuracy",
        "Threshold",
        "How the probability is chosen from which a prediction counts as raised: highest mean per-class accuracy, one "
        "half, least cost, a wanted share of the raised found, a guaranteed miss rate, or correction for the prior.",
        words={
            "accuracy": "Best accuracy",
            "half": "One half",
            "cost": "Least cost",
            "recall": "Share found",
            "conformal": "Guaranteed miss rate",
            "prior": "Prior correction",
        },
        first=True,
        source="[D] 8.3.8, 10; Elkan 2001; Angelopoulos et al. 2022",
    )
    cost_miss: float = told(1.0, "Cost, miss", "In false alarms, or any unit.", low=0.001, high=1e6)
    cost_false_alarm: float = told(1.0, "Cost, false alarm", "In the same unit.", low=0.001, high=1e6)
    by_points: bool = told(
        False, "Cost by points", "A miss of a flag costs its penalty points times the cost of a miss."
    )
    recall: float = told(0.95, "Share found", "Of the raised photos.", low=0.01, high=1)
    miss_rate: float = told(
        0.05,
        "Miss rate",
        "Share of raised photos that may be missed; 5 % needs 19 raised validation photos, 1 % needs 99.",
        low=0.001,
        high=0.5,
        source="Angelopoulos et al., arXiv 2208.02814",
    )

    def __post_init__(self) -> None:
        checked(self, "thresholds")
