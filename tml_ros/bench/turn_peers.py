"""Our step beside other ways to do the same: all in one run, so that their ratios mean something.

The others are the same network without what makes it cheap, recomputing its window in each turn or
keeping every token, and the moshi package's language model at the same width and depth. Everything
is compared in the dearest state, speaking words of its own. Of the thread that steps.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Any

import torch

from tml_ros.bench.moshi_peer import MoshiAbsent, MoshiFigures, measure
from tml_ros.bench.turn_cells import NoisyCells, Talk, leaning
from tml_ros.bench.turn_clock import StepTimes
from tml_ros.bench.turn_steps import Progress, mean_phases_ms, time_steps, untrained
from tml_ros.model.interaction_net import InteractionNet
from tml_ros.model.native_session import NativeSession
from tml_ros.model.preset import TURNS_PER_SECOND, Preset, TransformerPreset
from tml_ros.model.sequence import whole_batch
from tml_ros.model.ticker import Stepping
from tml_ros.model.turn_tokens import SensorTokens, TurnTokens, nothing_sensed
from tml_ros.turn.micro_turn import MicroTurn

_ROUND = 10
"""Steps of one model before it is another's turn: a busy moment of the machine then hits all."""
_MOSHI_STEPS_PER_SECOND = 12.5


@dataclass(frozen=True, slots=True)
class PeerSpan:
    """How much is timed. turns: of us and of the growing cache. recomputed: whole windows.

    old_seconds: how long the growing cache has grown. moshi_seconds: of its stream; None to leave
    it out.
    """

    turns: int
    warm_turns: int | None = None
    recomputed: int = 3
    old_seconds: float = 600.0
    moshi_seconds: float | None = 20.0


def measure_peers(
    preset: Preset,
    span: PeerSpan,
    *,
    threads: int,
    progress: Progress = lambda share: None,
) -> dict[str, Any]:
    """Milliseconds of computing per second of stream of each, and how many times ours.

    Each has "ms_per_second" by "p50" and "mean", and "times_ours" of the p50; "notes" says what
    each of them is. Without moshi: "skipped", with the reason and the remedy.
    """
    preset = preset.changed(hearing={"microphones": 1})
    model = untrained(preset)
    ours = NoisyCells(model)
    window = _Window(ours.sessions[0])
    with leaning(model.net, Talk.WRITING):
        warm = preset.memory.turns if span.warm_turns is None else span.warm_turns
        for lived, _ in enumerate(ours.live(Talk.WRITING, warm), start=1):
            progress(0.2 * lived / warm)
        window.close()
        old = _old_cells(model.net, span.old_seconds)
        kept = old.sessions[0].ticker.plan.slots
        next(old.live(Talk.WRITING, 1))
        blind = NoisyCells(model, pictures=False)
        for _ in blind.live(Talk.WRITING, min(warm, _ROUND)):
            pass
        stepped = {"ours": ours, "ours_without_sight": blind, "growing_cache": old}
        times = {name: StepTimes() for name in stepped}
        for done in range(0, span.turns, _ROUND):
            count = min(_ROUND, span.turns - done)
            for name, cells in stepped.items():
                more = time_steps(cells, Talk.WRITING, count)
                times[name].wall += more.wall
                times[name].cpu += more.cpu
            progress(0.2 + 0.4 * (done + count) / span.turns)
        phases = mean_phases_ms(ours, Talk.WRITING, _ROUND)
    outside_ms = sum(phases.values()) - phases["packing"] - phases["pass"]
    memory = preset.memory
    seconds = f"{memory.seconds:g} s"
    turns_ms = {name: (one.p50_ms, one.mean_ms) for name, one in times.items()}
    turns_ms["ours_without_sight"] = (
        times["ours_without_sight"].p50_ms - phases["vocoder"],
        times["ours_without_sight"].mean_ms - phases["vocoder"],
    )
    notes = {
        "ours": f"window of {seconds} full, sound and pictures {memory.sensor_seconds:g} s",
        "ours_without_sight": (
            "sound in, text and mels out: what moshi's language model does; vocoder not counted"
        ),
        "growing_cache": (
            f"nothing forgotten for {span.old_seconds:g} s: {kept} keys and values per layer, "
            "filled in at random instead of lived"
        ),
    }
    for name, turns, repeats, what in (
        ("recomputed_window", window.turns, span.recomputed, "every token of the last"),
        (
            "recomputed_ring",
            _still_held(window.turns, preset),
            max(3 * span.recomputed, 3),
            "only the tokens that our ring still holds of the last",
        ),
    ):
        tokens = sum(len(turn) for turn in turns)
        passes = _time_whole(model.net, turns, repeats)
        turns_ms[name] = (passes.p50_ms + outside_ms, passes.mean_ms + outside_ms)
        notes[name] = (
            f"{what} {len(turns)} turns, {tokens} tokens, through the network in each turn, and "
            "the rest of our step; making the masks is not counted"
        )
        progress(0.8)
    per_second = {
        name: tuple(ms * TURNS_PER_SECOND for ms in both) for name, both in turns_ms.items()
    }
    moshi = _moshi(preset, span, threads)
    if isinstance(moshi, MoshiFigures):
        per_second["moshi"] = moshi.step_ms.p50 * _MOSHI_STEPS_PER_SECOND, moshi.ms_per_second
        notes["moshi"] = f"moshi {moshi.moshi}, {moshi.parameters} parameters: {moshi.notes}"
    ours_p50 = per_second["ours"][0]
    found: dict[str, Any] = {
        name: {"ms_per_second": {"p50": p50, "mean": mean}, "times_ours": p50 / ours_p50}
        for name, (p50, mean) in per_second.items()
    }
    if isinstance(moshi, MoshiAbsent):
        found["moshi"] = {"skipped": f"{moshi.reason}; {moshi.remedy}"}
    progress(1.0)
    return {**found, "notes": notes}


