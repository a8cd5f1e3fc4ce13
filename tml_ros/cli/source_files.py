"""Whether the files a cell names can be read, before anything runs.

Knows nothing of devices and streams: those may come later. Opens each file for a moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.cell_file import CellFileError
from tml_ros.devices.captured_frame import CameraSourceError
from tml_ros.devices.source_names import names_sound_file, names_video_file
from tml_ros.devices.telemetry_file import TelemetryFileError, read_telemetry_file
from tml_ros.devices.video_file import VideoFile
from tml_ros.devices.wav_file import WavFile, WavFileError
from tml_ros.settings.problem import Problem


def unreadable_sources(cell: CellDescription) -> Iterator[Problem]:
    """What is wrong with the files of the cell, in its order."""
    for name, camera in cell.cameras.items():
        if not names_video_file(camera.source):
            continue
        try:
            VideoFile(str(camera.source))
        except CameraSourceError as error:
            allowed = f"a video file that can be read ({error})"
            yield Problem(f"cameras.{name}.source", repr(camera.source), allowed)
    for name, microphone in cell.microphones.items():
        if not names_sound_file(microphone.source):
            continue
        try:
            WavFile(str(microphone.source)).close()
        except (WavFileError, OSError) as error:
            allowed = f"a wav file that can be read ({error})"
            yield Problem(f"microphones.{name}.source", repr(microphone.source), allowed)
    for machine, described in cell.machines.items():
        for name, telemetry in described.telemetry.items():
            if telemetry.source is None:
                continue
            try:
                read_telemetry_file(telemetry.source, channel=telemetry.channel)
            except TelemetryFileError as error:
                allowed = f"a file that can be played ({error})"
                place = f"machines.{machine}.telemetry.{name}.source"
                yield Problem(place, repr(telemetry.source), allowed)
    for key in ("manuals", "playbook"):
        named = getattr(cell.background, key)
        if named is not None and not (
            Path(named).is_dir() if key == "manuals" else Path(named).is_file()
        ):
            wanted = "a folder that is there" if key == "manuals" else "a file that is there"
            yield Problem(f"background.{key}", repr(named), wanted)


def refuse_unreadable_sources(cell: CellDescription, path: Path) -> None:
    """Raises CellFileError for the cell file at `path` where a file of the cell cannot be read."""
    problems = tuple(unreadable_sources(cell))
    if problems:
        raise CellFileError(path, problems)
