"""Hands a sound to a guard block by block, as a microphone would."""

from itertools import pairwise

import numpy as np

from tml_ros.turn.micro_turn import AudioBlock

NAME = "hall_mic"
START_NS = 5_000_000_000


def block_at(sound, first, last, start_ns=START_NS):
    """Samples `first` to `last` of a sound that began at `start_ns`."""
    return AudioBlock(
        NAME, start_ns + first * 1_000_000_000 // 16_000, sound[first:last].astype(np.float32)
    )


def hear(guard, sound, *, cuts=None, start_ns=START_NS):
    """Everything the guard states, repetitions left out: the sound comes in at these cuts."""
    cuts = range(0, len(sound), 3200) if cuts is None else cuts
    edges = sorted({0, *cuts, len(sound)})
    stated = []
    for first, last in pairwise(edges):
        for hazard in guard.observe_audio(block_at(sound, first, last, start_ns)):
            if hazard not in stated[-2:]:
                stated.append(hazard)
    return stated


def spans(stated, kind, start_ns=START_NS):
    """When the kind was present: [(from, to)] in seconds since the sound began; to None: still."""
    found = []
    for hazard in stated:
        if hazard.kind is not kind:
            continue
        at = (hazard.stamp_ns - start_ns) / 1e9
        if hazard.score >= 0.5 and (not found or found[-1][1] is not None):
            found.append((at, None))
        elif hazard.score < 0.5 and found and found[-1][1] is None:
            found[-1] = (found[-1][0], at)
    return found
