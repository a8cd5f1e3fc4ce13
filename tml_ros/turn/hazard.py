"""A hazard: one source's judgement of one kind of danger in one place at one moment.

Knows nothing of alarms: a hazard is an observation, and only `AlarmManager` decides what comes of
it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum


class HazardKind(str, Enum):
    """Every kind of hazard, whoever finds it."""

    PERSON_IN_ZONE = "person_in_zone"
    PERSON_DOWN = "person_down"
    MISSING_HELMET = "missing_helmet"
    VEHICLE_NEAR_PERSON = "vehicle_near_person"
    SMOKE_OR_FIRE = "smoke_or_fire"
    SIREN = "siren"
    IMPACT_SOUND = "impact_sound"
    MACHINE_FAULT_SOUND = "machine_fault_sound"
    CRY_FOR_HELP = "cry_for_help"
    CAMERA_LOST = "camera_lost"
    CAMERA_FROZEN = "camera_frozen"
    CAMERA_DARK = "camera_dark"
    CAMERA_COVERED = "camera_covered"
    CAMERA_MOVED = "camera_moved"
    CAMERA_STALE = "camera_stale"
    """Pictures come, but they are old."""
    MICROPHONE_LOST = "microphone_lost"
    MICROPHONE_STALE = "microphone_stale"
    """Sound comes, but it is old."""
    MICROPHONE_CLIPPING = "microphone_clipping"
    MODEL_LATE = "model_late"
    MODEL_LOST = "model_lost"
    NODE_LOST = "node_lost"
    """A process of the cell is gone."""
    NODE_HUNG = "node_hung"
    """A process of the cell is there and does not answer."""
    NODE_IDLE = "node_idle"
    """A process of the cell answers, and what it is there for does not get done."""
    NODE_LATE = "node_late"
    """A process of the cell misses its deadlines."""
    CLOCK_STOPPED = "clock_stopped"
    """The clock that all nodes follow stands still."""
    RECORD_FAILED = "record_failed"
    """What happens is not being written down."""
    EVIDENCE_FAILED = "evidence_failed"
    """Pictures and sound of alarms are not being kept."""


class HazardSource(str, Enum):
    """Who judged: a deterministic guard or the interaction model."""

    GUARD = "guard"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Box:
    """Where in the picture: camera name and pixel edges of its frame, x1 and y1 exclusive."""

    camera: str
    x0: int
    y0: int
    x1: int
    y1: int


@dataclass(frozen=True, slots=True)
class Hazard:
    """`kind` in `zone` is present with `score` (0 certainly not .. 1 certainly) at `stamp_ns`.

    A score below the alarm's threshold is a statement too: "not now". A source that says nothing
    leaves its last statement standing.

    zone: zone name; for sound and sensor kinds the name of the microphone or camera, for node
        kinds the name of the node, for the model, the clock, the record and the evidence "".

    Raises ValueError for a score outside 0..1 or NaN.
    """

    kind: HazardKind
    zone: str
    score: float
    source: HazardSource
    stamp_ns: int
    box: Box | None = None

    def __post_init__(self) -> None:
        """Check the score."""
        if not (math.isfinite(self.score) and 0.0 <= self.score <= 1.0):
            raise ValueError(f"hazard score must be within 0..1, got {self.score!r}")
