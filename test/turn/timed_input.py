"""Sound and frames with stamps, and what turns hold, for the tests of the turn assembler."""

from __future__ import annotations

import numpy as np

from tml_ros.turn.micro_turn import AudioBlock, Frame
from tml_ros.turn.turn_assembler import TurnAssembler

MS = 1_000_000
SECOND = 1_000 * MS
SAMPLE_NS = 62_500
T0 = 1_700_000_000 * SECOND
PICTURE = np.zeros((2, 2, 3), np.uint8)


def sound(samples, first=1):
    """Every sample tells its own place, so that a misplaced one is seen."""
    return np.arange(first, first + samples, dtype=np.float32) / 1e6


def block(start, samples, *, microphone="mic", t0=T0):
    """The sound of [start, start + samples) on the sample grid."""
    return AudioBlock(microphone, t0 + start * SAMPLE_NS, sound(samples, start + 1))


def frame(ms, *, camera="cam", t0=T0):
    return Frame(camera, t0 + int(ms * MS), PICTURE)


def assembler(microphones=("mic",), cameras=(), **options):
    return TurnAssembler(microphones=microphones, cameras=cameras, **options)


def kinds(turn):
    return [gap.kind for gap in turn.gaps]


def heard(turns, microphone="mic"):
    return np.concatenate([turn.audio[microphone] for turn in turns])


def as_values(turns):
    return [
        (
            turn.index,
            turn.start_ns,
            {name: samples.tobytes() for name, samples in turn.audio.items()},
            {name: (seen.frame.stamp_ns, seen.age_ns) for name, seen in turn.frames.items()},
            turn.texts,
            turn.gaps,
        )
        for turn in turns
    ]
