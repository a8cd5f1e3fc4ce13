from __future__ import annotations

import shutil
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tml_ros.devices.video_file import VideoFile
from tml_ros.sim import scenario_clip
from tml_ros.sim.off_screen import SimulatorMissingError
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scenario_clip import (
    ClipError,
    ScenarioClip,
    ensure_scenario_clip,
    open_scenario_clip,
)
from tml_ros.sim.scene.quality import Quality

SHORT = {
    "scenario": "short",
    "seconds": 2.0,
    "seed": 5,
    "zones": {"press_area": {"polygon": [[-1, -1], [1, -1], [1, 1], [-1, 1]]}},
    "cameras": {
        "hall": {"at": [0, -4, 3], "to": [0, 0, 0], "size": [120, 80], "rate": 4},
        "side": {"at": [4, -3, 3], "to": [0, 0, 0], "size": [100, 80], "rate": 2.5},
    },
    "microphones": {"hall_mic": {"at": [0, 2, 2]}},
    "people": {"worker": {"at": [0, 0], "stays": True}},
    "events": [{"kind": "impact", "at": 0.5, "lasts": 0.5}],
}


def short(**changes: object) -> Scenario:
    return Scenario.model_validate(SHORT | changes)


def made(folder: Path, **changes: object) -> ScenarioClip:
    return ensure_scenario_clip(short(**changes), folder, quality=Quality.FAST)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> ScenarioClip:
    try:
        return made(tmp_path_factory.mktemp("clips") / "short")
    except SimulatorMissingError as error:
        pytest.skip(str(error))


@pytest.fixture
def copied(clip: ScenarioClip, tmp_path: Path) -> Path:
    folder = tmp_path / "short"
    shutil.copytree(clip.folder, folder)
    return folder


@pytest.fixture
def no_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(*_: object, **__: object) -> None:
        raise RuntimeError("drawn anew")

    monkeypatch.setattr(scenario_clip, "Factory", draw)


def test_films_and_sound_are_as_long_as_the_scenario(clip: ScenarioClip) -> None:
    assert sorted(contents(clip.folder)) == [
        "hall.avi",
        "hall_mic.wav",
        "scenario.yaml",
        "side.avi",
        "truth.json",
    ]
    for name, count, size, rate in (("hall", 8, (120, 80), 4.0), ("side", 5, (100, 80), 2.5)):
        offsets = [offset for offset, _ in VideoFile(clip.film(name))]
        assert len(offsets) == count == clip.truth.cameras[name].frames
        assert np.diff(offsets) == pytest.approx(1e9 / rate, rel=1e-4)
        assert VideoFile(clip.film(name)).size == size
    with wave.open(str(clip.sound("hall_mic"))) as wav:
        told = (wav.getframerate(), wav.getnchannels(), wav.getsampwidth(), wav.getnframes())
        sound = np.frombuffer(wav.readframes(32_000), "<i2")
    assert told == (16_000, 1, 2, 32_000)
    assert np.abs(sound[8_000:10_000]).max() > 5 * np.abs(sound[:7_000]).max()


def test_the_truth_says_what_happens_and_where_the_zones_are(clip: ScenarioClip) -> None:
    truth = clip.truth
    spans = {span.kind.value: span for span in truth.spans}
    assert spans.keys() == {"person_in_zone", "impact_sound"}
    visit = spans["person_in_zone"]
    assert (visit.zone, visit.start_s, visit.end_s) == ("press_area", 0.0, 2.0)
    assert visit.evident_s is not None
    assert spans["impact_sound"].start_s == pytest.approx(0.5)
    outline = np.array(truth.cameras["hall"].zones["press_area"])
    assert outline.min() >= 0
    assert (outline <= (120, 80)).all()
    assert {one.rule.value for one in truth.expected} >= {"warn"}


def test_what_is_there_is_used_again_without_drawing(copied: Path, no_drawing: None) -> None:
    before = contents(copied)
    again = made(copied)
    assert again == ScenarioClip(copied, short(), again.truth)
    assert contents(copied) == before
    assert open_scenario_clip(copied) == again


def rewritten(name: str, old: str, new: str) -> Callable[[Path], object]:
    def spoil(folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new))

    return spoil


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda folder: (folder / "side.avi").unlink(), "side.avi is missing"),
        (lambda folder: (folder / "hall_mic.wav").write_bytes(b"RIFF"), "not whole"),
        (lambda folder: (folder / "truth.json").write_text("{"), "not whole"),
        (lambda folder: (folder / "truth.json").write_text("[]"), "not whole"),
        (lambda folder: (folder / "truth.json").unlink(), "no rendered scenario"),
        (rewritten("truth.json", '"renderer": 1', '"renderer": 0'), "another version"),
        (rewritten("scenario.yaml", "seed: 5", "seed: 6"), "was changed"),
        (rewritten("scenario.yaml", "seconds: 2.0", "seconds: x.x"), "seconds"),
    ],
)
def test_a_clip_that_is_not_whole_is_refused_and_made_anew(
    copied: Path, no_drawing: None, spoil: Callable[[Path], object], words: str
) -> None:
    spoil(copied)
    with pytest.raises(ClipError, match=words):
        open_scenario_clip(copied)
    with pytest.raises(RuntimeError, match="drawn anew"):
        made(copied)
    assert not [*copied.glob(".making-*")]


@pytest.mark.parametrize("change", [{"seed": 6}, {"seconds": 1.0}, {"noise_db": -10.0}])
def test_another_scenario_is_drawn_anew(
    copied: Path, no_drawing: None, change: dict[str, object]
) -> None:
    with pytest.raises(RuntimeError, match="drawn anew"):
        made(copied, **change)


def test_it_replaces_another_clip_wholly_and_says_how_far_it_is(copied: Path) -> None:
    shares: list[float] = []
    cameras = {"hall": SHORT["cameras"]["hall"]}  # type: ignore[index]
    scenario = short(seconds=1.0, cameras=cameras)
    clip = ensure_scenario_clip(scenario, copied, quality=Quality.FAST, progress=shares.append)
    assert clip == open_scenario_clip(copied)
    assert sorted(contents(copied)) == ["hall.avi", "hall_mic.wav", "scenario.yaml", "truth.json"]
    assert shares == [0.25, 0.5, 0.75, 1.0]
    assert clip == ensure_scenario_clip(scenario, copied, quality=Quality.FAST)


def test_a_scenario_without_cameras_needs_no_renderer(tmp_path: Path) -> None:
    clip = made(tmp_path / "deaf", cameras={}, microphones={}, zones={}, people={}, events=[])
    assert sorted(contents(clip.folder)) == ["scenario.yaml", "truth.json"]
