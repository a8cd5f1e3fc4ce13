"""How many cells one process serves within the deadline of a turn.

Of the thread that steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tml_ros.bench.turn_cells import NoisyCells, Talk, leaning
from tml_ros.bench.turn_clock import StepTimes
from tml_ros.bench.turn_steps import Progress, time_steps
from tml_ros.model.interaction_net import InteractionNet
from tml_ros.model.native_model import NativeModel
from tml_ros.model.tokenizer import load_tokenizer
from tml_ros.turn.micro_turn import TURN_NS

DEADLINE_MS = TURN_NS / 1e6
MISSES = 0.01
_LIVED = 3
"""Ticks before the first timed one: the first touches memory for the first time."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """The most cells whose ticks are in time, and the ticks of one more where they were timed."""

    cells: int
    times: StepTimes | None
    beyond: StepTimes | None


def measure_capacity(
    net: InteractionNet,
    *,
    ticks: int,
    most: int = 512,
    deadline_ms: float = DEADLINE_MS,
    progress: Progress = lambda share: None,
) -> dict[str, Any]:
    """The most cells per tick of which at most 1 % takes longer than the deadline, by state.

    All cells are in the same state at once: the worst there is. ticks: timed of each number tried.
    By state "cells", 0 to `most`; "tick_ms" of so many; "one_more_p99_ms", None where not timed.
    """
    found: dict[str, Any] = {"deadline_ms": deadline_ms, "misses_allowed": MISSES}
    for number, talk in enumerate(Talk):
        with leaning(net, talk):
            capacity = _capacity(net, talk, ticks=ticks, most=most, deadline_ms=deadline_ms)
        found[talk.value] = {
            "cells": capacity.cells,
            "tick_ms": None if capacity.times is None else capacity.times.in_short(),
            "one_more_p99_ms": None if capacity.beyond is None else capacity.beyond.p99_ms,
        }
        progress((number + 1) / len(Talk))
    return found


def _capacity(
    net: InteractionNet, talk: Talk, *, ticks: int, most: int, deadline_ms: float
) -> Capacity:
    tried: dict[int, StepTimes] = {}

    def fits(count: int) -> bool:
        tried[count] = time_ticks(net, talk, cells=count, ticks=ticks)
        return tried[count].p99_ms <= deadline_ms

    # A few cells tell what each costs, so that the search begins near its end.
    few = min(2, most)
    each_ms = time_ticks(net, talk, cells=few, ticks=max(1, ticks // 10)).p50_ms / few
    first = min(most, max(1, int(deadline_ms / each_ms)))
    cells = largest_that_fits(fits, first=first, most=most)
    return Capacity(cells, tried.get(cells), tried.get(cells + 1))


def time_ticks(net: InteractionNet, talk: Talk, *, cells: int, ticks: int) -> StepTimes:
    """Times of ticks of so many sessions, which share one pass. The net must lean that way."""
    model = NativeModel(net, load_tokenizer(), name=net.preset.name, rows=cells)
    noisy = NoisyCells(model, cells)
    for _ in noisy.live(talk, _LIVED):
        pass
    return time_steps(noisy, talk, ticks)


def largest_that_fits(fits: Callable[[int], bool], *, first: int, most: int) -> int:
    """The largest of 1..most that fits, 0 where none does; whatever is below one that fits does.

    first: where to begin. Steps double away from there until the answer lies in between, and that
    is halved.
    """
    low, high = 0, most + 1
    at, stride = first, max(1, first // 8)
    while high - low > 1:
        if fits(at):
            low = at
        else:
            high = at
        if low == 0:
            at = max(1, at - stride)
        elif high > most:
            at = min(most, at + stride)
        else:
            at = (low + high) // 2
        stride *= 2
    return low
