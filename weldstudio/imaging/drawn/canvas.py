"""Where light is gathered: rays through every pixel, what they hit, and the light that comes back.

Pixels that a thing covers are taken out as flat arrays, so that only they are reckoned with; colours are (3, n) of
linear light.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from weldstudio.imaging.drawn.camera import View
from weldstudio.imaging.drawn.scene import Floats
from weldstudio.imaging.drawn.textures import look, noise, part

Colour = tuple[float, float, float]
Frame = tuple[Floats, Floats, Floats, Floats]
"""Origin and three unit vectors: along, up, near."""

# Below this strength of the sun nobody sees its highlights.
_DULL = 0.5
# Corners of an octagon that encloses the unit circle.
_TURNS = np.arange(8) * (np.pi / 4)
_COS, _SIN = ((1.09 * wave(_TURNS)).astype(np.float32)[:, None] for wave in (np.cos, np.sin))


@dataclass(slots=True)
class Hit:
    """Pixels on which rays hit something; arrays (n,). Directions are told in the thing's own (along, up, near)."""

    index: NDArray[np.intp]
    """Flat indices of the pixels."""
    cover: Floats
    """How much of the pixel it fills, 0..1."""
    t: Floats
    """Distance along the ray."""
    ray: tuple[Floats, Floats, Floats]
    """The ray's direction; not of length 1."""
    s: Floats
    """Along the axis."""
    normal: tuple[Floats, Floats, Floats]
    frame: Frame
    radius: float

    @property
    def theta(self) -> Floats:
        """Angle from the top towards the photographer."""
        return np.arctan2(self.normal[2], self.normal[1])

    def only(self, mask: NDArray[np.bool_]) -> Self:
        """The pixels that the mask keeps."""
        keep = np.flatnonzero(mask)
        return type(self)(
            self.index[keep],
            self.cover[keep],
            self.t[keep],
            (self.ray[0][keep], self.ray[1][keep], self.ray[2][keep]),
            self.s[keep],
            (self.normal[0][keep], self.normal[1][keep], self.normal[2][keep]),
            self.frame,
            self.radius,
        )


@dataclass(slots=True)
class Surface:
    """What the light meets at each pixel of a hit."""

    albedo: Floats
    """(3, n) or (3, 1)."""
    gloss: Floats | float = 0.3
    """Strength of what is mirrored, 1 as a wet or new skin."""
    sharp: int = 5
    """The highlight is a power of 2 to this."""
    open: Floats | float = 1.0
    """How much of the sky is seen: less beside and below things."""
    lit: Floats | float = 1.0
    """How much of the sun is seen."""
    metal: float = 0.0
    """Mirrors in its own colour."""
    slopes: tuple[Floats, Floats] | None = None
    """How much it leans, along the axis and round it, beside the plain shape."""

    def lean(self, along: Floats, around: Floats, keep: NDArray[np.intp] | None = None) -> None:
        """Lean it more, by slopes at all pixels or, with `keep`, at some."""
        if self.slopes is None:
            if keep is None:
                self.slopes = (along, around)
                return
            long = self.albedo.shape[1]
            self.slopes = (np.zeros(long, np.float32), np.zeros(long, np.float32))
        for own, more in zip(self.slopes, (along, around), strict=True):
            if keep is None:
                own += more
            else:
                own[keep] += more


