"""Clips as micro-turns, as a cell would have taken them in: a recorded one and a simulated one.

Knows nothing of models. Any thread.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from pathlib import Path
from tempfile import TemporaryDirectory

from tml_ros.cell.replay_sound import WavSound
from tml_ros.devices.captured_frame import CameraSourceError
from tml_ros.devices.speech_renderer import SpeechUnavailableError
from tml_ros.devices.video_file import VideoFile
from tml_ros.sim.off_screen import SimulatorMissingError
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scenario.scenario_file import load_scenario
from tml_ros.sim.scenario_clip import ensure_scenario_clip
from tml_ros.turn.micro_turn import AudioBlock, Frame, MicroTurn
from tml_ros.turn.turn_assembler import TurnAssembler

CAMERA, MICROPHONE = "hall", "hall_mic"
SCENARIO = "press_visit"
REAL_CLIP = Path("worker_zone", "worker_zone.mp4")
_REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class ClipAbsent:
    """There is no such clip here. reason: why, and what to do."""

    reason: str


def real_clip(video: Path | None = None) -> list[MicroTurn] | ClipAbsent:
    """The turns of a recorded clip, without sound.

    video: its file; `REAL_CLIP` in the folder that TML_ROS_REAL_DATA names, or else in
    ../shared/data beside the repository. Raises CameraSourceError for a given file that is no
    video.
    """
    if video is not None:
        return clip_turns(video)
    folder = os.environ.get("TML_ROS_REAL_DATA")
    found = Path(folder or _REPOSITORY.parent / "shared" / "data") / REAL_CLIP
    if not found.exists():
        return ClipAbsent(f"there is no {found}; set TML_ROS_REAL_DATA, or give --video FILE")
    try:
        return clip_turns(found)
    except CameraSourceError as error:
        return ClipAbsent(str(error))


def simulated_clip(seconds: int, *, seed: int = 20) -> list[MicroTurn] | ClipAbsent:
    """The turns of the first so many seconds of a simulated cell, with sound, rendered now."""
    try:
        with TemporaryDirectory(prefix="tml_ros_bench_") as folder:
            scenario = beginning_of(load_scenario(SCENARIO), seconds, seed=seed)
            clip = ensure_scenario_clip(scenario, Path(folder))
            return clip_turns(clip.film(CAMERA), clip.sound(MICROPHONE))
    except (SimulatorMissingError, SpeechUnavailableError) as error:
        return ClipAbsent(str(error))


def beginning_of(scenario: Scenario, seconds: float, *, seed: int) -> Scenario:
    """The first seconds of a scenario, as another seed has it."""
    kept = {
        part: tuple(one for one in getattr(scenario, part) if (one.at or 0.0) < seconds)
        for part in ("events", "lines", "handed_over")
    }
    changes = {**kept, "seconds": float(seconds), "seed": seed}
    return Scenario.model_validate(scenario.model_dump() | changes)


def clip_turns(video: Path, audio: Path | None = None) -> list[MicroTurn]:
    """Every turn of a video, and of a wav file that began with it."""
    microphones = () if audio is None else (MICROPHONE,)
    assembler = TurnAssembler(cameras=(CAMERA,), microphones=microphones)
    turns = []
    streams = [_pictures(video)] + ([] if audio is None else [_sound(audio)])
    for now_ns, given in merge(*streams, key=lambda item: item[0]):
        if isinstance(given, Frame):
            assembler.push_frame(given)
        else:
            assembler.push_audio(given)
        turns += assembler.poll(now_ns)
    return [*turns, *assembler.flush()]


def _pictures(video: Path) -> Iterator[tuple[int, Frame | AudioBlock]]:
    for offset_ns, rgb in VideoFile(video):
        yield offset_ns, Frame(CAMERA, offset_ns, rgb)


def _sound(audio: Path) -> Iterator[tuple[int, Frame | AudioBlock]]:
    for given in WavSound(audio, MICROPHONE).inputs(start_ns=0):
        if isinstance(given.content, AudioBlock):
            yield given.now_ns, given.content
