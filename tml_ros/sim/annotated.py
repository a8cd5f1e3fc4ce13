"""Pictures of the simulated cell made to be looked at: what is where, what is true, side by side.

Knows nothing of files. Pure; any thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scene.zone_outline import zones_in_picture
from tml_ros.sim.truth.moments import TURN_S
from tml_ros.sim.truth.truth import Truth

Image = NDArray[np.uint8]
"""uint8 [h, w, 3], RGB."""
Box = tuple[float, float, float, float]

GAP, LINE = 6, 20
"""Pixels between pictures, and for a line of text."""
PAPER, INK = (250, 250, 250), (40, 40, 40)
MAGENTA, ORANGE, GREEN = (235, 60, 220), (255, 160, 40), (90, 255, 120)


def annotated(
    picture: Image,
    outlines: Iterable[Sequence[tuple[float, float]]] = (),
    people: Iterable[Box] = (),
    vehicles: Iterable[Box] = (),
    *,
    larger: float = 1.0,
) -> Image:
    """The picture, `larger` times as large, with zones outlined and people and vehicles boxed.

    Outlines and boxes are in pixels of the picture given.
    """
    drawn = cv2.resize(picture, None, fx=larger, fy=larger, interpolation=cv2.INTER_CUBIC)
    for outline in outlines:
        corners = np.rint(np.array(outline) * larger * 16).astype(np.int32)
        cv2.polylines(drawn, [corners], True, MAGENTA, 1, cv2.LINE_AA, 4)
    for boxes, colour in ((vehicles, ORANGE), (people, GREEN)):
        for box in boxes:
            x0, y0, x1, y1 = (round(larger * side) for side in box)
            cv2.rectangle(drawn, (x0, y0), (x1, y1), colour, 1)
    return np.asarray(drawn, np.uint8)


def moment_annotated(
    picture: Image, scenario: Scenario, truth: Truth, camera: str, at: float, *, larger: float = 1.0
) -> Image:
    """A camera's picture taken at `at` seconds with its zones, and everybody as the truth has them
    at the end of the turn.
    """
    outlines = zones_in_picture(scenario, camera).values()
    turn = min(max(0, int(at / TURN_S + 1e-6)), len(truth.moments) - 1)
    if turn < 0:
        return annotated(picture, outlines, larger=larger)
    moment = truth.moments[turn]
    people = [one.seen[camera].box for one in moment.people if camera in one.seen]
    vehicles = [one.seen[camera].box for one in moment.vehicles if camera in one.seen]
    return annotated(picture, outlines, people, vehicles, larger=larger)


def true_at(truth: Truth, at: float) -> list[str]:
    """The hazards that are there at a time, and whether they are evident; in words."""
    found = []
    for span in truth.hazards:
        if span.start_s <= at < span.end_s:
            evident = span.evident_s is not None and span.evident_s <= at
            found.append(f"{span.kind.value} ({span.zone})" + ("" if evident else ", not evident"))
    return found


def captioned(picture: Image, *lines: str) -> Image:
    """The picture with lines of text below it."""
    strip = np.full((LINE * len(lines) + GAP, picture.shape[1], 3), PAPER, np.uint8)
    for number, text in enumerate(lines, start=1):
        place = (4, LINE * number - 4)
        cv2.putText(strip, text, place, cv2.FONT_HERSHEY_SIMPLEX, 0.45, INK, 1, cv2.LINE_AA)
    return np.concatenate([picture, strip])


def sheet(tiles: Sequence[Image], *, columns: int) -> Image:
    """Pictures in rows; those of a row are of one width, and filled up below to one height."""
    rows = [_row(tiles[first : first + columns]) for first in range(0, len(tiles), columns)]
    width = max(row.shape[1] for row in rows)
    filled = [_filled(row, row.shape[0] + GAP, width) for row in rows]
    return np.concatenate(filled)[:-GAP]


def _row(tiles: Sequence[Image]) -> Image:
    height = max(tile.shape[0] for tile in tiles)
    filled = [_filled(tile, height, tile.shape[1] + GAP) for tile in tiles]
    return np.concatenate(filled, axis=1)[:, :-GAP]


def _filled(tile: Image, height: int, width: int) -> Image:
    paper = np.full((height, width, 3), PAPER, np.uint8)
    paper[: tile.shape[0], : tile.shape[1]] = tile
    return paper
