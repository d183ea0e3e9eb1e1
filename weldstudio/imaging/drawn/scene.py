"""What lies there to be photographed: one joint of two pipes, as plain data, sampled from a generator.

Lengths are in radii of the pipe. The left pipe's axis is x; y points away from the photographer, z up; the middle of
the fitting is the origin. Places on a pipe are (arm, s, theta): `s` along its axis from the middle, `theta` around it
in radians from the top towards the photographer.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
"""float32 wherever there is one number per pixel."""

ARMS = (-1, 1)
SHEETS = ("blue", "green", "grey", "white", "black")
GROUNDS = ("soil", "clay", "gravel", "grass", "paving", "sand", "asphalt")
CLAMP_WIDTH = 0.42


def cross(a: Floats, b: Floats) -> Floats:
    """The cross product of two vectors (3,); many times quicker than numpy's for just two."""
    a0, a1, a2 = a.tolist()
    b0, b1, b2 = b.tolist()
    return np.array((a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0), np.float32)


@dataclass(frozen=True, slots=True)
class Causes:
    """What is wrong, or right, with a joint: everything that flags come from, except for the photographer."""

    clamps: str = "both"
    """“both”, “none”, “one”, “skewed” or “open”."""
    scraping: str = "good"
    """“good”, “none” or “poor”."""
    soil: str = ""
    """“”, “low” (on the pipe, away from the fitting) or “high” (where the parts are welded)."""
    water: str = ""
    """As `soil`."""
    sheet: bool = True
    depth_line: bool = True
    hatch: bool = True
    neighbour: bool = False
    bent: bool = False
    damage: str = ""
    """“”, “gouge” or “melted”."""


@dataclass(frozen=True, slots=True)
class Patch:
    """Something that sticks to a pipe or to the fitting: soil, droplets, damage."""

    arm: int
    s: float
    theta: float
    length: float
    """Half of its extent along the axis."""
    width: float
    """Half of its extent around the pipe, in radii."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another fitting on an arm, nearer than it should be."""

    arm: int
    start: float
    half: float

    @property
    def middle(self) -> float:
        return self.start + self.half


@dataclass(frozen=True, slots=True)
class Scene:
    """A joint and its surroundings. The `seed` makes its textures."""

    seed: int
    causes: Causes
    colour: str
    """“black”, “blue” or “yellow”."""
    medium: str
    joint_type: str
    """“coupler” or “tapping-T”."""
    diameter: int
    """Of the pipe, in mm."""
    half: float
    """Half of the fitting's length."""
    radius: float
    """The fitting's."""
    terminal: float
    """Angle of the terminals round the pipe."""
    zone: float
    """Length of a scraped zone, from the fitting's edge."""
    line_at_edge: bool
    """The insertion-depth line lies at the fitting, else beyond the scraped zone."""
    clamp_at: tuple[float, float]
    """`s` of the middle of each arm's clamp; where it would be, if there is none."""
    clamp_style: int
    one_arm: int
    """The arm that has the only clamp, or the wrong one."""
    height: float
    """Of the axis above the ground."""
    ground: str
    sheet: str
    """Colour of the ground sheet, empty for none."""
    wall: float
    """y of the trench's far wall; infinite for none."""
    bend: tuple[float, float, float]
    """Direction of the right pipe's axis, a unit vector; (1, 0, 0) unless bent."""
    neighbour: Neighbour | None
    soil: tuple[Patch, ...]
    water: tuple[Patch, ...]
    damage: Patch | None

    @property
    def zone_end(self) -> float:
        return self.half + self.zone

    @property
    def line_at(self) -> float:
        return self.half + 0.13 if self.line_at_edge else self.zone_end + 0.58

    @property
    def line_arms(self) -> tuple[int, ...]:
        """Arms with an insertion-depth line: beyond the zone there is no room for one beside another fitting."""
        if not self.causes.depth_line:
            return ()
        return tuple(arm for arm in ARMS if self.line_at_edge or not self._crowded(arm))

    @property
    def hatch_span(self) -> tuple[float, float]:
        """`s` between which hatching is left: what the scraper took of it is gone."""
        if self.causes.scraping == "none":
            return self.half + 0.2, self.zone_end + 0.35
        return self.zone_end - 0.14, self.zone_end + 0.46

    @property
    def clamps(self) -> tuple[int, ...]:
        """Arms on which a clamp sits."""
        return {"none": (), "one": (self.one_arm,)}.get(self.causes.clamps, ARMS)

    def clamp_s(self, arm: int) -> float:
        return self.clamp_at[0 if arm < 0 else 1]

    def _crowded(self, arm: int) -> bool:
        return self.neighbour is not None and self.neighbour.arm == arm

    def axis(self, arm: int) -> tuple[Floats, Floats, Floats, Floats]:
        """Origin and the vectors along, up and towards the photographer of an arm's pipe, each (3,) float32."""
        if arm < 0:
            frame = ((0, 0, 0), (-1, 0, 0), (0, 0, 1), (0, -1, 0))
            origin, along, up, near = (np.array(vector, np.float32) for vector in frame)
            return origin, along, up, near
        along = np.array(self.bend, np.float32)
        up = np.array((0, 0, 1), np.float32) - along * along[2]
        up /= np.linalg.norm(up)
        near = cross(along, up)
        near *= -np.sign(near[1])
        # It bends inside the fitting; `s` counts so that the fitting's edge is where it is on a straight pipe.
        pivot = np.array((0.35 * self.half, 0, 0), np.float32)
        return pivot - np.float32(0.35 * self.half) * along, along, up, near

    def on_pipe(self, arm: int, s: Sequence[float], theta: Sequence[float], radius: float = 1.0) -> Floats:
        """Points (n, 3) of every `s` with every `theta`."""
        origin, along, up, near = self.axis(arm)
        first = np.asarray(s, np.float32)[:, None, None]
        angle = np.asarray(theta, np.float32)[None, :, None]
        points = origin + first * along + radius * (np.cos(angle) * up + np.sin(angle) * near)
        return points.reshape(-1, 3).astype(np.float32)


