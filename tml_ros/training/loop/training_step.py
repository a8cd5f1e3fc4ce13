"""One step: passes over all courses, their gradients added up, and the weights moved once.

A step whose gradient is no number moves nothing. Owned by the training thread.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from tml_ros.training.loop.lesson_packing import CourseBatch, Pass
from tml_ros.training.loop.optimizer import Weights, gathered
from tml_ros.training.loop.processes import Processes
from tml_ros.training.pupil.pupil import Pupil


@dataclass(frozen=True, slots=True)
class Stepped:
    """losses: "course/name", weighted, over all processes. gradient: how long it was, before it was
    clipped. moved: whether the weights were. turns: learnt from, over all processes.
    """

    losses: Mapping[str, float]
    gradient: float
    moved: bool
    turns: int


def train_step(
    pupil: Pupil,
    weights: Weights,
    optimizer: torch.optim.Optimizer,
    batches: Sequence[CourseBatch],
    *,
    processes: Processes,
    clip: float,
    bfloat16: bool,
) -> Stepped:
    """Learn from these. Each course counts as much as any other, each lesson within it too.

    All processes call it together, with the same courses.
    """
    losses: dict[str, Tensor] = defaultdict(lambda: torch.zeros((), device=processes.device))
    turns = 0
    optimizer.zero_grad(set_to_none=True)
    for course in batches:
        for one in _as_many(course.passes, processes):
            with _precision(processes.device, bfloat16=bfloat16):
                said = pupil(one.batch.to(processes.device))
            total = torch.stack(list(said.values())).sum()
            # The mean over processes is taken where their gradients meet.
            (total * (one.share * processes.of)).backward()
            turns += one.turns
            for name, loss in said.items():
                losses[f"{course.course}/{name}"] += loss.detach().float() * one.share
    norm = gathered(torch.nn.utils.clip_grad_norm_([weight for _, weight in weights], clip))
    gradient = float(norm)
    told = processes.sums(torch.stack([*losses.values(), torch.tensor(float(turns)).to(norm)]))
    values = told.tolist()
    moved = math.isfinite(gradient)
    if moved:
        optimizer.step()
    return Stepped(dict(zip(losses, values[:-1], strict=True)), gradient, moved, int(values[-1]))


def _as_many(passes: Sequence[Pass], processes: Processes) -> Sequence[Pass]:
    """As many passes as the process with the most makes; what is repeated counts nothing."""
    missing = int(processes.greatest(len(passes))) - len(passes)
    return (*passes, *(replace(passes[-1], share=0.0, turns=0) for _ in range(missing)))


def _precision(device: torch.device, *, bfloat16: bool) -> AbstractContextManager[object]:
    if not bfloat16:
        return nullcontext()
    return torch.autocast(device.type, torch.bfloat16)
