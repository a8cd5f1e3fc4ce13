"""From a task, a seed and a number to its sample; always the same.

What is drawn comes from the part of each pool that `looks` names. Any process may make any sample.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Final

from tml_ros.bench.duplex.sample import Sample
from tml_ros.bench.duplex.samples import overlaps, timing, turns
from tml_ros.bench.duplex.samples.script import Script
from tml_ros.bench.duplex.task import INTERRUPTIONS, OVERLAPS, Task
from tml_ros.sim.split import Split

_MAKERS: Final[Mapping[Task, Callable[[Script, str], Sample]]] = MappingProxyType(
    {
        Task.PAUSE_HANDLING: turns.pause_handling,
        Task.BACKCHANNEL: turns.backchannel,
        Task.TURN_TAKING: turns.turn_taking,
        Task.SET_TIME: timing.set_time,
        Task.CUE: timing.cue,
        Task.COUNT: timing.count,
        Task.HOW_LONG_AGO: timing.how_long_ago,
    }
)
_PLACES: Final = MappingProxyType(
    # The interruptions of both versions are the same dialogues.
    {task: 3 if task in INTERRUPTIONS else place for place, task in enumerate(Task)}
)


def generate(
    task: Task,
    number: int,
    *,
    seed: int = 0,
    looks: Split = Split.HELD_OUT,
    quiet: bool = False,
    voices: Path | None = None,
) -> Sample:
    """The sample of that number, 0, 1, 2 ...; its id counts from 1.

    quiet: without the noise of a hall. voices: folder where spoken words are kept between
    processes. Raises as `espeak` does.
    """
    script = Script(seed, looks, task=_PLACES[task], number=number, quiet=quiet, voices=voices)
    sample_id = str(number + 1)
    if task in (Task.INTERRUPTION, *OVERLAPS):
        sample = overlaps.overlap(script, sample_id, task)
    else:
        sample = _MAKERS[task](script, sample_id)
    return replace(sample, looks=looks.value, seed=seed)
