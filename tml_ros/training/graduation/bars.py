"""From when on a model is believed about a kind of hazard. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tml_ros.model.hazard_places import HEARD, SEEN
from tml_ros.turn.hazard import HazardKind


@dataclass(frozen=True, slots=True)
class Bar:
    """recall: share of hazards found, at least. per_hour: false alarms of a cell, at most."""

    recall: float
    per_hour: float


FEWEST_SPANS = 20
"""Hazards to be found, below which nothing is shown."""
_PLAIN = (HazardKind.PERSON_IN_ZONE, HazardKind.SIREN, HazardKind.IMPACT_SOUND)

BARS: Mapping[HazardKind, Bar] = MappingProxyType(
    {kind: Bar(0.95 if kind in _PLAIN else 0.85, 1.0) for kind in (*SEEN, *HEARD)}
)
"""Of every kind that a model judges."""
