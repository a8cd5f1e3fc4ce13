"""What a cell takes in during one micro-turn of 200 ms.

These types know nothing of ROS, devices or models. They are frozen, and the arrays in them are
marked read-only by whoever builds them, so a turn may be handed to several threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

import numpy as np
from numpy.typing import NDArray

TURN_NS = 200_000_000
SAMPLE_RATE = 16_000
TURN_SAMPLES = SAMPLE_RATE * TURN_NS // 1_000_000_000
"""3,200 samples."""


def samples_ns(samples: int) -> int:
    """How long so many samples of 16 kHz last, rounded down."""
    return samples * 1_000_000_000 // SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class Frame:
    """One camera picture, already converted.

    rgb: uint8 [height, width, 3], RGB, read-only.
    stamp_ns: when the light fell in, as the source stamped it.
    """

    camera: str
    stamp_ns: int
    rgb: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class AudioBlock:
    """Consecutive sound of one microphone, already converted.

    samples: float32 [n], mono, 16 kHz, -1..1, read-only.
    start_ns: when the first sample was taken.
    """

    microphone: str
    start_ns: int
    samples: NDArray[np.float32]

    @property
    def end_ns(self) -> int:
        """When the first sample after these is due."""
        return self.start_ns + samples_ns(len(self.samples))


@dataclass(frozen=True, slots=True)
class TurnFrame:
    """The newest frame of a camera at the end of a turn, and how old it is by then (ns, >= 0)."""

    frame: Frame
    age_ns: int


class GapKind(str, Enum):
    """What was missing or late in a turn."""

    AUDIO_MISSING = "audio_missing"
    """Some samples never came; they are zero in the turn and `missing_ns` says how much."""
    AUDIO_LATE = "audio_late"
    """Samples came after their turn had closed; they were counted and dropped."""
    FRAME_MISSING = "frame_missing"
    """The camera gave no new frame within this turn."""
    FRAME_LATE = "frame_late"
    """A frame came whose stamp lies in a turn already closed; it was counted and dropped."""
    TIMELINE_RESTARTED = "timeline_restarted"
    """The clock jumped; this turn is the first of a new timeline."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing missing from a turn.

    stream: camera or microphone name, or "" for the whole turn.
    missing_ns: how much is missing (audio) or how late it was; 0 where it has no length.
    """

    kind: GapKind
    stream: str
    missing_ns: int = 0


@dataclass(frozen=True, slots=True)
class MicroTurn:
    """Everything one cell saw, heard and was told in [start_ns, start_ns + 200 ms).

    index: 0, 1, 2 ... without holes within a timeline.
    audio: per microphone float32 [3200], mono, 16 kHz, -1..1; what never came is zero and is a gap.
    frames: per camera its newest frame of this turn; a camera without one is absent and is a gap.
    texts: what the operator typed, in order.
    """

    index: int
    start_ns: int
    audio: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)
    frames: Mapping[str, TurnFrame] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def end_ns(self) -> int:
        """First nanosecond after this turn."""
        return self.start_ns + TURN_NS
