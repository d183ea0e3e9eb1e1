"""How often each expert raises a flag, by what flows through the pipe: people flag water pipes more readily."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from weldstudio.domain.scores import wilson
from weldstudio.store import events
from weldstudio.store.store import Store


@dataclass(frozen=True, slots=True)
class RaiseRate:
    """One expert on the joints of one medium."""

    who: str
    medium: str
    """'' where it is not known."""
    photos: int
    """That the expert has looked at."""
    raised: int
    """Of these with at least one flag raised by the expert's last word."""

    @property
    def rate(self) -> float:
        return self.raised / self.photos

    @property
    def interval(self) -> tuple[float, float]:
        """95 %."""
        return wilson(self.raised, self.photos)

    def to_json(self) -> dict[str, Any]:
        """Values that survive JSON."""
        return asdict(self) | {"rate": self.rate, "interval": list(self.interval)}


def by_expert(store: Store) -> list[RaiseRate]:
    """Every expert and medium, in the order of names; 'Water' and 'water' are one, as first spelt."""
    found: dict[tuple[str, str], RaiseRate] = {}
    for who, medium, photos, raised in events.raise_rates(store):
        known = found.get((who, medium.casefold()), RaiseRate(who, medium, 0, 0))
        known = replace(known, photos=known.photos + photos, raised=known.raised + raised)
        found[who, medium.casefold()] = known
    return list(found.values())
