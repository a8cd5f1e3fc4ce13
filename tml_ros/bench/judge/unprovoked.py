"""Speech that nothing asked for. Pure.

Judged by when it begins: whoever has begun when asked may finish. What is a little early or late
for a question is early or late, which its rule says, and not unasked; see `scene`.
"""

from __future__ import annotations

from dataclasses import dataclass

from tml_ros.bench.judge.scene import EARLY_S, LATE_S, Scene
from tml_ros.sim.truth.expectation import Rule


@dataclass(frozen=True, slots=True)
class Unprovoked:
    """The model said this at `start_s`, and nobody had asked."""

    start_s: float
    text: str
    backchannel: bool = False


def unprovoked(scene: Scene) -> tuple[Unprovoked, ...]:
    """All of the model's, in order of time. Signs of listening are allowed where they are asked for
    and while somebody thinks.
    """
    listening = [
        (window.opens_s - EARLY_S, window.closes_s + LATE_S)
        for window in scene.windows
        if window is not None and window.asked.rule in (Rule.BACKCHANNEL, Rule.HOLD)
    ]
    signs = [
        i
        for i in scene.backchannels
        if not any(from_s <= scene.heard[i].start_s <= to_s for from_s, to_s in listening)
    ]
    return tuple(
        Unprovoked(scene.heard[i].start_s, scene.heard[i].text, scene.heard[i].backchannel)
        for i in sorted((*scene.speech, *signs))
        if not scene.was_asked_for(i)
    )
