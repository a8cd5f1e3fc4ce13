"""The simulated hall with everything in it, as its cameras would see it without lens and sensor.

The picture of what never moves is kept per camera and brightness of the lamps; only the rectangles
that moving bodies (and, where there are any, their shadows) may cover are drawn anew. Knows nothing
of smoke, lens, noise or compression. Owned by the thread that made it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.camera_view import CameraView
from tml_ros.sim.off_screen import Part
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.hall import Hall, hall_blocks, make_hall
from tml_ros.sim.scene.hall_light import HallLight, brightness
from tml_ros.sim.scene.prop import Placed, Prop
from tml_ros.sim.scene.quality import Quality
from tml_ros.sim.scene.stage_parts import Boxes, Eye, merged, shadow_points
from tml_ros.sim.scene.stage_screen import (
    FAR_M,
    LAMP,
    NEAR_M,
    OTHER_LAMPS,
    WINDOWS,
    Layer,
    Rgb,
    StageScreen,
    Zbuffer,
    metres,
)
from tml_ros.sim.shapes import MATERIALS, numbers

__all__ = ["Stage", "View", "camera_view", "hall_blocks"]

FINER = {Quality.FAST: 1, Quality.PRETTY: 2}
"""Drawn so many times larger and averaged."""
ROUNDNESS = {Quality.FAST: (10, 6), Quality.PRETTY: (20, 12)}
"""Slices and stacks of a ball; corners are what drawing without a graphics card costs most."""
SHADOW_PIXELS = 1024
OVERHEAD = {Layer.ALL: 40_000, Layer.SOLID_MOVING: 200_000}
"""What a drawing costs besides its pixels, in drawn pixels."""
STILLS = 8
"""Kept at most."""


@dataclass(frozen=True, slots=True)
class View:
    """What a camera sees. rgb: uint8 [h, w, 3], read-only."""

    rgb: Rgb
    zbuffer: Zbuffer
    """float32 [h, w], read-only: depth as the renderer has it."""

    @property
    def depth(self) -> NDArray[np.float32]:
        """How far away along the camera's axis, metres: float32 [h, w]. Worked out when asked."""
        return metres(self.zbuffer)


def camera_view(scenario: Scenario, name: str) -> CameraView:
    """Where a camera stands and what it sees. Raises KeyError."""
    part = scenario.cameras[name]
    x, y, z = part.to
    if np.hypot(x - part.at[0], y - part.at[1]) < 1e-3:
        # Straight down: the back wall is up in the picture.
        y += 1e-3
    return CameraView(part.at, (x, y, z), part.fovy, *part.size)


