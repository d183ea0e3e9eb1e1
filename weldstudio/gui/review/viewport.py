"""Where a zoomed photo lies in its view: arithmetic on rectangles, without a widget."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF

from weldstudio.domain.model import Frame

MOST = 16.0
"""Device pixels for one of the photo's at the strongest zoom."""
STEP = 1.25
FIT_MOST = 3.0
"""A small photo that is fitted grows no further than this."""


@dataclass(frozen=True, slots=True)
class Viewport:
    """A view of `view` logical pixels on a photo of `photo` pixels. `scale`: logical pixels for one of the photo's;
    None = fitted. `across` and `down`: the place of the photo (0 to 1) in the middle of the view.
    """

    view: QSizeF
    photo: QSize
    ratio: float = 1.0
    """Device pixels for a logical one."""
    scale: float | None = None
    across: float = 0.5
    down: float = 0.5

    @property
    def fit_scale(self) -> float:
        if self.photo.isEmpty() or self.view.isEmpty():
            return 1.0
        fits = min(self.view.width() / self.photo.width(), self.view.height() / self.photo.height())
        return min(fits, FIT_MOST)

    @property
    def actual_scale(self) -> float:
        """One of the photo's pixels on one of the screen's."""
        return 1 / self.ratio

    @property
    def used_scale(self) -> float:
        return self.fit_scale if self.scale is None else self.scale

    @property
    def rect(self) -> QRectF:
        """Where the whole photo lies, in logical pixels of the view; partly outside when zoomed in."""
        wide, high = self.photo.width() * self.used_scale, self.photo.height() * self.used_scale
        return QRectF(
            _begin(self.view.width(), wide, self.across), _begin(self.view.height(), high, self.down), wide, high
        )

    def frame_rect(self, frame: Frame) -> QRectF:
        """Where a model's frame lies in the view."""
        rect = self.rect
        return QRectF(
            rect.left() + frame.left * rect.width(),
            rect.top() + frame.top * rect.height(),
            (frame.right - frame.left) * rect.width(),
            (frame.bottom - frame.top) * rect.height(),
        )

    def on_photo(self, point: QPointF) -> QPointF:
        """A point of the view as a place on the photo, 0 to 1 inside it."""
        rect = self.rect
        return QPointF((point.x() - rect.left()) / rect.width(), (point.y() - rect.top()) / rect.height())

    def zoomed(self, factor: float, at: QPointF) -> "Viewport":
        """Zoomed about a point of the view, under which the photo stays. Zooming out ends at the fit."""
        smallest, largest = min(self.fit_scale, self.actual_scale), MOST / self.ratio
        scale = min(largest, max(smallest, self.used_scale * factor))
        if scale <= smallest * 1.001 and factor < 1:
            return replace(self, scale=None if self.fit_scale <= self.actual_scale else scale, across=0.5, down=0.5)
        return self.scaled(scale, at)

    def scaled(self, scale: float, at: QPointF) -> "Viewport":
        """At this scale, the photo staying under the point `at` of the view."""
        place = self.on_photo(at)
        middle = QPointF(self.view.width() / 2, self.view.height() / 2)
        across = place.x() + (middle.x() - at.x()) / (self.photo.width() * scale)
        down = place.y() + (middle.y() - at.y()) / (self.photo.height() * scale)
        return replace(self, scale=scale, across=across, down=down).held()

    def like(self, other: "Viewport") -> "Viewport":
        """The same part of this photo that `other` shows of its own: as near against the fit, about the same place."""
        scale = None if other.scale is None else self.fit_scale * other.scale / other.fit_scale
        return replace(self, scale=scale, across=other.across, down=other.down).held()

    def panned(self, by: QPointF) -> "Viewport":
        """Moved with the mouse by logical pixels."""
        rect = self.rect
        return replace(self, across=self.across - by.x() / rect.width(), down=self.down - by.y() / rect.height()).held()

    def held(self) -> "Viewport":
        """The same with its middle inside the photo, so that no more is blank than must be."""
        rect = self.rect
        return replace(
            self,
            across=_middle(self.view.width(), rect.width(), self.across),
            down=_middle(self.view.height(), rect.height(), self.down),
        )


def _begin(view: float, photo: float, middle: float) -> float:
    return (view - photo) / 2 if photo <= view else view / 2 - middle * photo


def _middle(view: float, photo: float, middle: float) -> float:
    if photo <= view:
        return 0.5
    half = view / 2 / photo
    return min(1 - half, max(half, middle))
