"""MuJoCo without a screen: how it is loaded, and what is wrong where it cannot be.

On a machine without a graphics card the price of a picture is its size, so that a picture in which
little has changed is drawn where it has: a `Part`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.util import find_spec
from types import ModuleType


class SimulatorMissingError(ValueError):
    """MuJoCo, or what it draws with, is not installed; the message says what to install."""


@dataclass(frozen=True, slots=True)
class Part:
    """A rectangle of the picture: columns x0 to x1, rows y0 to y1, ends excluded."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def slices(self) -> tuple[slice, slice]:
        """Its rows and columns."""
        return slice(self.y0, self.y1), slice(self.x0, self.x1)


def load_mujoco() -> ModuleType:
    """MuJoCo, told to draw without a screen. Raises SimulatorMissingError."""
    # It chooses its way of drawing when it is first imported.
    os.environ.setdefault("MUJOCO_GL", "osmesa")
    for package in ("mujoco", "OpenGL"):
        if find_spec(package) is None:
            raise SimulatorMissingError(
                f"the simulated cell needs the Python package {package}: pip install 'tml_ros[sim]'"
            )
    try:
        import mujoco  # noqa: PLC0415 - optional, and only after the line above
    except Exception as error:
        raise _no_drawing(error) from error
    module: ModuleType = mujoco
    return module


def _no_drawing(error: Exception) -> SimulatorMissingError:
    chosen = os.environ.get("MUJOCO_GL", "")
    return SimulatorMissingError(
        f"the simulated cell cannot be drawn with MUJOCO_GL={chosen} ({error}): install the Debian "
        f"package libosmesa6 and leave MUJOCO_GL unset, or set MUJOCO_GL=egl for a graphics card"
    )
