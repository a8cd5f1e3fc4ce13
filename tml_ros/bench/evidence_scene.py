"""Simulated pictures of people, and which of their pixels are somebody's, for judging privacy.

A pixel is somebody's where the hall is drawn nearer with people than without. Knows nothing of what
is done to the pictures. Needs MuJoCo. Owned by the thread that made it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.scenario.random_scenario import random_scenario
from tml_ros.sim.scenario.scenario import PersonPart, Scenario, Step
from tml_ros.sim.scenario.suite import Suite
from tml_ros.sim.scene.camera_effects import CameraEffects
from tml_ros.sim.scene.distractors import distractors
from tml_ros.sim.scene.machines.machines import machines
from tml_ros.sim.scene.people import DOWNWARD, People
from tml_ros.sim.scene.quality import Quality
from tml_ros.sim.scene.smoke import Smoke
from tml_ros.sim.scene.stage import Stage, camera_view
from tml_ros.sim.scene.vehicles import Vehicles
from tml_ros.sim.split import Split
from tml_ros.sim.truth.moment import Posture
from tml_ros.sim.truth.watch import Watch

SIZE = (320, 240)
RATE = 10.0
EMPTY_S, EMPTY_RATE = 70.0, 2.5
"""The camera has watched the empty hall for so long before, at so many pictures per second."""
LEAST_M = 0.05
"""Nearer by so much is somebody; by less it is the dark on the floor below them."""
STANDS_S = 180.0

Rgb = NDArray[np.uint8]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class SeenPerson:
    """Somebody in a picture. posture: what they are doing. pixels, head: bool [h, w], what is seen
    of them and of their head.
    """

    name: str
    posture: Posture
    pixels: Flags = field(repr=False)
    head: Flags = field(repr=False)


@dataclass(frozen=True, slots=True)
class JudgedPicture:
    """rgb: uint8 [h, w, 3]. people: those of whom anything is seen; none in an empty hall."""

    time_s: float
    rgb: Rgb = field(repr=False)
    people: tuple[SeenPerson, ...] = ()


class EvidenceScene:
    """The pictures of a scenario with one camera, a context manager.

    Raises SimulatorMissingError.
    """

    def __init__(self, scenario: Scenario, *, rate: float = RATE) -> None:
        """Build the hall three times: as it is, without people, and empty."""
        (self._camera,) = scenario.cameras
        self._rate, self._seconds = rate, scenario.seconds
        self._view = camera_view(scenario, self._camera)
        self._people, self._vehicles = People(scenario), Vehicles(scenario)
        self._smoke = Smoke(scenario)
        things = (*machines(scenario), self._vehicles, *distractors(scenario))
        fast = Quality.FAST
        self._stage = Stage(scenario, (*things, self._people), quality=fast)
        self._without = Stage(scenario, things, quality=fast)
        # The hall is furnished so that nobody runs into anything: they must stay in its plan.
        quiet = scenario.model_copy(update={"events": ()})
        self._empty = Stage(quiet, machines(quiet), quality=fast)
        usual = self._empty.draw(self._camera, 0.0).rgb
        self._effects = CameraEffects(scenario, self._camera, usual=usual)
        lens = scenario.cameras[self._camera].model_copy(
            update=dict.fromkeys(("noise", "blur", "compression", "flicker", "exposure"), 0.0)
        )
        only_lens = scenario.model_copy(update={"cameras": {self._camera: lens}})
        self._lens = CameraEffects(only_lens, self._camera)
        self._times = np.arange(round(self._seconds * rate)) / rate
        self._watch = Watch(
            scenario,
            self._people,
            self._vehicles,
            (),
            {self._camera: self._view},
            times=self._times,
        )

    def __enter__(self) -> EvidenceScene:
        """Give itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the renderers back."""
        for stage in (self._stage, self._without, self._empty):
            stage.close()

    def empty_hall(self) -> Iterator[JudgedPicture]:
        """What the camera sees before anybody comes; times before 0."""
        for index in range(round(EMPTY_S * EMPTY_RATE)):
            rgb = self._empty.draw(self._camera, index / EMPTY_RATE).rgb
            taken = self._effects.taken(rgb, index)
            yield JudgedPicture(index / EMPTY_RATE - EMPTY_S, taken)

    def pictures(self) -> Iterator[JudgedPicture]:
        """The scenario, picture by picture."""
        for index, time_s in enumerate(self._times.tolist()):
            view = self._stage.draw(self._camera, time_s)
            without = self._without.draw(self._camera, time_s)
            rgb = view.rgb
            if self._smoke.in_air(time_s):
                rgb = self._smoke.over(rgb, view.depth, self._view, time_s)
            nearer = without.depth - view.depth > LEAST_M
            white = np.repeat((nearer * np.uint8(255))[..., None], 3, axis=2)
            somebody = self._lens.taken(white, index)[..., 1] > 127
            taken = self._effects.taken(rgb, index)
            yield JudgedPicture(time_s, taken, tuple(self._seen(index, somebody)))

    def _seen(self, index: int, somebody: Flags) -> Iterator[SeenPerson]:
        rows, columns = np.indices(somebody.shape)
        for one in self._watch.people:
            seen = one.seen[self._camera]
            if not one.track.present[index] or seen.share[index] <= 0:
                continue
            x0, y0, x1, y1 = seen.box[index]
            box = (columns >= x0 - 2) & (columns < x1 + 2) & (rows >= y0 - 2) & (rows < y1 + 2)
            pixels = somebody & box
            if not pixels.any():
                continue
            eye = self._watch.eyes[self._camera]
            (x, y), radius = (
                eye.pixels(one.cloud.points[index : index + 1, one.cloud.head[0]])[0],
                seen.head_radius[index],
            )
            head = pixels & (np.hypot(columns + 0.5 - x, rows + 0.5 - y) <= radius)
            yield SeenPerson(one.person.name, one.track.postures[index], pixels, head)


def is_down(posture: Posture) -> bool:
    """Whether somebody is not on their feet."""
    return posture in DOWNWARD


def random_visits(seed: int, *, looks: Split) -> Scenario:
    """People come and go as they do in hazard scenarios, after nobody was there."""
    return random_scenario(
        seed, suite=Suite.HAZARDS, looks=looks, seconds=60.0, camera_size=SIZE, camera_rate=RATE
    )


def standing_still(seed: int, *, looks: Split) -> Scenario:
    """Somebody walks in, stands in a zone for three minutes, and leaves."""
    return _standing(seed, looks=looks, from_the_start=False)


def there_from_the_start(seed: int, *, looks: Split) -> Scenario:
    """Somebody stands in a zone from the first picture on for three minutes, then leaves."""
    return _standing(seed, looks=looks, from_the_start=True)


def _standing(seed: int, *, looks: Split, from_the_start: bool) -> Scenario:
    drawn = random_scenario(
        seed, suite=Suite.HAZARDS, looks=looks, seconds=20.0, camera_size=SIZE, camera_rate=RATE
    )
    zone = np.array(next(iter(drawn.zones.values())).polygon)
    x, y = zone.mean(axis=0).round(2).tolist()
    wall = drawn.hall.size[0] / 2 + 0.8
    before = (x, round(float(zone[:, 1].min()) - 0.8, 2))
    away = Step(walk=(before, (wall, before[1])))
    stands = Step(stand=STANDS_S, facing=float(seed * 67 % 360))
    if from_the_start:
        person = PersonPart(at=(x, y), steps=(stands, away))
    else:
        steps = (Step(walk=(before, (x, y))), stands, away)
        person = PersonPart(at=(-wall, before[1]), enters=1.0, steps=steps)
    return Scenario.model_validate(
        drawn.model_dump()
        | {
            "seconds": STANDS_S + 30.0,
            "people": {"worker_1": person.model_dump()},
            "vehicles": {},
            "events": (),
            "lines": (),
        }
    )