class Stage:
    """A scenario's hall and props, a context manager.

    Raises SimulatorMissingError, and ValueError where a prop's shapes are no MJCF or two bodies
    have one name.
    """

    def __init__(self, scenario: Scenario, props: Sequence[Prop], *, quality: Quality) -> None:
        """Paint and build everything."""
        self._quality, self._hall = quality, scenario.hall
        self._props = tuple(props)
        self._light = HallLight(scenario)
        self._views = {name: camera_view(scenario, name) for name in scenario.cameras}
        self._eyes = {name: Eye(view) for name, view in self._views.items()}
        hall = make_hall(scenario, quality=quality)
        self._look = hall.look
        self._lamp = np.array(hall.look.lamp_place)
        self._reach = {body.name: body.reach for prop in props for body in prop.bodies}
        files = {name: file for prop in props for name, file in prop.files.items()}
        finer = FINER[quality]
        width = max((view.width for view in self._views.values()), default=80) * finer
        height = max((view.height for view in self._views.values()), default=80) * finer
        self._screen = StageScreen(
            _scene(scenario, self._views, hall, props, quality, size=(width, height)),
            files,
            hall.textures,
            width=width,
            height=height,
            shadows=quality is Quality.PRETTY,
        )
        self._stills: dict[tuple[str, float], tuple[Rgb, Zbuffer]] = {}
        self._last: dict[str, tuple[object, View]] = {}
        self._placed: tuple[float, Mapping[str, Placed]] | None = None
        self._level: float | None = None

    def __enter__(self) -> Stage:
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
        self._stills.clear()
        self._last.clear()
        self._screen.close()

    def draw(self, camera: str, time_s: float) -> View:
        """What a camera sees at a time, whichever was asked for before. Raises KeyError."""
        eye = self._eyes[camera]
        places, level = self._places(time_s), self._light.level(time_s)
        names = list(places)
        around = self._around(eye, names, places)
        seen = [i for i, box in enumerate(around.tolist()) if box[0] < box[2] and box[1] < box[3]]
        # Bits of places say whether anything that this camera sees has changed.
        key = (level, *((names[i], *(part.tobytes() for part in places[names[i]])) for i in seen))
        last = self._last.get(camera)
        if last is not None and last[0] == key:
            return last[1]
        rgb, zbuffer = self._still(camera, level)
        if seen:
            rgb, zbuffer = rgb.copy(), zbuffer.copy()
            self._lit(level)
            self._screen.put(places)
            self._draw_moving(camera, around[seen], [names[i] for i in seen], rgb, zbuffer)
        rgb.flags.writeable = zbuffer.flags.writeable = False
        view = View(rgb, zbuffer)
        self._last[camera] = (key, view)
        return view

    def draw_whole(self, camera: str, time_s: float) -> View:
        """The same, everything drawn anew: slow, to see that nothing is left out."""
        self._screen.put(self._places(time_s))
        self._lit(self._light.level(time_s))
        view = self._views[camera]
        return View(*self._drawn(camera, Part(0, 0, view.width, view.height), Layer.ALL))

    def _draw_moving(
        self, camera: str, around: Boxes, names: list[str], rgb: Rgb, zbuffer: Zbuffer
    ) -> None:
        """Draw over a picture of what never moves."""
        clear = np.array([name in self._screen.clear_bodies for name in names])
        if self._quality is Quality.PRETTY:
            whole = around
        else:
            # What one can look through is mixed with what is behind it, and what is seen through a
            # pane is too: there everything is drawn.
            panes = self._eyes[camera].around_balls(*self._screen.clear_balls)
            whole = np.concatenate([around[clear], panes[_touched(panes, around)]])
            for part in self._merged(around[~clear], Layer.SOLID_MOVING):
                new, depth = self._drawn(camera, part, Layer.SOLID_MOVING)
                before = depth < zbuffer[part.slices]
                np.copyto(rgb[part.slices], new, where=before[..., None])
                np.copyto(zbuffer[part.slices], depth, where=before)
        for part in self._merged(whole, Layer.ALL):
            rgb[part.slices], zbuffer[part.slices] = self._drawn(camera, part, Layer.ALL)

    def _merged(self, boxes: Boxes, layer: Layer) -> list[Part]:
        return merged(boxes, overhead=OVERHEAD[layer] / FINER[self._quality] ** 2)

    def _drawn(self, camera: str, part: Part, layer: Layer) -> tuple[Rgb, Zbuffer]:
        """A part as it goes into the picture, drawn finer where that is wanted."""
        view, finer = self._views[camera], FINER[self._quality]
        large = Part(part.x0 * finer, part.y0 * finer, part.x1 * finer, part.y1 * finer)
        size = (view.width * finer, view.height * finer)
        rgb, zbuffer = self._screen.draw(camera, size, large, layer)
        if finer == 1:
            return rgb, zbuffer
        small = cv2.resize(
            np.ascontiguousarray(rgb),
            (part.x1 - part.x0, part.y1 - part.y0),
            interpolation=cv2.INTER_AREA,
        )
        return np.asarray(small, np.uint8), zbuffer[::finer, ::finer]

    def _still(self, camera: str, level: float) -> tuple[Rgb, Zbuffer]:
        """The hall with nothing that moves in it."""
        if (camera, level) not in self._stills:
            while len(self._stills) >= STILLS:
                del self._stills[next(iter(self._stills))]
            self._lit(level)
            self._screen.put({})
            view = self._views[camera]
            whole = Part(0, 0, view.width, view.height)
            rgb, zbuffer = self._drawn(camera, whole, Layer.ALL)
            self._stills[camera, level] = np.ascontiguousarray(rgb), np.ascontiguousarray(zbuffer)
        return self._stills[camera, level]

    def _lit(self, level: float) -> None:
        if level != self._level:
            self._screen.light(brightness(self._hall, self._look, level))
            self._level = level

    def _places(self, time_s: float) -> Mapping[str, Placed]:
        """Of all bodies in sight; kept for the other cameras of the same moment."""
        if self._placed is None or self._placed[0] != time_s:
            places: dict[str, Placed] = {}
            for prop in self._props:
                places.update(prop.places(time_s))
            self._placed = (time_s, places)
        return self._placed[1]

    def _around(self, eye: Eye, names: list[str], places: Mapping[str, Placed]) -> Boxes:
        """The rectangle that each body, and its shadow, may cover."""
        if not names:
            return np.empty((0, 4), np.int64)
        centres = np.stack([places[name].position for name in names])
        radii = np.array([self._reach[name] for name in names])
        if self._quality is Quality.FAST:
            return eye.around_balls(centres, radii)
        return eye.around_points(shadow_points(centres, radii, self._lamp))


