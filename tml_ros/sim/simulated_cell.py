"""The simulated cell, step by step: a picture and the truth about it.

Needs MuJoCo and an off-screen OpenGL, both loaded when a cell is made and not before. Owned by one
thread, the one that made it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim import floor_plan as plan
from tml_ros.sim.camera_view import HALL
from tml_ros.sim.factory_scene import CAMERA, LAMP_HEIGHT, RAM, RAM_HIGH, RAM_LOW, Look, scene
from tml_ros.sim.off_screen import FINER, OffScreen, Part, Picture
from tml_ros.sim.shift import Shift, make_shift, ram_height
from tml_ros.sim.worker import Pose, pose_at
from tml_ros.sim.worker_figure import Clothes

RATE = 15
"""Frames per second."""
WIDTH, HEIGHT = HALL.width, HALL.height
MARGIN = 22
"""Pixels that the worker may reach beyond the origins of the limbs, close to the camera."""
NOISE = 1.8
"""Spread of the sensor noise, of 255."""

HELMETS = ((0.95, 0.93, 0.88), (0.97, 0.78, 0.08), (0.16, 0.36, 0.78), (0.82, 0.14, 0.10))
VESTS = ((1.0, 0.40, 0.06), (0.78, 0.95, 0.12))
SHIRTS = ((0.20, 0.26, 0.42), (0.42, 0.43, 0.45), (0.26, 0.34, 0.30))
TROUSERS = ((0.13, 0.17, 0.30), (0.22, 0.22, 0.24), (0.24, 0.25, 0.17))
FLOORS = ((0.44, 0.47, 0.46), (0.47, 0.46, 0.42), (0.40, 0.45, 0.49))


@dataclass(frozen=True, slots=True)
class FrameTruth:
    """feet: float64 [2, 2], the middles of the soles in the picture (x, y), left first; None while
    nobody is in the cell. They may lie outside of the picture. in_zone: one of them is over the
    keep-out area.
    """

    feet: NDArray[np.float64] | None
    in_zone: bool


@dataclass(frozen=True, slots=True)
class Step:
    """rgb: uint8 [240, 320, 3], read-only. time_s: since the first frame."""

    index: int
    time_s: float
    rgb: Picture
    truth: FrameTruth


class SimulatedCell:
    """One seed's cell for so many seconds, a context manager.

    seed: >= 0. seconds: > 0. Raises ValueError for others, SimulatorMissingError.
    """

    def __init__(self, *, seed: int, seconds: float) -> None:
        """Decide what is going to happen, and build the scene."""
        if seed < 0 or seconds <= 0:
            raise ValueError(f"seed must be >= 0 and seconds > 0, got {seed} and {seconds}")
        self.frames = round(seconds * RATE)
        story, look, surfaces, noise, self._sound = np.random.SeedSequence(seed).spawn(5)
        self.shift: Shift = make_shift(np.random.default_rng(story), seconds)
        self._look = _look(np.random.default_rng(look))
        xml, files = scene(
            self._look,
            np.random.default_rng(surfaces),
            width=WIDTH * FINER,
            height=HEIGHT * FINER,
        )
        self._screen = OffScreen(xml, files, camera=CAMERA, width=WIDTH, height=HEIGHT)
        self._noise = _noise(np.random.default_rng(noise))
        self._noise_seed = int(noise.generate_state(1)[0])
        self._empty: dict[float, Picture] = {}
        self._screen.put({RAM: _ram_at(1.0)})
        self._hall = self._screen.draw()
        self._press = _part_around(np.array(plan.PRESS_CORNERS))

    def __enter__(self) -> SimulatedCell:
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
        self._empty.clear()
        self._screen.close()

    def __iter__(self) -> Iterator[Step]:
        """All steps, in order."""
        return (self.step(index) for index in range(self.frames))

    def step(self, index: int) -> Step:
        """The frame of that index, whichever was asked for before. Raises IndexError."""
        if not 0 <= index < self.frames:
            raise IndexError(f"frame {index} of {self.frames}")
        time_s = index / RATE
        visit = self.shift.visit_at(time_s)
        pose = pose_at(visit, time_s) if visit else None
        ram = round(ram_height(time_s), 3)
        clean = self._draw_empty(ram) if pose is None else self._draw(ram, pose)
        rgb = self._as_taken(clean, index)
        rgb.flags.writeable = False
        return Step(index, time_s, rgb, truth_of(pose))

    def sound_source(self) -> np.random.Generator:
        """The random source for the sound of this seed, fresh."""
        return np.random.default_rng(self._sound)

    def _draw_empty(self, ram: float) -> Picture:
        """The cell without the worker; drawn once per position of the ram, which are few."""
        if ram not in self._empty:
            self._screen.put({RAM: _ram_at(ram)})
            self._empty[ram] = self._hall.copy()
            self._empty[ram][self._press.slices] = self._screen.draw(self._press)
        picture: Picture = self._empty[ram]
        return picture

    def _draw(self, ram: float, pose: Pose) -> Picture:
        """The empty cell, drawn anew around the worker and the shadow."""
        picture: Picture = self._draw_empty(ram).copy()
        part = self._around(pose)
        if part.x0 < part.x1 and part.y0 < part.y1:
            limbs = {name: (limb.position, limb.rotation) for name, limb in pose.limbs.items()}
            self._screen.put({RAM: _ram_at(ram)} | limbs)
            picture[part.slices] = self._screen.draw(part)
        return picture

    def _around(self, pose: Pose) -> Part:
        """The part of the picture that the worker or the shadow may cover."""
        places = np.stack([limb.position for limb in pose.limbs.values()])
        lamp = np.array((*self._look.lamp_place, LAMP_HEIGHT))
        # Where the line from the lamp through each place meets the floor.
        shadow = lamp + (places - lamp) * (lamp[2] / (lamp[2] - places[:, 2:]))
        return _part_around(np.concatenate([places, shadow]))

    def _as_taken(self, clean: Picture, index: int) -> Picture:
        """The picture as a sensor gives it: with noise, never the same twice."""
        rng = np.random.default_rng((self._noise_seed, index))
        layer = self._noise[rng.integers(len(self._noise))]
        layer = np.roll(layer, rng.integers((HEIGHT, WIDTH)), axis=(0, 1))
        return np.asarray(np.clip(clean + layer, 0, 255), np.uint8)


def truth_of(pose: Pose | None) -> FrameTruth:
    """Where the feet are in the picture, and whether one is over the keep-out area."""
    if pose is None:
        return FrameTruth(None, in_zone=False)
    on_floor = pose.soles * (1.0, 1.0, 0.0)
    inside = any(plan.in_zone(x, y) for x, y, _ in on_floor)
    return FrameTruth(HALL.project(on_floor), in_zone=inside)


def zone_in_picture() -> NDArray[np.float64]:
    """The keep-out area's corners in the picture: float64 [4, 2], pixels."""
    return HALL.project(plan.ZONE_CORNERS)


