"""The tables of a recipe that vary: the photos, the networks that answer together, the places looked at.

[D] is A. Dalyac, *Classification of Pipe Weld Images with Deep Neural Networks*, 2014; [S] is J. Soper's draft of 2019.
"""

from dataclasses import dataclass
from typing import Final

from weldstudio.domain.errors import RecipeError
from weldstudio.domain.scheme import did_you_mean
from weldstudio.domain.told import checked, told

VARIATIONS: Final = ("flip", "cut", "shift", "rotate", "shear", "zoom", "light", "blur", "colour", "mixup")
"""What a veto may name."""


@dataclass(frozen=True, slots=True)
class Augmentation:
    """How training photos are varied, where `data.augment` is on."""

    flip: bool = told(True, "Mirror", "Exchanges left and right half of the time.", trained=True, source="[S]")
    cut: float = told(
        0.25, "Cut", "Cuts off up to this share of width and height.", low=0, high=0.9, trained=True, source="[D] 7.2"
    )
    stretch: float = told(0.1, "Stretch", "Changes width against height by up to this share.", low=0, high=0.5)
    shift: float = told(0.0, "Shift", "Moves by up to this share.", low=0, high=0.5, source="[S]: 0.1")
    rotate: float = told(0.0, "Rotation", "Turns by up to so many degrees.", low=0, high=180, source="[S]: 10")
    shear: float = told(0.0, "Shear", "Slants by up to so many degrees.", low=0, high=45, source="[S]: 0.05, as 5°")
    zoom: float = told(0.0, "Zoom", "Larger or smaller by up to this share.", low=0, high=0.5, source="[S]: 0.1")
    brightness: float = told(0.1, "Brightness", "Lighter or darker by up to this share.", low=0, high=1)
    contrast: float = told(0.2, "Contrast", "More or less contrast by up to this share.", low=0, high=1)
    blur: float = told(0.0, "Blur", "Up to so many pixels, to bridge cameras.", low=0, high=10)
    colour: float = told(
        0.0,
        "Colour",
        "Shifts colours along their main directions in the training photos, with this deviation (AlexNet: 0.1).",
        low=0,
        high=1,
        source="Krizhevsky et al., NeurIPS 2012, 4.1",
    )
    mixup: float = told(
        0.0,
        "Mixup",
        "Blends pairs of photos and their labels; the larger, the more (0.2 is usual). 0 is off.",
        low=0,
        high=10,
        source="Zhang et al., ICLR 2018",
    )
    vetoes: tuple[str, ...] = told(
        (),
        "Vetoes",
        "FLAG: VARIATION, separated by commas: photos on which the flag is raised are never varied so, because it "
        f"would change what they mean. Variations: {', '.join(VARIATIONS)}.",
    )

    def __post_init__(self) -> None:
        checked(self, "augmentation")
        for text in self.vetoes:
            flag, colon, variation = text.rpartition(":")
            if not colon or not flag.strip():
                raise RecipeError(f"The veto '{text}' is not of the form FLAG: VARIATION, such as 'Soil: flip'.")
            if variation.strip() not in VARIATIONS:
                hint = did_you_mean(variation.strip(), VARIATIONS)
                raise RecipeError(f"There is no variation '{variation.strip()}'.{hint} Use: {', '.join(VARIATIONS)}.")

    @property
    def forbidden(self) -> tuple[tuple[str, str], ...]:
        """(flag, variation) of each veto."""
        parts = [text.rpartition(":") for text in self.vetoes]
        return tuple((flag.strip(), variation.strip()) for flag, _, variation in parts)


@dataclass(frozen=True, slots=True)
class Combination:
    """Several networks that answer as one model."""

    members: int = told(
        1,
        "Members",
        "Trains so many networks that differ in their seed and lets them answer together; prediction takes as many "
        "times longer.",
        low=1,
        high=10,
        source="Lakshminarayanan et al., NeurIPS 2017; [S]",
    )
    models: tuple[str, ...] = told(
        (), "Models", "Ids of two or three models of this project to combine, in place of a training.", source="[S]"
    )
    how: str = told(
        "mean",
        "Combined by",
        "The mean of their outputs, or weights fitted on validation photos (kept only where better than the mean).",
        words={"mean": "Mean", "stack": "Stacking"},
        source="[S]; Wolpert 1992",
    )

    def __post_init__(self) -> None:
        checked(self, "combination")
        if len(self.models) == 1 or len(self.models) > 3:
            raise RecipeError("combination.models names two or three models to combine.")


@dataclass(frozen=True, slots=True)
class Look:
    """A second, closer look at a part of each photo, cut from its original pixels."""

    second: str = told(
        "none",
        "Second look",
        "Looks at the whole photo and again at a part of it, cut from the original pixels; both are scored together.",
        words={"none": "Off", "rectangle": "A rectangle"},
        source="[D] 9.1, 10.4",
    )
    rectangle: str = told("0.25 0.25 0.75 0.75", "Rectangle", "left, top, right, bottom in parts of the upright photo.")

    def __post_init__(self) -> None:
        checked(self, "look")
        _ = self.box  # refuses what is no rectangle

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The rectangle in parts of the photo. Raises RecipeError."""
        try:
            left, top, right, bottom = (float(part) for part in self.rectangle.replace(",", " ").split())
        except ValueError as error:
            raise RecipeError(f"look.rectangle is four numbers between 0 and 1, not '{self.rectangle}'.") from error
        if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
            raise RecipeError("look.rectangle must lie within 0 to 1, left before right and top above bottom.")
        return left, top, right, bottom
