"""All that a run needs to go on as if it had never stopped, written whole or not at all.

    checkpoint/00000200/weights.safetensors    of the pupil
                        average.safetensors    means of those that learn
                        optimizer.safetensors  the optimizer's memory
                        state.json             counters

A folder gets its name when all of it is on the disk; the newest two are kept. No chance is in it:
all that is drawn is drawn anew from the run's seed and the step. Main thread.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from tml_ros.model.tensor_file import write_tensor_file
from tml_ros.training.loop.run_folder import RunError

KEPT = 2
_FOLDER, _STATE = "checkpoint", "state.json"
_PARTS = ("weights", "average", "optimizer")


@dataclass(frozen=True, slots=True)
class RunState:
    """fingerprint: of the run. step: the next to be made. turns: learnt from. hours: spent.

    skipped: steps without a gradient, and how many of them in a row just now. averaged: steps in
    the mean.
    """

    fingerprint: str
    step: int = 0
    turns: int = 0
    skipped: int = 0
    skipped_in_row: int = 0
    hours: float = 0.0
    averaged: int = 0


@dataclass(frozen=True, slots=True)
class RunCheckpoint:
    """Whole tensors by name, on the CPU."""

    state: RunState
    weights: Mapping[str, Tensor]
    average: Mapping[str, Tensor]
    optimizer: Mapping[str, Tensor]


def write_run_checkpoint(run: Path, made: RunCheckpoint) -> Path:
    """Write and keep the newest two. Raises OSError, ValueError for weights that are no numbers."""
    folder = run / _FOLDER
    place = folder / f"{made.state.step:08d}"
    part = folder / f".{place.name}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    metadata = _metadata(made.state)
    for name in _PARTS:
        write_tensor_file(part / f"{name}.safetensors", getattr(made, name), metadata=metadata)
    with (part / _STATE).open("w", encoding="utf-8") as file:
        file.write(json.dumps(asdict(made.state)) + "\n")
        file.flush()
        os.fsync(file.fileno())
    if place.exists():
        shutil.rmtree(place)
    part.replace(place)
    _keep_names(folder)
    for old in checkpoints(run)[:-KEPT]:
        shutil.rmtree(old)
    return place


def checkpoints(run: Path) -> list[Path]:
    """The folders of whole checkpoints, oldest first."""
    found = (run / _FOLDER).glob("[0-9]*")
    return sorted(
        (path for path in found if path.name.isdecimal()), key=lambda path: int(path.name)
    )


def newest_checkpoint(run: Path) -> Path | None:
    """None where none was written yet."""
    found = checkpoints(run)
    return found[-1] if found else None


def read_run_checkpoint(place: Path, *, fingerprint: str | None = None) -> RunCheckpoint:
    """Raises RunError where it is damaged or of another run than that of the fingerprint."""
    try:
        state = RunState(**json.loads((place / _STATE).read_text(encoding="utf-8")))
        parts = {name: load_file(place / f"{name}.safetensors") for name in _PARTS}
    except (OSError, ValueError, TypeError, SafetensorError) as error:
        raise RunError(
            f"{place} is damaged ({error}); delete it to go on from the one before"
        ) from error
    if fingerprint is not None and state.fingerprint != fingerprint:
        raise RunError(f"{place} is of another run; delete it")
    return RunCheckpoint(state, **parts)


def _metadata(state: RunState) -> Callable[[Mapping[str, str]], Mapping[str, str]]:
    said = {"format": "tml_ros training run", "run": state.fingerprint, "step": str(state.step)}
    return lambda _: said


def _keep_names(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