def sample_scene(random: np.random.Generator, causes: Causes) -> Scene:
    """A joint with these causes and everything else by chance."""
    colour = str(random.choice(["black", "black", "blue", "yellow", "yellow"]))
    medium = {"blue": "water", "yellow": "gas"}.get(colour, str(random.choice(["gas", "water"])))
    tapping = bool(random.random() < 0.14) and not causes.bent
    half = float(random.uniform(1.15, 1.45))
    zone = float(random.uniform(0.6, 0.85))
    end = half + zone
    neighbour = _neighbour(random, end) if causes.neighbour else None
    clamp_at = [end + float(random.uniform(1.05, 1.4)) for _ in ARMS]
    if neighbour is not None:
        clamp_at[0 if neighbour.arm < 0 else 1] = neighbour.start + 2 * neighbour.half + float(random.uniform(0.5, 0.7))
    soil, water, damage = _beside(random, causes, end, taken=neighbour)
    bend = (1.0, 0.0, 0.0)
    if causes.bent:
        angle = math.radians(random.uniform(20, 27)) * random.choice([-1, 1])
        bend = (math.cos(angle), 0.62 * math.sin(angle), 0.785 * math.sin(angle))
    sheet = str(random.choice(SHEETS, p=[0.34, 0.22, 0.18, 0.14, 0.12])) if causes.sheet else ""
    return Scene(
        seed=int(random.integers(2**31)),
        causes=causes,
        colour=colour,
        medium=medium,
        joint_type="tapping-T" if tapping else "coupler",
        diameter=int(random.choice([63, 90, 110, 125, 180])),
        half=half,
        radius=float(random.uniform(1.2, 1.28)),
        terminal=math.radians(random.uniform(-15, 45)),
        zone=zone,
        line_at_edge=bool(random.random() < 0.6),
        clamp_at=(clamp_at[0], clamp_at[1]),
        clamp_style=int(random.integers(6)),
        one_arm=int(random.choice(ARMS)),
        height=float(random.uniform(1.45, 2.1)) + 0.6 * causes.bent,
        ground=str(random.choice(GROUNDS, p=[0.26, 0.18, 0.14, 0.16, 0.1, 0.08, 0.08])),
        sheet=sheet,
        wall=float(random.uniform(4.5, 9)) if random.random() < 0.55 else math.inf,
        bend=bend,
        neighbour=neighbour,
        soil=_high_patches(random, half) if causes.soil == "high" else soil,
        water=_high_patches(random, half) if causes.water == "high" else water,
        damage=damage,
    )


def _neighbour(random: np.random.Generator, end: float) -> Neighbour:
    return Neighbour(
        int(random.choice(ARMS)), end + float(random.uniform(0.5, 0.65)), half=float(random.uniform(0.62, 0.8))
    )


def _high_patches(random: np.random.Generator, half: float) -> tuple[Patch, ...]:
    """Where soil or water is of high risk: on the fitting's edge and on the scraped zones."""
    arms = [int(random.choice(ARMS)) for _ in range(int(random.integers(2, 4)))]
    return tuple(
        Patch(
            arm,
            (half - 0.32 if number == 0 else half + 0.3) + float(random.uniform(-0.12, 0.12)),
            theta=float(random.uniform(0.3, 1.2)),
            length=float(random.uniform(0.34, 0.55)),
            width=float(random.uniform(0.45, 0.8)),
        )
        for number, arm in enumerate(arms)
    )


def _beside(
    random: np.random.Generator, causes: Causes, end: float, *, taken: Neighbour | None
) -> tuple[tuple[Patch, ...], tuple[Patch, ...], Patch | None]:
    """Soil, water and damage on the pipe beyond the zones, each in a place of its own where a camera sees it."""
    arms = ARMS if taken is None else (-taken.arm,)
    slots = [(arm, theta) for arm in arms for theta in (0.32, 1.12)] + [(arm, 0.75) for arm in arms]
    first = len(slots) - len(arms)
    order = [*random.permutation(first).tolist(), *range(first, len(slots))]
    places = iter([slots[number] for number in order])

    def patch(length: tuple[float, float], width: tuple[float, float]) -> Patch:
        arm, theta = next(places)
        return Patch(
            arm,
            end + float(random.uniform(0.4, 0.6)),
            theta=theta + float(random.uniform(-0.1, 0.1)),
            length=float(random.uniform(*length)),
            width=float(random.uniform(*width)),
        )

    damage = patch((0.58, 0.7), (0.8, 0.96)) if causes.damage else None
    soil = (patch((0.34, 0.42), (0.5, 0.66)),) if causes.soil == "low" else ()
    water = (patch((0.5, 0.6), (0.76, 0.92)),) if causes.water == "low" else ()
    return soil, water, damage