def _touched(boxes: Boxes, others: Boxes) -> NDArray[np.bool_]:
    """Which of the boxes have something in common with any of the others."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    apart = np.any(low >= high, axis=2)
    return np.asarray(~np.all(apart, axis=1), np.bool_)


def _scene(
    scenario: Scenario,
    views: Mapping[str, CameraView],
    hall: Hall,
    props: Iterable[Prop],
    quality: Quality,
    *,
    size: tuple[int, int],
) -> str:
    """The MJCF of everything."""
    slices, stacks = ROUNDNESS[quality]
    shadows = SHADOW_PIXELS if quality is Quality.PRETTY else 0
    bodies = "".join(
        f'<body name="{body.name}" mocap="true" pos="0 0 -90">{body.shapes}</body>'
        for prop in props
        for body in prop.bodies
    )
    return f"""<mujoco model="{scenario.scenario}">
  <compiler angle="degree"/>
  <option><flag contact="disable" gravity="disable"/></option>
  <statistic center="0 0 1" extent="1" meansize="0.1"/>
  <visual>
    <global offwidth="{size[0]}" offheight="{size[1]}"/>
    <quality shadowsize="{shadows}" offsamples="0" numslices="{slices}" numstacks="{stacks}"/>
    <headlight ambient="0 0 0" diffuse="0.08 0.08 0.08" specular="0 0 0"/>
    <map znear="{NEAR_M}" zfar="{FAR_M}" shadowscale="1"/>
  </visual>
  <default><geom contype="0" conaffinity="0"/></default>
  <asset>{MATERIALS}{hall.assets}{"".join(prop.assets for prop in props)}</asset>
  <worldbody>
    {_lights(scenario, hall, quality)}
    {"".join(_camera(name, view) for name, view in views.items())}
    {hall.shapes}
    {"".join(prop.shapes for prop in props)}
    {bodies}
  </worldbody>
</mujoco>"""


def _lights(scenario: Scenario, hall: Hall, quality: Quality) -> str:
    """Their brightness is set later."""
    shadow = "true" if quality is Quality.PRETTY else "false"
    x, y, z = hall.look.lamp_place
    wide, deep = scenario.hall.size
    # So wide that its cone holds all of the floor.
    farthest = math.hypot(abs(x) + wide / 2, abs(y) + deep / 2)
    cutoff = math.degrees(math.atan2(farthest, z)) + 2
    return (
        f'<light name="{LAMP}" pos="{x:.3f} {y:.3f} {z:.3f}" dir="0 0 -1" cutoff="{cutoff:.2f}" '
        f'exponent="0" attenuation="1 0 0.008" castshadow="{shadow}" specular="0.3 0.3 0.3"/>'
        f'<light name="{OTHER_LAMPS}" directional="true" pos="0 0 {hall.look.height:.2f}" '
        f'dir="{numbers(hall.look.lamp_direction)}" castshadow="false" specular="0.1 0.1 0.1"/>'
        f'<light name="{WINDOWS}" directional="true" pos="0 0 5" dir="0.6 -0.6 -0.5" '
        f'castshadow="false" specular="0.1 0.1 0.1"/>'
    )


def _camera(name: str, view: CameraView) -> str:
    right, up, _ = view.axes()
    return (
        f'<camera name="{name}" pos="{numbers(view.position)}" '
        f'xyaxes="{numbers([*right, *up])}" fovy="{view.fovy_deg}"/>'
    )
