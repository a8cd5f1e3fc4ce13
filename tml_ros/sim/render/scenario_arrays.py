"""One scenario as arrays: drawn, heard, labelled. See `shard_header` for what each array is.

The same scenario and plan give the same arrays, to the bit. Needs MuJoCo where there are pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tml_ros.model.dmel import log_mel, quantise
from tml_ros.model.hazard_places import HEARD, SEEN
from tml_ros.model.letterbox import Placement, place
from tml_ros.model.preset import MEL_FRAMES, MELS, PATCH
from tml_ros.sim.factory import Factory
from tml_ros.sim.render.facts import Facts, packed
from tml_ros.sim.render.hazard_labels import hazard_labels
from tml_ros.sim.render.patch_labels import behind_smoke, patch_labels, patch_means
from tml_ros.sim.render.plan import JPEG_QUALITY, RenderPlan
from tml_ros.sim.render.smoky_pictures import SmokyPictures
from tml_ros.sim.render.spent import Stopwatch
from tml_ros.sim.scenario.scenario import CameraPart, Scenario
from tml_ros.sim.scene.camera_effects import BEST, WORST
from tml_ros.sim.scene.hall import hall_blocks
from tml_ros.sim.scene.machines.machines import machines
from tml_ros.sim.scene.people import People
from tml_ros.sim.scene.stage import camera_view
from tml_ros.sim.scene.vehicles import Vehicles
from tml_ros.sim.truth.moment import Moment
from tml_ros.sim.truth.seen_hazards import BODY_SHARE, VEHICLE_SHARE
from tml_ros.turn.audio_format import to_int16
from tml_ros.turn.micro_turn import TURN_NS, TURN_SAMPLES

Arrays = dict[str, NDArray[Any]]


def scenario_arrays(scenario: Scenario, plan: RenderPlan, watch: Stopwatch) -> Arrays:
    """All arrays of a scenario by name. watch: adds up what they cost.

    Raises SimulatorMissingError, SpeechUnavailableError.
    """
    factory = Factory(scenario)
    arrays: Arrays = {}
    with watch.on("sound"):
        _ = factory.sounds.lines
        heard = {name: _whole_turns(factory.sound(name), scenario) for name in _ears(scenario)}
    with watch.on("truth"):
        truth, allowed = factory.truth, factory.allowed_speech
    with watch.on("labels"):
        zones = list(scenario.zones)
        arrays["seen"] = hazard_labels(truth, scenario.turns, SEEN, zones)
        arrays["heard"] = hazard_labels(truth, scenario.turns, HEARD, _ears(scenario))
        arrays["in_view"] = _in_view(truth.moments, list(scenario.cameras))
    if plan.sound:
        with watch.on("sound"):
            arrays |= _waiting(factory)
        with watch.on("encoding"):
            arrays |= _levels(heard, plan)
    if plan.pictures:
        with watch.on("vision"):
            pictures = SmokyPictures(scenario, quality=plan.quality)
        with pictures:
            for name in scenario.cameras:
                arrays |= _camera(scenario, name, pictures, plan, watch)
    with watch.on("encoding"):
        facts = packed(Facts(scenario, truth, allowed))
        arrays["facts"] = np.frombuffer(facts, np.uint8)
    return arrays


def newest(stamps: Sequence[int], turns: int) -> NDArray[np.int64]:
    """Of each turn the newest picture, by its number, or -1: int64 [turns]. stamps: ns, rising."""
    found = np.full(turns, -1, np.int64)
    for number, stamp in enumerate(stamps):
        if 0 <= stamp // TURN_NS < turns:
            found[stamp // TURN_NS] = number
    return found


def own_quality(camera: CameraPart) -> int:
    """The JPEG quality that a camera's pictures have been through, or `JPEG_QUALITY`."""
    share = camera.compression
    return round(BEST + (WORST - BEST) * share) if share else JPEG_QUALITY


def _ears(scenario: Scenario) -> list[str]:
    return list(scenario.microphones)


def _whole_turns(sound: NDArray[np.float32], scenario: Scenario) -> NDArray[np.int16]:
    return to_int16(sound[: scenario.turns * TURN_SAMPLES])


