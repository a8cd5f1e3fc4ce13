"""A stretch of a rendered scenario through a session's own senses, altered on the way.

Tokens are exactly those that a live session has of the same turns; labels are those of what was
really sent. The same arguments give the same arrays. Knows nothing of words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tml_ros.model.layout import SessionLayout
from tml_ros.model.preset import Preset
from tml_ros.model.senses import Senses
from tml_ros.model.turn_tokens import SensorTokens
from tml_ros.sim.render.shard import RenderedScenario
from tml_ros.training.sensing.familiar_scene import familiar
from tml_ros.training.sensing.outages import Outages, drawn_outages
from tml_ros.training.sensing.picture_change import PictureChange, drawn_picture_change
from tml_ros.training.sensing.scene_turns import scene_turns
from tml_ros.training.sensing.sensor_labels import (
    hazard_targets,
    nothing_to_see,
    only_what_is_heard,
    patch_targets,
)
from tml_ros.training.sensing.sound_change import drawn_sound_change
from tml_ros.training.sensing.token_change import drawn_token_change
from tml_ros.training.sensing.variety import Variety
from tml_ros.turn.micro_turn import TURN_NS

Sound = NDArray[np.float32]

EARLIER_PICTURES = 8
"""So many of a camera stand for all it has seen before a lesson."""
_GAIN_SPREAD = 0.25


@dataclass(frozen=True, slots=True)
class SensedScene:
    """tokens: of t turns. hazards: int8 [t, hazard_count]. things: int8 [p, things] and smoke:
    float32 [p] of every patch sent; as in `Lesson`.
    """

    tokens: tuple[SensorTokens, ...]
    hazards: NDArray[np.int8]
    things: NDArray[np.int8]
    smoke: NDArray[np.float32]


def sensed_scene(
    scene: RenderedScenario,
    turns: range,
    sound: Mapping[str, Sound],
    layout: SessionLayout,
    preset: Preset,
    *,
    variety: Variety,
    rng: np.random.Generator,
    under: Sound | None = None,
) -> SensedScene:
    """Turns of a scenario as a session has them that begins with the first of these.

    sound: by microphone float32 [len(turns) * 3200]. layout: of the scenario's cell; without
    cameras nothing is seen. under: float32, as long, may lie under the sound in place of noise.
    Raises ShardError for a damaged scenario.
    """
    pictures = bool(layout.cameras)
    change = _picture_change(scene, layout, variety, rng)
    outages = drawn_outages(
        rng,
        len(turns),
        cameras=tuple(layout.cameras),
        microphones=layout.microphones,
        camera_share=variety.camera_away,
        microphone_share=variety.microphone_away,
    )
    altered = {
        name: drawn_sound_change(rng, strength=variety.sound).sound(sound[name], under)
        for name in layout.microphones
    }
    gain = float(np.exp(variety.pictures * rng.normal(0.0, _GAIN_SPREAD)))
    new = bool(rng.random() < variety.new)
    younger_ns = round(variety.pictures * rng.uniform(0, 0.75 * TURN_NS))
    retouch = drawn_token_change(rng, variety, zones=len(layout.zones), places=preset.sight.zones)
    sight = preset.sight.model_copy(update={"difference_gain": preset.sight.difference_gain * gain})
    senses = Senses(preset.model_copy(update={"sight": sight}), _changed(layout, change))
    noise = np.random.default_rng(rng.integers(2**63))
    if pictures and not new:
        earlier = change.drifted(rng, strength=variety.pictures)
        _familiar(senses, scene, turns.start, preset, change=earlier, rng=noise)
    taken = scene_turns(
        scene,
        turns,
        altered,
        pictures=pictures,
        change=change,
        outages=outages,
        younger_ns=younger_ns,
        rng=noise,
    )
    tokens = tuple(senses.take_in(turn, number=turn.index) for turn in taken)
    things, smoke = patch_targets(
        scene, turns, tokens, preset, places=change.patches(preset.sight.columns, preset.sight.rows)
    )
    return SensedScene(
        tuple(retouch.tokens(one) for one in tokens),
        _hazards(scene, turns, layout, preset, outages=outages, places=retouch.places),
        things,
        smoke,
    )


def _picture_change(
    scene: RenderedScenario, layout: SessionLayout, variety: Variety, rng: np.random.Generator
) -> PictureChange:
    if not layout.cameras:
        return PictureChange()
    sizes = list(scene.entry.cameras.values())
    width, height = (max(size[axis] for size in sizes) for axis in (0, 1))
    return drawn_picture_change(
        rng, width=width, height=height, strength=variety.pictures, mirrored=variety.mirrored
    )


def _changed(layout: SessionLayout, change: PictureChange) -> SessionLayout:
    cameras = {
        camera: {zone: change.polygon(polygon) for zone, polygon in zones.items()}
        for camera, zones in layout.cameras.items()
    }
    return SessionLayout(cameras, layout.microphones)


def _familiar(
    senses: Senses,
    scene: RenderedScenario,
    first: int,
    preset: Preset,
    *,
    change: PictureChange,
    rng: np.random.Generator,
) -> None:
    """Of the turns before the first, some pictures evenly over the background's time."""
    if first == 0:
        return
    oldest = max(0, first - round(preset.sight.background_seconds * 1e9 / TURN_NS))
    chosen = np.unique(np.linspace(oldest, first - 1, EARLIER_PICTURES).round().astype(int))
    pictures = {}
    for place, name in enumerate(scene.entry.cameras):
        found = (scene.frame(name, turn) for turn in chosen.tolist())
        pictures[place] = [change.picture(rgb, rng) for rgb in found if rgb is not None]
    # The lesson's first turn begins at 0.
    familiar(senses, preset.sight, pictures, counts=first, stamp_ns=-TURN_NS // 2)


def _hazards(
    scene: RenderedScenario,
    turns: range,
    layout: SessionLayout,
    preset: Preset,
    *,
    outages: Outages,
    places: NDArray[np.int64],
) -> NDArray[np.int8]:
    part = slice(turns.start, turns.stop)
    nobody = np.zeros(len(turns), np.bool_)
    blind = ~nobody
    for name in layout.cameras:
        blind &= outages.cameras.get(name, nobody)
    away = [outages.microphones.get(name, nobody) for name in layout.microphones]
    deaf = np.stack(away, axis=1) if away else np.zeros((len(turns), 0), np.bool_)
    before = scene.heard[turns.start - 1] if turns.start else None
    order = {name: place for place, name in enumerate(layout.zones)}
    return hazard_targets(
        nothing_to_see(scene.seen[part], blind),
        only_what_is_heard(scene.heard[part], before, deaf),
        preset,
        zones={
            rendered: int(places[order[name]])
            for rendered, name in enumerate(scene.entry.zones)
            if name in order
        },
        microphones={place: place for place in range(len(layout.microphones))},
    )
