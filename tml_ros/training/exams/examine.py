"""An exam: all figures of a pupil on lessons that it was not taught, by name.

Hazards are told as in a live session. The floor and text are teacher-forced: they tell how learning
goes on, not how good a session would be; that is what `bench.evaluation` is for.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch

from tml_ros.model.interaction_net import InteractionNet
from tml_ros.model.preset import Preset
from tml_ros.training.exams.answer_sheet import AnswerSheet, answer_sheets
from tml_ros.training.exams.floor_exam import floor_figures
from tml_ros.training.exams.hazard_exam import hazard_figures
from tml_ros.training.exams.patch_exam import patch_figures
from tml_ros.training.exams.text_exam import text_figures
from tml_ros.training.lesson import LessonSource
from tml_ros.training.pupil.pupil import Pupil


def examine(
    learner: Pupil | InteractionNet,
    source: LessonSource,
    indices: Sequence[int],
    *,
    seed: int = 0,
    per_batch: int = 8,
    dtype: torch.dtype | None = None,
) -> dict[str, float]:
    """Figures by name, finite, such as `hazard/siren/auc`; what cannot be said is not there.

    learner: on its device; of a network alone, nothing is said of patches. indices: of lessons, in
    this order. seed: of the lessons. dtype: of arithmetic; None: float32. The same gives the same.
    Raises what making lessons raises.
    """
    pupil = learner if isinstance(learner, Pupil) else Pupil(learner)
    sheets = list(
        answer_sheets(pupil, source, indices, seed=seed, per_batch=per_batch, dtype=dtype)
    )
    figures = figures_of(sheets, pupil.net.preset)
    if pupil is not learner:
        figures = {name: one for name, one in figures.items() if not name.startswith("patch/")}
    return figures


def figures_of(sheets: Sequence[AnswerSheet], preset: Preset) -> dict[str, float]:
    """All figures of lessons that were answered."""
    return {
        **hazard_figures(sheets, preset),
        **floor_figures(sheets),
        **text_figures(sheets),
        **patch_figures(sheets),
    }
