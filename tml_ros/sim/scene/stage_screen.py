"""A hall and its props as a MuJoCo model that is drawn without a screen, from several cameras.

What can be drawn apart: everything in a rectangle of the picture, or only what moves, with how far
away it is. Owned by the thread that made it. Knows nothing of scenarios.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.off_screen import Part, SimulatorMissingError, load_mujoco
from tml_ros.sim.scene.hall_light import Brightness
from tml_ros.sim.scene.prop import Placed

Rgb = NDArray[np.uint8]
Zbuffer = NDArray[np.float32]
NEAR_M, FAR_M = 0.1, 80.0
LAMP, OTHER_LAMPS, WINDOWS = "hall/lamp", "hall/other_lamps", "hall/windows"
"""Names of the lights."""
_SOLID, _CLEAR, _AWAY = 0, 3, 5
"""Groups of geoms: those one cannot look through, the others, and what is out of sight."""


class _Model(Protocol):
    """The part of MuJoCo's `MjModel` that says what geoms one can look through."""

    nmat: int
    ntex: int
    geom_matid: NDArray[np.int32]
    geom_rgba: NDArray[np.float32]
    mat_rgba: NDArray[np.float32]
    mat_texid: NDArray[np.int32]
    tex_nchannel: NDArray[np.int32]


class _Eye(Protocol):
    """The part of MuJoCo's `mjvGLCamera` that says what is seen."""

    frustum_center: float
    frustum_width: float
    frustum_bottom: float
    frustum_top: float


class Layer(Enum):
    """What of the scene is drawn."""

    ALL = "all"
    SOLID_MOVING = "solid moving"
    """The movable bodies, without those one can look through, before nothing."""


