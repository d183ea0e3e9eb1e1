"""What the panels of the Quality page are made of, gathered by the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from weldstudio.studio.counting import ClassCounts, EquipmentCounts, Overview

if TYPE_CHECKING:
    from weldstudio.gui.quality.people import PeopleTable
    from weldstudio.store.mirror import Mirror
    from weldstudio.studio.advice import Advice
    from weldstudio.studio.quality import Findings
    from weldstudio.studio.raise_rates import RaiseRate


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Counted at once; `findings` come from looking through all labels, None before that has ended."""

    mirror: "Mirror"
    seen: Overview
    classes: Sequence[ClassCounts]
    equipments: Sequence[EquipmentCounts]
    problems: Sequence[tuple[int, str, str]]
    """(photo id, path, why)"""
    rates: "Sequence[RaiseRate]"
    people: "Sequence[PeopleTable]"
    findings: "Findings | None"
    advice: "Sequence[Advice]"
    looking: bool
    """Whether all labels are being looked through."""
    stale: bool
    """Whether labels have changed since they were looked through."""
    flag: str
    """The class chosen for the table of months; '' = all."""
