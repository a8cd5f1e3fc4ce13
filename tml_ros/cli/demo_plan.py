"""What a demo is going to run: which cell with which inputs, for how long.

Knows nothing of ROS. What it decides is written into the demo's own cell file, which `tml-ros up`
could run as well.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import ValidationError

from tml_ros.background.store_names import EVIDENCE_FOLDER
from tml_ros.background.telemetry_source import BLOCK
from tml_ros.cell.cell_description import CameraDescription, CellDescription
from tml_ros.cell.cell_file import load_cell
from tml_ros.cli.mistake import MistakeError
from tml_ros.cli.source_files import refuse_unreadable_sources
from tml_ros.devices.source_names import names_stream, names_video_file
from tml_ros.devices.video_file import VideoFile
from tml_ros.devices.wav_file import WavFile
from tml_ros.settings.shared_file import shared_file

SIMULATED = Path("config", "cells", "simulated.yaml")
SIMULATED_SEED = 1
SIMULATED_SECONDS = 48
CELL_FILE = "cell.yaml"
SPEECH_FILE = "speech.wav"
STORE_FOLDER = "store"
BEARING_FILE = "bearing.npz"
BEARING_DEFECT, BEARING_SEVERITY = "outer_race", 0.8
BEARING_SOUND_SECONDS, BEARING_SECONDS = 12, 90
"""The simulated bearing is whole at first; the file is played again after so long."""

Progress = Callable[[float], None]
"""Called with the share done, 0..1, while the simulated clip is made."""


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """cell_path: the cell as it is run. seconds: how long, None for until Ctrl-C.

    inputs: names of what it sees and hears. truth: what the simulation says really happens.
    notices: what the user may want to know beforehand.
    question: what is typed once the background has noticed something, "" where there is none.
    evidence: folder of the pictures that its findings rest on.
    """

    cell_path: Path
    cell: CellDescription
    seconds: float | None
    inputs: tuple[str, ...]
    truth: Path | None = None
    notices: tuple[str, ...] = ()
    question: str = ""
    evidence: Path | None = None


def plan_demo(
    *,
    video: str | None,
    audio: Path | None,
    cell_path: Path | None,
    seconds: float | None,
    out: Path,
    progress: Progress,
    bearing: Path | None = None,
) -> DemoPlan:
    """Decide what to run and write its cell file into the folder `out`.

    bearing: a recording to play instead of the first vibration telemetry of the cell.
    Raises MistakeError, CellFileError, CameraSourceError, WavFileError; OSError where `out` cannot
    be written.
    """
    if video is not None and cell_path is None:
        raise MistakeError(
            "--video needs --cell CELL.yaml, which says where in the picture the zones are; "
            "start from config/cells/worker_zone.yaml and look at them with `tml-ros check`"
        )
    truth = None
    if cell_path is None:
        simulated = shared_file(SIMULATED)
        if simulated is None:
            raise MistakeError(f"{SIMULATED} is not where it was installed; give --cell CELL.yaml")
        cell = load_cell(simulated)
        video, audio, truth = _simulate(seconds, out, audio, progress)
        bearing = bearing or _simulated_bearing(cell, out)
    else:
        cell = load_cell(cell_path)
    if video is not None:
        cell = _with_video(cell, video)
    if not any(camera.source is not None for camera in cell.cameras.values()) and not audio:
        raise MistakeError(
            f"no camera of cell {cell.cell!r} has a source; give --video FILE_OR_URL"
        )
    cell, notices = _with_sound(cell, audio, video)
    if bearing is not None:
        cell = _with_bearing(cell, bearing)
    store = out / STORE_FOLDER
    if cell.has_background:
        # What an earlier demo remembered must not be taken for this one's.
        shutil.rmtree(store, ignore_errors=True)
        background = cell.background.model_dump(exclude_unset=True)
        cell = _changed(cell, background={**background, "store": str(store.resolve())})
    refuse_unreadable_sources(cell, cell_path or out / CELL_FILE)
    sink = {"sink": str((out / SPEECH_FILE).resolve()), "volume": 1.0}
    cell = _changed(cell, speaker=sink)
    cameras = [camera.source for camera in cell.cameras.values()]
    microphones = [microphone.source for microphone in cell.microphones.values()]
    sources = [str(source) for source in (*cameras, *microphones) if source is not None]
    return DemoPlan(
        _write(cell, out / CELL_FILE),
        cell,
        _shortest(seconds, _lasts(cell)),
        tuple(source if names_stream(source) else Path(source).name for source in sources),
        truth,
        notices,
        _question(cell),
        store / EVIDENCE_FOLDER if cell.has_background else None,
    )


def video_seconds(path: Path) -> float | None:
    """How long a video file says it lasts; None where it does not say.

    Raises CameraSourceError for what is no video.
    """
    VideoFile(path)
    capture = cv2.VideoCapture(str(path))
    try:
        frames = capture.get(cv2.CAP_PROP_FRAME_COUNT)
        rate = capture.get(cv2.CAP_PROP_FPS)
    finally:
        capture.release()
    said = math.isfinite(frames) and math.isfinite(rate) and frames > 0 and rate > 0
    return frames / rate if said else None


def _simulate(
    seconds: float | None, out: Path, audio: Path | None, progress: Progress
) -> tuple[str, Path, Path | None]:
    try:
        from tml_ros.sim.simulated_clip import ensure_clip  # noqa: PLC0415 - MuJoCo is optional
    except ImportError as error:
        raise MistakeError(
            f"the simulated cell needs MuJoCo ({error}); `pip install mujoco`, or show the demo "
            f"footage of your own by --video and --cell"
        ) from error
    lasts = max(SIMULATED_SECONDS, math.ceil(seconds or 0))
    folder = out.parent / "simulated"
    clip = ensure_clip(seed=SIMULATED_SEED, seconds=lasts, folder=folder, progress=progress)
    truth = clip.truth if clip.truth.exists() else None
    return str(clip.video), audio or clip.audio, truth


def _simulated_bearing(cell: CellDescription, out: Path) -> Path | None:
    """The vibration of the press: the same machine throughout, its bearing failing on the way."""
    found = _vibration(cell)
    if found is None:
        return None
    from tml_ros.sim.bearing_signal import bearing_waveform  # noqa: PLC0415 - not for other cells

    machine, name = found
    path = out.parent / "simulated" / BEARING_FILE
    described = cell.machines[machine]
    rate = described.telemetry[name].rate or 12_000.0
    rpm = (described.speed and described.speed.rpm) or 1_797.0

    def made(defect: str) -> NDArray[np.float32]:
        return bearing_waveform(
            defect,
            rpm=rpm,
            rate=rate,
            seconds=BEARING_SECONDS,
            severity=BEARING_SEVERITY,
            seed=SIMULATED_SEED,
        )

    if not path.exists():
        whole = round(BEARING_SOUND_SECONDS * rate)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.npz")
        np.savez(part, DE=np.concatenate([made("")[:whole], made(BEARING_DEFECT)[whole:]]))
        part.replace(path)
    return path


def _with_bearing(cell: CellDescription, bearing: Path) -> CellDescription:
    """The cell with this recording for its first vibration telemetry."""
    found = _vibration(cell)
    if found is None:
        raise MistakeError(f"cell {cell.cell!r} has no vibration telemetry to play {bearing} on")
    machine, name = found
    machines = cell.model_dump(mode="json", exclude_unset=True)["machines"]
    machines[machine]["telemetry"][name]["source"] = str(bearing.resolve())
    try:
        return _changed(cell, machines=machines)
    except ValidationError as error:
        allowed = error.errors(include_url=False)[0]["msg"]
        raise MistakeError(f"--bearing {bearing}: {allowed}") from None


def _vibration(cell: CellDescription) -> tuple[str, str] | None:
    """The first machine with vibration telemetry, and its name."""
    for machine, described in cell.machines.items():
        for name, telemetry in described.telemetry.items():
            if telemetry.type == BLOCK:
                return machine, name
    return None


def _question(cell: CellDescription) -> str:
    if not cell.has_background:
        return ""
    machine = next(iter(cell.machines)).replace("_", " ")
    if cell.language.startswith("de"):
        return f"Was ist mit {machine} los?"
    return f"what is wrong with {machine}?"


def _with_video(cell: CellDescription, video: str) -> CellDescription:
    """The cell with `video` for its first camera; cameras without a source are left out."""
    if not cell.cameras:
        raise MistakeError(f"cell {cell.cell!r} has no camera to show the video to")
    source: int | str = int(video) if video.isdecimal() else video
    if names_video_file(video):
        VideoFile(video)
        source = str(Path(video).resolve())
    first = next(iter(cell.cameras))
    cameras = {
        name: camera.model_dump(exclude_unset=True) | ({"source": source} if name == first else {})
        for name, camera in cell.cameras.items()
        if name == first or camera.source is not None
    }
    try:
        return _changed(cell, cameras=cameras)
    except ValidationError as error:
        allowed = error.errors(include_url=False)[0]["msg"]
        raise MistakeError(f"--video {video}: {allowed}") from None


def _with_sound(
    cell: CellDescription, audio: Path | None, video: str | None
) -> tuple[CellDescription, tuple[str, ...]]:
    """The cell with `audio` for its first microphone, and notices.

    Microphones without a source are left out, and with footage all but the one that plays `audio`:
    what a device hears now does not belong to it.
    """
    if audio is None:
        kept = {
            name: microphone.model_dump(exclude_unset=True)
            for name, microphone in cell.microphones.items()
            if microphone.source is not None and video is None
        }
        left_out = [name for name in cell.microphones if name not in kept]
        notices = (f"without sound: {', '.join(left_out)}",) if left_out else ()
        return _changed(cell, microphones=kept), notices
    with WavFile(audio) as wav:
        rate, channels, lasts = wav.rate, wav.channels, wav.frames / wav.rate
    name = next(iter(cell.microphones), "microphone")
    described = cell.microphones.get(name)
    microphone = (described.model_dump(exclude_unset=True) if described else {}) | {
        "source": str(audio.resolve()),
        "rate": rate,
        "channels": channels,
    }
    notices = (f"the sound lasts {lasts:.1f} s",) if lasts < (_lasts(cell) or 0) - 1 else ()
    return _changed(cell, microphones={name: microphone}), notices


def _lasts(cell: CellDescription) -> float | None:
    """How long its files play: the shortest camera file; None where nothing ends by itself."""
    lasts = [_camera_lasts(camera) for camera in cell.cameras.values()]
    return min((seconds for seconds in lasts if seconds is not None), default=None)


def _camera_lasts(camera: CameraDescription) -> float | None:
    source = camera.source
    if not isinstance(source, str) or not names_video_file(source) or camera.loop:
        return None
    return video_seconds(Path(source))


def _shortest(*seconds: float | None) -> float | None:
    return min((s for s in seconds if s is not None), default=None)


def _changed(cell: CellDescription, **changes: object) -> CellDescription:
    return CellDescription.model_validate(cell.model_dump(exclude_unset=True) | changes)


def _write(cell: CellDescription, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    described = cell.model_dump(mode="json", exclude_unset=True)
    path.write_text(yaml.safe_dump(described, sort_keys=False), encoding="utf-8")
    return path
