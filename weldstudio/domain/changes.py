"""What a write touched, how far long work has come, and what a finished edit hands back."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Changes:
    """Which things a write touched. Every write returns one; nothing else announces news.

    The value says *what* changed, never *how*: whoever shows a thing reads it again.
    """

    photos: frozenset[int] = frozenset()
    """Photos added, or whose facts, joint or problem changed."""
    labels: frozenset[int] = frozenset()
    """Photos of which a label changed."""
    predictions: frozenset[int] = frozenset()
    """Photos of which a prediction of any kept model changed."""
    scheme: bool = False
    models: bool = False
    """The registry or the active model."""
    joints: bool = False
    """Joints, contractors or reject limits."""
    runs: bool = False
    replaced: bool = False
    """The whole store is another one: a snapshot was restored, and whoever shows the project reads it anew."""
    actions: tuple[str, ...] = ()
    """Ids of the actions written, oldest first."""
    decisions: frozenset[int] = frozenset()
    """Joints of which a decision or an override changed."""
    reviews: frozenset[int] = frozenset()
    """Photos of which something was said beyond labels: in `store.reviews`, or that they hold for a changed file."""
    views: bool = False
    """Saved views."""

    def __or__(self, other: "Changes") -> "Changes":
        return Changes(
            photos=self.photos | other.photos,
            labels=self.labels | other.labels,
            predictions=self.predictions | other.predictions,
            scheme=self.scheme or other.scheme,
            models=self.models or other.models,
            joints=self.joints or other.joints,
            runs=self.runs or other.runs,
            replaced=self.replaced or other.replaced,
            actions=self.actions + other.actions,
            decisions=self.decisions | other.decisions,
            reviews=self.reviews | other.reviews,
            views=self.views or other.views,
        )

    def __bool__(self) -> bool:
        return self != NO_CHANGES

    @staticmethod
    def of(parts: Iterable["Changes"]) -> "Changes":
        """The union of many, in one pass (`|` in a loop would copy the sets again and again)."""
        parts = tuple(parts)
        return Changes(
            photos=frozenset().union(*(p.photos for p in parts)),
            labels=frozenset().union(*(p.labels for p in parts)),
            predictions=frozenset().union(*(p.predictions for p in parts)),
            scheme=any(p.scheme for p in parts),
            models=any(p.models for p in parts),
            joints=any(p.joints for p in parts),
            runs=any(p.runs for p in parts),
            replaced=any(p.replaced for p in parts),
            actions=tuple(action for p in parts for action in p.actions),
            decisions=frozenset().union(*(p.decisions for p in parts)),
            reviews=frozenset().union(*(p.reviews for p in parts)),
            views=any(p.views for p in parts),
        )


NO_CHANGES = Changes()
ALL_NEW = Changes(scheme=True, models=True, joints=True, runs=True, views=True)
"""Whoever shows a project reads all of it anew."""


@dataclass(frozen=True, slots=True)
class Done:
    """A finished edit: the action to undo it by (None when nothing had to change) and what it touched."""

    action_id: str | None
    changes: Changes = NO_CHANGES
    text: str = ""
    """What was done, in words for a menu or a toast."""


@dataclass(frozen=True, slots=True)
class Progress:
    """One step of long work, yielded about every 30 ms. Closing the generator cancels the work."""

    done: int
    total: int | None
    """None while the amount is unknown."""
    text: str
    changes: Changes = field(default=NO_CHANGES)
    """What this step has written, to be shown at once."""
