"""Whether the files a cell names as its cameras and microphones can be read, before anything runs.

Knows nothing of devices and streams: those may come later. Opens each file for a moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tml_ros.cell.cell_description import CellDescription
from tml_ros.cell.cell_file import CellFileError
from tml_ros.devices.captured_frame import CameraSourceError
from tml_ros.devices.source_names import names_sound_file, names_video_file
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


def refuse_unreadable_sources(cell: CellDescription, path: Path) -> None:
    """Raises CellFileError for the cell file at `path` where a file of the cell cannot be read."""
    problems = tuple(unreadable_sources(cell))
    if problems:
        raise CellFileError(path, problems)
