"""Which hazards a model judges, and which of its numbers is which kind in which zone.

What is seen is judged per zone, what is heard per microphone. Pure; any thread.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.preset import Preset
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

SEEN = (
    HazardKind.PERSON_IN_ZONE,
    HazardKind.PERSON_DOWN,
    HazardKind.MISSING_HELMET,
    HazardKind.VEHICLE_NEAR_PERSON,
    HazardKind.SMOKE_OR_FIRE,
)
HEARD = (
    HazardKind.SIREN,
    HazardKind.IMPACT_SOUND,
    HazardKind.MACHINE_FAULT_SOUND,
    HazardKind.CRY_FOR_HELP,
)
RARE = math.log(0.01 / 0.99)
"""Logit that untrained weights give: hazards are rare (Lin et al. 2017, focal loss)."""


def hazard_count(preset: Preset) -> int:
    """How many logits there are."""
    return len(SEEN) * preset.sight.zones + len(HEARD) * preset.hearing.microphones


def hazard_index(preset: Preset, kind: HazardKind, place: int) -> int:
    """Where the logit of a kind lies. place: of the zone or, for what is heard, the microphone.

    Raises ValueError for a kind that no model judges.
    """
    if kind in SEEN:
        return SEEN.index(kind) * preset.sight.zones + place
    seen = len(SEEN) * preset.sight.zones
    return seen + HEARD.index(kind) * preset.hearing.microphones + place


def hazards_of(
    logits: NDArray[np.float32],
    preset: Preset,
    *,
    zones: Sequence[str],
    microphones: Sequence[str],
    stamp_ns: int,
) -> tuple[Hazard, ...]:
    """Logits float32 [hazard_count] as one `Hazard` per kind and zone or microphone that exists.

    A logit that is no number becomes a score of 0: the heartbeat reports what produced it.
    """
    with np.errstate(over="ignore"):
        scores = np.nan_to_num(1.0 / (1.0 + np.exp(-logits.astype(np.float64))), nan=0.0)
    found = []
    for kinds, names in ((SEEN, zones), (HEARD, microphones)):
        for kind in kinds:
            for place, name in enumerate(names):
                score = float(scores[hazard_index(preset, kind, place)])
                found.append(Hazard(kind, name, score, HazardSource.MODEL, stamp_ns))
    return tuple(found)
