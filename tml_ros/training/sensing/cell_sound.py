"""What the microphones of a rendered scenario take in when the cell speaks as a script says.

The sound of the hall as rendered, the lines that waited for the cell, and the echo of its own
voice: as an evaluation plays it. Knows nothing of tokens.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.render.shard import RenderedScenario
from tml_ros.sim.sound.echo_path import EchoPath
from tml_ros.turn.micro_turn import SAMPLE_RATE, TURN_SAMPLES

Sound = NDArray[np.float32]


def hall_sound(scene: RenderedScenario, turns: range) -> dict[str, Sound]:
    """By microphone what is heard whatever the cell does: float32 [len(turns) * 3200], -1..1."""
    part = slice(turns.start * TURN_SAMPLES, turns.stop * TURN_SAMPLES)
    return {name: _floats(scene.sound(name)[part]) for name in scene.entry.microphones}


def cell_sound(
    scene: RenderedScenario, turns: int, own: Sound, line_starts: Mapping[int, float]
) -> dict[str, Sound]:
    """By microphone all of the first turns: float32 [turns * 3200], -1..1.

    own: float32 [turns * 3200], what the loudspeaker plays. line_starts: seconds, by line.
    """
    heard = hall_sound(scene, range(turns))
    for name, sound in heard.items():
        waiting = scene.waiting(name)
        for line, seconds in line_starts.items():
            if line in waiting:
                begin = round(seconds * SAMPLE_RATE)
                room = sound[begin : begin + len(waiting[line])]
                room += _floats(waiting[line][: len(room)])
        if own.any():
            path = EchoPath(scene.scenario.microphones[name], scene.scenario.seed)
            for turn in range(turns):
                part = slice(turn * TURN_SAMPLES, (turn + 1) * TURN_SAMPLES)
                sound[part] += path.heard(own[part])
        np.clip(sound, -1.0, 1.0, out=sound)
    return heard


def _floats(samples: NDArray[np.int16]) -> Sound:
    return samples.astype(np.float32) / np.float32(32768)
