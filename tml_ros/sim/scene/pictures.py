"""What each camera of a simulated cell gives out, picture by picture.

Joins the stage with everything that stands and moves on it, smoke, and what a camera does to its
pictures. Any picture can be asked for, in any order. Needs MuJoCo and an off-screen OpenGL. Owned
by the thread that made it.
"""

from __future__ import annotations

from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.scenario.scenario import EventKind, Scenario
from tml_ros.sim.scene.camera_effects import CameraEffects
from tml_ros.sim.scene.distractors import distractors
from tml_ros.sim.scene.machines.machines import machines
from tml_ros.sim.scene.people import People
from tml_ros.sim.scene.quality import Quality
from tml_ros.sim.scene.smoke import Smoke
from tml_ros.sim.scene.stage import Stage, camera_view
from tml_ros.sim.scene.vehicles import Vehicles
from tml_ros.sim.scene.zone_outline import zones_in_picture

__all__ = ["FactoryPictures", "zones_in_picture"]


class FactoryPictures:
    """All cameras of a scenario, a context manager. Raises SimulatorMissingError."""

    def __init__(self, scenario: Scenario, *, quality: Quality) -> None:
        """Build the hall and everything in it."""
        self._seconds = scenario.seconds
        self._rates = {name: part.rate for name, part in scenario.cameras.items()}
        self._views = {name: camera_view(scenario, name) for name in scenario.cameras}
        self._smoke = Smoke(scenario)
        props = (
            *machines(scenario),
            Vehicles(scenario),
            People(scenario),
            *distractors(scenario),
        )
        self._stage = Stage(scenario, props, quality=quality)
        usual = _lamps_on(scenario)
        self._effects = {
            name: CameraEffects(scenario, name, usual=self._stage.draw(name, usual).rgb)
            for name in scenario.cameras
        }

    def __enter__(self) -> FactoryPictures:
        """Give itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the renderer back."""
        self.close()

    def close(self) -> None:
        """Give the renderer back; may be called again."""
        self._stage.close()

    def frames(self, camera: str) -> int:
        """How many pictures the camera gives. Raises KeyError for no camera of the scenario."""
        return round(self._seconds * self._rates[camera])

    def time_s(self, camera: str, index: int) -> float:
        """When it takes picture `index`."""
        return index / self._rates[camera]

    def picture(self, camera: str, index: int) -> NDArray[np.uint8]:
        """A picture: uint8 [h, w, 3], RGB, read-only. Raises KeyError, IndexError."""
        if not 0 <= index < self.frames(camera):
            raise IndexError(f"picture {index} of {self.frames(camera)}")
        time_s = self.time_s(camera, index)
        view = self._stage.draw(camera, time_s)
        rgb = view.rgb
        if self._smoke.in_air(time_s):
            rgb = self._smoke.over(rgb, view.depth, self._views[camera], time_s)
        taken = self._effects[camera].taken(rgb, index)
        taken.flags.writeable = False
        return taken


def _lamps_on(scenario: Scenario) -> float:
    """The first moment with the lamps as they usually are, s."""
    time_s = 0.0
    for event in sorted(scenario.events, key=lambda event: event.at):
        if event.kind is EventKind.LAMP_OFF and event.at <= time_s:
            # They come back with a flicker.
            time_s = max(time_s, event.at + event.lasts + 1.0)
    return time_s
