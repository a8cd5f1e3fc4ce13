from __future__ import annotations

import types
import wave
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml

from tml_ros.cell.cell_file import CellFileError, load_cell
from tml_ros.cli import demo_plan
from tml_ros.cli.demo_plan import DemoPlan, plan_demo, video_seconds
from tml_ros.cli.demo_scenario import BEARING_FILE, Progress
from tml_ros.cli.mistake import MistakeError
from tml_ros.devices.captured_frame import CameraSourceError
from tml_ros.devices.speech_renderer import SpeechUnavailableError
from tml_ros.devices.wav_file import WavFileError
from tml_ros.sim.off_screen import SimulatorMissingError
from tml_ros.sim.scenario.scenario_file import (
    ScenarioFileError,
    load_scenario,
    shipped_scenarios,
)
from tml_ros.sim.scene.pictures import zones_in_picture

REPOSITORY = Path(__file__).resolve().parents[2]

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


@pytest.fixture(scope="module")
def first_bearing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the vibration that was made first is kept: it is the same in every scenario."""
    return tmp_path_factory.mktemp("bearing") / BEARING_FILE


@pytest.fixture
def rendered(
    tmp_path: Path, first_bearing: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[str]]:
    """The scenarios that were asked for; none is really rendered."""
    asked: list[str] = []
    bearing = tmp_path / "simulated" / BEARING_FILE
    if first_bearing.exists():
        bearing.parent.mkdir()
        bearing.hardlink_to(first_bearing)

    def rendered_scenario(name: str, folder: Path, progress: Progress) -> object:
        asked.append(name)
        scenario = load_scenario(name)
        truth = types.SimpleNamespace(scenario=scenario.scenario, seconds=scenario.seconds)
        place = folder / scenario.scenario
        return types.SimpleNamespace(
            scenario=scenario, truth=truth, folder=place, truth_file=place / "truth.json"
        )

    monkeypatch.setattr(demo_plan, "rendered_scenario", rendered_scenario)
    yield asked
    if bearing.exists() and not first_bearing.exists():
        first_bearing.hardlink_to(bearing)


def test_without_anything_the_usual_scenario_is_played(tmp_path: Path, rendered: list[str]) -> None:
    made = plan(tmp_path)
    assert rendered == ["press_visit"]
    folder = tmp_path / "simulated" / "press_visit"
    assert (made.simulation, made.truth) == (folder, folder / "truth.json")
    assert (made.cell.cell, made.seconds) == ("press_visit", 48.0)
    assert made.inputs == ("scenario press_visit",)
    assert made.cell.cameras["hall"].zones.keys() == {"press_area"}
    assert [c.source for c in made.cell.cameras.values()] == [None]
    assert [m.source for m in made.cell.microphones.values()] == [None]
    assert made.cell.speaker is not None
    assert made.question == "what is wrong with press 1?"
    assert load_cell(made.cell_path) == made.cell


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_scenario_that_ships_can_be_shown(
    tmp_path: Path, rendered: list[str], name: str
) -> None:
    made = plan(tmp_path, scenario=name)
    assert rendered == [name]
    assert made.seconds is not None
    assert 40 <= made.seconds <= 60
    assert all(camera.zones for camera in made.cell.cameras.values())
    assert made.cell.microphones
    assert load_cell(made.cell_path) == made.cell
    assert ("press_1" in made.cell.machines) is bool(made.question)


def test_the_simulated_press_has_a_bearing_that_fails(tmp_path: Path, rendered: list[str]) -> None:
    telemetry = plan(tmp_path).cell.machines["press_1"].telemetry["drive_end"]
    assert telemetry.source == str((tmp_path / "simulated" / "bearing.npz").resolve())
    vibration = np.load(telemetry.source)["DE"]
    assert len(vibration) == 90 * 12_000
    whole, failing = (vibration[s * 12_000 : (s + 5) * 12_000] for s in (2, 40))
    assert np.diff(failing).std() > 1.3 * np.diff(whole).std()


@pytest.mark.parametrize(
    ("asked", "planned", "notices"),
    [(None, 48.0, ()), (9.5, 9.5, ()), (60.0, 48.0, ("the scenario lasts 48 s",))],
)
def test_a_scenario_ends_at_its_end_at_the_latest(
    tmp_path: Path,
    rendered: list[str],
    asked: float | None,
    planned: float,
    notices: tuple[str, ...],
) -> None:
    made = plan(tmp_path, seconds=asked)
    assert (made.seconds, made.notices) == (planned, notices)


def test_a_scenario_of_ones_own_without_the_press_has_no_machines(
    tmp_path: Path, rendered: list[str]
) -> None:
    path = tmp_path / "yard.yaml"
    path.write_text(
        "scenario: yard\nseconds: 5\n"
        "cameras: {gate: {at: [0, -4, 3], to: [0, 0, 0]}}\n"
        "zones: {ramp: {polygon: [[-1, -1], [1, -1], [1, 1]]}}\n"
    )
    made = plan(tmp_path, scenario=str(path))
    assert rendered == [str(path)]
    assert (made.cell.cell, made.cell.model) == ("yard", "nano")
    assert made.cell.machines == {}
    assert made.question == ""


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"scenario": "press_visit", "video": "a.mp4"}, "either it or --video"),
        ({"scenario": "press_visit", "cell_path": Path("c.yaml")}, "either it or --cell"),
        ({"audio": Path("a.wav")}, "--audio needs --cell"),
    ],
)
def test_a_scenario_and_footage_do_not_go_together(
    tmp_path: Path, asked: dict[str, object], words: str
) -> None:
    with pytest.raises(MistakeError, match=words):
        plan(tmp_path, **asked)


def test_a_scenario_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(ScenarioFileError, match=r"no scenario of that name.*press_visit"):
        plan(tmp_path, scenario="no_such_scenario")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (SimulatorMissingError("install libosmesa6"), "libosmesa6.*--video"),
        (SpeechUnavailableError("install espeak-ng"), "speak.*espeak-ng"),
    ],
)
def test_what_the_simulator_lacks_is_a_mistake_that_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def ensure(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("tml_ros.sim.scenario_clip.ensure_scenario_clip", ensure)
    with pytest.raises(MistakeError, match=words):
        plan(tmp_path)


def test_the_cell_that_is_there_to_be_read_is_the_one_of_the_usual_scenario() -> None:
    scenario = load_scenario("press_visit")
    shipped = load_cell(REPOSITORY / "config" / "cells" / "simulated.yaml")
    (name,) = scenario.cameras
    assert shipped.cameras.keys() == scenario.cameras.keys()
    assert shipped.microphones.keys() == scenario.microphones.keys()
    assert shipped.machines.keys() <= scenario.machines.keys()
    camera = shipped.cameras[name]
    assert (camera.size, camera.rate) == (scenario.cameras[name].size, scenario.cameras[name].rate)
    seen = zones_in_picture(scenario, name)
    assert camera.zones.keys() == seen.keys()
    for zone, outline in seen.items():
        assert np.array(camera.zones[zone].polygon) == pytest.approx(np.array(outline), abs=0.06)


def test_a_video_that_does_not_say_how_long_it_is_has_no_length(
    video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert video_seconds(video) == pytest.approx(3.0)
    monkeypatch.setattr("tml_ros.cli.demo_plan.cv2.CAP_PROP_FRAME_COUNT", 9_999)
    assert video_seconds(video) is None
