"""A finished plan of what somebody does, to be asked at any moments.

Knows nothing of steps or limbs: rows of numbers at knots of time, straight lines between. Read-only
once it is made.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tml_ros.sim.scene.people_hands import Hands
from tml_ros.sim.scene.people_skeleton import Array
from tml_ros.sim.truth.moment import Posture

_HANDS_S = 0.5
"""How long hands take to do something else."""


@dataclass(frozen=True, slots=True)
class Upright:
    """Moments of somebody on their feet, float64 [n] each; hands: [n, 9], see `Hands.numbers`.

    rest: 0 walking, 1 standing. phase: of the steps, pi each. crouch: 0 upright, 1 down. feet:
    footprints [n, 3] and swings [n] of the left and of the right foot.
    """

    x: Array
    y: Array
    heading: Array
    phase: Array
    pace: Array
    rest: Array
    crouch: Array
    hands: Array
    feet: tuple[tuple[Array, Array], tuple[Array, Array]]


@dataclass(slots=True)
class Plan:
    """What is planned so far, in the order of time. knots: time, x, y, heading, phase, pace,
    crouch. hands: time, then `Hands.numbers`.
    """

    knots: list[tuple[float, ...]] = field(default_factory=list)
    hands: list[tuple[float, ...]] = field(default_factory=list)
    postures: list[tuple[float, Posture]] = field(default_factory=list)

    def use_hands(self, time_s: float, hands: Hands) -> None:
        """Do something else with the hands from then on."""
        if self.hands:
            self.hands.append((time_s, *self.hands[-1][1:]))
            time_s += _HANDS_S
        self.hands.append((time_s, *hands.numbers))

    def timeline(self) -> Timeline:
        """All of it."""
        return Timeline(self)


class Timeline:
    """A plan that can be asked."""

    def __init__(self, plan: Plan) -> None:
        """Take it as it is now."""
        self._knots, self._hands = np.array(plan.knots), np.array(plan.hands)
        self._begins = np.array([time for time, _ in plan.postures])
        self._postures = [posture for _, posture in plan.postures]

    def postures(self, times: Array) -> list[Posture]:
        """What is done at each moment."""
        indices = np.searchsorted(self._begins, times, side="right") - 1
        return [self._postures[max(0, index)] for index in indices]

    def upright(
        self, times: Array, feet: tuple[tuple[Array, Array], tuple[Array, Array]]
    ) -> Upright:
        """How somebody would be on their feet, which are there."""
        x, y, heading, phase, pace, crouch = (
            np.interp(times, self._knots[:, 0], column) for column in self._knots.T[1:]
        )
        columns = self._hands.T
        hands = np.stack([np.interp(times, columns[0], one) for one in columns[1:]], axis=1)
        rest = 1.0 - np.clip(pace / 0.5, 0.0, 1.0)
        return Upright(x, y, heading, phase, pace, rest, crouch, hands, feet)
