"""A small hall, its alarms, and clips read back, for the tests of evidence."""

from __future__ import annotations

import numpy as np

from tml_ros.bag.bag_reader import open_bag
from tml_ros.safety.alarm import Alarm, AlarmEvent, AlarmState, AlarmTransition, Hearing, Priority
from tml_ros.turn.hazard import Box, HazardKind
from tml_ros.turn.micro_turn import AudioBlock, Frame

SECOND = 1_000_000_000
BEGIN = 1_795_000_000 * SECOND
HALL, MICROPHONE = "/cell/hall/image/compressed", "/cell/audio"


def hall(height=120, width=160):
    """Finely textured, so that pixelation shows: uint8 [h, w, 3], the same each time."""
    return np.random.default_rng(4).integers(40, 200, (height, width, 3), dtype=np.uint8)


def frame(at_s, rgb=None, camera="hall"):
    return Frame(camera, BEGIN + round(at_s * SECOND), hall() if rgb is None else rgb)


def sound(at_s, samples=320):
    return AudioBlock("mic", BEGIN + round(at_s * SECOND), np.full(samples, 0.25, np.float32))


def at(seconds):
    return BEGIN + round(seconds * SECOND)


def raised(
    at_s,
    *,
    kind=HazardKind.PERSON_IN_ZONE,
    zone="press",
    priority=Priority.HIGH,
    hearing=Hearing.ANNOUNCED,
    event=AlarmEvent.RAISED,
    box=None,
):
    alarm = Alarm(
        kind, zone, AlarmState.ACTIVE_UNACKNOWLEDGED, priority, "guard", at(at_s), at(at_s), box
    )
    return AlarmTransition(at(at_s), event, alarm, at(at_s), hearing=hearing)


def box(camera="hall"):
    return Box(camera, 10, 10, 40, 90)


def finished(folder):
    """The clips in a folder, oldest first."""
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if not p.name.startswith("."))


def messages(clip):
    """(topic, seconds since BEGIN) of everything in a clip."""
    with open_bag(clip) as bag:
        return [(topic, (log_ns - BEGIN) / SECOND) for topic, _, log_ns, _ in bag]