class Canvas:
    """The picture while it is made, at the size the sensor sees."""

    def __init__(self, view: View, size: tuple[int, int]) -> None:
        self.width, self.height = size
        self.eye = np.array(view.eye, np.float32)
        basis = view.basis
        self.right, self.up, self.forward = basis
        self.axes = basis.T
        self.light = view.light
        aspect = self.height / self.width
        self._u = ((2 * np.arange(self.width, dtype=np.float32) + 1) / self.width - 1) / np.float32(view.lens)
        self._v = (1 - (2 * np.arange(self.height, dtype=np.float32) + 1) / self.height) * np.float32(
            aspect / view.lens
        )
        self.focal = 0.5 * self.width * view.lens
        self.fineness = self.focal / float(np.linalg.norm(self.eye))
        """Pixels per radius of the pipe, about where the joint is."""
        self.colour = np.zeros((3, self.height * self.width), np.float32)
        self.depth = np.full(self.height * self.width, np.inf, np.float32)
        warm = view.light.warmth
        self.sun: Colour = (
            view.light.strength * (1.0 + 0.1 * warm),
            view.light.strength * 0.96,
            view.light.strength * (0.86 - 0.12 * warm),
        )
        self.sky: Colour = (0.60 + 0.03 * warm, 0.66, 0.76 - 0.04 * warm)
        self.bounce: Colour = (0.22, 0.2, 0.17)
        self._sun, self._sky, self._bounce = (
            np.array(colour, np.float32)[:, None] for colour in (self.sun, self.sky, self.bounce)
        )
        self.shade: Floats = self._cast(view)

    def _cast(self, view: View) -> Floats:
        """How much sun reaches each pixel past what is out of the picture: a tree, the trench's edge, a person."""
        random = np.random.default_rng((view.scene_seed, 7))
        kind = random.random()
        shade = np.ones(self.height * self.width, np.float32)
        if view.light.strength < 1 or kind > 0.68:
            return shade
        # Every other pixel is enough for the soft edges of shadows.
        rows, columns = slice(0, self.height, 2), slice(0, self.width, 2)
        axes = np.eye(3, dtype=np.float32)
        t = (np.float32(-self.eye[2]) / np.minimum(self.ray(axes[2], rows, columns), np.float32(-0.05))).reshape(-1)
        x = self.ray(axes[0], rows, columns).reshape(-1) * t + self.eye[0]
        y = self.ray(axes[1], rows, columns).reshape(-1) * t + self.eye[1]
        if kind < 0.3:
            # A straight edge, of the trench or of a van.
            turn = random.normal(0, 0.7)
            away = y * np.float32(np.cos(turn)) + x * np.float32(np.sin(turn)) - np.float32(random.uniform(-2.5, 2.5))
            shade = (away * np.float32(random.choice([-1, 1]) / 0.35) + 0.5).clip(0, 1)
        elif kind < 0.45:
            # The photographer's own head and shoulders, from the near side.
            x = x - np.float32(random.normal(0, 2.0)) - 0.2 * y
            top = np.float32(random.uniform(-1.2, 0.6))
            head = np.hypot(x, (y - top) * 0.8) - 0.7
            body = np.hypot(x * 0.75, np.maximum(y - top + 1.9, 0)) - 1.2
            shade = (np.minimum(head, body) * 5 + 0.5).clip(0, 1)
        else:
            # Leaves of a tree: patches of light.
            values = look(noise(), x * np.float32(0.07) + np.float32(kind), y * np.float32(0.07))
            shade = ((part(values, 1) + 0.22 * part(values, 0) - np.float32(random.uniform(0.35, 0.75))) * 7).clip(0, 1)
        return self.double(shade * np.float32(0.88) + np.float32(0.12))

    def double(self, values: Floats) -> Floats:
        """Values of every other row and column, flat, as those of every pixel, flat."""
        small = values.reshape(self.height // 2, self.width // 2)
        return small.repeat(2, axis=0).repeat(2, axis=1).reshape(-1)

    def ray(self, vector: Floats, rows: slice, columns: slice) -> Floats:
        """The component along `vector` of the direction of every ray of a part of the picture, (h, w)."""
        across = self._u[columns] * np.float32(self.right @ vector) + np.float32(self.forward @ vector)
        down = self._v[rows] * np.float32(self.up @ vector)
        return across[None, :] + down[:, None]

    def bounds(self, points: Floats, margin: int = 3) -> tuple[slice, slice] | None:
        """Rows and columns round the points; None where they are all outside."""
        seen = (points - self.eye) @ self.axes
        far = seen[:, 2]
        if far.min() < 0.3:
            return slice(0, self.height), slice(0, self.width)
        x, y = seen[:, 0] / far, seen[:, 1] / far
        left, right = (0.5 * self.width + self.focal * float(value) for value in (x.min(), x.max()))
        top, bottom = (0.5 * self.height - self.focal * float(value) for value in (y.max(), y.min()))
        rows = slice(max(0, int(top) - margin), min(self.height, int(bottom) + margin + 1))
        columns = slice(max(0, int(left) - margin), min(self.width, int(right) + margin + 1))
        return (rows, columns) if rows.start < rows.stop and columns.start < columns.stop else None

    def flat(self, rows: slice, columns: slice, where: NDArray[np.intp]) -> NDArray[np.intp]:
        """Flat indices in the picture of flat indices `where` in a part of it."""
        wide = columns.stop - columns.start
        line, place = np.divmod(where, wide)
        return (line + rows.start) * self.width + (place + columns.start)

    def cylinder(self, frame: Frame, radius: float, start: float, stop: float, *, over: float = 0.0) -> Hit | None:
        """What is seen of a cylinder from `start` to `stop` along its axis; `over` lifts it before what is as near."""
        origin, along, up, near = frame
        round_ = radius * (_COS * up + _SIN * near)
        ends = np.concatenate([origin + place * along + round_ for place in (start, stop)]).astype(np.float32)
        bounds = self.bounds(ends)
        if bounds is None:
            return None
        rows, columns = bounds
        eye = self.eye - origin
        eye_along, eye_up, eye_near = (float(eye @ vector) for vector in (along, up, near))
        to_up, to_near = self.ray(up, rows, columns), self.ray(near, rows, columns)
        a = to_up * to_up + to_near * to_near
        b = to_up * np.float32(eye_up) + to_near * np.float32(eye_near)
        c = np.float32(eye_up**2 + eye_near**2 - radius**2)
        # disc is the squared height of the hit over the ray's nearest point to the axis; below 0 the ray misses.
        disc = b * b / a - c
        pixel = float(np.linalg.norm(eye + 0.5 * (start + stop) * -along)) / self.focal
        where = np.flatnonzero(disc > -radius * pixel)
        if not where.size:
            return None
        disc, a, b = disc.take(where), a.take(where), b.take(where)
        to_up, to_near = to_up.take(where), to_near.take(where)
        to_along = self.ray(along, rows, columns).take(where)
        t = (-b - np.sqrt(np.maximum(disc, 0) * a)) / a
        s = t * to_along + np.float32(eye_along)
        cover = np.minimum(disc * np.float32(0.5 / radius / pixel) + 0.5, 1)
        np.minimum(cover, (s - np.float32(start)) * np.float32(1 / pixel) + 0.5, out=cover)
        np.minimum(cover, (np.float32(stop) - s) * np.float32(1 / pixel) + 0.5, out=cover)
        index = self.flat(rows, columns, where)
        seen = (cover > 0) & (t > 0.05) & (t < self.depth.take(index) + np.float32(over + 1e-3))
        scale = np.float32(1 / radius)
        normal = (
            np.zeros_like(t),
            (to_up * t + np.float32(eye_up)) * scale,
            (to_near * t + np.float32(eye_near)) * scale,
        )
        return Hit(index, cover, t, (to_along, to_up, to_near), s, normal, frame, radius).only(seen)

    def disc(self, frame: Frame, place: float, inner: float, outer: float, facing: int = 1) -> Hit | None:
        """A ring across the axis at `place`, facing along it (1) or against (-1); `s` is the distance from the axis."""
        origin, along, up, near = frame
        eye = self.eye - origin
        if (float(eye @ along) - place) * facing <= 0:
            return None
        round_ = outer * (_COS * up + _SIN * near)
        bounds = self.bounds((origin + place * along + round_).astype(np.float32))
        if bounds is None:
            return None
        rows, columns = bounds
        to_along = self.ray(along, rows, columns)
        to_along = np.where(np.abs(to_along) < 1e-5, np.float32(1e-5), to_along)
        t = np.float32(place - eye @ along) / to_along
        to_up, to_near = self.ray(up, rows, columns), self.ray(near, rows, columns)
        x, y = to_up * t + np.float32(eye @ up), to_near * t + np.float32(eye @ near)
        far = np.sqrt(x * x + y * y)
        pixel = float(np.linalg.norm(eye - place * along)) / self.focal
        cover = np.minimum((outer - far) / pixel + 0.5, (far - inner) / pixel + 0.5).clip(0, 1).astype(np.float32)
        where = np.flatnonzero((cover > 0) & (t > 0.05))
        index = self.flat(rows, columns, where)
        far, x, y = far.take(where), x.take(where), y.take(where)
        zero = np.zeros_like(far)
        hit = Hit(
            index,
            cover.take(where),
            t.take(where),
            (to_along.take(where), to_up.take(where), to_near.take(where)),
            far,
            (zero + np.float32(facing), zero, zero),
            frame,
            outer,
        )
        # At its rim it lies as near as what it closes.
        return hit.only(hit.t < self.depth.take(index) + np.float32(0.03))

    def block(self, frame: Frame, halves: tuple[float, float, float]) -> Hit | None:
        """A box round the frame's origin, `halves` of its extent along, up and near; `s` is along."""
        origin, *axes = frame
        signs = np.array([(i, j, k) for i in (-1, 1) for j in (-1, 1) for k in (-1, 1)], np.float32)
        bounds = self.bounds((origin + (signs * halves) @ np.stack(axes)).astype(np.float32))
        if bounds is None:
            return None
        rows, columns = bounds
        enter: Floats | None = None
        leave: Floats | None = None
        side: NDArray[np.int8] | None = None
        eye = self.eye - origin
        rays = []
        for number, (axis, half) in enumerate(zip(axes, halves, strict=True)):
            to = self.ray(axis, rows, columns)
            rays.append(to)
            inverse = 1 / np.where(np.abs(to) < 1e-6, np.float32(1e-6), to)
            one, two = (-half - np.float32(eye @ axis)) * inverse, (half - np.float32(eye @ axis)) * inverse
            first, last = np.minimum(one, two), np.maximum(one, two)
            if enter is None or leave is None or side is None:
                enter, leave, side = first, last, np.zeros(first.shape, np.int8)
            else:
                side[first > enter] = number
                enter, leave = np.maximum(enter, first), np.minimum(leave, last)
        assert enter is not None
        assert leave is not None
        assert side is not None
        where = np.flatnonzero((leave > enter) & (enter > 0.05))
        if not where.size:
            return None
        t, side = enter.take(where), side.take(where)
        # Near its outline a ray passes through little of it.
        pixel = float(np.linalg.norm(eye)) / self.focal
        cover = ((leave.take(where) - t) * np.float32(0.6 / pixel)).clip(0, 1)
        ray = tuple(to.take(where) for to in rays)
        normal = tuple(np.where(side == number, -np.sign(to), 0).astype(np.float32) for number, to in enumerate(ray))
        index = self.flat(rows, columns, where)
        s = ray[0] * t + np.float32(eye @ axes[0])
        hit = Hit(index, cover, t, (ray[0], ray[1], ray[2]), s, normal, frame, float(halves[1]))  # type: ignore[arg-type]
        return hit.only(t < self.depth.take(index) + np.float32(1e-3))

    def paint(self, hit: Hit, surface: Surface) -> None:
        """Light the surface and lay it over what is there."""
        _, along, up, near = hit.frame
        light = self.light
        local = [float(np.dot(light.sun, vector)) for vector in (along, up, near)]
        high = [float(vector[2]) for vector in (along, up, near)]
        if surface.slopes is not None:
            _bump(hit, *surface.slopes)
        n0, n1, n2 = hit.normal
        r0, r1, r2 = hit.ray
        facing_sun = n0 * np.float32(local[0]) + n1 * np.float32(local[1]) + n2 * np.float32(local[2])
        facing_sky = n0 * np.float32(high[0]) + n1 * np.float32(high[1]) + n2 * np.float32(high[2])
        length = np.sqrt(r0 * r0 + r1 * r1 + r2 * r2)
        slant = (n0 * r0 + n1 * r1 + n2 * r2) / length
        to_sky = (r0 * np.float32(high[0]) + r1 * np.float32(high[1]) + r2 * np.float32(high[2])) / length
        mirrored = to_sky - 2 * slant * facing_sky
        # What is mirrored: a bright sky above, the dim ground below, with a soft edge between.
        above = (mirrored * 2.2 + 0.35).clip(0.06, 1)
        graze = (1 + np.minimum(slant, 0)).clip(0, 1)
        fresnel = 0.045 + 0.5 * (graze * graze) * (graze * graze)
        if surface.metal:
            fresnel = fresnel + np.float32(0.5 * surface.metal)
        lit = self.shade.take(hit.index) * surface.lit
        sunlit = np.maximum(facing_sun, 0) * lit
        half_sky = facing_sky * np.float32(0.5)
        mirror = fresnel * surface.gloss
        colour = sunlit * self._sun
        colour += ((half_sky + np.float32(0.5)) * surface.open) * self._sky
        colour += ((np.float32(0.5) - half_sky) * surface.open) * self._bounce
        colour *= surface.albedo
        colour *= 1 - np.minimum(mirror, np.float32(0.9))
        back = (mirror * above * surface.open) * self._sky
        if light.strength > _DULL:
            back += (_shine(hit, local, length, surface.sharp) * surface.gloss * lit) * self._sun
        if surface.metal:
            back = back * (surface.albedo * np.float32(1.6))
        colour += back
        alpha = hit.cover
        whole = bool(alpha.min(initial=1.0) >= 1)
        for target, own in zip(self.colour, colour, strict=True):
            if whole:
                target[hit.index] = own
            else:
                under = target.take(hit.index)
                target[hit.index] = under + (own - under) * alpha
        solid = alpha > 0.5
        self.depth[hit.index[solid]] = hit.t[solid]


def _shine(hit: Hit, sun: list[float], length: Floats, sharp: int) -> Floats:
    """The sun's own image in a skin that is not quite smooth: a power of how well the normal halves sun and eye."""
    halves = [np.float32(toward) - ray / length for toward, ray in zip(sun, hit.ray, strict=True)]
    n0, n1, n2 = hit.normal
    size = np.sqrt(halves[0] * halves[0] + halves[1] * halves[1] + halves[2] * halves[2])
    shine = ((n0 * halves[0] + n1 * halves[1] + n2 * halves[2]) / np.maximum(size, np.float32(1e-3))).clip(0, 1)
    for _ in range(sharp):
        shine = shine * shine
    return shine * np.float32((2**sharp + 2) * 0.011)


def _bump(hit: Hit, along: Floats, around: Floats) -> None:
    """Lean the normal of a hit by small slopes along the axis and round it."""
    n0, n1, n2 = hit.normal
    m0, m1, m2 = n0 + along, n1 - around * n2, n2 + around * n1
    scale = 1 / np.sqrt(m0 * m0 + m1 * m1 + m2 * m2)
    hit.normal = (m0 * scale, m1 * scale, m2 * scale)
