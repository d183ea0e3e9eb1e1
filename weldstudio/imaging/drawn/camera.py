"""How a joint is photographed: where the photographer stands, what the light, the lens and the sensor are like."""

import math
from dataclasses import dataclass

import numpy as np

from weldstudio.imaging.drawn.scene import ARMS, CLAMP_WIDTH, Floats, Scene, cross

SIZES = {"Redbox": (640, 480), "Bluebox": (1280, 960)}
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in 0..1 of the photo."""
COVERS = ("rag", "cloth", "tape")
_NEAR = 0.2


@dataclass(frozen=True, slots=True)
class Light:
    """The sun and the sky over a joint."""

    sun: tuple[float, float, float]
    """Unit vector towards the sun."""
    strength: float
    """Of the sun beside a sky of 1; 0 on a dull day."""
    warmth: float
    """-1 blue to 1 yellow."""
    softness: float
    """Width of the edge of a shadow."""


@dataclass(frozen=True, slots=True)
class View:
    """One photograph of a scene, in words and numbers."""

    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    roll: float
    """Radians."""
    lens: float
    """Focal length in half widths of the sensor."""
    equipment: str
    framing: str
    """“wide” (clamps and all), “close” (what the clamps hold) or “crop” (the fitting alone)."""
    cover: str = ""
    """What lies over the scraped zones: “”, “rag”, “cloth” or “tape”."""
    spoilt: str = ""
    """Why it shows no weld: “”, “finger”, “ground”, “dark” or “smeared”."""
    light: Light = Light((0.3, -0.4, 0.87), 1.0, 0.0, 0.2)
    exposure: float = 1.0
    blur: float = 0.5
    """Radius in pixels of the photo."""
    noise: float = 0.01
    seed: int = 0
    scene_seed: int = 0
    """The scene's own: what casts a shadow from without stands still between two photos."""

    @property
    def size(self) -> tuple[int, int]:
        return SIZES[self.equipment]

    @property
    def basis(self) -> Floats:
        """Rows: to the right, up, forward in the photo; unit vectors of the world, (3, 3)."""
        forward = np.array(self.target, np.float64) - np.array(self.eye, np.float64)
        forward /= np.linalg.norm(forward)
        right = np.array((forward[1], -forward[0], 0.0)) / math.hypot(forward[0], forward[1])
        up = cross(right, forward)
        c, s = math.cos(self.roll), math.sin(self.roll)
        return np.stack((c * right + s * up, c * up - s * right, forward)).astype(np.float32)

    def project(self, points: Floats) -> Floats:
        """Places (n, 2) in 0..1 of the photo of points (n, 3) of the world; what lies behind the camera is outside."""
        seen = (points - np.array(self.eye, np.float32)) @ self.basis.T
        depth = np.maximum(seen[:, 2], _NEAR)
        width, height = self.size
        x = 0.5 + 0.5 * self.lens * seen[:, 0] / depth
        y = 0.5 - 0.5 * self.lens * seen[:, 1] / depth * (width / height)
        x[seen[:, 2] < _NEAR] = 9.0
        return np.stack((x, y), axis=1)


def sample_light(random: np.random.Generator) -> Light:
    """A dull or a sunny day, at some hour."""
    azimuth = random.uniform(0, 2 * math.pi)
    elevation = math.radians(random.uniform(28, 70))
    sun = (
        math.cos(elevation) * math.cos(azimuth),
        math.cos(elevation) * math.sin(azimuth) - 0.15,
        math.sin(elevation),
    )
    length = math.sqrt(sum(value * value for value in sun))
    dull = random.random() < 0.45
    return Light(
        sun=(sun[0] / length, sun[1] / length, sun[2] / length),
        strength=float(random.uniform(0.25, 0.7) if dull else random.uniform(1.7, 3.4)),
        warmth=float(random.normal(0.1, 0.35)),
        softness=float(random.uniform(0.7, 1.3) if dull else random.uniform(0.12, 0.3)),
    )


def sample_view(
    random: np.random.Generator, scene: Scene, *, equipment: str, framing: str, cover: str, light: Light
) -> View:
    """Somebody's photograph of a scene, by hand, from the near side of the trench."""
    left, right = -scene.clamp_s(-1), scene.clamp_s(1)
    aside = random.normal(0, 0.1)
    if framing == "wide":
        middle = 0.5 * (left + right)
        reach = (0.5 * (right - left) + CLAMP_WIDTH) * random.uniform(1.06, 1.24)
    elif framing == "close":
        middle = 0.0
        inner = min(scene.clamp_s(arm) for arm in ARMS) - CLAMP_WIDTH / 2
        reach = inner * random.uniform(0.9, 0.99)
        aside *= 0.5
    else:
        middle = 0.0
        reach = scene.half * random.uniform(0.92, 1.02)
        aside *= 0.5
    yaw = math.radians(np.clip(random.normal(0, 14), -32, 32))
    pitch = math.radians(random.uniform(26, 66))
    lens = float(random.uniform(1.55, 2.1))
    # The far side of a scene that is seen askew is smaller, the near one larger: leave room for it.
    distance = reach * lens * (1 + 0.25 * abs(math.sin(yaw))) + (scene.radius if framing == "crop" else 0.0)
    target = np.array((middle + aside, random.normal(0, 0.12), random.normal(-0.1, 0.15)))
    away = np.array((math.sin(yaw) * math.cos(pitch), -math.cos(yaw) * math.cos(pitch), math.sin(pitch)))
    eye = target + distance * away
    old = equipment == "Redbox"
    turned = random.random() < 0.18
    return View(
        eye=(float(eye[0]), float(eye[1]), float(eye[2])),
        target=(float(target[0]), float(target[1]), float(target[2])),
        roll=math.radians(random.normal(0, 11 if turned else 3.5)),
        lens=lens,
        equipment=equipment,
        framing=framing,
        cover=cover,
        light=light,
        exposure=float(np.exp(random.normal(0.0, 0.14))),
        blur=float(random.uniform(0.5, 1.2) if old else random.uniform(0.3, 0.9)),
        noise=float(random.uniform(0.006, 0.022) if old else random.uniform(0.003, 0.012)),
        seed=int(random.integers(2**31)),
        scene_seed=scene.seed,
    )
