"""What somebody does from second to second, as their steps say it.

Where they are, which way they face, how upright they are, where each foot stands; knows nothing of
other limbs. Metres, seconds, radians. Pure.

A step's seconds run from its beginning to the beginning of the next. Turning to another side and
going down belong to the step; getting up from a crouch (0.6 s) or from the floor (1.5 s) is how the
next one begins, of whatever kind that is. Who crouches last gets up; who lies last stays so.
Somebody without any steps stands there to the end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tml_ros.sim.scenario.scenario import PersonPart
from tml_ros.sim.scene.people_footsteps import Footsteps
from tml_ros.sim.scene.people_hands import IDLE
from tml_ros.sim.scene.people_looks import Manner
from tml_ros.sim.scene.people_lying import Lying, draw_lying
from tml_ros.sim.scene.people_skeleton import Array
from tml_ros.sim.scene.people_strides import (
    STANDING_WIDTH,
    TOES_OUT,
    step_length,
    strides,
)
from tml_ros.sim.scene.people_timeline import Plan, Upright
from tml_ros.sim.scene.people_way import Place, Way, shortest, stretches
from tml_ros.sim.split import Split
from tml_ros.sim.truth.moment import Posture

CROUCH_S = 0.6
RISE_S = 1.5
TURN_IN_PLACE = 0.5
"""Who sets off farther round than this turns on the spot first, rad."""
_LEAST_LYING_S = 0.4


@dataclass(frozen=True, slots=True)
class Fall:
    """A fall: begins at start_s, lies from lies_s, gets up from rises_s on, is up at end_s.

    anchor: where the middle between the feet was when it began.
    """

    lying: Lying
    start_s: float
    lies_s: float
    rises_s: float
    end_s: float
    anchor: Place


class Course:
    """One person's way through a scenario. ends_s: when the scenario ends.

    room: how much space there is from a place in a direction, m.
    """

    def __init__(
        self,
        part: PersonPart,
        *,
        manner: Manner,
        ends_s: float,
        rng: np.random.Generator,
        split: Split,
        room: Callable[[Place, float], float],
    ) -> None:
        """Plan all of it."""
        self._part, self._manner, self._rng, self._split = part, manner, rng, split
        self._room = room
        self.start_s = self._time = part.enters
        self._place: Place = (float(part.at[0]), float(part.at[1]))
        self._heading = self._first_heading()
        self._phase = 0.0
        self._moving = bool(part.steps) and part.steps[0].walk is not None
        self._left_next = bool(rng.random() < 0.5)
        self._crouched = False
        self._plan = Plan()
        self.falls: list[Fall] = []
        self._feet = (Footsteps(self._stood(1.0)), Footsteps(self._stood(-1.0)))
        self._use_hands()
        self._knot()
        self._live(ends_s)
        self.end_s = max(self._time, self.start_s)
        self._timeline = self._plan.timeline()

    def present(self, times: Array) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Whether they are there at those moments: bool [n]."""
        return np.asarray((times >= self.start_s) & (times <= self.end_s))

    def postures(self, times: Array) -> list[Posture]:
        """What they are doing at each moment."""
        return self._timeline.postures(times)

    def upright(self, times: Array) -> Upright:
        """How they would be on their feet at those moments."""
        left, right = (foot.at(times) for foot in self._feet)
        return self._timeline.upright(times, (left, right))

    def _live(self, ends_s: float) -> None:
        """Do one step after another."""
        steps = self._part.steps
        index, rising = 0, False
        while index < len(steps):
            step = steps[index]
            # Getting up from the floor has been planned with the fall.
            begun = self.falls[-1].rises_s if rising else self._time
            rising = step.fall is not None
            if self._crouched and step.crouch is None:
                self._crouch_to(0.0)
            if step.walk is not None:
                places = list(step.walk)
                while index + 1 < len(steps) and (more := steps[index + 1].walk) is not None:
                    places += more
                    index += 1
                after = steps[index + 1] if index + 1 < len(steps) else None
                stops = after.fall is None if after else self._part.stays
                self._walk(places, stops=stops)
            elif step.stand is not None:
                self._stand(begun + step.stand, step.facing)
            elif step.crouch is not None:
                self._crouch(begun + step.crouch)
            elif step.fall is not None:
                last = index + 1 == len(steps)
                until = ends_s if last and self._part.stays else self._time + step.fall
                self._fall(until, gets_up=not last)
            index += 1
        if self._crouched:
            self._crouch_to(0.0)
        if (self._part.stays or not steps) and self._time < ends_s:
            self._stand(ends_s, None)

    def _walk(self, places: Sequence[Place], *, stops: bool) -> None:
        """Walk along places; `stops`: come to rest at the last of them."""
        cut = stretches([self._place, *((float(x), float(y)) for x, y in places)])
        for index, corners in enumerate(cut):
            to_rest = stops or index + 1 < len(cut)
            way = self._way(corners, to_rest)
            ahead = float(way.heading(np.zeros(1))[0])
            if not self._moving and abs(shortest(ahead - self._heading)) > TURN_IN_PLACE:
                self._turn(ahead)
                way = self._way(corners, to_rest)
            self._along(way, to_rest=to_rest)
        if stops or not cut:
            self._moving = False

    def _way(self, corners: Sequence[Place], to_rest: bool) -> Way:
        return Way(
            corners,
            start_s=self._time,
            speed=self._part.speed,
            from_rest=not self._moving,
            to_rest=to_rest,
        )

    def _along(self, way: Way, *, to_rest: bool) -> None:
        """Take one way, step by step."""
        from_rest = not self._moving
        self._posture(Posture.WALKING)
        usual = self._manner.size * self._manner.stride * step_length(self._part.speed)
        count = max(1, round(way.length / usual))
        length = way.length / count
        times = way.knots()
        walked = way.walked(times)
        places, headings = way.place(walked), way.heading(walked)
        # The rest of the turn is done in the first steps.
        lag = shortest(self._heading - float(headings[0]))
        fades = np.clip(1.0 - walked / 0.5, 0.0, 1.0)
        headings = headings + lag * fades * fades * (3 - 2 * fades)
        headings += 2 * math.pi * round((self._heading - headings[0]) / (2 * math.pi))
        paces = np.gradient(walked, times)
        # Over the left foot at 0.6 pi, see the swing of the arms.
        first_left = self._left_next
        phases = math.pi * (walked / length - (1.0 if first_left else 0.0) + 0.6)
        for row in zip(times, *places.T, headings, phases, paces, strict=True):
            self._plan.knots.append((*(float(value) for value in row), 0.0))
        for stride in strides(
            way,
            count=count,
            size=self._manner.size,
            first_left=first_left,
            from_rest=from_rest,
            to_rest=to_rest,
        ):
            foot = self._feet[0] if stride.left else self._feet[1]
            if stride.taken_before:
                foot.put(stride.land_s, stride.footprint)
            else:
                foot.step(stride.lift_s, stride.land_s, stride.footprint)
        # One step more closes up, or is on its way.
        self._left_next = first_left is (count % 2 == 1)
        self._time, self._phase = way.end_s, float(phases[-1])
        self._place = (float(places[-1][0]), float(places[-1][1]))
        self._heading = float(headings[-1])
        self._moving = not to_rest
        if to_rest:
            self._knot()

    def _turn(self, heading: float) -> None:
        """Turn on the spot, foot by foot."""
        turn = shortest(heading - self._heading)
        pairs = max(1, math.ceil(abs(turn) / 1.2))
        each = 0.42 if abs(turn) > 0.6 else 0.34
        self._knot()
        begin, first = self._heading, (0 if turn > 0 else 1)
        for pair in range(pairs):
            self._heading = begin + turn * (pair + 1) / pairs
            for second, foot in enumerate((first, 1 - first)):
                lift = self._time + second * 0.5 * each
                footprint = self._stood(1.0 if foot == 0 else -1.0)
                self._feet[foot].step(lift, lift + 0.5 * each, footprint)
            self._time += each
            self._knot()

    def _stand(self, until: float, facing: float | None) -> None:
        """Stand there, turned to `facing` (degrees) where it is said."""
        self._posture(Posture.STANDING)
        self._moving = False
        self._use_hands()
        if facing is not None and abs(shortest(math.radians(facing) - self._heading)) > 0.05:
            self._turn(math.radians(facing))
        self._time = max(self._time, until)
        self._knot()

    def _crouch(self, until: float) -> None:
        """Go down and stay there."""
        self._posture(Posture.CROUCHING)
        self._moving = False
        if not self._crouched:
            self._crouch_to(1.0)
        self._time = max(self._time, until)
        self._knot()

    def _crouch_to(self, depth: float) -> None:
        """Go down or up."""
        self._knot()
        for share in np.linspace(0, 1, 9)[1:]:
            part = share * share * (3 - 2 * share)
            self._crouched = True
            self._time += CROUCH_S / 8
            self._knot(part if depth else 1 - part)
        self._crouched = depth > 0
        if not self._crouched:
            self._posture(Posture.STANDING)

    def _fall(self, until: float, *, gets_up: bool) -> None:
        """Fall, lie there, and get up where something follows."""
        start, place = self._time, self._place
        pace = self._part.speed if self._moving else 0.0
        lying = draw_lying(
            self._rng,
            self._split,
            heading=self._heading,
            pace=pace,
            room=lambda direction: self._room(place, direction),
        )
        lies = start + lying.seconds
        rises = max(until, lies + _LEAST_LYING_S)
        end = rises + RISE_S if gets_up else rises
        self.falls.append(Fall(lying, start, lies, rises, end, place))
        self._posture(Posture.FALLING)
        self._knot(1.0 if self._crouched else 0.0)
        self._plan.postures.append((lies, Posture.LYING))
        self._moving = self._crouched = False
        self._place = (
            place[0] + lying.slide * math.cos(lying.thrown),
            place[1] + lying.slide * math.sin(lying.thrown),
        )
        self._heading += shortest(lying.up - self._heading)
        # Until then it does not matter where the feet would be: see `people_body`.
        for foot, sign in zip(self._feet, (1.0, -1.0), strict=True):
            foot.put(start + 0.1, self._stood(sign))
        self._time = start + 0.1
        self._knot(1.0)
        self._time = rises
        if gets_up:
            self._plan.postures.append((rises, Posture.RISING))
            self._time = end - CROUCH_S
            self._crouched = True
            self._crouch_to(0.0)
            self._time = end
        self._knot(0.0 if gets_up else 1.0)

    def _first_heading(self) -> float:
        """Towards where the first walk leads, or as the first step says."""
        for step in self._part.steps:
            if step.facing is not None and step.walk is None:
                return math.radians(step.facing)
            for x, y in step.walk or ():
                if math.dist((x, y), self._place) >= 0.05:
                    return math.atan2(y - self._place[1], x - self._place[0])
        return float(self._rng.uniform(-math.pi, math.pi))

    def _stood(self, sign: float) -> tuple[float, float, float]:
        """Where a foot is in standing."""
        aside = sign * STANDING_WIDTH * self._manner.size
        return (
            self._place[0] - aside * math.sin(self._heading),
            self._place[1] + aside * math.cos(self._heading),
            self._heading + sign * TOES_OUT,
        )

    def _knot(self, crouch: float | None = None) -> None:
        """Be as they are now, at rest."""
        depth = (1.0 if self._crouched else 0.0) if crouch is None else crouch
        pace = self._part.speed if self._moving else 0.0
        self._plan.knots.append((self._time, *self._place, self._heading, self._phase, pace, depth))

    def _posture(self, posture: Posture) -> None:
        self._plan.postures.append((self._time, posture))

    def _use_hands(self) -> None:
        """Do something else with the hands from now on."""
        self._plan.use_hands(self._time, IDLE.draw(self._rng, self._split))
