"""How much each thing that a network learns counts beside the others. Frozen; any thread."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class LossWeights:
    """What each mean loss is multiplied by.

    hazards, things, smoke: of binary cross-entropies: a hazard in a turn, a thing in a patch, and
        how much of a patch smoke hides. floor, text: of cross-entropies. balance: of the experts.
    hazard_there, thing_there: how much what is there counts beside what is not, which is far more
        often so. Raises ValueError for what is negative or not finite.
    """

    hazards: float = 6.0
    floor: float = 2.0
    text: float = 1.0
    things: float = 6.0
    smoke: float = 2.0
    balance: float = 0.01
    hazard_there: float = 2.0
    thing_there: float = 3.0

    def __post_init__(self) -> None:
        """Check them."""
        for field in fields(self):
            value = getattr(self, field.name)
            if not (math.isfinite(value) and value >= 0):
                raise ValueError(f"loss weight {field.name} must be 0 or more, not {value}")
