"""From when on a model is believed: the figures that graduation and model card hold it against.

Data only; knows nothing of how they are measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from tml_ros.model.hazard_places import HEARD, SEEN
from tml_ros.turn.hazard import HazardKind


@dataclass(frozen=True, slots=True)
class HazardBar:
    """recall: share of hazards found, at least. per_hour: false alarms of a cell, at most."""

    recall: float
    per_hour: float


PLAIN: Final = (HazardKind.PERSON_IN_ZONE, HazardKind.SIREN, HazardKind.IMPACT_SOUND)
"""Kinds that are there or not, for anybody who looks and listens."""
HAZARDS: Final[Mapping[HazardKind, HazardBar]] = MappingProxyType(
    {kind: HazardBar(0.95 if kind in PLAIN else 0.85, 1.0) for kind in (*SEEN, *HEARD)}
)
"""Of every kind that a model judges."""
WITH_GUARDS: Final = HazardBar(0.98, 1 / 8)
"""Of plain kinds, where guards judge as well."""
RIGHT_REPLIES: Final = 0.95
"""Share of replies that are right where the question is well heard, at least."""
UNASKED_PER_HOUR: Final = 2.0
"""Times that it speaks although nothing asked for it, at most."""
