"""Which kinds of hazard anybody judges in a cell: its guards, and its model where it is trusted.

A kind that nobody judges is nobody's miss. Pure.
"""

from __future__ import annotations

import numpy as np

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.guardian import Guardian
from tml_ros.report.model_record import ModelRecord
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import SAMPLE_RATE, AudioBlock, Frame

_SECOND = 1_000_000_000
_GREY = 90


def judged_kinds(cell: CellDescription, model: ModelRecord | None) -> frozenset[HazardKind]:
    """Of the guards of this cell, and those that its model is trusted with."""
    return guarded_kinds(cell) | (frozenset() if model is None else model.trusted)


def guarded_kinds(cell: CellDescription) -> frozenset[HazardKind]:
    """What its guards state when they are asked: each states all its kinds every time."""
    guardian = Guardian(cell)
    for name in cell.microphones:
        silence = np.zeros(SAMPLE_RATE, np.float32)
        guardian.observe_audio(AudioBlock(name, 0, silence), _SECOND)
    for name, camera in cell.cameras.items():
        width, height = camera.size or (160, 120)
        picture = np.full((height, width, 3), _GREY, np.uint8)
        guardian.observe_frame(Frame(name, _SECOND, picture), _SECOND)
    return frozenset(hazard.kind for hazard in guardian.hazards())
