"""The camera guards on a real clip: silent as it is, and loud when something is done to it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from camera_scenes import changes, warped

from tml_ros.safety.guards.camera_health import CameraHealth
from tml_ros.safety.guards.camera_moved import CameraMoved
from tml_ros.turn.hazard import HazardKind

RATE = 14.2857
START = 2.0


@pytest.fixture(scope="module")
def clip(real_data):
    path = real_data / "worker_zone" / "worker_zone.mp4"
    if not path.exists():
        pytest.skip(f"no {path}")
    capture = cv2.VideoCapture(str(path))
    pictures = []
    while (taken := capture.read())[0]:
        pictures.append(cv2.cvtColor(taken[1], cv2.COLOR_BGR2RGB))
    return pictures


def present(pictures, rate=RATE):
    """Everything the guards said on the way, with its times."""
    timed = [(n / rate, rgb) for n, rgb in enumerate(pictures)]
    times = changes(CameraHealth("front"), timed) | changes(CameraMoved("front"), timed)
    return {kind: seen for kind, seen in times.items() if seen}


@pytest.mark.parametrize("size", [(160, 120), (480, 270), (1920, 1080)])
@pytest.mark.parametrize("every", [1, 3])
def test_the_clip_as_it_is_has_no_fault(clip, size, every):
    pictures = (cv2.resize(rgb, size, interpolation=cv2.INTER_AREA) for rgb in clip[::every])
    assert present(pictures, RATE / every) == {}


def test_the_clip_to_and_fro_has_no_fault(clip):
    assert present((clip + clip[::-1]) * 3) == {}


DONE_TO_IT = {
    "shifted": (HazardKind.CAMERA_MOVED, lambda rgb: warped(rgb, right=0.03)),
    "shifted far": (HazardKind.CAMERA_MOVED, lambda rgb: warped(rgb, right=0.3, down=0.1)),
    "turned": (HazardKind.CAMERA_MOVED, lambda rgb: warped(rgb, turn=4)),
    "defocused": (HazardKind.CAMERA_COVERED, lambda rgb: cv2.GaussianBlur(rgb, (0, 0), 5)),
    "fogged": (HazardKind.CAMERA_COVERED, lambda rgb: cv2.blur(rgb, (99, 99))),
    "blacked out": (HazardKind.CAMERA_DARK, np.zeros_like),
    "overexposed": (HazardKind.CAMERA_DARK, lambda rgb: np.full_like(rgb, 255)),
}


@pytest.mark.parametrize("what", DONE_TO_IT)
def test_what_is_done_to_the_clip_is_told_within_two_seconds_and_nothing_else(clip, what):
    kind, change = DONE_TO_IT[what]
    ((told, times),) = present(
        change(rgb) if n / RATE >= START else rgb for n, rgb in enumerate(clip)
    ).items()
    assert told is kind
    assert START < times[0] <= START + 2
    assert len(times) == 1


def test_the_clip_stopped_is_frozen_within_two_seconds(clip):
    stop = round(START * RATE)
    ((told, times),) = present(clip[:stop] + [clip[stop]] * 40).items()
    assert told is HazardKind.CAMERA_FROZEN
    assert START < times[0] <= START + 2
