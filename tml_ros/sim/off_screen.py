"""Draws a MuJoCo scene without a screen, whole or only a part of the picture.

On a machine without a graphics card the price of a picture is its size, so that a picture in which
little has changed is drawn where it has. Owned by the thread that made it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

FINER = 2
"""Drawn so many times larger and averaged: smooth edges."""

Picture = NDArray[np.uint8]


class _Eye(Protocol):
    """The part of MuJoCo's `mjvGLCamera` that says what is seen."""

    frustum_center: float
    frustum_width: float
    frustum_bottom: float
    frustum_top: float


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


class OffScreen:
    """Draws what `camera` of a scene sees.

    xml, files: the scene as MJCF and the picture files it names. Raises SimulatorMissingError.
    """

    def __init__(
        self, xml: str, files: dict[str, bytes], *, camera: str, width: int, height: int
    ) -> None:
        """Build the scene and get hold of OpenGL."""
        mujoco = self._mujoco = load_mujoco()
        self._whole = Part(0, 0, width, height)
        self._model = mujoco.MjModel.from_xml_string(xml, files)
        self._data = mujoco.MjData(self._model)
        self._numbers = {
            self._model.body(body).name: int(self._model.body(body).mocapid[0])
            for body in range(self._model.nbody)
            if self._model.body(body).mocapid[0] >= 0
        }
        self._away = self._data.mocap_pos.copy()
        self._camera = mujoco.MjvCamera()
        self._camera.type = mujoco.mjtCamera.mjCAMERA_FIXED
        self._camera.fixedcamid = self._model.camera(camera).id
        self._options = mujoco.MjvOption()
        self._scene = mujoco.MjvScene(self._model, maxgeom=1000)
        self._perturbation = mujoco.MjvPerturb()
        try:
            self._gl: Any = mujoco.GLContext(width * FINER, height * FINER)
            self._gl.make_current()
            self._context: Any = mujoco.MjrContext(self._model, mujoco.mjtFontScale.mjFONTSCALE_100)
        except Exception as error:
            raise _no_drawing(error) from error
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self._context)
        self.put({})

    def close(self) -> None:
        """Give OpenGL back; may be called again."""
        if self._gl is not None:
            self._gl.make_current()
            self._context.free()
            self._gl.free()
            self._gl = self._context = None

    def put(self, places: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]]) -> None:
        """Put the movable bodies named at a position (float64 [3]) with a rotation (float64
        [3, 3]), and all others out of sight.
        """
        self._data.mocap_pos[:] = self._away
        for name, (position, rotation) in places.items():
            number = self._numbers[name]
            self._data.mocap_pos[number] = position
            self._mujoco.mju_mat2Quat(self._data.mocap_quat[number], rotation.ravel())
        self._mujoco.mj_kinematics(self._model, self._data)
        self._mujoco.mj_camlight(self._model, self._data)

    def draw(self, part: Part | None = None) -> Picture:
        """The picture, or a part of it: uint8 [h, w, 3], RGB."""
        mujoco, part = self._mujoco, part or self._whole
        mujoco.mjv_updateScene(
            self._model,
            self._data,
            self._options,
            self._perturbation,
            self._camera,
            mujoco.mjtCatBit.mjCAT_ALL,
            self._scene,
        )
        for eye in self._scene.camera:
            self._aim(eye, part)
        width, height = part.x1 - part.x0, part.y1 - part.y0
        self._gl.make_current()
        port = mujoco.MjrRect(0, 0, width * FINER, height * FINER)
        mujoco.mjr_render(port, self._scene, self._context)
        large = np.empty((height * FINER, width * FINER, 3), np.uint8)
        mujoco.mjr_readPixels(large, None, port, self._context)
        size = (width, height)
        return np.asarray(cv2.resize(large[::-1], size, interpolation=cv2.INTER_AREA), np.uint8)

    def _aim(self, eye: _Eye, part: Part) -> None:
        """Narrow the view to the part; sizes are those of the near plane, up is positive."""
        whole = self._whole
        scale = (eye.frustum_top - eye.frustum_bottom) / whole.y1
        middle = eye.frustum_center
        top = eye.frustum_top
        eye.frustum_center = middle + scale * ((part.x0 + part.x1) / 2 - whole.x1 / 2)
        eye.frustum_width = scale * (part.x1 - part.x0) / 2
        eye.frustum_top = top - scale * part.y0
        eye.frustum_bottom = top - scale * part.y1


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