class _Window:
    """Collects the tokens of the last turns that a session takes in."""

    def __init__(self, session: NativeSession) -> None:
        self._session = session
        self._turns: deque[TurnTokens] = deque(maxlen=session.model.preset.memory.turns)
        plain = session.take_in

        def take_in(turn: MicroTurn) -> Stepping:
            stepping = plain(turn)
            self._turns.append(stepping.tokens)
            return stepping

        # On the instance, where it hides the class's method until `close`.
        session.take_in = take_in  # type: ignore[method-assign]

    @property
    def turns(self) -> list[TurnTokens]:
        """Oldest first."""
        return list(self._turns)

    def close(self) -> None:
        """Collect no more."""
        del self._session.take_in


def _still_held(turns: list[TurnTokens], preset: Preset) -> list[TurnTokens]:
    """The turns with only what a ring still holds of them."""
    memory = preset.memory
    held: list[TurnTokens] = []
    room = memory.text_tokens
    for turn in reversed(turns):
        told = turn.dialogue
        room -= len(told.text)
        if room < 0:
            told = replace(nothing_sensed(preset).dialogue, state=told.state)
        sensors = turn.sensors
        if len(held) >= memory.sensor_turns:
            sensors = _boundary_alone(sensors, preset)
        held.append(TurnTokens(turn.turn, sensors, told))
    return held[::-1]


def _boundary_alone(sensors: SensorTokens, preset: Preset) -> SensorTokens:
    return replace(nothing_sensed(preset).sensors, state=sensors.state)


@torch.inference_mode()
def _time_whole(net: InteractionNet, turns: list[TurnTokens], repeats: int) -> StepTimes:
    """Passes of all these turns at once."""
    batch, store = whole_batch(net.preset, [turns])
    times = StepTimes()
    for _ in range(repeats):
        with times.step():
            net(batch, store)
    return times


def _old_cells(net: InteractionNet, seconds: float) -> NoisyCells:
    """A session of this net with the memory of so many seconds, sound and pictures included."""
    memory = net.preset.memory
    longer = max(1.0, seconds / memory.seconds)
    preset = net.preset.changed(
        memory={
            "seconds": seconds,
            "sensor_seconds": seconds,
            "text_tokens": round(memory.text_tokens * longer),
        }
    )
    model = untrained(preset)
    model.net.load_state_dict(net.state_dict())
    lived = preset.memory.turns
    cells = NoisyCells(model, index=lived)
    session = cells.sessions[0]
    session.resume({"number": lived - 1, "last_index": lived - 1, "seed": 0})
    source = torch.Generator().manual_seed(0)
    rings = session.ticker.rings
    # Keys are normalised to a mean square of 1; values are of that size too.
    for ring in (rings.key, rings.value):
        ring.normal_(generator=source)
    session.ring.arrays()["turn_of"][: session.ticker.plan.spare] = lived - 1
    return cells


def _moshi(preset: Preset, span: PeerSpan, threads: int) -> MoshiFigures | MoshiAbsent:
    if span.moshi_seconds is None:
        return MoshiAbsent(reason="left out of a quick run", remedy="measure it without --quick")
    shape = preset.transformer
    try:
        return measure(
            width=shape.width,
            layers=shape.layers,
            heads=shape.heads,
            hidden=_hidden(shape),
            seconds=span.moshi_seconds,
            threads=threads,
            vocabulary=preset.text.vocabulary,
            memory_seconds=preset.memory.seconds,
        )
    except ValueError as error:
        return MoshiAbsent(reason=str(error), remedy="measure another preset")


def _hidden(shape: TransformerPreset) -> int:
    """Width inside the feed-forward blocks that work on a token."""
    experts = shape.experts
    return shape.hidden if experts is None else experts.hidden * (experts.chosen + experts.shared)
