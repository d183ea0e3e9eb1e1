"""How often what is wrong: the table of a real company's labels, or a draw that is fair to every flag."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from weldstudio.imaging.drawn import flags
from weldstudio.imaging.drawn.scene import Causes

TOTALS: Mapping[str, int] = {"Redbox": 113_865, "Bluebox": 13_790}
TABLE: Mapping[str, tuple[int, int]] = {
    flags.NO_SHEET: (30_015, 5_541),
    flags.NO_LINE: (17_667, 897),
    flags.NO_HATCH: (28_155, 3_793),
    flags.OTHER: (251, 103),
    flags.CLAMPS_UNSEEN: (5_059, 363),
    flags.ZONES_UNSEEN: (21_272, 2_545),
    flags.NEAR_FITTING: (1_233, 32),
    flags.SOIL_LOW: (10, 0),
    flags.POOR_SCRAPING: (2_125, 292),
    flags.WATER_LOW: (3, 7),
    flags.BENT: (391, 35),
    flags.BAD_CLAMPS: (1_401, 83),
    flags.NO_CLAMP: (8_041, 1_571),
    flags.NO_SCRAPING: (25_499, 1_410),
    flags.SOIL_HIGH: (6_541, 3),
    flags.WATER_HIGH: (1_927, 9),
    flags.NO_WELD: (2, 0),
}
"""Photos with each flag, of Redbox and of Bluebox."""
PERFECT: Mapping[str, float] = {"Redbox": 49_039 / 113_865, "Bluebox": 4_182 / 13_790}
"""Share of photos without any flag."""
_BALANCED: Mapping[str, float] = {
    **dict.fromkeys(flags.FLAGS, 0.25),
    flags.NO_SHEET: 0.27,
    flags.NO_LINE: 0.17,
    flags.NO_HATCH: 0.15,
    flags.CLAMPS_UNSEEN: 0.26,
    flags.ZONES_UNSEEN: 0.22,
    flags.BAD_CLAMPS: 0.34,
    flags.NO_CLAMP: 0.33,
    flags.POOR_SCRAPING: 0.28,
    flags.NO_SCRAPING: 0.28,
    flags.NO_WELD: 0.15,
}


@dataclass(frozen=True, slots=True)
class Chances:
    """Probability of each flag's cause."""

    of: Mapping[str, float]
    flawless: float
    """Share of joints without any cause; the others share what there is of flags."""

    def share(self, random: np.random.Generator) -> float:
        """By how much a joint's chances of flags exceed those of all: 0 where nothing is wrong with it."""
        return 0.0 if random.random() < self.flawless else 1.0 / (1.0 - self.flawless)

    def causes(self, random: np.random.Generator, share: float) -> Causes:
        """The causes of one joint."""

        def some(flag: str) -> bool:
            return bool(random.random() < share * self.of[flag])

        def one_of(words: Mapping[str, str], default: str) -> str:
            """One of several causes that exclude each other: flag -> word."""
            draw = random.random()
            for flag, word in words.items():
                draw -= share * self.of[flag]
                if draw < 0:
                    return word
            return default

        bad = str(random.choice(["one", "skewed", "open"]))
        return Causes(
            clamps=one_of({flags.NO_CLAMP: "none", flags.BAD_CLAMPS: bad}, "both"),
            scraping=one_of({flags.NO_SCRAPING: "none", flags.POOR_SCRAPING: "poor"}, "good"),
            soil=one_of({flags.SOIL_HIGH: "high", flags.SOIL_LOW: "low"}, ""),
            water=one_of({flags.WATER_HIGH: "high", flags.WATER_LOW: "low"}, ""),
            sheet=not some(flags.NO_SHEET),
            depth_line=not some(flags.NO_LINE),
            hatch=not some(flags.NO_HATCH),
            neighbour=some(flags.NEAR_FITTING),
            bent=some(flags.BENT),
            damage=("gouge", "melted")[int(random.random() < 0.5)] if some(flags.OTHER) else "",
        )

    def framing(self, random: np.random.Generator, share: float) -> tuple[str, bool]:
        """The framing of one photo, and whether something covers the scraped zones."""
        framing = "close" if random.random() < share * self.of[flags.CLAMPS_UNSEEN] else "wide"
        if random.random() >= share * self.of[flags.ZONES_UNSEEN]:
            return framing, False
        # A crop of the fitting hides clamps and zones at once; it comes on top of the close ones, so it is rarer.
        if framing == "close" and random.random() < 0.5:
            return "crop", False
        return framing, True

    def spoilt(self, random: np.random.Generator) -> str:
        words = ("finger", "ground", "dark", "smeared")
        return words[int(random.integers(4))] if random.random() < self.of[flags.NO_WELD] else ""


@lru_cache(maxsize=4)
def chances(equipment: str, *, balanced: bool) -> Chances:
    """The draw for photographs of one equipment."""
    if balanced:
        return Chances(_BALANCED, 0.0)
    column = 0 if equipment == "Redbox" else 1
    of = {flag: row[column] / TOTALS[equipment] for flag, row in TABLE.items()}
    flawless = _flawless(of, PERFECT[equipment])
    # What a flag's cause must be more, or less, frequent than the flag, for zones that are hidden tell nothing of
    # their scraping, and hide the line with it more often than not.
    faulty = 1.0 - flawless
    hidden = of[flags.ZONES_UNSEEN] / faulty
    for flag in (flags.NO_SCRAPING, flags.POOR_SCRAPING):
        of[flag] /= 1.0 - hidden
    of[flags.NO_LINE] = max(0.0, of[flags.NO_LINE] / faulty - 0.6 * hidden) / (1.0 - 0.6 * hidden) * faulty
    return Chances(of, flawless)


def _flawless(of: Mapping[str, float], perfect: float) -> float:
    """Share of flawless joints by which `perfect` of all photos are without a flag: faulty ones are so by luck."""
    low, high = 0.0, perfect
    for _ in range(30):
        middle = 0.5 * (low + high)
        lucky = math.prod(max(0.0, 1.0 - chance / (1.0 - middle)) for chance in of.values())
        low, high = (middle, high) if middle + (1.0 - middle) * lucky < perfect else (low, middle)
    return low
