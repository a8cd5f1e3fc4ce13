from __future__ import annotations

import wave

import cv2
import numpy as np
import pytest
from tiny_model import tiny_preset

from tml_ros.bench import turn_clips
from tml_ros.bench.turn_clips import (
    CAMERA,
    MICROPHONE,
    SCENARIO,
    ClipAbsent,
    beginning_of,
    clip_turns,
    real_clip,
    simulated_clip,
)
from tml_ros.bench.turn_savings import measure_savings
from tml_ros.devices.captured_frame import CameraSourceError
from tml_ros.sim.off_screen import SimulatorMissingError
from tml_ros.sim.scenario.scenario_file import load_scenario

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """Two seconds at 10 frames/s of a still hall with sound."""
    folder = tmp_path_factory.mktemp("clip")
    video, audio = folder / "still.avi", folder / "still.wav"
    code = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(video), cv2.CAP_OPENCV_MJPEG, code, 10.0, (120, 80))
    for _ in range(20):
        writer.write(np.full((80, 120, 3), 120, np.uint8))
    writer.release()
    with wave.open(str(audio), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(16_000)
        wav.writeframes(np.full(32_000, 900, "<i2").tobytes())
    return video, audio


def test_a_clip_becomes_five_turns_a_second_with_their_sound(clip):
    turns = clip_turns(*clip)
    assert [turn.index for turn in turns] == list(range(10))
    assert all(len(turn.frames) == len(turn.audio) == 1 for turn in turns)
    assert all(not turn.gaps for turn in turns)
    assert [len(turn.audio) for turn in clip_turns(clip[0])] == [0] * 10


def test_a_still_scene_saves_all_but_its_refresh(clip):
    preset = tiny_preset()
    figures = measure_savings(preset, clip_turns(*clip), turns=11)
    assert (figures["clip_turns"], figures["turns"]) == (10, 20)
    every, changed = figures["every_patch"], figures["changed_patches"]
    assert every["patches_per_turn"] == 6
    assert every["tokens_per_turn"] == 6 + 4 + 2
    # The first turn brings all six; of the others two patches each are due within four turns.
    assert 1.5 <= changed["patches_per_turn"] <= 3
    share = figures["saved_share"]["patches_per_turn"]
    assert share == pytest.approx(1 - changed["patches_per_turn"] / 6)


def test_a_recorded_clip_that_is_not_here_is_no_mistake_unless_it_was_named(tmp_path, monkeypatch):
    monkeypatch.setenv("TML_ROS_REAL_DATA", str(tmp_path))
    absent = real_clip()
    assert isinstance(absent, ClipAbsent)
    assert str(tmp_path) in absent.reason
    assert "TML_ROS_REAL_DATA" in absent.reason
    with pytest.raises(CameraSourceError, match="does not exist"):
        real_clip(tmp_path / "none.mp4")


def test_the_beginning_of_a_scenario_leaves_out_what_comes_later():
    whole = load_scenario(SCENARIO)
    begun = beginning_of(whole, 20, seed=9)
    assert (begun.seconds, begun.seed) == (20, 9)
    assert begun.people == whole.people
    assert begun.lines == whole.lines
    assert begun.events == ()
    assert CAMERA in begun.cameras
    assert MICROPHONE in begun.microphones


@pytest.mark.parametrize("seconds", [1, 3])
def test_a_simulated_clip_is_as_long_as_asked_for(seconds):
    turns = simulated_clip(seconds)
    if isinstance(turns, ClipAbsent):
        pytest.skip(turns.reason)
    assert len(turns) == 5 * seconds
    assert turns[-1].frames[CAMERA].frame.rgb.shape == (240, 320, 3)


def test_without_a_renderer_there_is_no_simulated_clip(monkeypatch):
    def ensure(*_):
        raise SimulatorMissingError("install libosmesa6")

    monkeypatch.setattr(turn_clips, "ensure_scenario_clip", ensure)
    assert simulated_clip(1) == ClipAbsent("install libosmesa6")
