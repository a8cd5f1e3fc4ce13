"""Which short stretches of which scenarios are lessons, so that about half show or sound a hazard.

Hazards are rare and some are rarer: what comes is drawn by kind first, then by occasion. Knows
nothing of pictures or sound but their labels. Owned by one thread.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.hazard_places import HEARD, SEEN
from tml_ros.sim.render.shard import RenderedScenario
from tml_ros.turn.hazard import HazardKind

HAZARDS_SHARE: Final = 0.5
BUSY_SHARE: Final = 0.15
"""Of lessons in which somebody or a vehicle is in view, hazard or not."""
_BEGINS_SHARE = 0.5
"""Of the lessons with a hazard, in which it surely begins within the lesson."""
_HARD: Final = {
    HazardKind.PERSON_IN_ZONE: 0.4,
    HazardKind.PERSON_DOWN: 1.5,
    HazardKind.MISSING_HELMET: 1.5,
    HazardKind.VEHICLE_NEAR_PERSON: 2.0,
    HazardKind.SMOKE_OR_FIRE: 1.2,
    HazardKind.SIREN: 0.7,
    HazardKind.IMPACT_SOUND: 1.2,
}
"""How much more often a kind is taught than others of as many occasions; 1 for what is not named.
Somebody in a zone comes with most of the others."""
_TEMPER = 0.3
"""A kind with twice the occasions is taught this power of 2 more often."""


@dataclass(frozen=True, slots=True)
class Window:
    """turns: of the scenario of that number."""

    scene: int
    turns: range


class Windows:
    """Windows of `length` turns in these scenarios, of which longer ones have more in an epoch.

    Raises ValueError where all are shorter than a window.
    """

    def __init__(self, scenes: Iterable[RenderedScenario], length: int) -> None:
        """Read the labels of all of them."""
        self._length = length
        turns: list[int] = []
        self._busy: list[NDArray[np.int64]] = []
        runs: dict[HazardKind, list[tuple[int, int, int]]] = {kind: [] for kind in (*SEEN, *HEARD)}
        for number, scene in enumerate(scenes):
            turns.append(scene.entry.turns)
            self._busy.append(np.flatnonzero(scene.in_view.any(axis=(1, 2))))
            for kinds, labels in ((SEEN, scene.seen), (HEARD, scene.heard)):
                there = (labels == 1).any(axis=2)
                for row, kind in enumerate(kinds):
                    if turns[-1] >= length:
                        runs[kind] += [(number, *run) for run in _runs(there[:, row])]
        if max(turns, default=0) < length:
            raise ValueError(f"no scenario has {length} turns")
        self._turns = np.array(turns, np.int64)
        self._ends = np.cumsum(self._turns // length)
        self._runs = {kind: np.array(some, np.int64) for kind, some in runs.items() if some}
        weights = [_HARD.get(kind, 1.0) * len(some) ** _TEMPER for kind, some in self._runs.items()]
        self._shares = np.array(weights) / max(sum(weights), 1e-9)

    def __len__(self) -> int:
        """As many as fit side by side into all scenarios."""
        return int(self._ends[-1])

    @property
    def occasions(self) -> dict[HazardKind, int]:
        """How often each kind is there, of those that are."""
        return {kind: len(runs) for kind, runs in self._runs.items()}

    def window(self, index: int, rng: np.random.Generator) -> Window:
        """One at random; index says in which scenario where no hazard is looked for.

        Raises IndexError.
        """
        if not 0 <= index < len(self):
            raise IndexError(f"window {index} of {len(self)}")
        how = rng.random()
        if self._runs and how < HAZARDS_SHARE:
            return self._with_a_hazard(rng)
        scene = int(np.searchsorted(self._ends, index, side="right"))
        busy = self._busy[scene]
        if len(busy) and how < HAZARDS_SHARE + BUSY_SHARE:
            turn = int(rng.choice(busy))
            return self._near(scene, turn - self._length + 1, turn, rng)
        return self._near(scene, 0, int(self._turns[scene]), rng)

    def _with_a_hazard(self, rng: np.random.Generator) -> Window:
        kind = list(self._runs)[int(rng.choice(len(self._shares), p=self._shares))]
        scene, begin, end = rng.choice(self._runs[kind]).tolist()
        begins = rng.random() < _BEGINS_SHARE
        last = begin - 1 if begins else end - 1
        return self._near(scene, begin - self._length + 1, last, rng)

    def _near(self, scene: int, earliest: int, latest: int, rng: np.random.Generator) -> Window:
        """A window that begins in [earliest, latest], as far as the scenario allows."""
        most = int(self._turns[scene]) - self._length
        low, high = (min(max(turn, 0), most) for turn in (earliest, latest))
        first = int(rng.integers(low, high + 1))
        return Window(scene, range(first, first + self._length))


def _runs(there: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and one past the last turn of each stretch in which it is there."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], there, [False]])))
    return [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]