class StageScreen:
    """xml, files: the scene as MJCF and the picture files that it names. textures: written over
    textures of the scene of that size, uint8 [h, w, 3] each. width, height: of the largest picture
    in drawn pixels. Raises SimulatorMissingError, and ValueError of MuJoCo's for wrong MJCF.
    """

    def __init__(
        self,
        xml: str,
        files: Mapping[str, bytes],
        textures: Mapping[str, Rgb],
        *,
        width: int,
        height: int,
        shadows: bool,
    ) -> None:
        """Build the scene and get hold of OpenGL."""
        mujoco = self._mujoco = load_mujoco()
        model = self._model = mujoco.MjModel.from_xml_string(xml, dict(files))
        self._data = mujoco.MjData(model)
        for name, picture in textures.items():
            texture = model.texture(name).id
            begin = model.tex_adr[texture]
            model.tex_data[begin : begin + picture.size] = picture.ravel()
        self._scene = mujoco.MjvScene(model, maxgeom=model.ngeom + 10)
        self._options, self._perturbation = mujoco.MjvOption(), mujoco.MjvPerturb()
        self._camera = mujoco.MjvCamera()
        self._camera.type = mujoco.mjtCamera.mjCAMERA_FIXED
        flags = mujoco.mjtRndFlag
        for flag in (flags.mjRND_REFLECTION, flags.mjRND_SKYBOX, flags.mjRND_HAZE, flags.mjRND_FOG):
            self._scene.flags[flag] = False
        self._scene.flags[flags.mjRND_SHADOW] = shadows
        self._shown: set[str] = set()
        self._know_bodies()
        try:
            self._gl: Any = mujoco.GLContext(width, height)
            self._gl.make_current()
            self._context: Any = mujoco.MjrContext(model, mujoco.mjtFontScale.mjFONTSCALE_50)
        except Exception as error:
            raise SimulatorMissingError(
                f"the hall cannot be drawn ({error}): install the Debian package libosmesa6 and "
                f"leave MUJOCO_GL unset, or set MUJOCO_GL=egl for a graphics card"
            ) from error
        mujoco.mjr_setBuffer(mujoco.mjtFramebuffer.mjFB_OFFSCREEN, self._context)
        self.put({})

    def close(self) -> None:
        """Give OpenGL back; may be called again."""
        if self._gl is not None:
            self._gl.make_current()
            self._context.free()
            self._gl.free()
            self._gl = self._context = None

    @property
    def clear_bodies(self) -> frozenset[str]:
        """Bodies one can look through, in part at least."""
        return self._clear_bodies

    @property
    def clear_balls(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Middles, float64 [n, 3], and radii, float64 [n], of what one can look through and what
        never moves, marks on the floor left out.
        """
        return self._clear_balls

    def put(self, places: Mapping[str, Placed]) -> None:
        """Put the movable bodies named in their places, and all others out of sight.

        Raises KeyError for one that is none of the scene's.
        """
        mujoco, model, data = self._mujoco, self._model, self._data
        if places.keys() != self._shown:
            model.geom_group[self._moving] = _AWAY
            for name in places:
                model.geom_group[self._geoms[name]] = self._groups[name]
            self._shown = set(places)
        for name, (position, rotation) in places.items():
            number = self._numbers[name]
            data.mocap_pos[number] = position
            mujoco.mju_mat2Quat(data.mocap_quat[number], np.ravel(rotation))
        mujoco.mj_kinematics(model, data)
        mujoco.mj_camlight(model, data)

    def light(self, brightness: Brightness) -> None:
        """Set the light that the next pictures are drawn in."""
        model = self._model
        model.vis.headlight.ambient[:] = brightness.ambient
        model.light(LAMP).diffuse[:] = brightness.lamp
        model.light(OTHER_LAMPS).diffuse[:] = brightness.others
        model.light(WINDOWS).diffuse[:] = brightness.windows
        model.material("hall/lamp").emission[:] = brightness.shine

    def draw(
        self, camera: str, size: tuple[int, int], part: Part, layer: Layer = Layer.ALL
    ) -> tuple[Rgb, Zbuffer]:
        """A part of a camera's picture of that size (width, height) in drawn pixels: RGB uint8
        [h, w, 3], and float32 [h, w], 0 at NEAR_M and 1 at FAR_M and where there is nothing.
        """
        mujoco = self._mujoco
        self._camera.fixedcamid = self._model.camera(camera).id
        self._options.geomgroup[:] = 0
        self._options.geomgroup[_SOLID] = 1
        if layer is Layer.ALL:
            self._options.geomgroup[_CLEAR] = 1
            category = mujoco.mjtCatBit.mjCAT_ALL
        else:
            category = mujoco.mjtCatBit.mjCAT_DYNAMIC
        mujoco.mjv_updateScene(
            self._model,
            self._data,
            self._options,
            self._perturbation,
            self._camera,
            category,
            self._scene,
        )
        for eye in self._scene.camera:
            _aim(eye, size, part)
        width, height = part.x1 - part.x0, part.y1 - part.y0
        self._gl.make_current()
        port = mujoco.MjrRect(0, 0, width, height)
        mujoco.mjr_render(port, self._scene, self._context)
        rgb, zbuffer = np.empty((height, width, 3), np.uint8), np.empty((height, width), np.float32)
        mujoco.mjr_readPixels(rgb, zbuffer, port, self._context)
        return rgb[::-1], zbuffer[::-1]

    def _know_bodies(self) -> None:
        """Find out which geoms are whose, and which of them one can look through."""
        mujoco, model = self._mujoco, self._model
        clear = _clear_geoms(model)
        owner = model.body_mocapid[model.geom_bodyid]
        names = {int(model.body_mocapid[i]): model.body(i).name for i in range(model.nbody)}
        self._numbers = {name: number for number, name in names.items() if number >= 0}
        self._geoms = {name: np.flatnonzero(owner == i) for name, i in self._numbers.items()}
        self._clear_bodies = frozenset(
            name for name, geoms in self._geoms.items() if clear[geoms].any()
        )
        self._groups = {
            name: _CLEAR if name in self._clear_bodies else _SOLID for name in self._numbers
        }
        self._moving = owner >= 0
        model.geom_group[:] = _SOLID
        model.geom_group[self._moving] = _AWAY
        mujoco.mj_kinematics(model, self._data)
        flat = self._data.geom_xpos[:, 2] + model.geom_rbound < 0.1
        panes = clear & ~self._moving & ~flat
        self._clear_balls = (self._data.geom_xpos[panes].copy(), model.geom_rbound[panes].copy())


def metres(zbuffer: Zbuffer) -> NDArray[np.float32]:
    """How far away along the camera's axis, from what `draw` gives; FAR_M: there is nothing."""
    return np.asarray(NEAR_M * FAR_M / (FAR_M - zbuffer * (FAR_M - NEAR_M)), np.float32)


def _clear_geoms(model: _Model) -> NDArray[np.bool_]:
    """Those with an alpha below 1, of their own, their material's or their texture's."""
    material = model.geom_matid
    clear = model.geom_rgba[:, 3] < 1
    if model.nmat:
        clear |= (material >= 0) & (model.mat_rgba[material, 3] < 1)
        textures = model.mat_texid[material].max(axis=1)
        if model.ntex:
            channels = model.tex_nchannel[textures]
            clear |= (material >= 0) & (textures >= 0) & (channels == 4)
    return np.asarray(clear, np.bool_)


def _aim(eye: _Eye, size: tuple[int, int], part: Part) -> None:
    """Narrow the view to the part; sizes are those of the near plane, up is positive."""
    width, height = size
    scale = (eye.frustum_top - eye.frustum_bottom) / height
    top = eye.frustum_top
    eye.frustum_center += scale * ((part.x0 + part.x1) / 2 - width / 2)
    eye.frustum_width = scale * (part.x1 - part.x0) / 2
    eye.frustum_top = top - scale * part.y0
    eye.frustum_bottom = top - scale * part.y1
