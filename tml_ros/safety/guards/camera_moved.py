"""Say whether a camera still looks where it looked before.

The newest view is compared, five times a second, with a slow average of what this camera showed.
Blocks that usually match it vote; a lasting shift, rotation or zoom that most of them agree on is a
moved camera, and so is a view that has come to rest but hardly matches anywhere. What is not in the
average (a person, a vehicle, new light) does not match and does not vote; a thing that keeps moving
in front of the whole picture is not a view at rest.

Blind where fewer than four blocks have structure, and for creeping: a drift slower than 2 % of the
width in half a minute is followed. Knows nothing of alarms. Owned by the thread that feeds the
guards.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from tml_ros.safety.guards.camera_detail import DetailJudge
from tml_ros.safety.guards.camera_exposure import is_badly_exposed
from tml_ros.safety.guards.persistence import Persistence
from tml_ros.safety.guards.picture import Picture
from tml_ros.safety.guards.view_shift import Spectra, block_spectra, fit_view, match_blocks
from tml_ros.turn.hazard import Hazard, HazardKind, HazardSource

LOOK_EVERY_NS = 180_000_000
"""A little under 200 ms, so that jitter of the stamps does not halve the rate."""
SHIFTED_NS = 900_000_000
AWAY_NS = 1_400_000_000
"""Without a measured shift it may still be somebody who stands in front of nearly everything."""
BACK_NS = 500_000_000
RELEARN_NS = 60_000_000_000
"""A moved view that nobody put back is the normal view from then on."""
REFERENCE_S = 20.0
"""Time constant of the average that is compared with."""
RELIABLE_S = 3.0
RELIABLE = 0.5
"""Share of recent looks in which a block must have matched to have a vote."""
MIN_LOOKS = 3
MIN_VOTERS = 4
MIN_SHIFTED = 3
MOVED = 0.015
BACK = 0.01
"""Displacements of the farthest corner, as fractions of the width."""
MAJORITY = 0.6
"""Of the voters found, so many must agree for the shift to be believed."""
EXPLAINED = 0.25
"""Of all voters, so many must agree for the old view to be there at all."""
AT_REST = 0.5
"""Of all blocks, so many must match the look before."""


class View(Enum):
    """What one look says about the view."""

    SAME = "same"
    SHIFTED = "shifted"
    REPLACED = "replaced"
    UNCLEAR = "unclear"
    """What is there does not keep still, or shows nothing: no statement."""


@dataclass(slots=True)
class _Memory:
    """What the camera has shown: averaged, last, and how often each block matched the average."""

    reference: Spectra
    previous: Spectra
    reliability: NDArray[np.float32]
    looks: int = 1


class CameraMoved:
    """States camera_moved for each picture of one camera.

    The score is 1.0 from 0.9 to 1.6 s after the move until 0.5 s after the view is back, or until
    60 s have passed and the new view is taken for normal; else 0.0. The zone is the camera's name.
    A picture that is dark, overexposed or covered is not judged, and nothing is learnt from it.
    """

    def __init__(self, camera: str) -> None:
        self._camera = camera
        self._shifted = Persistence(on_ns=SHIFTED_NS, off_ns=BACK_NS)
        self._away = Persistence(on_ns=AWAY_NS, off_ns=BACK_NS)
        self._detail = DetailJudge()
        self._memory: _Memory | None = None
        self._shape: tuple[int, ...] = ()
        self._looked_ns: int | None = None
        self._moved_since_ns: int | None = None

    def reset(self) -> None:
        """Forget everything, as after a jump of the clock."""
        self._detail.reset()
        self._forget_view()

    def _forget_view(self) -> None:
        self._shifted.reset()
        self._away.reset()
        self._memory = None
        self._looked_ns = None
        self._moved_since_ns = None

    def observe_picture(self, picture: Picture) -> list[Hazard]:
        """Judge the next picture: always one hazard, present or not."""
        stamp_ns = picture.frame.stamp_ns
        due = self._looked_ns is None or stamp_ns - self._looked_ns >= LOOK_EVERY_NS
        if due and not is_badly_exposed(picture.grey):
            self._look(picture.grey, stamp_ns)
        score = float(self._moved_since_ns is not None)
        return [Hazard(HazardKind.CAMERA_MOVED, self._camera, score, HazardSource.GUARD, stamp_ns)]

    def _look(self, grey: NDArray[np.uint8], stamp_ns: int) -> None:
        elapsed_s = 0.0 if self._looked_ns is None else (stamp_ns - self._looked_ns) * 1e-9
        self._detail.observe(grey, stamp_ns, learn=True)
        if self._detail.lost or self._detail.uniform:
            self._looked_ns = stamp_ns
            return
        spectra, size = block_spectra(grey)
        if self._memory is None or grey.shape != self._shape:
            self._forget_view()
            self._memory = _Memory(spectra, spectra, np.zeros(len(spectra), np.float32))
            self._shape = grey.shape
        self._looked_ns = stamp_ns
        view, matching = _judge(spectra, self._memory, size, moved=self._moved_since_ns is not None)
        self._memory.previous = spectra
        self._hold(view, stamp_ns)
        if self._moved_since_ns is not None and stamp_ns - self._moved_since_ns >= RELEARN_NS:
            self._forget_view()
        elif view is View.SAME:
            _learn(spectra, self._memory, matching, min(elapsed_s, 1.0))

    def _hold(self, view: View, stamp_ns: int) -> None:
        """Let what the looks say become present once it has lasted."""
        if view is View.UNCLEAR:
            return
        is_away = view is not View.SAME
        was_moved = self._moved_since_ns is not None
        shifted = self._shifted.observe(view is View.SHIFTED or (is_away and was_moved), stamp_ns)
        away = self._away.observe(is_away, stamp_ns)
        if not (shifted or away):
            self._moved_since_ns = None
        elif not was_moved:
            self._moved_since_ns = stamp_ns


def _judge(
    spectra: Spectra, memory: _Memory, size: tuple[int, int], *, moved: bool
) -> tuple[View, NDArray[np.bool_]]:
    """What this look says, and which blocks agree on where the reference is."""
    blocks = match_blocks(spectra, memory.reference, size)
    if memory.looks <= MIN_LOOKS:
        return View.SAME, blocks.found
    usable = memory.reliability >= RELIABLE
    voters = int(np.count_nonzero(usable))
    if voters < MIN_VOTERS:
        return View.SAME, blocks.found
    fit = fit_view(blocks, usable)
    agreeing = int(np.count_nonzero(fit.agreeing))
    found = int(np.count_nonzero(blocks.found & usable))
    if agreeing >= max(2, MAJORITY * found, EXPLAINED * voters):
        if fit.displacement < (BACK if moved else MOVED):
            return View.SAME, fit.agreeing
        return (View.SHIFTED if agreeing >= MIN_SHIFTED else View.UNCLEAR), fit.agreeing
    rested = fit_view(match_blocks(spectra, memory.previous, size), np.ones_like(usable))
    at_rest = np.mean(rested.agreeing) >= AT_REST and rested.displacement < BACK
    return (View.REPLACED if at_rest else View.UNCLEAR), fit.agreeing


def _learn(
    spectra: Spectra, memory: _Memory, matching: NDArray[np.bool_], elapsed_s: float
) -> None:
    """Spectra are linear in the picture: averaging them averages the views."""
    memory.looks += 1
    rate = np.float32(max(elapsed_s / REFERENCE_S, 1.0 / memory.looks))
    memory.reference = memory.reference + rate * (spectra - memory.reference)
    trust = np.float32(max(elapsed_s / RELIABLE_S, 1.0 / memory.looks))
    memory.reliability = memory.reliability + trust * (matching - memory.reliability)
