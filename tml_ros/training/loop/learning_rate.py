"""How fast a run learns: a warm-up, a level, and a fall along half a cosine. Pure."""

from __future__ import annotations

import math

from tml_ros.training.loop.train_settings import TrainSettings


def learning_rate(settings: TrainSettings, step: int, *, hours: float = 0.0) -> float:
    """Of a step, 0 for the first. hours: that the run has taken, used where it is told to end so.

    Warm-up is linear. Then `learning_rate` until the last `cooling` of the run, over which it falls
    to `last_rate` of that; a run that goes on with a later end goes back to where the new end
    would have had it.
    """
    warm = min(1.0, (step + 1) / (settings.warmup + 1))
    begin = 1.0 - settings.cooling
    cooled = (
        (run_share(settings, step, hours=hours) - begin) / settings.cooling
        if (settings.cooling)
        else 0.0
    )
    fall = (1 + math.cos(math.pi * min(1.0, max(0.0, cooled)))) / 2
    last = settings.last_rate
    return settings.learning_rate * warm * (last + (1 - last) * fall)


def run_share(settings: TrainSettings, step: int, *, hours: float = 0.0) -> float:
    """How much of the run is over, 0..1: by steps or by hours, whichever is further."""
    steps = step / settings.steps if settings.steps else 0.0
    spent = hours / settings.hours if settings.hours else 0.0
    return min(1.0, max(steps, spent))
