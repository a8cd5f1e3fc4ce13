"""What is written of a stretch is read as it was."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.session_layout import session_layout
from tml_ros.model.hazard_places import hazard_count
from tml_ros.model.preset import Preset
from tml_ros.model.senses import Senses
from tml_ros.model.turn_tokens import SensorTokens
from tml_ros.sim.render.array_file import ShardError
from tml_ros.training.bags.recording import Recording
from tml_ros.training.bags.stretch_file import Stretch, StretchFile, write_stretch


@pytest.fixture
def stretch(recordings: Path, cell: CellDescription, preset: Preset) -> Stretch:
    senses = Senses(preset, session_layout(cell))
    with Recording(recordings / "night.mcap", cell) as recording:
        turns = [turn for _, turn in recording.turns()][15:30]
    sensors = [senses.take_in(turn, number=number) for number, turn in enumerate(turns)]
    hazards = np.random.default_rng(0).integers(-1, 2, (15, hazard_count(preset)), np.int8)
    return Stretch("night.mcap from 3.0 s", 2, sensors, hazards)


def same(ours: SensorTokens, theirs: SensorTokens) -> bool:
    return all(
        np.array_equal(getattr(ours, field.name), getattr(theirs, field.name))
        and getattr(ours, field.name).dtype == getattr(theirs, field.name).dtype
        for field in fields(SensorTokens)
    )


def test_it_comes_back_byte_for_byte(stretch: Stretch, preset: Preset, tmp_path: Path) -> None:
    write_stretch(tmp_path / "a.safetensors", stretch)
    read = StretchFile(tmp_path / "a.safetensors", preset)
    assert (read.about, read.lead, len(read)) == (stretch.about, stretch.lead, 15)
    assert np.array_equal(read.hazards, stretch.hazards)
    assert any(turn.masks.any() for turn in stretch.sensors)
    for turn, sensors in enumerate(stretch.sensors):
        assert same(read.sensors(turn), sensors)


def test_what_is_read_may_be_changed_without_changing_the_file(
    stretch: Stretch, preset: Preset, tmp_path: Path
) -> None:
    write_stretch(tmp_path / "a.safetensors", stretch)
    read = StretchFile(tmp_path / "a.safetensors", preset)
    taken = read.sensors(0)
    taken.rgb[:] = 0
    assert same(read.sensors(0), stretch.sensors[0])


def test_a_file_cut_short_is_refused(stretch: Stretch, preset: Preset, tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    write_stretch(path, stretch)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ShardError):
        StretchFile(path, preset)
