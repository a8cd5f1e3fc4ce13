"""One camera's picture drawn layer by layer over the still hall, only where it has changed.

Solid things that move are drawn alone and put before the still hall by how far away they are; so a
picture costs what moves in it and not what stands in the hall. What one can look through is drawn
on black and on white: the difference says how much of what is behind it is seen. Pixels come from
the whole picture's view, so that they are the same to the bit whatever is drawn beside them.
Owned by the thread of its screen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.off_screen import Part
from tml_ros.sim.scene.stage_parts import Eye, touching
from tml_ros.sim.scene.stage_screen import FAR_M, Layer, Rgb, StageScreen, Zbuffer

BACKDROP_M = 0.9 * FAR_M
_CLEAR = (Layer.CLEAR_AS_SOLID, Layer.CLEAR, Layer.CLEAR_ON_WHITE)


class Seen(NamedTuple):
    """A body in a picture: the bits of its place, and the rectangle that it may cover."""

    place: bytes
    box: tuple[int, int, int, int]


class Layers:
    """What is drawn over the still hall (`Layer.STILL`) as a camera sees it."""

    def __init__(self, screen: StageScreen, camera: str, eye: Eye, whole: Part) -> None:
        """Find where in the picture the geoms are that never move."""
        self._screen, self._camera, self._eye, self._whole = screen, camera, eye, whole
        self._boxes = eye.around_balls(*screen.balls)
        panes = np.flatnonzero(screen.panes)
        self._panes = {
            f"pane {pane}": Seen(b"", (box[0], box[1], box[2], box[3]))
            for pane, box in zip(panes.tolist(), self._boxes[panes].tolist(), strict=True)
        }

    @property
    def panes(self) -> Mapping[str, Seen]:
        """Panes that never move: they are to be among what is seen."""
        return self._panes

    def draw(
        self,
        still: tuple[Rgb, Zbuffer],
        seen: Mapping[str, Seen],
        parts: Sequence[Part],
        picture: tuple[Rgb, Zbuffer],
    ) -> None:
        """Make these parts of a picture anew. seen: all that is in it, within its parts or not; it
        has been put in its places.
        """
        here = np.array([(part.x0, part.y0, part.x1, part.y1) for part in parts])
        geoms = self._screen.spread(
            self._boxes, {name: np.array(body.box) for name, body in seen.items()}
        )
        needed = touching(geoms, here)
        solid = self._rendered(Layer.SOLID_MOVING, parts, needed)
        clear, marks = needed & self._screen.clear, self._screen.marks
        # What lies on the floor is behind all else that one can look through.
        through = [
            self._looked_through(parts, touching(here, geoms[some]), some)
            for some in (clear & marks, clear & ~marks)
            if some.any()
        ]
        # One part after the other, since they may overlap.
        for part in parts:
            rgb, zbuffer = (kept[part.slices].copy() for kept in still)
            colour, depth = solid[part]
            nearer = depth < zbuffer
            np.copyto(rgb, colour, where=nearer[..., None])
            np.copyto(zbuffer, depth, where=nearer)
            for layers in through:
                if part in layers[0]:
                    (_, depth), (black, _), (white, _) = (layer[part] for layer in layers)
                    rgb = _mixed(rgb, black, white, depth < zbuffer)
            picture[0][part.slices], picture[1][part.slices] = rgb, zbuffer

    def _looked_through(
        self, parts: Sequence[Part], touched: NDArray[np.bool_], geoms: NDArray[np.bool_]
    ) -> list[dict[Part, tuple[Rgb, Zbuffer]]]:
        """Geoms that one can look through as if one could not, on black and on white, in those
        parts that they touch.
        """
        some = [part for part, here in zip(parts, touched.tolist(), strict=True) if here]
        low = min(part.x0 for part in some), min(part.y0 for part in some)
        high = max(part.x1 for part in some), max(part.y1 for part in some)
        self._screen.put_backdrop(*self._eye.behind(Part(*low, *high), BACKDROP_M))
        return [self._rendered(layer, some, geoms) for layer in _CLEAR]

    def _rendered(
        self, layer: Layer, parts: Sequence[Part], needed: NDArray[np.bool_]
    ) -> dict[Part, tuple[Rgb, Zbuffer]]:
        size = (self._whole.x1, self._whole.y1)
        self._screen.render(self._camera, size, self._whole, layer, needed=needed)
        return {part: self._screen.read(part) for part in parts}


def _mixed(rgb: Rgb, black: Rgb, white: Rgb, where: NDArray[np.bool_]) -> Rgb:
    """What is behind, and what is drawn on black and on white before it, as one: uint8 [h, w, 3].

    Two that are seen through each other are taken to be both before what is behind.
    """
    passing = (np.maximum(white, black) - black).astype(np.uint16)
    mixed = black + (passing * rgb + np.uint16(127)) // np.uint16(255)
    return np.where(where[..., None], np.minimum(mixed, 255), rgb).astype(np.uint8)
