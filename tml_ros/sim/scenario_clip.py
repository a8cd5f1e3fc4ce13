"""A scenario as files: a film per camera, the sound of each microphone, and the truth about both.

Made once and found again: what lies in the folder is reused where it came from an equal scenario
and the same renderer and is whole. Lines that wait for the cell to speak are in no sound. Knows
nothing of who plays it. Any thread, one at a time per folder.

In the folder: `<camera>.avi` (Motion JPEG), `<microphone>.wav` (16 kHz, mono), `scenario.yaml` and
`truth.json`, which is described by `clip_truth` and can be read by the report.
"""

from __future__ import annotations

import tempfile
import wave
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from tml_ros.sim.clip_truth import ClipTruth, ToldMicrophone, clip_truth, made_of
from tml_ros.sim.factory import Factory
from tml_ros.sim.motion_jpeg import MotionJpeg
from tml_ros.sim.scenario.scenario import Scenario
from tml_ros.sim.scenario.scenario_file import (
    ScenarioFileError,
    load_scenario,
    scenario_text,
)
from tml_ros.sim.scene.quality import Quality
from tml_ros.sim.simulator_version import SIMULATOR
from tml_ros.turn.micro_turn import SAMPLE_RATE

TRUTH_FILE, SCENARIO_FILE = "truth.json", "scenario.yaml"

Progress = Callable[[float], None]
"""Called with the share done, 0..1."""


class ClipError(ValueError):
    """The folder holds no whole clip of this version; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class ScenarioClip:
    """A rendered scenario, whole when it was looked at."""

    folder: Path
    scenario: Scenario
    truth: ClipTruth

    @property
    def truth_file(self) -> Path:
        """Where the truth is written down."""
        return self.folder / TRUTH_FILE

    def film(self, camera: str) -> Path:
        """A camera's video. Raises KeyError."""
        return self.folder / self.truth.cameras[camera].file

    def sound(self, microphone: str) -> Path:
        """A microphone's wav file. Raises KeyError."""
        return self.folder / self.truth.microphones[microphone].file


def ensure_scenario_clip(
    scenario: Scenario,
    folder: Path,
    *,
    quality: Quality = Quality.PRETTY,
    voices: Path | None = None,
    progress: Progress = lambda done: None,
) -> ScenarioClip:
    """The clip in the folder, made now unless it is there; takes about as long as it lasts.

    voices: where spoken lines are kept for other scenarios.
    Raises SimulatorMissingError, VideoWriteError, what `espeak` does where somebody speaks, and
    OSError where the folder cannot be written.
    """
    with suppress(ClipError):
        found = open_scenario_clip(folder)
        if (found.truth.made_of, found.truth.quality) == (made_of(scenario), quality):
            return found
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as name:
        place = Path(name)
        truth = _make(scenario, place, quality, voices, progress)
        # The truth vouches for all the others: it goes first and comes last.
        _forget(folder)
        for file in (*truth.sizes, TRUTH_FILE):
            (place / file).replace(folder / file)
    return ScenarioClip(folder, scenario, truth)


def open_scenario_clip(folder: Path) -> ScenarioClip:
    """The clip in the folder. Raises ClipError."""
    truth = _told(folder)
    if truth.renderer != SIMULATOR:
        raise ClipError(f"{folder} was made by another version of the simulator; make it anew")
    for file, size in truth.sizes.items():
        with suppress(OSError):
            if (folder / file).stat().st_size == size:
                continue
        raise ClipError(f"{folder}: {file} is missing or not whole; make the clip anew")
    try:
        scenario = load_scenario(folder / SCENARIO_FILE)
    except ScenarioFileError as error:
        raise ClipError(f"{folder}: {error}") from error
    if made_of(scenario) != truth.made_of:
        raise ClipError(f"{folder}: {SCENARIO_FILE} was changed; make the clip anew")
    return ScenarioClip(folder, scenario, truth)


def _told(folder: Path) -> ClipTruth:
    try:
        return ClipTruth.model_validate_json((folder / TRUTH_FILE).read_bytes())
    except OSError as error:
        raise ClipError(f"{folder} holds no rendered scenario: {error}") from error
    except ValidationError as error:
        raise ClipError(f"{folder / TRUTH_FILE} is not whole; make the clip anew") from error


def _forget(folder: Path) -> None:
    """Remove the clip that is there, as far as it says what belongs to it."""
    try:
        files = tuple(_told(folder).sizes)
    except ClipError:
        files = ()
    for file in (TRUTH_FILE, *files):
        # The name comes out of a file: one in this folder, or nothing.
        (folder / Path(file).name).unlink(missing_ok=True)


def _make(
    scenario: Scenario, place: Path, quality: Quality, voices: Path | None, progress: Progress
) -> ClipTruth:
    with Factory(scenario, quality=quality, voices=voices) as factory:
        # What takes no time fails first.
        truth = factory.truth
        microphones = {}
        for name in scenario.microphones:
            samples = factory.sound(name)
            file = f"{name}.wav"
            _write_sound(place / file, samples)
            microphones[name] = ToldMicrophone(file=file, rate=SAMPLE_RATE, frames=len(samples))
        films = dict(_films(factory, place, progress))
    (place / SCENARIO_FILE).write_text(scenario_text(scenario), encoding="utf-8")
    sizes = {path.name: path.stat().st_size for path in sorted(place.iterdir())}
    told = clip_truth(
        scenario, truth, quality=quality, cameras=films, microphones=microphones, sizes=sizes
    )
    (place / TRUTH_FILE).write_text(told.model_dump_json(indent=1), encoding="utf-8")
    return told


def _films(
    factory: Factory, place: Path, progress: Progress
) -> Iterator[tuple[str, tuple[str, int]]]:
    """Each camera's file and how many pictures are in it."""
    cameras = factory.scenario.cameras
    pictures = factory.pictures if cameras else None
    if pictures is None:
        return
    total = sum(pictures.frames(name) for name in cameras)
    done = 0
    for name, camera in cameras.items():
        file = f"{name}.avi"
        count = pictures.frames(name)
        with MotionJpeg(place / file, rate=camera.rate, size=camera.size) as film:
            for index in range(count):
                film.write(pictures.picture(name, index))
                done += 1
                progress(done / total)
        yield name, (file, count)


def _write_sound(path: Path, sound: NDArray[np.float32]) -> None:
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(SAMPLE_RATE)
        wav.writeframes(np.rint(np.clip(sound, -1.0, 1.0) * 32767).astype("<i2").tobytes())
