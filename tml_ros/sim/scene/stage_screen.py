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
NEAR_M, FAR_M = 0.1, 100.0
LAMP, OTHER_LAMPS, WINDOWS = "hall/lamp", "hall/other_lamps", "hall/windows"
"""Names of the lights."""
EVERYWHERE_M = 1e4
"""Radius around what has none, a plane."""
MARK_M = 0.1
"""What is lower than this lies on the floor, and nothing is seen through it."""
BACKDROP = "hall/backdrop"
"""Name of a thin box, and of its material, that is white and can be put behind all else."""
_DRAWN, _AWAY = 0, 5
"""Groups of geoms."""


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
    STILL = "still"
    """What never moves, without panes."""
    SOLID_MOVING = "solid moving"
    """What moves and one cannot look through, before nothing."""
    CLEAR = "clear"
    """What one can look through and moves, and panes, before nothing, that is black."""
    CLEAR_ON_WHITE = "clear on white"
    CLEAR_AS_SOLID = "clear as solid"
    """The same as if one could not look through it: to know how far away it is."""


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
        self._scene.flags[flags.mjRND_SHADOW] = self._shadows = shadows
        self._rendered = Part(0, 0, 0, 0)
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
    def clear(self) -> NDArray[np.bool_]:
        """Which geoms in sight are of the clear layers: bool [geoms]."""
        return self._wanted(Layer.CLEAR)

    @property
    def marks(self) -> NDArray[np.bool_]:
        """Which geoms lie flat on the floor, as they have been put: bool [geoms]."""
        return np.asarray(self._data.geom_xpos[:, 2] + self._model.geom_rbound < MARK_M)

    @property
    def balls(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Middles, float64 [geoms, 3], and radii, float64 [geoms], of balls around the geoms that
        never move. For others they mean nothing.
        """
        return self._places, self._radii

    @property
    def panes(self) -> NDArray[np.bool_]:
        """Which geoms one can look through and never move, marks on the floor left out."""
        panes: NDArray[np.bool_] = self._panes
        return panes

    def put(self, places: Mapping[str, Placed]) -> None:
        """Put the movable bodies named in their places, and all others out of sight.

        Raises KeyError for one that is none of the scene's.
        """
        mujoco, model, data = self._mujoco, self._model, self._data
        self._shown[:] = False
        for name, (position, rotation) in places.items():
            number = self._numbers[name]
            self._shown[number] = True
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

    def spread(
        self, still: NDArray[np.int64], moving: Mapping[str, NDArray[np.int64]]
    ) -> NDArray[np.int64]:
        """Something of every geom, from what it is of those that never move, [geoms, n], and of
        movable bodies, [n]; names of none are passed over.
        """
        table = np.zeros((len(self._shown) + 1, still.shape[1]), np.int64)
        for name, numbers in moving.items():
            if name in self._numbers:
                table[self._numbers[name]] = numbers
        return np.asarray(np.where((self._owner >= 0)[:, None], table[self._owner], still))

    def put_backdrop(self, place: Placed, half: tuple[float, float]) -> None:
        """Put the white box somewhere, after all else: half its size along x and y, metres; it is
        thin along z.
        """
        self._data.geom_xpos[self._backdrop] = place.position
        self._data.geom_xmat[self._backdrop] = np.ravel(place.rotation)
        self._model.geom_size[self._backdrop, :2] = half

    def render(
        self,
        camera: str,
        size: tuple[int, int],
        part: Part,
        layer: Layer = Layer.ALL,
        *,
        needed: NDArray[np.bool_] | None = None,
    ) -> None:
        """Draw a part of a camera's picture of that size (width, height), in drawn pixels.

        needed: geoms that are not are left out; none is where it is not given.
        """
        mujoco, model = self._mujoco, self._model
        wanted = self._wanted(layer)
        if needed is not None:
            wanted &= needed
        if layer is Layer.CLEAR_ON_WHITE:
            wanted |= self._backdrop
        model.geom_group[:] = np.where(wanted, _DRAWN, _AWAY)
        alpha = model.geom_rgba[:, 3].copy()
        if layer is Layer.CLEAR_AS_SOLID:
            model.geom_rgba[:, 3] = 1.0
        self._camera.fixedcamid = model.camera(camera).id
        mujoco.mjv_updateScene(
            model,
            self._data,
            self._options,
            self._perturbation,
            self._camera,
            mujoco.mjtCatBit.mjCAT_ALL,
            self._scene,
        )
        model.geom_rgba[:, 3] = alpha
        for eye in self._scene.camera:
            _aim(eye, size, part)
        if self._shadows:
            self._let_light_through()
        self._rendered = part
        self._gl.make_current()
        port = mujoco.MjrRect(0, 0, part.x1 - part.x0, part.y1 - part.y0)
        mujoco.mjr_render(port, self._scene, self._context)

    def _let_light_through(self) -> None:
        """What one can look through throws no shadow: decoration does not."""
        mujoco = self._mujoco
        for geom in self._scene.geoms[: self._scene.ngeom]:
            if geom.objtype == mujoco.mjtObj.mjOBJ_GEOM and self._clear[geom.objid]:
                geom.category = mujoco.mjtCatBit.mjCAT_DECOR

    def _wanted(self, layer: Layer) -> NDArray[np.bool_]:
        """The geoms of a layer that are in sight."""
        moving = self._owner >= 0
        in_sight = np.append(self._shown, True)[self._owner]
        if layer is Layer.ALL:
            return np.asarray(in_sight & ~self._backdrop)
        if layer is Layer.STILL:
            return np.asarray(~moving & ~self._panes & ~self._backdrop)
        if layer is Layer.SOLID_MOVING:
            return np.asarray(moving & in_sight & ~self._clear)
        return np.asarray((moving & in_sight & self._clear) | self._panes)

    def read(self, part: Part) -> tuple[Rgb, Zbuffer]:
        """A part of the picture that lies within the part last rendered: RGB uint8 [h, w, 3], and
        float32 [h, w], 0 at NEAR_M and 1 at FAR_M and where there is nothing.
        """
        mujoco, whole = self._mujoco, self._rendered
        width, height = part.x1 - part.x0, part.y1 - part.y0
        rgb, zbuffer = np.empty((height, width, 3), np.uint8), np.empty((height, width), np.float32)
        port = mujoco.MjrRect(part.x0 - whole.x0, whole.y1 - part.y1, width, height)
        self._gl.make_current()
        mujoco.mjr_readPixels(rgb, zbuffer, port, self._context)
        return rgb[::-1], zbuffer[::-1]

    def _know_bodies(self) -> None:
        """Find out which geoms are whose, and which of them one can look through."""
        mujoco, model = self._mujoco, self._model
        self._owner = model.body_mocapid[model.geom_bodyid].astype(np.int64)
        numbers = {int(model.body_mocapid[i]): model.body(i).name for i in range(model.nbody)}
        self._numbers = {name: number for number, name in numbers.items() if number >= 0}
        self._shown = np.zeros(len(self._numbers), np.bool_)
        self._backdrop = np.arange(model.ngeom) == model.geom(BACKDROP).id
        self._clear = _clear_geoms(model)
        # Whose transparency is the material's gets it of its own, so that it can be taken away.
        plain = self._clear & (model.geom_rgba == (0.5, 0.5, 0.5, 1.0)).all(axis=1)
        model.geom_rgba[plain] = model.mat_rgba[model.geom_matid[plain]]
        mujoco.mj_kinematics(model, self._data)
        self._places = self._data.geom_xpos.copy()
        self._radii = np.where(model.geom_rbound > 0, model.geom_rbound, EVERYWHERE_M)
        self._panes = self._clear & (self._owner < 0) & ~self.marks


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
