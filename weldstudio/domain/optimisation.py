"""The table of a recipe that says how the minimum is looked for.

[D] is A. Dalyac, *Classification of Pipe Weld Images with Deep Neural Networks*, 2014; [S] is J. Soper's draft of 2019.
"""

from dataclasses import dataclass

from weldstudio.domain.told import checked, told


@dataclass(frozen=True, slots=True)
class Schedule:
    """How the minimum is looked for."""

    optimiser: str = told(
        "sgd",
        "Optimiser",
        "How a step is computed from the gradient: with momentum (SGD), or with a pace of its own for each weight.",
        words={"sgd": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop", "adagrad": "Adagrad"},
        trained=True,
        first=True,
    )
    learning_rate: float = told(
        0.01,
        "Learning rate",
        "Size of a step. Too large and the loss jumps or rises, too small and it hardly falls.",
        low=1e-8,
        high=100,
        trained=True,
        first=True,
    )
    schedule: str = told(
        "one_cycle",
        "Rate over time",
        "How the learning rate changes in the course of the training.",
        words={
            "fixed": "Fixed",
            "step": "Steps down",
            "exp": "Exponential",
            "plateau": "Down on a plateau",
            "cosine": "Cosine",
            "one_cycle": "One cycle",
        },
        trained=True,
        first=True,
        source="Krizhevsky 2012 (steps); Loshchilov & Hutter 2017 (cosine); Smith & Topin 2018 (one cycle)",
    )
    epochs: int = told(
        5, "Epochs", "How often every training photograph is shown.", low=0, high=100_000, trained=True, first=True
    )
    batch_size: int = told(
        32,
        "Batch size",
        "Photographs per step. Larger is smoother and needs more memory; 0 is a twentieth of the training photos, at "
        "most 256.",
        low=0,
        high=4096,
        trained=True,
        first=True,
    )
    weight_decay: float = told(
        0.0005, "Weight decay", "Pulls weights towards zero, against learning by heart.", low=0, high=10, trained=True
    )
    momentum: float = told(0.9, "Momentum", "Of SGD and RMSprop.", low=0, high=0.999, trained=True)
    nesterov: bool = told(
        False, "Nesterov", "Looks ahead along the momentum (SGD).", trained=True, source="Sutskever et al., ICML 2013"
    )
    decay: float = told(
        0.1,
        "Decay",
        "What the rate is multiplied by: at each step down, every so many steps (exponential), or on a plateau.",
        low=1e-4,
        high=1,
        trained=True,
    )
    decay_every: int = told(
        0,
        "Decay every",
        "Training steps between two decays: rate * decay^floor(step / every), or without floor for exponential; 0 is a "
        "third of the run.",
        low=0,
        high=10_000_000,
        trained=True,
    )
    plateau_patience: int = told(
        2, "Plateau", "Evaluations without a better one before the rate decays.", low=1, high=1000, trained=True
    )
    warm_up: float = told(
        0.1, "Warm-up", "Share of a cosine schedule in which the rate rises.", low=0, high=0.9, trained=True
    )
    layer_decay: float = told(
        1.0,
        "Rate by stage",
        "Each stage further from the head learns at this many times the rate of the stage behind it; 1 is the same for "
        "all.",
        low=0.01,
        high=1,
        trained=True,
        source="Howard & Ruder, ACL 2018",
    )
    clip: float = told(
        0.0,
        "Clipping",
        "Longest gradient; a longer one is shortened. 0 is off.",
        low=0,
        high=1e6,
        trained=True,
        source="Pascanu et al., ICML 2013",
    )
    head_epochs: int = told(
        0,
        "Head epochs",
        "First phase: trains the head alone for so many epochs before stages are trained; 0 fits it to the end.",
        low=0,
        high=100_000,
        source="[S]; Kumar et al., ICLR 2022",
    )
    head_rate: float = told(0.001, "Head rate", "Learning rate of that phase, with Adam.", low=1e-8, high=100)
    fitted_start: bool = told(
        True,
        "Fitted start",
        "Begins the training of stages from the fitted head, so that a random head does not spoil them. Off: from a "
        "head that knows nothing, as the theses did.",
        trained=True,
        source="Kumar et al., ICLR 2022",
    )
    head_l2: float = told(
        0.0,
        "Ridge",
        "Strength that keeps the weights of a fitted head small; 0 chooses it on validation photos.",
        low=0,
        high=1e6,
    )
    patience: int = told(
        0,
        "Patience",
        "Stops after this many evaluations without a better one; 0 is never.",
        low=0,
        high=100_000,
        trained=True,
    )
    ema: bool = told(
        True,
        "Averaged weights",
        "Also averages the weights of all steps; the better of both is kept.",
        trained=True,
        source="Morales-Brotons et al., TMLR 2024",
    )
    mixed_precision: bool = told(
        True,
        "Mixed precision",
        "On a graphics card, computes in 16 bits where that is safe; on the processor it has no effect.",
        trained=True,
        source="Micikevicius et al., ICLR 2018",
    )
    compiled: bool = told(
        False,
        "Compiled",
        "Compiles the network before its first step: a minute or more, which long trainings win back.",
        trained=True,
    )
    range_test: str = told(
        "off",
        "Range test",
        "Tries rates from tiny to large on at most 100 batches before the training and suggests one, or uses it.",
        words={"off": "Off", "suggest": "Suggest a rate", "use": "Use the suggestion"},
        trained=True,
        source="Smith, WACV 2017",
    )
    overfit_check: bool = told(
        False,
        "Overfit check",
        "Before the training, looks whether the network can learn 16 raised and 16 clear photos of each class by "
        "heart; if not, the recipe cannot learn.",
        trained=True,
        source="[S]",
    )

    def __post_init__(self) -> None:
        checked(self, "schedule")
