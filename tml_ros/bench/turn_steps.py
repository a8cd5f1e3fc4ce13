"""Our step from a turn to its answer, timed whole and phase by phase.

Everything between `MicroTurn` and `TurnOutput` is inside: senses, packing, pass, floor, text head,
voice, vocoder. Of the thread that steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from tml_ros.bench.turn_cells import NoisyCells, Talk, leaning
from tml_ros.bench.turn_clock import StepTimes
from tml_ros.bench.turn_phases import PhaseClock
from tml_ros.model.interaction_net import fresh_net
from tml_ros.model.native_model import NativeModel
from tml_ros.model.native_session import NativeSession
from tml_ros.model.preset import Preset
from tml_ros.model.tokenizer import load_tokenizer

Progress = Callable[[float], None]
"""Called with the share done, 0..1."""


class TurnBenchError(ValueError):
    """A measurement cannot be made; the message says why."""


def untrained(preset: Preset, dtype: torch.dtype = torch.float32, *, rows: int = 1) -> NativeModel:
    """A model on the CPU with random weights. Patches that have not changed are left out."""
    net = fresh_net(preset).to(dtype)
    return NativeModel(net, load_tokenizer(), name=preset.name, rows=rows)


def measure_steps(
    preset: Preset,
    dtype: torch.dtype,
    *,
    turns: int,
    warm_turns: int | None = None,
    progress: Progress = lambda share: None,
) -> dict[str, Any]:
    """Milliseconds of one session's step, listening and speaking, its windows full.

    turns: timed of each. warm_turns: lived before; as many as the memory holds where None.
    Returns "times", by state as `StepTimes.as_dict` has them, and "phases_ms", by state the mean of
    each phase.
    """
    model = untrained(preset, dtype)
    cells = NoisyCells(model)
    warm = preset.memory.turns if warm_turns is None else warm_turns
    part = max(1, turns // 4)
    whole, done = warm + len(Talk) * (turns + part), 0
    with leaning(model.net, Talk.WRITING):
        # Its own words fill the memory of text as well.
        for lived, _ in enumerate(cells.live(Talk.WRITING, warm), start=1):
            progress(lived / whole)
    done += warm
    times, phases = {}, {}
    for talk in Talk:
        with leaning(model.net, talk):
            times[talk.value] = time_steps(cells, talk, turns).as_dict()
            done += turns
            progress(done / whole)
            phases[talk.value] = mean_phases_ms(cells, talk, part)
            done += part
            progress(done / whole)
    return {"times": times, "phases_ms": phases}


def time_steps(cells: NoisyCells, talk: Talk, turns: int) -> StepTimes:
    """Times of so many steps in which all sessions listen, or all speak.

    The net must lean that way. Raises TurnBenchError where it does not do so often enough.
    """
    times = StepTimes()
    for _ in range(3 * turns + 10):
        pairs = cells.turns(talk)
        with times.step():
            outputs = cells.step(pairs)
        if not cells.note(outputs, talk):
            times.forget_last()
        if len(times) == turns:
            return times
    raise TurnBenchError(f"the sessions are to be {talk.value} and are not")


def mean_phases_ms(cells: NoisyCells, talk: Talk, turns: int) -> dict[str, float]:
    """Where the mean of so many steps of one session goes; "rest" is what no phase has."""
    times = StepTimes()
    with PhaseClock() as phases:
        watch(phases, cells.sessions[0])
        for _ in range(turns):
            pairs = cells.turns(talk)
            with times.step():
                outputs = cells.step(pairs)
            cells.note(outputs, talk)
        found = phases.means_ms(turns)
    shares = {name: found.get(name, 0.0) for name in PHASES}
    return {**shares, "rest": times.mean_ms - sum(shares.values())}


PHASES = ("senses", "packing", "pass", "conversation", "text", "voice", "vocoder")


def watch(phases: PhaseClock, session: NativeSession) -> None:
    """Time the phases of a session's step: `PHASES`."""
    net = session.model.net
    phases.watch(session.senses, "take_in", "senses")
    phases.watch(session.ticker, "tensors", "packing")
    phases.watch(session.ticker, "step", "pass")
    for method in ("take_in", "decide", "allowed", "say"):
        phases.watch(session.conversation, method, "conversation")
    phases.watch(net.text, "generate", "text")
    phases.watch(net.voice_text, "forward", "voice")
    phases.watch(net.voice, "sample", "voice")
    phases.watch(session.vocoder, "push", "vocoder")
