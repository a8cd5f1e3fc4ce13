"""From a hazard's score in each turn to how long its alarm would be up. Pure.

An alarm follows a hazard by its policy's on-delay and outlasts it by the off-delay, so a score
that flickers is an alarm held or none at all. Here both are applied to the scores themselves, so
that each threshold of the result stands for an alarm under the policy at that threshold. Latching
is left out: an alarm that nobody resets would hide all that comes after.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tml_ros.safety.alarm import AlarmPolicy
from tml_ros.turn.micro_turn import TURN_NS

NEVER = -1000.0
"""A logit below all thresholds: of turns before the first."""


def alarm_scores(scores: NDArray[np.float64], policy: AlarmPolicy) -> NDArray[np.float64]:
    """Logits [t] to logits [t]: the highest threshold at which the alarm is up after the turn."""
    on, off = (-(-delay // TURN_NS) for delay in (policy.on_delay_ns, policy.off_delay_ns))
    held = _last(scores, max(1, on)).min(axis=1)
    if on:
        # Due when the delay is over, which is when the next turn is judged.
        held = np.concatenate([[NEVER], held[:-1]])
    up: NDArray[np.float64] = _last(held, max(1, off)).max(axis=1)
    return up


def _last(scores: NDArray[np.float64], turns: int) -> NDArray[np.float64]:
    """Of each turn its score and those before it, so many in all: [t, turns]."""
    padded = np.concatenate([np.full(turns - 1, NEVER), scores])
    return np.lib.stride_tricks.sliding_window_view(padded, turns)