def _part_around(places: NDArray[np.float64]) -> Part:
    """The part of the picture around places of the room, float64 [n, 3]; empty outside of it."""
    seen = HALL.project(places)
    low, high = seen.min(axis=0) - MARGIN, seen.max(axis=0) + MARGIN
    x0, y0 = (int(max(0, v)) for v in low)
    x1, y1 = int(min(WIDTH, high[0])), int(min(HEIGHT, high[1]))
    return Part(x0, y0, max(x0, x1), max(y0, y1))


def _ram_at(height: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    place = (plan.PRESS_X, plan.PRESS_Y, RAM_LOW + height * (RAM_HIGH - RAM_LOW))
    return np.array(place), np.eye(3)


def _look(rng: np.random.Generator) -> Look:
    def one_of(colours: tuple[tuple[float, float, float], ...]) -> tuple[float, float, float]:
        return colours[int(rng.integers(len(colours)))]

    clothes = Clothes(one_of(HELMETS), one_of(VESTS), one_of(SHIRTS), one_of(TROUSERS))
    place = (float(rng.uniform(-1.6, -0.4)), float(rng.uniform(-0.6, 0.8)))
    daylight, lamp = float(rng.uniform(0.40, 0.50)), float(rng.uniform(0.58, 0.68))
    return Look(clothes, one_of(FLOORS), daylight, lamp, place)


def _noise(rng: np.random.Generator) -> NDArray[np.int16]:
    layers = rng.normal(0.0, NOISE, (8, HEIGHT, WIDTH, 3))
    return np.rint(layers).astype(np.int16)
