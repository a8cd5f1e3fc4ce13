"""What a demo is going to run: which cell with which inputs, for how long.

Knows nothing of ROS. What it decides is written into the demo's own cell file, which `tml-ros up`
could run as well; a scenario is played by a node beside.
"""

from __future__ import annotations

import math
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import yaml
from pydantic import ValidationError

from tml_ros.background.store_names import EVIDENCE_FOLDER
from tml_ros.cell.cell_description import CameraDescription, CellDescription
from tml_ros.cell.cell_file import load_cell
from tml_ros.cli.demo_scenario import (
    USUAL_SCENARIO,
    Progress,
    rendered_scenario,
    scenario_cell,
    simulated_bearing,
    vibration_of,
)
from tml_ros.cli.mistake import MistakeError
from tml_ros.cli.source_files import refuse_unreadable_sources
from tml_ros.devices.source_names import names_stream, names_video_file
from tml_ros.devices.video_file import VideoFile
from tml_ros.devices.wav_file import WavFile

if TYPE_CHECKING:
    from tml_ros.sim.scenario_clip import ScenarioClip

CELL_FILE = "cell.yaml"
SPEECH_FILE = "speech.wav"
STORE_FOLDER = "store"
GUARDIAN_FILES = {
    "record": {"folder": "record", "key": "record.key", "anchor": "record.anchor"},
    "evidence": {"folder": "clips"},
}
"""What the guardian of a demo writes, beside its other results."""
KILLED, KILLED_AT_S = "interaction", 27.0
"""In the usual scenario: the question was answered, and a siren is still to come."""


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """cell_path: the cell as it is run. seconds: how long, None for until Ctrl-C.

    inputs: names of what it sees and hears.
    simulation: folder of the rendered scenario that is played; None for footage or devices.
    truth: what really happens there.
    notices: what the user may want to know beforehand.
    question: what is typed once the background has noticed something, "" where there is none.
    evidence: folder of the pictures that its findings rest on.
    kills: the node whose process is killed, and after how many seconds; None for no node.
    """

    cell_path: Path
    cell: CellDescription
    seconds: float | None
    inputs: tuple[str, ...]
    simulation: Path | None = None
    truth: Path | None = None
    notices: tuple[str, ...] = ()
    question: str = ""
    evidence: Path | None = None
    kills: tuple[str, float] | None = None


def plan_demo(
    *,
    video: str | None,
    audio: Path | None,
    cell_path: Path | None,
    seconds: float | None,
    out: Path,
    progress: Progress,
    bearing: Path | None = None,
    scenario: str | None = None,
    fault: bool = True,
) -> DemoPlan:
    """Decide what to run and write its cell file into the folder `out`.

    bearing: a recording to play instead of the first vibration telemetry of the cell.
    scenario: name or file of the scenario to play; the usual one where there is neither footage nor
        a cell. It is rendered into a folder beside `out`.
    fault: whether something is broken on purpose in the usual scenario.
    Raises MistakeError, CellFileError, ScenarioFileError, CameraSourceError, WavFileError; OSError
    where `out` cannot be written.
    """
    footage = {"--video": video, "--audio": audio, "--cell": cell_path}
    given = [option for option, value in footage.items() if value is not None]
    if scenario is not None and given:
        raise MistakeError(
            f"a scenario has a cell, pictures and sound of its own: give either it or "
            f"{' and '.join(given)}"
        )
    if given == ["--audio"]:
        raise MistakeError("--audio needs --cell CELL.yaml, which has the microphone")
    if video is not None and cell_path is None:
        raise MistakeError(
            "--video needs --cell CELL.yaml, which says where in the picture the zones are; "
            "start from config/cells/worker_zone.yaml and look at them with `tml-ros check`"
        )
    clip: ScenarioClip | None = None
    notices: tuple[str, ...] = ()
    if cell_path is None:
        clip = rendered_scenario(scenario or USUAL_SCENARIO, _made_in(out), progress)
        cell = scenario_cell(clip.scenario)
        bearing = bearing or simulated_bearing(cell, _made_in(out))
        if seconds is not None and seconds > clip.truth.seconds:
            notices = (f"the scenario lasts {clip.truth.seconds:g} s",)
    else:
        cell, notices = _of_footage(load_cell(cell_path), video, audio)
    if bearing is not None:
        cell = _with_bearing(cell, bearing)
    store = out / STORE_FOLDER
    if cell.has_background:
        # What an earlier demo remembered must not be taken for this one's.
        shutil.rmtree(store, ignore_errors=True)
        background = cell.background.model_dump(exclude_unset=True)
        cell = _changed(cell, background={**background, "store": str(store.resolve())})
    cell = _with_guardian_files(cell, out)
    refuse_unreadable_sources(cell, cell_path or out / CELL_FILE)
    sink = {"sink": str((out / SPEECH_FILE).resolve()), "volume": 1.0}
    cell = _changed(cell, speaker=sink)
    return DemoPlan(
        cell_path=_write(cell, out / CELL_FILE),
        cell=cell,
        seconds=_shortest(seconds, _lasts(cell) if clip is None else clip.truth.seconds),
        inputs=_inputs(cell) if clip is None else (f"scenario {clip.truth.scenario}",),
        simulation=None if clip is None else clip.folder,
        truth=None if clip is None else clip.truth_file,
        notices=notices,
        question=_question(cell),
        evidence=store / EVIDENCE_FOLDER if cell.has_background else None,
        kills=(KILLED, KILLED_AT_S) if fault and _is_usual(clip) else None,
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


def _is_usual(clip: ScenarioClip | None) -> bool:
    return clip is not None and clip.truth.scenario == USUAL_SCENARIO


def _with_guardian_files(cell: CellDescription, out: Path) -> CellDescription:
    """The cell with what its guardian writes among the results, in place of an earlier demo's."""
    guardian = cell.guardian.model_dump(mode="json", exclude_unset=True)
    for section, names in GUARDIAN_FILES.items():
        paths = {key: (out / name).resolve() for key, name in names.items()}
        for path in paths.values():
            if path.is_dir():
                shutil.rmtree(path)
            path.unlink(missing_ok=True)
        said = guardian.get(section) or {}
        guardian[section] = {**said, **{key: str(path) for key, path in paths.items()}}
    return _changed(cell, guardian=guardian)


def _made_in(out: Path) -> Path:
    return out.parent / "simulated"


def _of_footage(
    cell: CellDescription, video: str | None, audio: Path | None
) -> tuple[CellDescription, tuple[str, ...]]:
    """The cell with footage in place of what it names, as far as there is any, and notices."""
    if video is not None:
        cell = _with_video(cell, video)
    if not any(camera.source is not None for camera in cell.cameras.values()) and not audio:
        raise MistakeError(
            f"no camera of cell {cell.cell!r} has a source; give --video FILE_OR_URL"
        )
    return _with_sound(cell, audio, video)


def _inputs(cell: CellDescription) -> tuple[str, ...]:
    cameras = [camera.source for camera in cell.cameras.values()]
    microphones = [microphone.source for microphone in cell.microphones.values()]
    sources = [str(source) for source in (*cameras, *microphones) if source is not None]
    return tuple(source if names_stream(source) else Path(source).name for source in sources)


def _with_bearing(cell: CellDescription, bearing: Path) -> CellDescription:
    """The cell with this recording for its first vibration telemetry."""
    found = vibration_of(cell)
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
