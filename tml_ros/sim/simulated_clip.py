"""The simulated cell as files: a video, its sound, and the truth about both.

Made once and found again: what lies in the folder is reused where it came from the same seed,
length and renderer. Knows nothing of who plays it. Any thread, one at a time per folder.

The truth is JSON. Times are seconds since the first frame, places are pixels of the picture:
- `spans`: what really happens, as `{"kind", "zone", "start_s", "end_s"}`; the kinds are those of
  hazards, the zone of a sound is the microphone.
- `zones`: polygons by name. `feet`: for each frame the middles of both soles, left first, or null.
- `seed`, `seconds`, `renderer`, `size`, `rate`, `frames`.
"""

from __future__ import annotations

import json
import tempfile
import wave
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.factory_sound import factory_sound
from tml_ros.sim.floor_plan import ZONE
from tml_ros.sim.shift import IMPACT_S, Shift
from tml_ros.sim.simulated_cell import (
    HEIGHT,
    RATE,
    WIDTH,
    FrameTruth,
    SimulatedCell,
    zone_in_picture,
)
from tml_ros.turn.hazard import HazardKind
from tml_ros.turn.micro_turn import SAMPLE_RATE

RENDERER = 1
"""Goes up with every change that shows or sounds; older clips are then made anew."""
MICROPHONE = "hall_mic"
_VIDEO, _AUDIO, _TRUTH = "simulated.avi", "simulated.wav", "truth.json"


class ClipError(ValueError):
    """The clip cannot be written; the message says why."""


@dataclass(frozen=True, slots=True)
class SimulatedClip:
    """video: 320x240 at 15 frames/s. audio: 16 kHz, mono, as long. truth: see the module."""

    video: Path
    audio: Path
    truth: Path


def ensure_clip(
    *,
    seed: int,
    seconds: int,
    folder: Path,
    progress: Callable[[float], None] | None = None,
) -> SimulatedClip:
    """The clip in the folder, made now unless it is there; takes about as long as it lasts.

    progress: called with the share done, 0..1. Raises SimulatorMissingError, ClipError, ValueError
    for a negative seed or no seconds, OSError where the folder cannot be written.
    """
    clip = SimulatedClip(folder / _VIDEO, folder / _AUDIO, folder / _TRUTH)
    if _matches(clip, seed=seed, seconds=seconds):
        return clip
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as name:
        made = SimulatedClip(*(Path(name, part) for part in (_VIDEO, _AUDIO, _TRUTH)))
        with SimulatedCell(seed=seed, seconds=seconds) as cell:
            truths = _write_video(made.video, cell, progress)
            sound = factory_sound(cell.shift, cell.sound_source(), seconds=seconds)
            truth = _truth(cell.shift, truths, seed=seed, seconds=seconds)
        _write_sound(made.audio, sound)
        made.truth.write_text(json.dumps(truth), encoding="utf-8")
        # The truth vouches for the other two: it goes first and comes last.
        clip.truth.unlink(missing_ok=True)
        for part, place in ((made.video, clip.video), (made.audio, clip.audio)):
            part.replace(place)
        made.truth.replace(clip.truth)
    return clip


def _matches(clip: SimulatedClip, *, seed: int, seconds: int) -> bool:
    try:
        told = json.loads(clip.truth.read_text(encoding="utf-8"))
        same = (told["seed"], told["seconds"], told["renderer"]) == (seed, seconds, RENDERER)
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return same and clip.video.is_file() and clip.audio.is_file()


def _write_video(
    path: Path, cell: SimulatedCell, progress: Callable[[float], None] | None
) -> list[FrameTruth]:
    # Motion JPEG by OpenCV's own writer: present in every OpenCV, and the same picture every time.
    writer = cv2.VideoWriter(
        str(path),
        cv2.CAP_OPENCV_MJPEG,
        cv2.VideoWriter.fourcc(*"MJPG"),
        RATE,
        (WIDTH, HEIGHT),
    )
    if not writer.isOpened():
        raise ClipError(f"{path}: OpenCV cannot write Motion JPEG here")
    truths = []
    try:
        for step in cell:
            writer.write(cv2.cvtColor(step.rgb, cv2.COLOR_RGB2BGR))
            truths.append(step.truth)
            if progress is not None:
                progress((step.index + 1) / cell.frames)
    finally:
        writer.release()
    return truths


def _write_sound(path: Path, sound: NDArray[np.float32]) -> None:
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(SAMPLE_RATE)
        wav.writeframes(np.rint(sound * 32767).astype("<i2").tobytes())


def _truth(
    shift: Shift, truths: Sequence[FrameTruth], *, seed: int, seconds: int
) -> dict[str, Any]:
    spans = [(HazardKind.PERSON_IN_ZONE, ZONE, *span) for span in _spans(truths)]
    if shift.siren is not None:
        spans.append((HazardKind.SIREN, MICROPHONE, *shift.siren))
    if shift.impact is not None:
        end_s = shift.impact + IMPACT_S
        spans.append((HazardKind.IMPACT_SOUND, MICROPHONE, shift.impact, end_s))
    return {
        "seed": seed,
        "seconds": seconds,
        "renderer": RENDERER,
        "size": [WIDTH, HEIGHT],
        "rate": RATE,
        "frames": len(truths),
        "zones": {ZONE: np.round(zone_in_picture(), 2).tolist()},
        "spans": [
            {"kind": kind.value, "zone": zone, "start_s": round(start, 3), "end_s": round(end, 3)}
            for kind, zone, start, end in spans
        ],
        "feet": [
            None if truth.feet is None else np.round(truth.feet, 1).tolist() for truth in truths
        ],
    }


def _spans(truths: Sequence[FrameTruth]) -> Iterator[tuple[float, float]]:
    """From the first frame with a foot in the zone to the first without."""
    inside = np.array([False, *(truth.in_zone for truth in truths), False])
    changes = np.flatnonzero(inside[1:] != inside[:-1]) / RATE
    yield from zip(changes[::2].tolist(), changes[1::2].tolist(), strict=True)