def _levels(heard: dict[str, NDArray[np.int16]], plan: RenderPlan) -> Arrays:
    arrays: Arrays = {}
    for name, sound in heard.items():
        arrays[f"sound/{name}"] = sound
        # Of what is kept, so that levels can be made again from it.
        levels = quantise(log_mel(sound.astype(np.float32) / np.float32(32768)), plan.hearing)
        arrays[f"levels/{name}"] = levels.reshape(-1, MEL_FRAMES, MELS)
    return arrays


def _waiting(factory: Factory) -> Arrays:
    lines = [line.index for line in factory.sounds.lines if line.start_s is None]
    arrays: Arrays = {"waiting": np.array(lines, np.int64)}
    for name in factory.scenario.microphones:
        sounds = [to_int16(factory.sounds.line(index, name)) for index in lines]
        arrays[f"waiting/{name}"] = np.concatenate([np.zeros(0, np.int16), *sounds])
        arrays[f"waiting/{name}/ends"] = np.cumsum([len(one) for one in sounds], dtype=np.int64)
    return arrays


def _in_view(moments: Sequence[Moment], cameras: Sequence[str]) -> NDArray[np.uint8]:
    counts = np.zeros((len(moments), len(cameras), 2), np.uint8)
    for row, moment in enumerate(moments):
        seen = [[one.seen for one in moment.people], [one.seen for one in moment.vehicles]]
        for which, least in enumerate((BODY_SHARE, VEHICLE_SHARE)):
            for column, camera in enumerate(cameras):
                shares = [one[camera].share for one in seen[which] if camera in one]
                counts[row, column, which] = sum(share >= least for share in shares)
    return counts


def _camera(
    scenario: Scenario, name: str, pictures: SmokyPictures, plan: RenderPlan, watch: Stopwatch
) -> Arrays:
    stamps = [round(pictures.time_s(name, number) * 1e9) for number in range(pictures.frames(name))]
    numbers = newest(stamps, scenario.turns)
    columns, rows = plan.patches
    placement = place(*scenario.cameras[name].size, width=columns * PATCH, height=rows * PATCH)
    quality = plan.jpeg or own_quality(scenario.cameras[name])
    files: list[bytes] = []
    smoke = np.zeros((scenario.turns, columns * rows), np.uint8)
    for turn, number in enumerate(numbers.tolist()):
        if number < 0:
            files.append(b"")
            continue
        with watch.on("vision"):
            picture = pictures.picture(name, number)
        with watch.on("labels"):
            layer = pictures.smoke(name, number)
            if layer is not None:
                smoke[turn] = np.rint(255 * patch_means(layer, placement))
        with watch.on("encoding"):
            files.append(_jpeg(picture, quality))
    with watch.on("labels"):
        labels = _patch_labels(scenario, name, pictures, numbers, placement)
    there = numbers >= 0
    kept = np.array([*stamps, -1], np.int64)[numbers]
    return {
        f"frames/{name}": np.frombuffer(b"".join(files), np.uint8),
        f"frames/{name}/ends": np.cumsum([len(file) for file in files], dtype=np.int64),
        f"frames/{name}/stamps": np.where(there, kept, -1),
        f"patches/{name}": behind_smoke(labels, smoke),
        f"smoke/{name}": smoke,
    }


def _patch_labels(
    scenario: Scenario,
    name: str,
    pictures: SmokyPictures,
    numbers: NDArray[np.int64],
    placement: Placement,
) -> NDArray[np.int8]:
    """Of turns without a picture all in doubt."""
    blocks = [*hall_blocks(scenario)]
    blocks += [block for machine in machines(scenario) for block in machine.blocks]
    there = numbers >= 0
    found = patch_labels(
        scenario,
        name,
        np.array([pictures.time_s(name, number) for number in numbers[there].tolist()]),
        placement,
        people=People(scenario),
        vehicles=Vehicles(scenario),
        blocks=blocks,
        view=camera_view(scenario, name),
    )
    labels = np.full((len(numbers), *found.shape[1:]), -1, np.int8)
    labels[there] = found
    return labels


def _jpeg(picture: NDArray[np.uint8], quality: int) -> bytes:
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    file = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return file.tobytes()
