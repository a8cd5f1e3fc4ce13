"""Where a camera sees the zones of the floor: their outlines in its picture, bent by its lens.

Knows nothing of what stands before a zone. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.safety.zone import crossing_edges
from tml_ros.sim.camera_view import CameraView
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.lens import bent
from tml_ros.sim.scene.stage import camera_view

Outline = NDArray[np.float64]

NEAR = 0.05
"""What is nearer to the camera than this is cut off, m along its axis."""
LEAST_SHARE = 0.003
"""A zone that covers less of the picture is left out."""
PIECE = 6.0
"""Edges are bent in pieces of this length, pixels."""
STRAY = 0.25
"""So far a corner that is left out may have been off the line, pixels."""
MOST_CORNERS = 60
FINE_WIDTH = 2048
"""A zone that the picture's edge cuts into pieces is looked at in a picture about so wide."""


def zones_in_picture(scenario: Scenario, camera: str) -> dict[str, list[tuple[float, float]]]:
    """Each zone's outline in the camera's picture: (x, y) in pixels, clipped to the picture.

    Of a zone that the picture's edge cuts into pieces the largest is given. Zones out of sight, or
    hardly in it, are left out. Raises KeyError for another camera's name.
    """
    part, view = scenario.cameras[camera], camera_view(scenario, camera)
    outlines: dict[str, list[tuple[float, float]]] = {}
    for name, zone in scenario.zones.items():
        # The lens leaves the corners where they are and moves everything else outwards, so that
        # what it shows is within the straight picture.
        outline = _within_picture(_seen(zone.polygon, view), view)
        if len(outline) and part.distortion:
            outline = _within_picture(bent(_in_pieces(outline), part), view)
        least = LEAST_SHARE * view.width * view.height
        if area(outline) >= least and area(plain := _plain(outline, view)) >= least:
            # Where the edge cuts, rounding may leave a corner just outside.
            inside = np.clip(plain, 0.0, (view.width, view.height))
            outlines[name] = [(float(x), float(y)) for x, y in inside]
    return outlines


def area(outline: Outline) -> float:
    """Of a polygon, float64 [n, 2]; 0 for less than three corners."""
    if len(outline) < 3:
        return 0.0
    following = np.roll(outline, -1, axis=0)
    return abs(float((outline[:, 0] * following[:, 1] - following[:, 0] * outline[:, 1]).sum())) / 2


def clipped(polygon: Outline, normal: Sequence[float], least: float) -> Outline:
    """The part of a polygon, float64 [n, d], where `normal` times the place is at least `least`.

    One step of Sutherland and Hodgman (1974); a hollow polygon may come out with parts that hang
    together along the cut.
    """
    if not len(polygon):
        return polygon
    height = polygon @ np.asarray(normal, np.float64) - least
    kept: list[NDArray[np.float64]] = []
    for index in range(len(polygon)):
        here, there = height[index - 1], height[index]
        if (here < 0) != (there < 0):
            along = here / (here - there)
            kept.append(polygon[index - 1] + along * (polygon[index] - polygon[index - 1]))
        if there >= 0:
            kept.append(polygon[index])
    return np.array(kept, np.float64).reshape(-1, polygon.shape[1])


def _seen(polygon: Sequence[tuple[float, float]], view: CameraView) -> Outline:
    """The polygon on the floor in the picture, what is behind the camera cut off; not clipped."""
    floor = np.array([(x, y, 0.0) for x, y in polygon])
    forward = -view.axes()[2]
    return view.project(clipped(floor, tuple(forward), float(forward @ view.position) + NEAR))


def _within_picture(outline: Outline, view: CameraView) -> Outline:
    for normal, least in (
        ((1, 0), 0.0),
        ((-1, 0), -float(view.width)),
        ((0, 1), 0.0),
        ((0, -1), -float(view.height)),
    ):
        outline = clipped(outline, normal, least)
    return outline


def _in_pieces(outline: Outline) -> Outline:
    """The same outline with more corners along its edges."""
    pieces = []
    for begin, end in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        count = max(1, int(np.ceil(np.hypot(*(end - begin)) / PIECE)))
        pieces.append(begin + np.linspace(0, 1, count, endpoint=False)[:, None] * (end - begin))
    return np.concatenate(pieces)


def _plain(outline: Outline, view: CameraView) -> Outline:
    """The same outline without corners that do not matter, and in one piece that does not touch
    itself, as a cell's description wants it.
    """
    plain = _fewer_corners(outline)
    if crossing_edges(plain.tolist()) is None:
        return plain
    finer = max(1, FINE_WIDTH // view.width)
    mask = np.zeros((view.height * finer, view.width * finer), np.uint8)
    cv2.fillPoly(mask, [np.rint(outline * finer - 0.5).astype(np.int32)], 1)
    pieces, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contours = [np.asarray(piece, np.float64).reshape(-1, 2) for piece in pieces]
    return _fewer_corners((max(contours, key=area) + 0.5) / finer)


def _fewer_corners(outline: Outline) -> Outline:
    stray = STRAY
    while True:
        fewer = cv2.approxPolyDP(outline.astype(np.float32), stray, closed=True)
        if len(fewer) <= MOST_CORNERS:
            return np.asarray(fewer, np.float64).reshape(-1, 2)
        stray *= 1.5
