"""The simulated hall with everything in it, as its cameras would see it without lens and sensor.

The picture of what never moves is kept per camera and brightness of the lamps; only the rectangles
that moving bodies (and, where there are any, their shadows) may cover are drawn anew. Knows nothing
of smoke, lens, noise or compression. Owned by the thread that made it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.camera_view import CameraView
from tml_ros.sim.off_screen import Part
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.hall import hall_blocks, make_hall
from tml_ros.sim.scene.hall_light import HallLight, brightness
from tml_ros.sim.scene.prop import Placed, Prop
from tml_ros.sim.scene.quality import Quality
from tml_ros.sim.scene.stage_layers import Layers, Seen
from tml_ros.sim.scene.stage_parts import Eye, merged, shadow_points
from tml_ros.sim.scene.stage_scene import scene
from tml_ros.sim.scene.stage_screen import Layer, Rgb, StageScreen, Zbuffer, metres

__all__ = ["Stage", "View", "camera_view", "hall_blocks"]

FINER = {Quality.FAST: 1, Quality.PRETTY: 2}
"""Drawn so many times larger and averaged."""
SHADOWS_PIXELS = 40_000
"""What drawing everything with shadows costs besides its pixels, in drawn pixels."""
CHANGE_PIXELS = 600
"""What a changed rectangle of its own costs besides its pixels."""
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


class _Picture(NamedTuple):
    """A picture drawn: how bright the lamps were, and what was in it."""

    level: float
    seen: Mapping[str, Seen]
    view: View


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
            scene(scenario, self._views, hall, props, quality, size=(width, height)),
            files,
            hall.textures,
            width=width,
            height=height,
            shadows=quality is Quality.PRETTY,
        )
        self._layers = {
            name: Layers(self._screen, name, eye, self._whole(name))
            for name, eye in self._eyes.items()
        }
        self._stills: dict[tuple[str, float], tuple[Rgb, Zbuffer]] = {}
        self._last: dict[str, _Picture] = {}
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
        places, level = self._places(time_s), self._light.level(time_s)
        seen = self._seen(camera, places)
        last = self._last.get(camera)
        if last is not None and (last.level, last.seen) == (level, seen):
            return last.view
        still = self._still(camera, level)
        if seen:
            self._lit(level)
            self._screen.put(places)
            pretty = self._quality is Quality.PRETTY
            draw_over = self._draw_with_shadows if pretty else self._draw_changes
            rgb, zbuffer = draw_over(camera, level, seen)
        else:
            rgb, zbuffer = still
        rgb.flags.writeable = zbuffer.flags.writeable = False
        self._last[camera] = _Picture(level, seen, View(rgb, zbuffer))
        return self._last[camera].view

    def draw_whole(self, camera: str, time_s: float) -> View:
        """The same, everything drawn anew: slow, to see that nothing is left out."""
        self._screen.put(self._places(time_s))
        self._lit(self._light.level(time_s))
        return View(*self._drawn(camera, self._whole(camera)))

    def _draw_with_shadows(
        self, camera: str, level: float, seen: Mapping[str, Seen]
    ) -> tuple[Rgb, Zbuffer]:
        """Over the still hall, everything in the rectangles of what moves: what is outside of the
        picture may throw its shadow into it.
        """
        rgb, zbuffer = (kept.copy() for kept in self._still(camera, level))
        boxes = np.array([body.box for body in seen.values()])
        for part in merged(boxes, overhead=SHADOWS_PIXELS / FINER[self._quality] ** 2):
            rgb[part.slices], zbuffer[part.slices] = self._drawn(camera, part)
        return rgb, zbuffer

    def _draw_changes(
        self, camera: str, level: float, seen: Mapping[str, Seen]
    ) -> tuple[Rgb, Zbuffer]:
        """Over the last picture, what has changed since."""
        still, last = self._still(camera, level), self._last.get(camera)
        if last is not None and last.level == level:
            before, picture = last.seen, (last.view.rgb.copy(), last.view.zbuffer.copy())
        else:
            before, picture = {}, (still[0].copy(), still[1].copy())
        changed = [body for name, body in seen.items() if before.get(name) != body]
        changed += [body for name, body in before.items() if seen.get(name) != body]
        parts = merged(np.array([body.box for body in changed]), overhead=CHANGE_PIXELS)
        self._layers[camera].draw(still, seen, parts, picture)
        return picture

    def _drawn(self, camera: str, part: Part, layer: Layer = Layer.ALL) -> tuple[Rgb, Zbuffer]:
        """A part of the picture, drawn finer where that is wanted."""
        view, finer = self._views[camera], FINER[self._quality]
        large = Part(part.x0 * finer, part.y0 * finer, part.x1 * finer, part.y1 * finer)
        self._screen.render(camera, (view.width * finer, view.height * finer), large, layer)
        rgb, zbuffer = self._screen.read(large)
        if finer > 1:
            size = (part.x1 - part.x0, part.y1 - part.y0)
            smooth = cv2.resize(np.ascontiguousarray(rgb), size, interpolation=cv2.INTER_AREA)
            rgb, zbuffer = np.asarray(smooth, np.uint8), zbuffer[::finer, ::finer]
        return np.ascontiguousarray(rgb), np.ascontiguousarray(zbuffer)

    def _still(self, camera: str, level: float) -> tuple[Rgb, Zbuffer]:
        """The hall with nothing that moves in it."""
        if (camera, level) not in self._stills:
            while len(self._stills) >= STILLS:
                del self._stills[next(iter(self._stills))]
            self._lit(level)
            self._screen.put({})
            layer = Layer.STILL if self._quality is Quality.FAST else Layer.ALL
            self._stills[camera, level] = self._drawn(camera, self._whole(camera), layer)
        return self._stills[camera, level]

    def _whole(self, camera: str) -> Part:
        return Part(0, 0, self._views[camera].width, self._views[camera].height)

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

    def _seen(self, camera: str, places: Mapping[str, Placed]) -> dict[str, Seen]:
        """The bodies of which, or of whose shadows, something may be in the picture."""
        fast = self._quality is Quality.FAST
        seen = dict(self._layers[camera].panes) if fast else {}
        if not places:
            return seen
        eye = self._eyes[camera]
        centres = np.stack([place.position for place in places.values()])
        radii = np.array([self._reach[name] for name in places])
        if fast:
            boxes = eye.around_balls(centres, radii)
        else:
            boxes = eye.around_points(shadow_points(centres, radii, self._lamp))
        for (name, place), (x0, y0, x1, y1) in zip(places.items(), boxes.tolist(), strict=True):
            if x0 < x1 and y0 < y1:
                bits = place.position.tobytes() + place.rotation.tobytes()
                seen[name] = Seen(bits, (x0, y0, x1, y1))
        return seen
