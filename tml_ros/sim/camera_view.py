"""The pinhole camera of the simulated cell: where a point of the room is in the picture.

Knows nothing of the renderer; it only tells it the pose. Pure.

Room: metres, x to the right along the back wall, y towards it, z up. Picture: pixels, (x, y) from
the top left corner, the centre of the first pixel at (0.5, 0.5).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class CameraView:
    """A camera at `position` that looks at `target`, level.

    fovy_deg: vertical field of view. width, height: of the picture in pixels.
    """

    position: Vector
    target: Vector
    fovy_deg: float
    width: int
    height: int

    def axes(self) -> NDArray[np.float64]:
        """Right, up and backward of the camera as rows: float64 [3, 3]."""
        back = np.subtract(self.position, self.target, dtype=np.float64)
        back /= np.linalg.norm(back)
        right = np.cross((0.0, 0.0, 1.0), back)
        right /= np.linalg.norm(right)
        return np.stack([right, np.cross(back, right), back])

    def project(self, points: NDArray[np.float64] | Sequence[Vector]) -> NDArray[np.float64]:
        """Room to picture: float64 [n, 3] to [n, 2]; NaN for what is behind the camera."""
        seen = (np.asarray(points, np.float64).reshape(-1, 3) - self.position) @ self.axes().T
        depth = np.where(seen[:, 2] < -1e-6, -seen[:, 2], np.nan)
        focal = 0.5 * self.height / math.tan(math.radians(self.fovy_deg) / 2)
        across = 0.5 * self.width + focal * seen[:, 0] / depth
        down = 0.5 * self.height - focal * seen[:, 1] / depth
        return np.stack([across, down], axis=1)
