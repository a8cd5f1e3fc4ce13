"""What `tml-ros train --bags DIR --labels CSV` stands for: trained weights, taught gently.

Knows the command line's words; nothing of how recordings are read. Main thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tml_ros.cli.mistake import MistakeError
from tml_ros.cli.train_bags import KIND
from tml_ros.cli.train_courses import CourseAsked
from tml_ros.cli.train_run import Asked
from tml_ros.model.preset_file import names_preset_file
from tml_ros.model.shipped_weights import shipped_weights
from tml_ros.training.bags.recording_folder import CELL, LABELS, RecordingFolder

LESSONS = 4.0
"""Of recordings, in a step."""
STEPS = 500
GENTLY: Mapping[str, Any] = MappingProxyType({"learning_rate": 3e-4, "last_layers": 2})
"""So that trained weights do not forget what the recordings do not show."""


def tuned(
    asked: Asked, bags: Path | None, labels: Path | None, cell: Path | None, *, preset: str
) -> Asked:
    """What was asked for, and the recordings beside it, if there are any.

    It begins from the weights that come with the preset, and learns `GENTLY` from any weights,
    unless something else is said; a run that goes on keeps its own. preset: its name or file, as
    told. Raises MistakeError.
    """
    if bags is None:
        for option, path in (("--labels", labels), ("--cell", cell)):
            if path is not None:
                raise MistakeError(f"{option} belongs to --bags DIR: name the recordings as well")
        return asked
    if KIND in asked.courses:
        raise MistakeError(f"--bags beside --course {KIND}=...: call that one {KIND}-other")
    course = CourseAsked(KIND, (_folder(bags, labels, cell).told,), LESSONS)
    asked = replace(asked, courses={**asked.courses, KIND: course})
    if asked.resume:
        return asked
    start = asked.start
    if start is None and not names_preset_file(preset):
        start = shipped_weights(preset)
    settings = {} if start is None else dict(GENTLY)
    if "hours" not in asked.settings:
        settings["steps"] = STEPS
    return replace(asked, start=start, settings={**settings, **asked.settings})


def _folder(bags: Path, labels: Path | None, cell: Path | None) -> RecordingFolder:
    """The recordings and what belongs to them, all there."""
    if labels is None:
        raise MistakeError(
            f"--bags {bags} needs --labels CSV, which hazard is where and when in it; a folder "
            f"with {CELL} and {LABELS} in it is --course {KIND}={bags}:{LESSONS:g}"
        )
    if not bags.exists():
        raise MistakeError(f"--bags {bags} is not there; give a folder of recordings, or one")
    if "," in str(bags):
        raise MistakeError(f"--bags {bags}: a comma parts folders; give it a name without one")
    if not labels.is_file():
        raise MistakeError(f"--labels {labels} is no file; give a CSV file of labels")
    own = bags / CELL
    if cell is None and not own.is_file():
        raise MistakeError(f"{bags} has no {CELL}; say by --cell CELL.yaml what was recorded")
    if cell is not None and not cell.is_file():
        raise MistakeError(f"--cell {cell} is no file; give the description of what was recorded")
    return RecordingFolder(bags, cell or own, labels)
