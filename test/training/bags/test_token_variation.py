"""Turns as another day would have shown them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.session_layout import session_layout
from tml_ros.model.hazard_places import hazard_count, hazard_index
from tml_ros.model.preset import Preset
from tml_ros.model.senses import Senses
from tml_ros.model.turn_tokens import SensorTokens, nothing_sensed
from tml_ros.training.bags.recording import Recording
from tml_ros.training.bags.token_variation import MOST_LEVELS, varied
from tml_ros.turn.hazard import HazardKind

SEEDS = range(30)


@pytest.fixture(scope="module")
def sensors(recordings: Path, cell: CellDescription, preset: Preset) -> list[SensorTokens]:
    """Turns 20 to 34 of the night: the box is in the press, and from 30 on something hums."""
    senses = Senses(preset, session_layout(cell))
    with Recording(recordings / "night.mcap", cell) as recording:
        taken = [senses.take_in(turn, number=n) for n, (_, turn) in enumerate(recording.turns())]
    return taken[20:34]


def labels(preset: Preset) -> np.ndarray:
    return np.random.default_rng(1).integers(-1, 2, (14, hazard_count(preset)), np.int8)


def others(
    sensors: list[SensorTokens], preset: Preset
) -> list[tuple[list[SensorTokens], np.ndarray]]:
    told = labels(preset)
    return [varied(sensors, told, preset, np.random.default_rng(seed)) for seed in SEEDS]


def test_the_form_stays_and_what_was_given_is_not_changed(
    sensors: list[SensorTokens], preset: Preset
) -> None:
    before = [(turn.rgb.copy(), turn.bins.copy(), turn.masks.copy()) for turn in sensors]
    for changed, hazards in others(sensors, preset):
        assert hazards.dtype == np.int8
        for ours, theirs in zip(changed, sensors, strict=True):
            for name in ("bins", "rgb", "masks", "difference", "centre", "camera", "state"):
                mine, given = getattr(ours, name), getattr(theirs, name)
                assert (mine.shape, mine.dtype) == (given.shape, given.dtype), name
                assert mine.flags.c_contiguous
    for turn, (rgb, bins, masks) in zip(sensors, before, strict=True):
        assert np.array_equal(turn.rgb, rgb)
        assert np.array_equal(turn.bins, bins)
        assert np.array_equal(turn.masks, masks)


def test_hazards_move_with_the_masks_of_their_zones(
    sensors: list[SensorTokens], preset: Preset
) -> None:
    """Zone 0 is the press; zone 1 is nowhere, so its mask is empty."""
    told = labels(preset)
    down = HazardKind.PERSON_DOWN
    moved = set()
    for changed, hazards in others(sensors, preset):
        masks = np.concatenate([turn.masks for turn in changed])
        (press,) = (place for place in range(preset.sight.zones) if masks[..., place].any())
        moved.add(press)
        ours = hazards[:, hazard_index(preset, down, press)]
        assert np.array_equal(ours, told[:, hazard_index(preset, down, 0)])
        siren = hazard_index(preset, HazardKind.SIREN, 0)
        assert np.array_equal(hazards[:, siren], told[:, siren])
    assert moved == {0, 1}


def test_a_mirrored_lesson_is_mirrored_as_a_whole(
    sensors: list[SensorTokens], preset: Preset
) -> None:
    """The zone's triangle lies on the right, its mask too; both go to the left together."""
    sides = set()
    for changed, _ in others(sensors, preset):
        masks = np.concatenate([turn.masks for turn in changed]).max(axis=-1)
        x = np.concatenate([turn.centre[:, 0] for turn in changed])
        inside = x[masks.any(axis=(1, 2))]
        (side,) = {bool(one > 0.5) for one in inside}
        columns = masks[masks.any(axis=(1, 2))][0].sum(axis=0)
        assert bool(columns[-1] > columns[0]) is side
        sides.add(side)
    assert sides == {True, False}


def test_light_changes_little_and_sometimes_the_background_is_unknown(
    sensors: list[SensorTokens], preset: Preset
) -> None:
    given = np.concatenate([turn.rgb for turn in sensors]).astype(float)
    means, blind = [], 0
    for changed, _ in others(sensors, preset):
        rgb = np.concatenate([turn.rgb for turn in changed]).astype(float)
        means.append(rgb.mean() / given.mean())
        blind += not any(turn.difference.any() for turn in changed)
    assert 0.5 < min(means) < 0.95
    assert 1.05 < max(means) < 2.0
    assert 0.1 < blind / len(SEEDS) < 0.7


def test_sound_is_louder_or_softer_by_whole_levels_and_silence_stays(
    sensors: list[SensorTokens], preset: Preset
) -> None:
    top = preset.hearing.bins - 1
    shifts = set()
    for changed, _ in others(sensors, preset):
        for ours, theirs in zip(changed, sensors, strict=True):
            moved = ours.bins.astype(int) - theirs.bins
            inner = (theirs.bins > MOST_LEVELS) & (theirs.bins < top - MOST_LEVELS)
            assert not moved[theirs.bins == 0].any()
            assert len(set(moved[inner].tolist())) <= 1
            shifts |= set(moved[inner].tolist())
    assert shifts == set(range(-MOST_LEVELS, MOST_LEVELS + 1))


def test_turns_without_pictures_and_sound_are_fine(preset: Preset) -> None:
    empty = [nothing_sensed(preset, turn).sensors for turn in range(3)]
    told = np.zeros((3, hazard_count(preset)), np.int8)
    changed, hazards = varied(empty, told, preset, np.random.default_rng(0))
    assert len(changed) == len(hazards) == 3
