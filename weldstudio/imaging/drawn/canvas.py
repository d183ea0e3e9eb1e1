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

Colour = tuple[float, float, float]
Frame = tuple[Floats, Floats, Floats, Floats]
"""Origin and three unit vectors: along, up, near."""


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


class Canvas:
    """The picture while it is made, at the size the sensor sees."""

    def __init__(self, view: View, size: tuple[int, int]) -> None:
        self.width, self.height = size
        self.eye = np.array(view.eye, np.float32)
        self.right, self.up, self.forward = view.basis
        self.light = view.light
        aspect = self.height / self.width
        self._u = ((2 * np.arange(self.width, dtype=np.float32) + 1) / self.width - 1) / np.float32(view.lens)
        self._v = (1 - (2 * np.arange(self.height, dtype=np.float32) + 1) / self.height) * np.float32(
            aspect / view.lens
        )
        self.focal = 0.5 * self.width * view.lens
        self._view = view
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

    def ray(self, vector: Floats, rows: slice, columns: slice) -> Floats:
        """The component along `vector` of the direction of every ray of a part of the picture, (h, w)."""
        across = self._u[columns] * np.float32(self.right @ vector) + np.float32(self.forward @ vector)
        down = self._v[rows] * np.float32(self.up @ vector)
        return across[None, :] + down[:, None]

    def bounds(self, points: Floats, margin: int = 3) -> tuple[slice, slice] | None:
        """Rows and columns round the points; None where they are all outside."""
        if ((points - self.eye) @ self.forward < 0.3).any():
            return slice(0, self.height), slice(0, self.width)
        places = self._view.project(points)
        left, top = (places.min(axis=0) * (self.width, self.height) - margin).astype(int)
        right, bottom = (places.max(axis=0) * (self.width, self.height) + margin + 1).astype(int)
        rows = slice(max(0, int(top)), min(self.height, int(bottom)))
        columns = slice(max(0, int(left)), min(self.width, int(right)))
        return (rows, columns) if rows.start < rows.stop and columns.start < columns.stop else None

    def flat(self, rows: slice, columns: slice, where: NDArray[np.intp]) -> NDArray[np.intp]:
        """Flat indices in the picture of flat indices `where` in a part of it."""
        wide = columns.stop - columns.start
        line, place = np.divmod(where, wide)
        return (line + rows.start) * self.width + (place + columns.start)

    def cylinder(self, frame: Frame, radius: float, start: float, stop: float, *, over: float = 0.0) -> Hit | None:
        """What is seen of a cylinder from `start` to `stop` along its axis; `over` lifts it before what is as near."""
        origin, along, up, near = frame
        ring = np.linspace(0, 2 * np.pi, 9)[:-1]
        round_ = radius * (np.cos(ring)[:, None] * up + np.sin(ring)[:, None] * near)
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
        ring = np.linspace(0, 2 * np.pi, 9)[:-1]
        round_ = outer * (np.cos(ring)[:, None] * up + np.sin(ring)[:, None] * near)
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
        return hit.only(hit.t < self.depth.take(index) + np.float32(1e-3))

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
        ray = tuple(to.take(where) for to in rays)
        normal = tuple(np.where(side == number, -np.sign(to), 0).astype(np.float32) for number, to in enumerate(ray))
        index = self.flat(rows, columns, where)
        s = ray[0] * t + np.float32(eye @ axes[0])
        hit = Hit(index, np.ones_like(t), t, (ray[0], ray[1], ray[2]), s, normal, frame, float(halves[1]))  # type: ignore[arg-type]
        return hit.only(t < self.depth.take(index) + np.float32(1e-3))

    def paint(self, hit: Hit, surface: Surface) -> None:
        """Light the surface and lay it over what is there."""
        _, along, up, near = hit.frame
        light = self.light
        local = [float(np.dot(light.sun, vector)) for vector in (along, up, near)]
        high = [float(vector[2]) for vector in (along, up, near)]
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
        # The half vector between sun and eye, by which a highlight is placed.
        half = [np.float32(local[i]) - ray / length for i, ray in enumerate((r0, r1, r2))]
        size = np.sqrt(half[0] * half[0] + half[1] * half[1] + half[2] * half[2])
        shine = ((n0 * half[0] + n1 * half[1] + n2 * half[2]) / np.maximum(size, 1e-3)).clip(0, 1)
        for _ in range(surface.sharp):
            shine = shine * shine
        shine *= np.float32((2**surface.sharp + 2) * 0.011)
        sunlit = facing_sun.clip(0, 1) * surface.lit
        sky = (facing_sky * 0.5 + 0.5) * surface.open
        ground = (0.5 - facing_sky * 0.5) * surface.open
        mirror = fresnel * surface.gloss
        back = mirror * above * surface.open
        shine = shine * surface.gloss * surface.lit
        keep = 1 - np.minimum(mirror, 0.9)
        albedo = surface.albedo
        alpha = hit.cover
        whole = bool(alpha.min(initial=1.0) >= 1)
        for band in range(3):
            own = albedo[band]
            colour = sunlit * np.float32(self.sun[band])
            colour += sky * np.float32(self.sky[band])
            colour += ground * np.float32(self.bounce[band])
            colour *= own * keep
            tint = own * np.float32(1.6) if surface.metal else np.float32(1)
            colour += (back * np.float32(self.sky[band]) + shine * np.float32(self.sun[band])) * tint
            target = self.colour[band]
            if whole:
                target[hit.index] = colour
            else:
                under = target.take(hit.index)
                target[hit.index] = under + (colour - under) * alpha
        solid = alpha > 0.5
        self.depth[hit.index[solid]] = hit.t[solid]
