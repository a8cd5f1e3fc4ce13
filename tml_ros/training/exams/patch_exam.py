"""Whether a pupil tells what is in a patch: how its eye comes along, before any hazard. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tml_ros.bench.judge.ranking import area
from tml_ros.sim.render.patch_labels import THINGS
from tml_ros.training.exams.answer_sheet import AnswerSheet

SMOKY = 0.25
"""Share of a patch that smoke hides, from which it is smoky; none at all is clear."""


def patch_figures(sheets: Sequence[AnswerSheet]) -> dict[str, float]:
    """AUC by name, `patch/THING` and `patch/smoke`, of what is known to be in some and not in all.

    A thing of which every patch says the same, as of an untrained head, is 0.5.
    """
    if not sheets:
        return {}
    things = np.concatenate([sheet.things for sheet in sheets]).astype(np.float64)
    labels = np.concatenate([sheet.right.things for sheet in sheets])
    smoke = np.concatenate([sheet.smoke for sheet in sheets]).astype(np.float64)
    shares = np.concatenate([sheet.right.smoke for sheet in sheets])
    found = {
        f"patch/{name}": area(things[labels[:, at] == 1, at], things[labels[:, at] == 0, at])
        for at, name in enumerate(THINGS)
    }
    found["patch/smoke"] = area(smoke[shares >= SMOKY], smoke[shares == 0])
    return {name: value for name, value in found.items() if value is not None}
