from __future__ import annotations

import json
import shutil
import wave
from pathlib import Path

import numpy as np
import pytest

from tml_ros.devices.video_file import VideoFile
from tml_ros.report.truth_file import read_truth
from tml_ros.sim import simulated_clip
from tml_ros.sim.simulated_clip import SimulatedClip, ensure_clip


def contents(clip: SimulatedClip) -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in (clip.video, clip.audio, clip.truth))


@pytest.fixture
def copied(clip: SimulatedClip, tmp_path: Path) -> SimulatedClip:
    for path in (clip.video, clip.audio, clip.truth):
        shutil.copy(path, tmp_path)
    return SimulatedClip(*(tmp_path / p.name for p in (clip.video, clip.audio, clip.truth)))


def test_video_sound_and_truth_are_equally_long(clip: SimulatedClip) -> None:
    offsets = [offset for offset, _ in VideoFile(clip.video)]
    assert len(offsets) == 60
    assert np.diff(offsets) == pytest.approx(1e9 / 15, rel=0.01)
    assert VideoFile(clip.video).size == (320, 240)
    with wave.open(str(clip.audio)) as wav:
        told = (wav.getframerate(), wav.getnchannels(), wav.getsampwidth(), wav.getnframes())
    assert told == (16_000, 1, 2, 64_000)
    truth = json.loads(clip.truth.read_text())
    assert (truth["seed"], truth["seconds"], truth["size"]) == (3, 4, [320, 240])
    assert len(truth["feet"]) == truth["frames"] == 60


def test_nothing_but_the_clip_stays_in_the_folder(clip: SimulatedClip) -> None:
    assert set(clip.video.parent.iterdir()) == {clip.video, clip.audio, clip.truth}


def test_what_is_there_is_used_again_without_drawing(
    copied: SimulatedClip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulated_clip, "SimulatedCell", None)
    before = contents(copied)
    assert ensure_clip(seed=3, seconds=4, folder=copied.video.parent) == copied
    assert contents(copied) == before


@pytest.mark.parametrize(
    "spoil",
    [
        lambda clip: clip.video.unlink(),
        lambda clip: clip.audio.unlink(),
        lambda clip: clip.truth.write_text("{"),
        lambda clip: clip.truth.write_text("[]"),
        lambda clip: clip.truth.write_text('{"seed": 3, "seconds": 4, "renderer": -1}'),
        lambda clip: clip.truth.write_text('{"seed": 3, "seconds": 9}'),
    ],
)
def test_a_clip_that_is_not_whole_or_not_the_one_is_made_anew(
    copied: SimulatedClip, spoil, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(copied)

    class AskedToDrawError(Exception):
        pass

    def draw(**_: object) -> None:
        raise AskedToDrawError

    monkeypatch.setattr(simulated_clip, "SimulatedCell", draw)
    with pytest.raises(AskedToDrawError):
        ensure_clip(seed=3, seconds=4, folder=copied.video.parent)
    assert not [*copied.video.parent.glob(".making-*")]


def test_it_replaces_another_seeds_clip_and_says_how_far_it_is(copied: SimulatedClip) -> None:
    before = contents(copied)
    shares: list[float] = []
    made = ensure_clip(seed=4, seconds=1, folder=copied.video.parent, progress=shares.append)
    assert made == copied
    assert all(new != old for new, old in zip(contents(made), before, strict=True))
    assert shares == sorted(shares)
    assert (len(shares), shares[-1]) == (15, 1.0)


def test_the_report_can_read_the_truth(clip: SimulatedClip) -> None:
    assert read_truth(clip.truth, 0, 4.0) == ()
