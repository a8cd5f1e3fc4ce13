"""A stretch of a rendered scenario as the micro-turns that a live cell would take in.

Knows nothing of models. Pictures are drawn from the shard one by one; nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from tml_ros.sim.render.shard import RenderedScenario
from tml_ros.training.sensing.outages import Outages
from tml_ros.training.sensing.picture_change import PictureChange
from tml_ros.turn.micro_turn import (
    TURN_NS,
    TURN_SAMPLES,
    Frame,
    Gap,
    GapKind,
    MicroTurn,
    TurnFrame,
)

Sound = NDArray[np.float32]


def scene_turns(
    scene: RenderedScenario,
    turns: range,
    sound: Mapping[str, Sound],
    *,
    pictures: bool,
    change: PictureChange,
    outages: Outages,
    younger_ns: int,
    rng: np.random.Generator,
) -> Iterator[MicroTurn]:
    """The turns one by one, numbered from 0.

    sound: by microphone float32 [n * 3200], of these turns. pictures: False for a cell without
    cameras. younger_ns: by how much pictures are younger than they were rendered, at most as old
    as they are. rng: of where noise falls in pictures.
    """
    cameras = tuple(scene.entry.cameras) if pictures else ()
    for index, turn in enumerate(turns):
        gaps, audio, frames = [], {}, {}
        for name, samples in sound.items():
            piece = samples[index * TURN_SAMPLES : (index + 1) * TURN_SAMPLES]
            if _away(outages.microphones, name, index):
                piece = np.zeros(TURN_SAMPLES, np.float32)
                gaps.append(Gap(GapKind.AUDIO_MISSING, name, TURN_NS))
            audio[name] = piece
        for name in cameras:
            age_ns = scene.age_ns(name, turn)
            rgb = None
            if age_ns is not None and not _away(outages.cameras, name, index):
                rgb = scene.frame(name, turn)
            if rgb is None or age_ns is None:
                gaps.append(Gap(GapKind.FRAME_MISSING, name))
                continue
            age_ns = max(0, age_ns - younger_ns)
            frame = Frame(name, (index + 1) * TURN_NS - age_ns, change.picture(rgb, rng))
            frames[name] = TurnFrame(frame, age_ns)
        yield MicroTurn(index, index * TURN_NS, audio, frames, gaps=tuple(gaps))


def _away(of: Mapping[str, NDArray[np.bool_]], name: str, index: int) -> bool:
    return name in of and bool(of[name][index])
