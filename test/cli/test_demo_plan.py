from __future__ import annotations

import sys
import types
import wave
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml

from tml_ros.cell.cell_file import CellFileError, load_cell
from tml_ros.cli.demo_plan import DemoPlan, plan_demo, video_seconds
from tml_ros.cli.mistake import MistakeError
from tml_ros.devices.captured_frame import CameraSourceError
from tml_ros.devices.wav_file import WavFileError

CELL = """
cell: press_2
cameras:
  gate: {size: [160, 120], zones: {z: {polygon: [[0, 0], [160, 0], [160, 120]]}}}
  rear: {}
  yard: {source: 0}
microphones:
  hall: {}
  door: {source: default}
alarms:
  siren: {priority: critical}
"""


@pytest.fixture
def cell_path(tmp_path: Path) -> Path:
    path = tmp_path / "press_2.yaml"
    path.write_text(CELL)
    return path


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """3 s at 10 frames/s."""
    path = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 10.0, (160, 120))
    for index in range(30):
        writer.write(np.full((120, 160, 3), 8 * index, np.uint8))
    writer.release()
    return path


@pytest.fixture
def audio(tmp_path: Path) -> Path:
    """1 s of stereo at 44.1 kHz."""
    path = tmp_path / "clip.wav"
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(2)
        wav.setsampwidth(2)
        wav.setframerate(44_100)
        wav.writeframes(bytes(4 * 44_100))
    return path


def plan(tmp_path: Path, **asked: object) -> DemoPlan:
    settings = {"video": None, "audio": None, "cell_path": None, "seconds": None} | asked
    return plan_demo(**settings, out=tmp_path / "out", progress=lambda done: None)


def test_footage_is_for_the_first_camera_and_streams_without_a_source_are_left_out(
    tmp_path: Path, cell_path: Path, video: Path
) -> None:
    made = plan(tmp_path, video=str(video), cell_path=cell_path)
    assert {name: c.source for name, c in made.cell.cameras.items()} == {
        "gate": str(video),
        "yard": 0,
    }
    assert made.cell.microphones == {}
    assert made.seconds == pytest.approx(3.0)
    assert made.inputs == ("clip.avi", "0")
    assert made.notices == ("without sound: hall, door",)
    assert made.cell.cameras["gate"].zones.keys() == {"z"}
    assert made.cell.alarms


def test_sound_is_for_the_first_microphone_as_the_file_has_it(
    tmp_path: Path, cell_path: Path, video: Path, audio: Path
) -> None:
    made = plan(tmp_path, video=str(video), audio=audio, cell_path=cell_path)
    (hall,) = made.cell.microphones.values()
    assert (hall.source, hall.rate, hall.channels) == (str(audio), 44_100, 2)
    assert made.notices == ("the sound lasts 1.0 s",)


def test_the_cell_is_written_as_it_is_run(tmp_path: Path, cell_path: Path, video: Path) -> None:
    made = plan(tmp_path, video=str(video), cell_path=cell_path)
    assert load_cell(made.cell_path) == made.cell
    speaker = yaml.safe_load(made.cell_path.read_text())["speaker"]
    assert speaker["sink"] == str((tmp_path / "out" / "speech.wav").resolve())


@pytest.mark.parametrize(("asked", "planned"), [(None, 3.0), (1.5, 1.5), (100.0, 3.0)])
def test_the_shorter_of_film_and_time_asked_for_ends_it(
    tmp_path: Path, cell_path: Path, video: Path, asked: float | None, planned: float
) -> None:
    made = plan(tmp_path, video=str(video), cell_path=cell_path, seconds=asked)
    assert made.seconds == pytest.approx(planned)


def test_a_stream_ends_by_the_user_alone(tmp_path: Path, cell_path: Path) -> None:
    url = "rtsp://192.0.2.1/gate"
    assert plan(tmp_path, video=url, cell_path=cell_path).seconds is None
    assert plan(tmp_path, video=url, cell_path=cell_path, seconds=9.0).seconds == 9.0


def test_a_cell_with_sources_of_its_own_needs_no_footage(
    tmp_path: Path, cell_path: Path, video: Path
) -> None:
    cell_path.write_text(f"cell: a\ncameras:\n  gate: {{source: {video.name}, loop: true}}\n")
    made = plan(tmp_path, cell_path=cell_path)
    assert made.cell.cameras["gate"].source == str(video)
    assert made.seconds is None


def test_mistakes_say_what_to_do(tmp_path: Path, cell_path: Path, video: Path) -> None:
    with pytest.raises(MistakeError, match="--cell"):
        plan(tmp_path, video=str(video))
    cell_path.write_text("cell: a\ncameras:\n  gate: {}\n")
    with pytest.raises(MistakeError, match="--video"):
        plan(tmp_path, cell_path=cell_path)
    cell_path.write_text("cell: a\nmicrophones:\n  hall: {}\n")
    with pytest.raises(MistakeError, match="no camera"):
        plan(tmp_path, video=str(video), cell_path=cell_path)


def test_wrong_files_give_their_own_errors(tmp_path: Path, cell_path: Path, video: Path) -> None:
    with pytest.raises(CameraSourceError, match="does not exist"):
        plan(tmp_path, video="missing.mp4", cell_path=cell_path)
    with pytest.raises(WavFileError):
        plan(tmp_path, video=str(video), audio=video, cell_path=cell_path)
    with pytest.raises(CellFileError):
        plan(tmp_path, video=str(video), cell_path=tmp_path / "missing.yaml")


def test_without_anything_the_simulated_cell_is_shown(
    tmp_path: Path, video: Path, audio: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    truth = tmp_path / "truth.json"
    truth.write_text("{}")
    module = types.ModuleType("tml_ros.sim.simulated_clip")
    clip = types.SimpleNamespace(video=video, audio=audio, truth=truth)
    asked: dict[str, object] = {}

    def ensure_clip(**settings: object) -> types.SimpleNamespace:
        asked.update(settings)
        return clip

    module.ensure_clip = ensure_clip  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    made = plan(tmp_path, seconds=60.4)
    assert asked["seconds"] == 61
    assert (made.cell.cell, made.truth) == ("simulated", truth)
    assert [c.source for c in made.cell.cameras.values()] == [str(video)]
    assert [m.source for m in made.cell.microphones.values()] == [str(audio)]


def test_a_video_that_does_not_say_how_long_it_is_has_no_length(
    video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert video_seconds(video) == pytest.approx(3.0)
    monkeypatch.setattr("tml_ros.cli.demo_plan.cv2.CAP_PROP_FRAME_COUNT", 9_999)
    assert video_seconds(video) is None
