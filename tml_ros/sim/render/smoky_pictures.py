"""A scenario's pictures, and how much of each is hidden by smoke.

Owned by the thread that made it.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.lens import source_map
from tml_ros.sim.scene.pictures import FactoryPictures
from tml_ros.sim.scene.quality import Quality


class SmokyPictures(FactoryPictures):
    """As `FactoryPictures`. Raises SimulatorMissingError."""

    def __init__(self, scenario: Scenario, *, quality: Quality) -> None:
        """Build the hall and everything in it."""
        super().__init__(scenario, quality=quality)
        self._parts = scenario.cameras

    def smoke(self, camera: str, index: int) -> NDArray[np.float32] | None:
        """How much of what picture `index` shows is hidden by smoke, 0..1: float32 [h, w], bent as
        the picture is; None for no smoke in the air.

        Costs little right after that picture was asked for.
        """
        time_s = self.time_s(camera, index)
        if not self._smoke.in_air(time_s):
            return None
        depth = self._stage.draw(camera, time_s).depth
        opacity = self._smoke.opacity(depth, self._views[camera], time_s)
        part = self._parts[camera]
        if not part.distortion:
            return opacity
        bent = cv2.remap(opacity, *source_map(part), cv2.INTER_LINEAR)
        return np.asarray(bent, np.float32)
