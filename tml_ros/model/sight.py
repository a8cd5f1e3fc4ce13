"""Sight: the frames of a turn become patches, of all cameras, at most so many.

Bad frames and unknown cameras are data: they are counted and have no patches. Knows nothing of
tensors. Owned by the thread that steps the session; memory is fixed. Time is that of the turns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.camera_eye import CameraEye, Look
from tml_ros.model.effort import FULL, Effort
from tml_ros.model.layout import SessionLayout, SessionLayoutError
from tml_ros.model.patch_choice import PatchChoice
from tml_ros.model.patch_grid import centres
from tml_ros.model.preset import PATCH, SightPreset
from tml_ros.model.saved_facts import Facts, SavedFacts
from tml_ros.model.session_arrays import named, part
from tml_ros.safety.zone import Polygon
from tml_ros.turn.micro_turn import TurnFrame

_FACTS = ("cameras", "ignored_frames", "unusable_frames", "eyes", "choice")


@dataclass(frozen=True, slots=True)
class CameraSight:
    """What is known of the camera at one of the model's places.

    present: whether a camera has the place. fresh: whether it gave a usable frame in this turn.
    age_seconds: of its last usable frame at the turn's end; None before the first.
    """

    present: bool
    fresh: bool
    age_seconds: float | None


@dataclass(frozen=True, slots=True)
class Seen:
    """The patches of a turn, by camera and then row by row; the arrays are nobody else's.

    rgb: uint8 [p, 40, 40, 3]. masks: uint8 [p, 40, 40, zones], 0 or 1. difference: int8
    [p, 40, 40, 3], see `SlowBackground`. camera: int64 [p], its place. centre: float32 [p, 2],
    x and y, 0..1 of the grid. cameras: one per place.
    """

    rgb: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    difference: NDArray[np.int8]
    camera: NDArray[np.int64]
    centre: NDArray[np.float32]
    cameras: tuple[CameraSight, ...]


class Sight:
    """The eyes of one session."""

    def __init__(
        self, sight: SightPreset, layout: SessionLayout | None, *, sparse: bool = True
    ) -> None:
        """layout: cameras and zones take places in its order; without one, cameras take places in
        the order in which they first give a usable frame (by name within a turn), and there are no
        zones. sparse: leave out patches that have not changed.

        Raises SessionLayoutError where the layout has more cameras or zones than the model.
        """
        self._sight = sight
        self._layout = layout
        if layout is not None:
            _check_room("cameras", len(layout.cameras), sight.cameras)
            _check_room("zones", len(layout.zones), sight.zones)
        self._eyes = tuple(CameraEye(sight, zones) for zones in _zones(sight.cameras, layout))
        self._choice = PatchChoice(
            cameras=sight.cameras,
            patches=sight.columns * sight.rows,
            budget=sight.patches_per_turn,
            refresh_turns=sight.refresh_turns,
            changed_levels=sight.changed_levels,
            sparse=sparse,
        )
        self._centres = centres(sight.columns, sight.rows)
        self._forget()

    @property
    def ignored_frames(self) -> int:
        """Usable frames so far of cameras that have no place."""
        return self._ignored_frames

    @property
    def unusable_frames(self) -> int:
        """Frames so far that were no pictures: not uint8 [h, w, 3], or without pixels."""
        return self._unusable_frames

    def reset(self) -> None:
        """Forget everything seen."""
        for eye in self._eyes:
            eye.reset()
        self._choice.reset()
        self._forget()

    def see(
        self, frames: Mapping[str, TurnFrame], *, turn: int, end_ns: int, effort: Effort = FULL
    ) -> Seen:
        """The patches to send of a turn's frames.

        frames: by camera. turn: the turn's number. end_ns: when the turn ends.
        """
        looks: dict[int, Look] = {}
        for name in sorted(frames):
            frame = frames[name].frame
            if not _usable(frame.rgb):
                self._unusable_frames += 1
                continue
            slot = self._slot(name)
            if slot is None:
                self._ignored_frames += 1
                continue
            rgb = np.ascontiguousarray(frame.rgb)
            looks[slot] = self._eyes[slot].look(rgb, frame.stamp_ns)
        changes = {slot: look.change for slot, look in looks.items()}
        chosen = self._choice.choose(changes, turn=turn, effort=effort)
        return self._seen(looks, chosen, end_ns)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """State of all eyes, and of the choice."""
        arrays = named(self._choice.arrays(), "choice")
        for slot, eye in enumerate(self._eyes):
            arrays.update(named(eye.arrays(), f"eye{slot}"))
        return arrays

    def facts(self) -> Facts:
        """Who has which place, counters, and the small state of eyes and choice."""
        return {
            "cameras": list(self._places),
            "ignored_frames": self._ignored_frames,
            "unusable_frames": self._unusable_frames,
            "eyes": [eye.facts() for eye in self._eyes],
            "choice": self._choice.facts(),
        }

    def restore(self, arrays: Mapping[str, NDArray[Any]], facts: object) -> None:
        """Take over what a sight of the same preset and layout saved.

        Raises ValueError naming what does not fit; then this one must be reset before use.
        """
        saved = SavedFacts(facts, "sight", _FACTS)
        places, eyes = saved.part("cameras"), saved.part("eyes")
        if not isinstance(places, list) or not all(isinstance(name, str) for name in places):
            raise ValueError(f"saved sight.cameras must be a list of names, not {places!r}")
        if len(set(places)) != len(places) or len(places) > len(self._eyes):
            raise ValueError(f"saved sight.cameras {places} do not fit {len(self._eyes)} places")
        if self._layout is not None and places != list(self._layout.cameras):
            raise ValueError(
                f"saved sight.cameras are {places}, expected {list(self._layout.cameras)}"
            )
        if not isinstance(eyes, list) or len(eyes) != len(self._eyes):
            raise ValueError(f"saved sight.eyes must be a list of {len(self._eyes)}")
        counts = saved.whole("ignored_frames"), saved.whole("unusable_frames")
        for slot, eye in enumerate(self._eyes):
            eye.restore(part(arrays, f"eye{slot}"), eyes[slot])
        self._choice.restore(part(arrays, "choice"), saved.part("choice"))
        self._places = {name: slot for slot, name in enumerate(places)}
        self._ignored_frames, self._unusable_frames = counts

    def _forget(self) -> None:
        names = () if self._layout is None else self._layout.cameras
        self._places = {name: slot for slot, name in enumerate(names)}
        self._ignored_frames = 0
        self._unusable_frames = 0

    def _slot(self, name: str) -> int | None:
        if self._layout is None and len(self._places) < len(self._eyes):
            self._places.setdefault(name, len(self._places))
        return self._places.get(name)

    def _seen(
        self, looks: Mapping[int, Look], chosen: Mapping[int, NDArray[np.int64]], end_ns: int
    ) -> Seen:
        sent = [
            (slot, patches, *self._eyes[slot].send(looks[slot], patches))
            for slot, patches in chosen.items()
        ]
        none = np.zeros((0, PATCH, PATCH, max(3, self._sight.zones)), np.uint8)
        at = _joined([patches for _, patches, *_ in sent], np.zeros(0, np.int64))
        return Seen(
            rgb=_joined([rgb for _, _, rgb, _, _ in sent], none[..., :3]),
            masks=_joined([masks for *_, masks, _ in sent], none[..., : self._sight.zones]),
            difference=_joined([change for *_, change in sent], none[..., :3].view(np.int8)),
            camera=np.repeat(
                np.array([slot for slot, *_ in sent], np.int64),
                [len(patches) for _, patches, *_ in sent],
            ),
            centre=self._centres[at],
            cameras=tuple(
                CameraSight(slot < len(self._places), slot in looks, _age(eye.stamp_ns, end_ns))
                for slot, eye in enumerate(self._eyes)
            ),
        )


def _zones(places: int, layout: SessionLayout | None) -> list[dict[int, Polygon]]:
    """Of each place's camera: place of a zone -> its polygon."""
    found: list[dict[int, Polygon]] = [{} for _ in range(places)]
    if layout is not None:
        order = {zone: slot for slot, zone in enumerate(layout.zones)}
        for zones, of_camera in zip(layout.cameras.values(), found, strict=False):
            of_camera.update((order[zone], polygon) for zone, polygon in zones.items())
    return found


def _check_room(things: str, wanted: int, places: int) -> None:
    if wanted > places:
        raise SessionLayoutError(f"the layout has {wanted} {things}, the model room for {places}")


def _usable(rgb: object) -> bool:
    return (
        isinstance(rgb, np.ndarray)
        and rgb.dtype == np.uint8
        and rgb.ndim == 3
        and rgb.shape[2] == 3
        and rgb.size > 0
    )


def _age(stamp_ns: int | None, end_ns: int) -> float | None:
    return None if stamp_ns is None else max(0, end_ns - stamp_ns) / 1e9


def _joined(pieces: list[NDArray[Any]], none: NDArray[Any]) -> NDArray[Any]:
    """One array of all pieces, or the empty one; a single piece is not copied again."""
    if len(pieces) > 1:
        return np.concatenate(pieces)
    return pieces[0] if pieces else none
