"""When cameras and microphones of a lesson give nothing. Frozen; any thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Turns = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Outages:
    """bool [turns] by name, True where it is away; who is always there need not be named."""

    cameras: Mapping[str, Turns] = field(default_factory=dict)
    microphones: Mapping[str, Turns] = field(default_factory=dict)


def drawn_outages(
    rng: np.random.Generator,
    turns: int,
    *,
    cameras: Sequence[str],
    microphones: Sequence[str],
    camera_share: float,
    microphone_share: float,
) -> Outages:
    """At random: each is away once, for up to the whole lesson, with the probability given."""

    def some(names: Sequence[str], share: float) -> dict[str, Turns]:
        away = {}
        for name in names:
            begin, end = np.sort(rng.integers(0, turns + 1, 2)).tolist()
            whole, happens = rng.random(2)
            if happens < share:
                away[name] = np.zeros(turns, np.bool_)
                away[name][slice(None) if whole < 0.3 else slice(begin, end)] = True
        return away

    return Outages(some(cameras, camera_share), some(microphones, microphone_share))
