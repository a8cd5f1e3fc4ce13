"""Which kinds of hazard an opinion can have something to say of, whatever it did say.

A kind that guards do not judge is no miss of theirs, and zero false alarms of it no merit.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from tml_ros.bench.evaluation.opinions import Opinion
from tml_ros.bench.evaluation.scenario_record import ScenarioRecord
from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.guardian import Guardian
from tml_ros.turn.hazard import HazardKind, HazardSource
from tml_ros.turn.micro_turn import SAMPLE_RATE, AudioBlock, Frame

JudgedKinds = dict[Opinion, frozenset[HazardKind]]


def judged_kinds(records: Iterable[ScenarioRecord], *, pictures: bool) -> JudgedKinds:
    """By who is believed. A model states each kind it judges in every turn, so its kinds are those
    that it ever gave a score for.
    """
    guards = guards_judge(pictures=pictures)
    model = frozenset(row.kind for record in records for row in record.scores)
    return {Opinion.GUARDS: guards, Opinion.MODEL: model, Opinion.BOTH: guards | model}


def guards_judge(*, pictures: bool) -> frozenset[HazardKind]:
    """What the guards of a cell state when they are asked: each states all its kinds every time.

    pictures: whether the cell has a camera.
    """
    zone = {"units": "fractions", "polygon": [(0.1, 0.1), (0.9, 0.1), (0.9, 0.9)]}
    cell = CellDescription.model_validate(
        {
            "cell": "any",
            "cameras": {"eye": {"zones": {"floor": zone}}} if pictures else {},
            "microphones": {"ear": {}},
        }
    )
    guardian = Guardian(cell)
    guardian.observe_audio(AudioBlock("ear", 0, np.zeros(SAMPLE_RATE, np.float32)), 10**9)
    if pictures:
        guardian.observe_frame(Frame("eye", 10**9, np.full((160, 240, 3), 90, np.uint8)), 10**9)
    guardian.advance(2 * 10**9)
    stated = guardian.hazards()
    return frozenset(one.kind for one in stated if one.source is HazardSource.GUARD)
